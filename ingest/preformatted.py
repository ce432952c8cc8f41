"""Preformatted text of an HTML body: its lines and columns as elements, since spaces alone set them apart.

Pure; called with one pre element at a time.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.page import is_rule, text_cells

_TEXT: Final = re.compile(r">[^<]*")


def with_lines(element: str) -> str:
    """Give a pre element with its line breaks as elements, and lines in columns as rows of a table."""
    return _TEXT.sub(lambda found: _lines_apart(found[0]), element)


def _lines_apart(text: str) -> str:
    first, *others = text.split("\n")
    if not others:
        return text
    *whole, last = others  # the first and the last may go on in other elements
    return "".join((first, "<br>", *map(_line, whole), last))


def _line(line: str) -> str:
    cells = () if is_rule(line) else text_cells(line.replace("&nbsp;", " "))
    if len(cells) < 2:  # noqa: PLR2004  says itself
        return "".join((*cells, "<br>"))
    return "<table><tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"
