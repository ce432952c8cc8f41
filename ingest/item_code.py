"""A seller's code that stands within a product's name: in brackets, before it, or behind a comma or dash. Pure."""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from typing import Final

from ingest.item_part import is_code

_LONGEST_NAME: Final = 250
_CODE_IN_BRACKETS: Final = re.compile(r"^(.*\S)\s*[(\[（]\s*(\S+?)\s*[)\]）]$")
_CODE_WITH_WORD: Final = re.compile(
    r"^(.*\S)\s*[(\[（]\s*(?:sku|r[eé]f|rif|art|c[oó]d(?:e|igo|ice)?)[.:：\s]+(?:\w*\.?\s+)?(\S+?)\s*[)\]）]$",
    re.IGNORECASE,
)
_CODE_BEHIND_WORD: Final = re.compile(  # "Soap [Lemon] SKU AB-1", the bracket the variation
    r"^(.*?\S)(?:\s*\[[^\[\]]{1,40}\])?[\s,;·|–—-]+sku(?![a-z])[\s.:：#]*(?:no\.?\s)?(\S+)$", re.IGNORECASE
)
_CODE_BEFORE: Final = re.compile(r"^[(\[（【]\s*(\S+?)\s*[)\]）】]\s*(\S.*)$")
_CODE_BEHIND: Final = re.compile(r"^(.*\S)(?:,\s+|\s+[-–—/|·]\s+)(\S+)$")


def without_code(name: str) -> tuple[str, str | None]:
    """Take a seller's code from a name: in brackets, or behind a comma or dash."""
    if len(name) > _LONGEST_NAME:
        return name, None
    name = name.rstrip(" :：")
    before = _CODE_BEFORE.match(name)
    if before and is_code(before[1]):
        return before[2], before[1]
    for pattern in (_CODE_IN_BRACKETS, _CODE_WITH_WORD, _CODE_BEHIND_WORD, _CODE_BEHIND):
        found = pattern.match(name)
        if found and is_code(found[2]):
            return found[1], found[2]
    return name, None
