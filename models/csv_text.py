"""Rows as CSV that a spreadsheet program opens as what they are: text stays text, and nothing in it is carried out.

Pure. What others wrote (a carrier, a product's name) may begin like a formula; such a cell is put behind an apostrophe,
as OWASP advises ("CSV Injection": = + - @, tab, line breaks, and the wide forms of the four signs).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | float | Decimal | None

ENCODING: Final = "utf-8-sig"  # with its mark in front: without it Excel takes Vietnamese letters for something else
SIGNS: Final = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
FORMULA: Final = re.compile(rf"\s*[{re.escape(SIGNS)}]")  # a program may leave out blanks in front
GUARD: Final = "'"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows below their header, each cell quoted, lines ended as RFC 4180 has it; None is an empty cell.

    Numbers stand as they are, negative ones too; text is guarded against being taken for a formula. Write it in
    ENCODING.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in (header, *rows))
    return text.getvalue()


def guarded(cell: Cell) -> Cell:
    """The cell, behind an apostrophe if it is text that a spreadsheet program could take for a formula."""
    return f"{GUARD}{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell
