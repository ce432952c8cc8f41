"""Counting a shop's opening hours, and the time that a hold does not count.

Pure. Instants are aware UTC; opening hours are wall time in the shop's zone, so that a night of
daylight saving makes a window shorter or longer and nothing else. Lengths are real time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

Interval: TypeAlias = tuple[datetime, datetime]

ONE_DAY: Final = timedelta(days=1)
LOOK_AHEAD_DAYS: Final = 800  # a shop that is closed for longer counts wall time


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """When a shop is open. Hours that end before they start run into the next day."""

    zone: ZoneInfo
    hours: tuple[time, time]
    days: frozenset[int]  # Monday is 0
    closed: frozenset[date] = frozenset()

    def is_open_on(self, day: date) -> bool:
        """Whether the shop works on this day of its own calendar."""
        return day.weekday() in self.days and day not in self.closed

    def windows(self, start: datetime) -> Iterator[Interval]:
        """The opening hours after `start`, in order, as UTC."""
        opens, closes = self.hours
        overnight = ONE_DAY if closes <= opens else timedelta(0)
        first = start.astimezone(self.zone).date() - ONE_DAY
        for number in range(LOOK_AHEAD_DAYS):
            day = first + number * ONE_DAY
            if not self.is_open_on(day):
                continue
            begin = datetime.combine(day, opens, self.zone).astimezone(UTC)
            end = datetime.combine(day + overnight, closes, self.zone).astimezone(UTC)
            if end > start:
                yield (max(begin, start), end)


def in_business_hours(
    calendar: BusinessCalendar, start: datetime, lengths: Sequence[timedelta], pauses: Sequence[Interval] = ()
) -> tuple[datetime, ...]:
    """The moments (UTC) when so much opening time has passed since `start`; `lengths` ascend.

    Time inside `pauses` does not count. A calendar that never opens counts wall time.
    """
    return _moments(calendar.windows(start), start, lengths, pauses)


def in_wall_time(
    start: datetime, lengths: Sequence[timedelta], pauses: Sequence[Interval] = ()
) -> tuple[datetime, ...]:
    """The moments (UTC) when so much time has passed since `start`, without the pauses; `lengths` ascend."""
    if not pauses:
        return tuple(start + length for length in lengths)
    end = max(start, *(stop for _, stop in pauses)) + lengths[-1] + ONE_DAY
    return _moments([(start, end)], start, lengths, pauses)


def after_calendar_days(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall time `days` later in the zone, as UTC."""
    local = start.astimezone(zone)
    return datetime.combine(local.date() + days * ONE_DAY, local.time(), zone).astimezone(UTC)


def after_business_days(
    start: datetime, days: int, calendar: BusinessCalendar, cut_off: time | None = None
) -> datetime:
    """The end of the `days`-th business day after `start`, as UTC.

    With a `cut_off` that is its time on that day, and a start after it counts for the next day;
    without, it is the wall time of the start.
    """
    local = start.astimezone(calendar.zone)
    day, left = local.date(), days
    if cut_off is not None and local.time() > cut_off:
        left += 1
    for _ in range(LOOK_AHEAD_DAYS):
        if left <= 0:
            break
        day += ONE_DAY
        left -= calendar.is_open_on(day)
    return datetime.combine(day, cut_off or local.time(), calendar.zone).astimezone(UTC)


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time without overlaps, in order."""
    result: list[Interval] = []
    for begin, end in sorted(intervals):
        if end <= begin:
            continue
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return tuple(result)


def _moments(
    windows: Iterable[Interval], start: datetime, lengths: Sequence[timedelta], pauses: Sequence[Interval]
) -> tuple[datetime, ...]:
    found: list[datetime] = []
    passed = timedelta(0)
    for begin, end in _without(windows, pauses):
        while len(found) < len(lengths) and passed + (end - begin) >= lengths[len(found)]:
            found.append(begin + (lengths[len(found)] - passed))
        if len(found) == len(lengths):
            return tuple(found)
        passed += end - begin
    return tuple(found) + tuple(start + length for length in lengths[len(found) :])


def _without(windows: Iterable[Interval], pauses: Sequence[Interval]) -> Iterator[Interval]:
    """The windows cut by the pauses, which are in order and do not overlap."""
    for window_begin, window_end in windows:
        begin = window_begin
        for pause_begin, pause_end in pauses:
            if pause_end <= begin:
                continue
            if pause_begin >= window_end:
                break
            if pause_begin > begin:
                yield (begin, pause_begin)
            begin = max(begin, pause_end)
        if begin < window_end:
            yield (begin, window_end)
