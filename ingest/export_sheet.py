"""The cells of a workbook (XLSX), row by row. Nothing in it is executed: formulas give the value last shown.

Owns the limits against workbooks made to fill the memory. Rows are put together from the cells' own places,
for TikTok Shop's writer gives each cell of the heading a row element of its own and a wrong size of the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from io import BytesIO
from itertools import groupby
from typing import Any, Final, TypeAlias
from zipfile import BadZipFile, ZipFile

from ingest.export_fault import ExportError, ExportFault

UNPACKED: Final = 512 * 1024 * 1024  # bytes; a full export of 200,000 lines unpacks to about 400 MB
PARTS: Final = 1000

Cell: TypeAlias = str | int | float | datetime
Row: TypeAlias = tuple[int, Mapping[int, Cell]]
"""A row's number as a spreadsheet program counts, and its cells by column; empty ones are left out."""


def sheets_of(data: bytes) -> Iterator[Iterator[Row]]:
    """Give the rows of each sheet, one after the other. Raises ExportError; reading may raise anything later."""
    from openpyxl import load_workbook  # noqa: PLC0415  # only who reads a workbook waits for it

    _check_size(data)
    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        yield _rows(sheet)


def _check_size(data: bytes) -> None:
    """Refuse what would fill the memory. A part never unpacks to more than its entry says: zipfile stops there."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except BadZipFile:
        raise ExportError(ExportFault.UNREADABLE) from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise ExportError(ExportFault.TOO_LARGE)


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401  # its types leave out what is used here
    # The parser, since the sheet's own rows drop all but the first element of a row's number.
    from openpyxl.worksheet._reader import WorkSheetParser  # noqa: PLC0415  # as load_workbook

    book = sheet.parent
    with sheet._get_source() as source:  # noqa: SLF001  # there is no public way to the cells as they stand
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,  # noqa: SLF001  # the same
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001  # the same
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001  # the same
        )
        for number, parts in groupby(parser.parse(), key=lambda part: part[0]):
            cells = {cell["column"]: cell["value"] for _, part in parts for cell in part}
            yield number, {column: _plain(value) for column, value in cells.items() if value is not None}


def _plain(value: object) -> Cell:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str | int | float | datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return str(value)
