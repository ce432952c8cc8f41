"""Times as an export prints them: 28/02/2026 14:05:59, 02/28/2026 2:05:59 PM, or an Excel date.

Pure. Which number is the day is decided once for a whole file: by what can be true, then by how the market writes. A
file that could mean both is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from ingest.export_fault import ExportError, ExportFault
from ingest.export_sheet import Cell
from ingest.moment import BUDDHIST_ERA
from ingest.text import plain_digits

CLOCKS_DIFFER: Final = timedelta(days=1)  # a file may be made where it is tomorrow already
BEFORE_PLACED: Final = timedelta(hours=1)  # the night on which clocks go back
SOON: Final = timedelta(days=31)  # between ordering and shipping
_PRINTED: Final = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})[\s,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp])?\.?(?:[Mm]\.?)?"
)
_FIRST_OF_ERA: Final = 2400
_FIRST_YEAR: Final = 1000  # a year of two digits could be a day as well
_NOON: Final = 12
_LAST_OF_MONTH: Final = 31  # a greater number is no day and no month: it is the year


class Reading(StrEnum):
    """Which of a date's first two numbers is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A printed time. `fixed` is set where there is no doubt (year first, Excel's own dates)."""

    fixed: datetime | None = None
    first: int = 0
    second: int = 0
    year: int = 0
    clock: timedelta = timedelta()
    halves: bool = False  # AM, PM
    excel: bool = False

    def at(self, reading: Reading) -> datetime | None:
        """The wall time it stands for; None when there is no such day."""
        if self.fixed is not None:
            return self.fixed
        day, month = (self.first, self.second) if reading is Reading.DAY_FIRST else (self.second, self.first)
        return _day(self.year, month, day, self.clock)


def stamp_of(cell: Cell) -> Stamp | None:
    """Read a cell that holds a time; None when it is none, or has no time of day."""
    if isinstance(cell, datetime):
        return Stamp(fixed=cell.replace(tzinfo=None), excel=True)
    found = _PRINTED.fullmatch(plain_digits(cell).strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    clock = _clock(int(found[5]), int(found[6]), int(found[7] or 0), found[8])
    if clock is None:
        return None
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    if first > _LAST_OF_MONTH:
        fixed = _day(first, second, third, clock)
        return Stamp(fixed=fixed) if fixed is not None else None
    if third < _FIRST_YEAR:
        return None
    return Stamp(first=first, second=second, year=third, clock=clock, halves=bool(found[8]))


def _clock(hour: int, minute: int, second: int, half: str | None) -> timedelta | None:
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half in "Pp" else 0)
    try:
        time(hour, minute, second)
    except ValueError:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _day(year: int, month: int, day: int, clock: timedelta) -> datetime | None:
    try:
        return datetime(year - BUDDHIST_ERA if year > _FIRST_OF_ERA else year, month, day) + clock  # noqa: DTZ001  # wall time: its zone is the shop's
    except (ValueError, OverflowError):
        return None


def choose_reading(lines: Iterable[Sequence[Stamp]], *, month_first: bool, latest: datetime) -> Reading:
    """Decide how a file writes dates. Each line begins with when the order was placed; `latest` is the wall time now.

    A date that exists one way only decides; else times that would lie ahead, or before the order was placed. What can't
    be true either way says nothing: that line is refused by itself later.

    Raises:
        ExportError: when lines contradict each other, or the file could mean both.

    """
    stamps = list(lines)
    if _touched_by_excel(stamps):
        raise ExportError(ExportFault.MIXED_DATES)
    by_day = [[reading for reading in Reading if stamp.at(reading)] for line in stamps for stamp in line]
    by_line = [[reading for reading in Reading if _can_be(line, reading, latest + CLOCKS_DIFFER)] for line in stamps]
    for possible in (by_day, by_line):
        sure = {found[0] for found in possible if len(found) == 1}
        if len(sure) > 1:
            raise ExportError(ExportFault.CONTRARY_DATES)
        if sure:
            return sure.pop()
    halves = any(stamp.halves for line in stamps for stamp in line)
    usual, other = Reading.DAY_FIRST, Reading.MONTH_FIRST
    if month_first or halves:
        usual, other = other, usual
    if _drags(stamps, usual) and not _drags(stamps, other):
        raise ExportError(ExportFault.AMBIGUOUS_DATES)
    return usual


def _touched_by_excel(lines: Sequence[Sequence[Stamp]]) -> bool:
    """Excel makes dates of its own of what it can read, maybe with day and month swapped, and leaves the rest text."""
    kinds = {(stamp.excel, stamp.fixed is None) for line in lines for stamp in line}
    return {(True, False), (False, True)} <= kinds


def _can_be(line: Sequence[Stamp], reading: Reading, latest: datetime) -> bool:
    known = [moment for stamp in line if (moment := stamp.at(reading)) is not None]
    if not known or len(known) < len(line):
        return False
    return max(known) <= latest and min(known) >= known[0] - BEFORE_PLACED


def _drags(lines: Iterable[Sequence[Stamp]], reading: Reading) -> bool:
    """Tell whether an order would have taken more than a month from one of its times to the next."""
    for line in lines:
        known = sorted(moment for stamp in line if (moment := stamp.at(reading)) is not None)
        if any(later - earlier > SOON for earlier, later in pairwise(known)):
            return True
    return False


def in_zone(wall: datetime, zone: ZoneInfo, after: datetime | None = None) -> datetime | None:
    """Give a wall time in UTC; None when that clock never showed it, in the hour that a night leaves out.

    Of an hour that a night has twice it is the first, unless that is before `after`.
    """
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        return None
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return second if after is not None and first < after <= second else first
