"""Carriers that a mail names in running text: known names, as data (carriers.toml).

Pure but for reading that file once. A name counts as it is spelled, for shops of its market.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from ingest.text import MAX_KNOWN

_FILE: Final = Path(__file__).parent / "carriers.toml"
_WORD: Final = re.compile(r"[0-9A-Za-zÀ-ỹ]")


def carrier_in(texts: Iterable[str], market: str) -> str | None:
    """Return the only known carrier that `texts` name; None when there is none or several."""
    found = {name for text in texts for name in (_known_names if len(text) <= MAX_KNOWN else _names_in)(text, market)}
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    return longest[0] if len(longest) == 1 else None


def _names_in(text: str, market: str) -> tuple[str, ...]:
    return tuple(name for name in _names(market) if _stands_in(name, text))


_known_names: Final = lru_cache(maxsize=1_024)(_names_in)  # most lines are a template's


@cache
def _names(market: str) -> tuple[str, ...]:
    table: dict[str, list[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(dict.fromkeys((*table.get(market, ()), *table["everywhere"])))


def _stands_in(name: str, text: str) -> bool:
    """Tell whether `name` stands in `text` as a whole, not as part of a longer word."""
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) : at + len(name) + 1]
        if not (_WORD.match(before) and _WORD.match(name[0])) and not (_WORD.match(after) and _WORD.match(name[-1])):
            return True
        at = text.find(name, at + 1)
    return False
