"""The calls of the Open API as data: method, path, version, and how each may be made."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from flows.shop.api_error import ApiError, ErrorKind

PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of endpoints.toml, whose head says what each part means."""

    name: str
    method: str
    path: str
    version: str
    cipher: bool = True
    write: bool = False
    key: bool = False
    page: int = 0

    def path_for(self, places: Mapping[str, str]) -> str:
        """Give the path with its places filled. Raises ApiError for an id that could mean another path."""
        if not all(PLAIN.fullmatch(value) for value in places.values()):
            raise ApiError(self.name, 0, ErrorKind.REQUEST_REFUSED)
        return self.path.format(version=self.version, **places)


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """All calls by their names."""
    rows = tomllib.loads((files("flows.shop") / "endpoints.toml").read_text(encoding="utf-8"))
    return {name: Endpoint(name=name, **row) for name, row in rows.items()}
