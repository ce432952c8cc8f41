"""Rows as CSV that a spreadsheet program opens as what they are: text stays text, and nothing in it is carried out.

Pure. What others wrote (a carrier, a product's name) may begin like a formula; such a cell is put behind an apostrophe,
as OWASP advises ("CSV Injection": = + - @, tab, line breaks, and the wide forms of the four signs).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

Cell: TypeAlias = str | int | float | Decimal | None

ENCODING: Final = "utf-8-sig"  # with its mark in front: without it Excel takes Vietnamese letters for something else
SIGNS: Final = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
FORMULA: Final = re.compile(rf"\s*[{re.escape(SIGNS)}]")  # a program may leave out blanks in front
GUARD: Final = "'"
EXACT_DIGITS: Final = 15  # spreadsheets round longer numbers; Seller Center's own export puts a tab behind them, too
HOUR: Final = timedelta(hours=1)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows below their header, texts in quotes, lines ended as RFC 4180 has it; None is an empty cell.

    Numbers stand as they are, negative ones too; text is guarded against being taken for a formula, and a long order
    number against losing its last digits. Write it in ENCODING.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in (header, *rows))
    return text.getvalue()


def guarded(cell: Cell) -> Cell:
    """The cell so that a spreadsheet shows it and does nothing else with it."""
    match cell:
        case None:
            return ""
        case str() if cell.isdecimal() and len(cell) > EXACT_DIGITS:
            return f"{cell}\t"
        case str() if FORMULA.match(cell):
            return f"{GUARD}{cell}"
        case _:
            return cell


def time_cell(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment in the shop's zone, with its distance from UTC ("2026-03-18T15:00:00+07:00")."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def hours_cell(span: timedelta | None) -> float | None:
    """A span in hours, to two places."""
    return None if span is None else round(span / HOUR, 2)
