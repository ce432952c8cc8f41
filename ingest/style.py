"""What a mail's styles keep from being seen, on an element or by name in a style sheet, and what they set side by side.

Pure, and linear in what it reads: no pattern goes back and forth over a style made for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple

MAX_STYLE: Final = 4_000  # characters of one style attribute
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|font-size\s*:\s*[01](?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|max-height\s*:\s*0|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:!|;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_CLIPPING: Final = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_NO_SIZE: Final = re.compile(r"(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!|;|$)", re.IGNORECASE)
_SIDE_BY_SIDE: Final = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid|table-row)", re.IGNORECASE)
_COLUMN: Final = re.compile(r"flex-direction\s*:\s*column", re.IGNORECASE)
_CSS_BRACE: Final = re.compile(r"[{}]")
_CSS_CLASS: Final = re.compile(r"^[\w*]*([.#])([\w-]+)$")


@lru_cache(maxsize=64)  # one template's sheet comes with each of its mails
def hidden_by(sheet: str) -> frozenset[str]:
    """Return classes and ids, as .name and #name, that a mail's own style sheet hides on every screen."""
    hidden: set[str] = set()
    for selectors, body in _css_rules(sheet[:100_000]):
        if hides(body):
            found = (_CSS_CLASS.match(selector.strip()) for selector in selectors.split(","))
            hidden |= {name[1] + name[2] for name in found if name}
    return frozenset(hidden)


def _css_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and body of each plain rule; those within @media and the like are not for every screen."""
    depth = start = 0
    selectors = ""
    for brace in _CSS_BRACE.finditer(sheet):
        if brace[0] == "{":
            if depth == 0:
                selectors = sheet[start : brace.start()].rpartition(";")[2].strip()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and not selectors.startswith("@"):
                yield selectors, sheet[start : brace.start()]
        start = brace.end()


def hides(style: str) -> bool:
    """Tell whether a style keeps what it is set on from being seen."""
    if _HIDING.search(style):
        return True
    return _CLIPPING.search(style) is not None and _NO_SIZE.search(style) is not None


class Looks(NamedTuple):
    """What a style does to what it is set on."""

    hides: bool
    side_by_side: bool  # its children stand beside each other, as in a row


PLAIN: Final = Looks(hides=False, side_by_side=False)
HIDDEN: Final = Looks(hides=True, side_by_side=False)


@lru_cache(maxsize=1_024)  # a mail has few styles, each many times
def looks_of(style: str) -> Looks:
    """Return what the value of a style attribute, as it stands in the markup, does."""
    style = unescape(style[:MAX_STYLE])
    if hides(style):
        return HIDDEN
    side_by_side = bool(_SIDE_BY_SIDE.search(style)) and not _COLUMN.search(style)
    return Looks(hides=False, side_by_side=True) if side_by_side else PLAIN
