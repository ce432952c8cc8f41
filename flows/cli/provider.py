"""What is known beforehand about mail providers and markets: a table in providers.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One mail provider. `authserv_id` None: to be learned, "": it writes none; `password`: which one it takes."""

    title: str
    host: str
    authserv_id: str | None
    password: str
    refuses_passwords: bool


@dataclass(frozen=True, slots=True)
class Market:
    """What a market usually pays with, and its usual time zone."""

    currency: str
    timezone: str


def provider_of(address: str) -> Provider | None:
    """Give the provider of a mail address by its domain; None for one that is not known."""
    domain = address.rpartition("@")[2].lower()
    for name, row in _table().items():
        if name != "markets" and domain in row["domains"]:
            return Provider(
                title=row["title"],
                host=row["host"],
                authserv_id=row.get("authserv_id"),
                password=row["password"],
                refuses_passwords=row.get("refuses_passwords", False),
            )
    return None


def provider_titles() -> list[str]:
    """Give the names of the providers that are known."""
    return [row["title"] for name, row in _table().items() if name != "markets"]


def markets() -> dict[str, Market]:
    """Give the markets that are known, by country code."""
    return {code: Market(*row) for code, row in _table()["markets"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("flows.cli") / "providers.toml").read_text(encoding="utf-8"))
