"""Seller Center's order export, understood: its orders, and the numbers of the lines that were left out.

Owns what concerns the file as a whole. An order is taken whole or left out: with a line missing it would lack an item
for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.export_columns import Column, ExportWords
from ingest.export_fault import LineFault, RefusedLine
from ingest.export_line import TIMES, LineError, LineReader, ReadLine, ends_rounded, order_no_of, stamps_of
from ingest.export_moment import choose_reading
from ingest.export_order import ExportOrder, Gatherer
from ingest.export_remark import Remark, remarks_on
from ingest.export_table import Line, read_table
from ingest.vocabulary import Vocabulary
from models.settings import ShopSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a file holds: its orders by number, the lines that were left out, what is odd. `lines` counts all.

    `absent` are the headings of the times that it has no column for.
    """

    lines: int
    orders: Mapping[str, ExportOrder]
    absent: tuple[str, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_export(file: Path, shop: ShopSettings, words: ExportWords, mails: Vocabulary, now: datetime) -> Export:
    """Read the export of one shop, its times as that shop's wall time. Raises ExportError, OSError."""
    table = read_table(file, words, shop.market)
    lines = table.lines
    reader = _reader(lines, shop, words, now)
    read, refused = _read(lines, reader)
    refused += [fault for same in read.values() if (fault := _contradiction(same))]
    left_out = {one.order_no for one in refused}
    gatherer = Gatherer(shop=shop, words=words, mails=mails)
    whole = {number: same for number, same in read.items() if number not in left_out}
    return Export(
        lines=len(lines),
        absent=tuple(words.headings[column] for column in TIMES if column not in table.columns),
        orders={number: gatherer.order(same) for number, same in whole.items()},
        refused=tuple(refused),
        remarks=tuple(remark for same in whole.values() for remark in remarks_on(same, words)),
    )


def _reader(lines: Sequence[Line], shop: ShopSettings, words: ExportWords, now: datetime) -> LineReader:
    wall = now.astimezone(shop.zone).replace(tzinfo=None)
    month_first = shop.market in words.month_first_markets
    numbers = [number for line in lines if (number := order_no_of(line.cells.get(Column.ORDER_NO)))]
    return LineReader(
        words=words,
        zone=shop.zone,
        reading=choose_reading(map(stamps_of, lines), month_first=month_first, latest=wall),
        now=now,
        rounded=all(map(ends_rounded, numbers)),
    )


def _contradiction(lines: Sequence[ReadLine]) -> RefusedLine | None:
    """Of one order: the first line that says another time of ordering. Its clocks start then, so it must be sure."""
    placed_at = lines[0].times[Column.PLACED_AT]
    other = next((line for line in lines if line.times[Column.PLACED_AT] != placed_at), None)
    if other is None:
        return None
    return RefusedLine(line=other.number, fault=LineFault.TWO_PLACED_AT, order_no=other.order_no)


def _read(lines: Sequence[Line], reader: LineReader) -> tuple[dict[str, list[ReadLine]], list[RefusedLine]]:
    """Give what could be read by order number, in the order of the file, and what could not."""
    read: dict[str, list[ReadLine]] = {}
    refused: list[RefusedLine] = []
    for line in lines:
        try:
            one = reader.read(line)
        except LineError as error:
            order_no = order_no_of(line.cells.get(Column.ORDER_NO))
            refused.append(RefusedLine(line=line.number, fault=error.fault, order_no=order_no, word=error.word))
        else:
            read.setdefault(one.order_no, []).append(one)
    return read, refused
