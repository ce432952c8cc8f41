"""Counting a shop's opening hours and business days, and the time that a hold does not count.

Pure. Instants are aware UTC; opening hours, cut-offs and days are wall time of a zone, so that a night of
daylight saving makes a window or a day shorter or longer and nothing else. A later start is never over earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

Interval: TypeAlias = tuple[datetime, datetime]

NOTHING: Final = timedelta(0)
ONE_SECOND: Final = timedelta(seconds=1)
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
        overnight = ONE_DAY if closes <= opens else NOTHING
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


def after_calendar_days(start: datetime, days: int, zone: ZoneInfo, ends_at: time | None = None) -> datetime:
    """The wall time of the start, or `ends_at`, so many days later in the zone, as UTC."""
    day, wall = _wall(start, zone)
    return max(start, _instant(day + days * ONE_DAY, ends_at or wall, zone))


def after_business_days(
    start: datetime,
    days: int,
    calendar: BusinessCalendar,
    *,
    zone: ZoneInfo | None = None,
    cut_off: time | None = None,
    ends_at: time | None = None,
) -> datetime:
    """The moment (UTC) on the `days`-th business day after the one on which the count begins.

    A start on a day off, or at `cut_off` or later, begins with the next business day, from midnight. The moment
    is `ends_at`, else the wall time of the beginning, in `zone`, else the calendar's. 0 days: the same day.
    """
    zone = zone or calendar.zone
    day, wall = _wall(start, zone)
    if not calendar.is_open_on(day) or (cut_off is not None and wall >= cut_off):
        day, wall = next_business_day(day, 1, calendar), time()
    return max(start, _instant(next_business_day(day, days, calendar), ends_at or wall, zone))


def next_business_day(day: date, count: int, calendar: BusinessCalendar) -> date:
    """The `count`-th business day after `day`; without any in sight the days of the calendar count."""
    found = day
    for _ in range(LOOK_AHEAD_DAYS):
        if count <= 0:
            return found
        found += ONE_DAY
        count -= calendar.is_open_on(found)
    return day + count * ONE_DAY


def _wall(start: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and wall time of a start; before a repeated hour comes again, it counts as that hour's beginning.

    Otherwise a start in the first of the two hours would be over later than one in the second.
    """
    local = start.astimezone(zone)
    repeats_in = _offset(local) - _offset(local.replace(fold=1))
    if repeats_in:
        local = _change_between(start, start + repeats_in, zone).astimezone(zone)
    return local.date(), local.time().replace(fold=0)


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """That wall time as UTC: of a repeated hour the first, of a skipped hour the moment of the skip."""
    local = datetime.combine(day, wall, zone)
    first = local.astimezone(UTC)
    skipped = _offset(local.replace(fold=1)) - _offset(local)
    return _change_between(first - skipped, first, zone) if skipped > NOTHING else first


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or NOTHING


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the zone's clocks were changed, later than `low` and not later than `high`."""
    before = low.astimezone(zone).utcoffset()
    while high - low > ONE_SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


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
    passed = NOTHING
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
