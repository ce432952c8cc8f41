"""One line of an export, read: its order's number, times and state; or why it can't be taken.

Pure. Numbers that a spreadsheet program has rounded or written as 5.76E+17 are refused, never mended: what they were
stands in Seller Center alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ingest.export_columns import Column, ExportWords
from ingest.export_fault import LineFault
from ingest.export_moment import BEFORE_PLACED, CLOCKS_DIFFER, Reading, Stamp, in_zone, stamp_of
from ingest.export_sheet import Cell
from ingest.export_table import Line
from ingest.text import plain_digits
from ingest.values import ORDER_NO, quantity_in
from ingest.vocabulary import label_key
from models.platform_status import PlatformStatus

TIMES: Final = (
    Column.PLACED_AT, Column.PAID_AT, Column.ARRANGED_AT, Column.SHIPPED_AT, Column.DELIVERED_AT, Column.CANCELLED_AT,
)  # fmt: skip
NOTHING: Final = timedelta()
ALLOWED: Final = {Column.PAID_AT: BEFORE_PLACED}  # a payment is stamped by another clock than the order
OVER: Final = frozenset({PlatformStatus.CANCELLED, PlatformStatus.COMPLETED})
REACHED_BY: Final[Mapping[Column, PlatformStatus]] = {
    Column.ARRANGED_AT: PlatformStatus.AWAITING_COLLECTION,
    Column.SHIPPED_AT: PlatformStatus.IN_TRANSIT,
    Column.DELIVERED_AT: PlatformStatus.DELIVERED,
}
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_EXACT: Final = 15  # digits that Excel keeps of a number; behind them it puts zeros
_LONGEST: Final = 300  # characters of a title or a carrier's name
_LONGEST_WORD: Final = 60  # characters of a state


class LineError(Exception):
    """A line that can't be taken; holds nothing of it but a state's word that is not known."""

    def __init__(self, fault: LineFault, word: str | None = None) -> None:
        super().__init__(fault)
        self.fault = fault
        self.word = word


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """One line, read. Times are UTC and hold PLACED_AT at least."""

    number: int
    order_no: str
    cells: Mapping[Column, Cell]
    times: Mapping[Column, datetime]
    tracking_no: str | None
    quantity: int | None
    state: PlatformStatus | None
    repeats: int | None = None

    def text(self, column: Column) -> str | None:
        """What the column says, shortened; None when it is empty."""
        cell = self.cells.get(column)
        return None if cell is None else str(cell)[:_LONGEST]

    @property
    def cancelled(self) -> bool:
        """Whether this line of the order is cancelled."""
        return self.state is PlatformStatus.CANCELLED or (self.state is None and Column.CANCELLED_AT in self.times)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReader:
    """How the lines of one file are read. `rounded` says that its order numbers end as Excel's rounding makes them."""

    words: ExportWords
    zone: ZoneInfo
    reading: Reading
    now: datetime
    rounded: bool = False

    def read(self, line: Line) -> ReadLine:
        """Read one line. Raises LineError."""
        if line.shifted:
            raise LineError(LineFault.SHIFTED)
        if line.overlong:
            raise LineError(LineFault.OVERLONG)
        cells = line.cells
        order_no = self._order_no(cells.get(Column.ORDER_NO))
        times = self._times(cells)
        state = self._state(cells, times)
        if state is None and set(times) == {Column.PLACED_AT}:
            raise LineError(LineFault.NO_STATE)
        return ReadLine(
            number=line.number,
            order_no=order_no,
            cells=cells,
            times=times,
            tracking_no=_tracking_no(cells.get(Column.TRACKING_NO)),
            quantity=_quantity(cells.get(Column.QUANTITY)),
            state=state,
            repeats=line.repeats,
        )

    def _order_no(self, cell: Cell | None) -> str:
        if cell is None:
            raise LineError(LineFault.NO_ORDER_NO)
        order_no = order_no_of(cell)
        if _is_scientific(cell) or (order_no and ends_rounded(order_no) and (self.rounded or isinstance(cell, int))):
            raise LineError(LineFault.SPOILED_ORDER_NO)
        if order_no is None:
            raise LineError(LineFault.BAD_ORDER_NO)
        return order_no

    def _times(self, cells: Mapping[Column, Cell]) -> dict[Column, datetime]:
        times: dict[Column, datetime] = {}
        for column in TIMES:
            cell = cells.get(column)
            if cell is None:
                continue
            stamp = stamp_of(cell)
            wall = stamp.at(self.reading) if stamp else None
            moment = in_zone(wall, self.zone, times.get(Column.PLACED_AT)) if wall else None
            if moment is None:
                raise LineError(LineFault.BAD_TIME)
            times[column] = moment
        if Column.PLACED_AT not in times:
            raise LineError(LineFault.NO_PLACED_AT)
        if max(times.values()) > self.now + CLOCKS_DIFFER:
            raise LineError(LineFault.FUTURE_TIME)
        if any(moment < times[Column.PLACED_AT] - ALLOWED.get(column, NOTHING) for column, moment in times.items()):
            raise LineError(LineFault.EARLY_TIME)
        return times

    def _state(self, cells: Mapping[Column, Cell], times: Iterable[Column]) -> PlatformStatus | None:
        """The finer word wins, unless the order is over. The coarse one alone says too little: times say the rest.

        The coarse word says whether it is over, so nothing replaces one that is not understood: not even the finer.
        """
        coarse, fine = (self._word(cells.get(column)) for column in (Column.STATE, Column.SUBSTATE))
        decisive = cells.get(Column.STATE) or cells.get(Column.SUBSTATE)
        if decisive is not None and self._word(decisive) is None:
            raise LineError(LineFault.UNKNOWN_STATE, named(decisive))
        if coarse in OVER or coarse is None:
            return coarse or fine
        if fine is not None:
            return fine
        reached = [coarse, *(state for column, state in REACHED_BY.items() if column in times)]
        return max(reached, key=list(PlatformStatus).index)

    def _word(self, cell: Cell | None) -> PlatformStatus | None:
        return None if cell is None else self.words.states.get(label_key(str(cell)))


def named(cell: Cell) -> str:
    """A word that can be taught, as it stands: as short as such words are, so that no other text is ever printed."""
    return str(cell)[:_LONGEST_WORD]


def stamps_of(line: Line) -> list[Stamp]:
    """The line's times as printed, that of the order first; unreadable ones are left out."""
    cells = (line.cells.get(column) for column in TIMES)
    return [stamp for cell in cells if cell is not None and (stamp := stamp_of(cell))]


def order_no_of(cell: Cell | None) -> str | None:
    """The order number that a cell holds, as text; None when it holds none."""
    if cell is None or isinstance(cell, float | datetime):
        return None
    found = ORDER_NO.fullmatch(plain_digits(str(cell)))
    return found[1] if found else None


def ends_rounded(order_no: str) -> bool:
    """Whether a number ends in the zeros that a spreadsheet program puts behind its 15th digit."""
    return set(order_no[_EXACT:]) == {"0"}


def _is_scientific(cell: Cell) -> bool:
    return isinstance(cell, float) or (isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell) is not None)


def _tracking_no(cell: Cell | None) -> str | None:
    if cell is None:
        return None
    if _is_scientific(cell) or (isinstance(cell, int) and cell >= 10**_EXACT):
        raise LineError(LineFault.SPOILED_TRACKING_NO)
    return str(cell)[:_LONGEST]


def _quantity(cell: Cell | None) -> int | None:
    if cell is None:
        return None
    quantity = quantity_in(str(cell))
    if quantity is None or quantity < 1:
        raise LineError(LineFault.BAD_QUANTITY)
    return quantity
