"""How fast a shop packs at each hour of the day, and which of today's orders will not be packed in time at that pace.

Pure. The pace is what the shop did itself over its last days; nothing is assumed of it. Times are aware and in UTC,
hours of the day are those of the shop's zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HISTORY_DAYS: Final = 14
FEWEST_DAYS: Final = 3  # with packing on them, before a pace means anything
FEWEST_PACKED: Final = 20
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many orders the shop packs in each hour of the day (0 to 23), on a day on which it packs at all.

    `packed` orders on `days` days are what it rests on.
    """

    by_hour: Mapping[int, float]
    packed: int
    days: int

    @property
    def known(self) -> bool:
        """Whether there is enough of it to tell."""
        return self.days >= FEWEST_DAYS and self.packed >= FEWEST_PACKED

    def at(self, moment: datetime, zone: ZoneInfo) -> float:
        """How many orders an hour the shop packs at that time of day."""
        return self.by_hour.get(moment.astimezone(zone).hour, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What becomes of the orders that are due today and not packed: `late` of `due` cannot be packed in time.

    The last of the others is packed at `done_at`. `an_hour` is the pace now, `rest` what is packed until midnight.
    """

    due: int
    late: int
    done_at: datetime | None
    an_hour: float
    rest: float


def pace(packed: Iterable[datetime], zone: ZoneInfo, share: float = 1.0) -> Pace:
    """The pace of the last days, from when orders were packed; `share` of all of them, if they are a sample."""
    local = [moment.astimezone(zone) for moment in packed]
    days = len({moment.date() for moment in local})
    hours = Counter(moment.hour for moment in local)
    return Pace(
        by_hour={hour: count / share / days for hour, count in sorted(hours.items())},
        packed=round(len(local) / share),
        days=days,
    )


def forecast(due: Iterable[datetime], usual: Pace, zone: ZoneInfo, now: datetime, midnight: datetime) -> Forecast:
    """What will be late of the orders due today, if they are packed one by one, the most pressing first.

    One that cannot be packed in time any more is left for later: it holds up none that can.
    """
    finishes = _finishes(usual, zone, now, midnight)
    next_one, done_at, orders, late = next(finishes, None), None, sorted(due), 0
    for due_at in orders:
        if next_one is not None and next_one <= due_at:
            done_at, next_one = next_one, next(finishes, None)
        else:
            late += 1
    rest = sum(usual.at(begin, zone) * ((end - begin) / HOUR) for begin, end in _hours(zone, now, midnight))
    return Forecast(due=len(orders), late=late, done_at=done_at, an_hour=usual.at(now, zone), rest=rest)


def _finishes(usual: Pace, zone: ZoneInfo, now: datetime, until: datetime) -> Iterator[datetime]:
    """When one order after the other is packed, from now on."""
    begun = 0.0  # the part of the next order that is packed already
    for begin, end in _hours(zone, now, until):
        an_hour, at = usual.at(begin, zone), begin
        while begun + an_hour * ((end - at) / HOUR) >= 1:
            at = min(at + (1 - begun) / an_hour * HOUR, end)
            begun = 0.0
            yield at
        begun += an_hour * ((end - at) / HOUR)


def _hours(zone: ZoneInfo, now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The hours of the shop's day from now on, the first one what is left of it."""
    begin = now
    while begin < until:
        local = begin.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        end = min(begin + HOUR - past, until)
        yield begin, end
        begin = end
