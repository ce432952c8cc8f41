"""Tables for a spreadsheet, as CSV in which no text is taken for a formula and no number loses digits.

Pure. What others wrote (a carrier's name) may begin with a sign that a spreadsheet obeys; such a text gets an
apostrophe in front, as OWASP advises ("CSV Injection"). Numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

Cell: TypeAlias = str | int | float | None

MARK: Final = "\ufeff"  # without it Excel does not take the file for UTF-8
OBEYED: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are the wide forms of the first
EXACT_DIGITS: Final = 15  # spreadsheets round longer numbers; Seller Center's own export puts a tab behind them, too
HOUR: Final = timedelta(hours=1)


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Give the table as CSV: texts in quotes, numbers bare, an empty cell for None."""
    out = StringIO()
    out.write(MARK)
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([guarded(heading) for heading in headings])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def guarded(text: str) -> str:
    """Give the text so that a spreadsheet shows it and does nothing else with it."""
    if text.isdecimal() and len(text) > EXACT_DIGITS:
        return f"{text}\t"
    return f"'{text}" if text.startswith(OBEYED) or text.lstrip().startswith(OBEYED) else text


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else cell


def time_cell(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """Give a moment in the shop's zone, with its distance from UTC ("2026-03-18T15:00:00+07:00")."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def hours_cell(span: timedelta | None) -> float | None:
    """Give a span in hours, to two places."""
    return None if span is None else round(span / HOUR, 2)
