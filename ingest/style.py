"""What a mail's styles keep from being seen: on an element, or by name in a style sheet.

Pure, and linear in what it reads: no pattern goes back and forth over a style made for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MAX_STYLE: Final = 4_000  # characters of one style attribute
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|font-size\s*:\s*[01](?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|max-height\s*:\s*0|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:!|;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_CLIPPING: Final = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_NO_SIZE: Final = re.compile(r"(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!|;|$)", re.IGNORECASE)
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
