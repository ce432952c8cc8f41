"""From a file (CSV or XLSX) to its lines: the known columns alone, the rest is dropped as it is read.

Owns encodings, delimiters, where the heading stands, and the limits of size. The row of explanations that TikTok Shop
puts below the heading is left out.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final

from ingest.export_columns import Column, ExportWords
from ingest.export_fault import ExportError, ExportFault
from ingest.export_sheet import Cell, Row, sheets_of
from ingest.text import one_line
from ingest.values import ORDER_NO
from ingest.vocabulary import label_key

LARGEST: Final = 64 * 1024 * 1024  # bytes of the file
LONGEST: Final = 200_000  # lines: the most that Seller Center puts into one export
HEADING_WITHIN: Final = 20  # rows
NEEDED: Final = (Column.ORDER_NO, Column.PLACED_AT)
DELIMITERS: Final = ",;\t|"
LONGEST_CELL: Final = 32_767  # characters: what Excel's cells hold; a longer one is damage
EMPTY: Final = frozenset({"", "-", "--", "/", "n/a"})
ZIP: Final = b"PK\x03\x04"
WORKBOOKS: Final = frozenset({".xlsx", ".xlsm"})
SPACE: Final = b"\xef\xbb\xbf \t\r\n"  # with the mark of UTF-8
BLANK: Final = SPACE + b"\xff\xfe\0"  # and those of UTF-16
# How a file of another kind begins, in small letters.
OTHERS: Final[Mapping[bytes, ExportFault]] = {
    b"\xd0\xcf\x11\xe0": ExportFault.OLD_EXCEL,
    b"%pdf": ExportFault.PDF,
    b"\x89png": ExportFault.PICTURE,
    b"\xff\xd8\xff": ExportFault.PICTURE,
    b"<!doctype html": ExportFault.WEB_PAGE,
    b"<html": ExportFault.WEB_PAGE,
}
# What Windows programs save as where the market's people work; a wrong guess spoils titles, never numbers.
CODE_PAGES: Final[Mapping[str, str]] = {"VN": "cp1258", "TH": "cp874", "JP": "cp932", "CN": "gb18030"}
WESTERN: Final = "cp1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an export. `number` counts as a spreadsheet program does.

    `shifted` says that values may stand in columns of another meaning: a comma or a quote too many has moved them.
    `overlong` says that a cell holds more than a cell can.
    `repeats` is the number of a line before it that is the same in every column, those that are not read among them.
    """

    number: int
    cells: Mapping[Column, Cell]
    shifted: bool = False
    overlong: bool = False
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of an export, and the known columns that its heading has."""

    lines: list[Line]
    columns: frozenset[Column]


def read_table(file: Path, words: ExportWords, market: str) -> Table:
    """Give what an export holds below its heading. Raises ExportError, OSError."""
    data = _bytes_of(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions, and may print a cell
            for rows in _tables(data, market):
                table = _table(rows, words)
                if table is not None:
                    return table
    except ExportError:
        raise
    except Exception:  # noqa: BLE001  # the parsers raise anything on broken files, some with a cell's text
        raise ExportError(ExportFault.UNREADABLE) from None
    named_wrongly = file.suffix.casefold() in WORKBOOKS and not data.startswith(ZIP)
    raise ExportError(ExportFault.NO_WORKBOOK if named_wrongly else ExportFault.NO_HEADING)


def _bytes_of(file: Path) -> bytes:
    if file.is_dir():
        raise ExportError(ExportFault.FOLDER, file=file)
    if not file.is_file():
        raise ExportError(ExportFault.MISSING, file=file)
    if file.stat().st_size > LARGEST:
        raise ExportError(ExportFault.TOO_LARGE)
    data = file.read_bytes()
    if not data.strip(BLANK):
        raise ExportError(ExportFault.EMPTY, file=file.name)
    begins = data[:100].lstrip(SPACE).lower()
    if kind := next((kind for start, kind in OTHERS.items() if begins.startswith(start)), None):
        raise ExportError(kind)
    return data


def _tables(data: bytes, market: str) -> Iterator[Iterator[Row]]:
    """Give the file's tables: each sheet, or the text cut at each delimiter in turn."""
    if data.startswith(ZIP):
        yield from sheets_of(data)
        return
    text = _text_of(data, market)
    for delimiter in DELIMITERS:
        yield _records(text, delimiter)


def _text_of(data: bytes, market: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0" or data[:1] == b"\0":  # UTF-16 without its mark: headings are mostly ASCII
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(CODE_PAGES.get(market, WESTERN), "replace")


def _records(text: str, delimiter: str) -> Iterator[Row]:
    """Give the records of a CSV text. The csv module's sniffer guesses from quotes and commas in titles: not used."""
    csv.field_size_limit(LARGEST)  # else one cell too long ends the whole file; its line alone is refused later
    for number, record in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1):
        yield number, dict(enumerate(record, 1))


def _table(rows: Iterator[Row], words: ExportWords) -> Table | None:
    """Give what is below the heading; None when these rows have none."""
    for _, cells in islice(rows, HEADING_WITHIN):
        places = _places(cells, words)
        if Column.ORDER_NO not in places.values():
            continue
        if missing := [column for column in NEEDED if column not in places.values()]:
            raise ExportError(ExportFault.NO_COLUMN, heading=words.headings[missing[0]], column=missing[0].value)
        if len(set(places.values())) < len(places):
            twice = next(column for column in places.values() if list(places.values()).count(column) > 1)
            raise ExportError(ExportFault.TWO_COLUMNS, heading=words.headings[twice], column=twice.value)
        return Table(lines=_below(rows, places, max(cells)), columns=frozenset(places.values()))
    return None


def _places(cells: Mapping[int, Cell], words: ExportWords) -> dict[int, Column]:
    known = ((place, words.columns.get(label_key(str(cell)))) for place, cell in cells.items())
    return {place: column for place, column in known if column is not None}


def _below(rows: Iterator[Row], places: Mapping[int, Column], width: int) -> list[Line]:
    lines: list[Line] = []
    seen: dict[int, int] = {}  # by hash alone: what is not read is not kept either
    for first, (number, cells) in enumerate(rows):
        picked = {column: value for place, column in places.items() if (value := _value(cells.get(place))) is not None}
        if not picked or (first == 0 and _explains(picked)):
            continue
        if len(lines) == LONGEST:
            raise ExportError(ExportFault.TOO_LONG, most=LONGEST)
        shifted = any(_has_moved(place, cell, width) for place, cell in cells.items())
        earlier = seen.setdefault(hash(tuple(cells.items())), number)
        repeats = earlier if earlier != number else None
        overlong = any(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in cells.values())
        lines.append(Line(number=number, cells=picked, shifted=shifted, overlong=overlong, repeats=repeats))
    return lines


def _has_moved(place: int, cell: Cell, width: int) -> bool:
    """Tell whether a cell stands behind the heading's last, or a quote that nobody closed made it swallow orders."""
    if place > width:
        return _value(cell) is not None
    return isinstance(cell, str) and "\n" in cell and ORDER_NO.search(cell) is not None


def _value(cell: Cell | None) -> Cell | None:
    """Give a cell without what writers put around values: spaces, a tab at the end, ="..."; None when empty."""
    if not isinstance(cell, str):
        return cell
    text = one_line(cell)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return None if text.casefold() in EMPTY else text


def _explains(picked: Mapping[Column, Cell]) -> bool:
    """Tell whether this is the row of explanations: words where the order's number must be."""
    order_no = picked.get(Column.ORDER_NO)
    return isinstance(order_no, str) and not any(letter.isdigit() for letter in order_no)
