"""A shop's days, and how many of its time limits were missed by the day they were due.

Pure. A day is the shop's own, from midnight to midnight of its zone; its ends are UTC. Only what is settled counts:
a day on which a clock can still be missed is left out, for its rate would look better than it will be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.deadline import RULES, ClockType, Fault, RuleId

ONE_DAY: Final = timedelta(days=1)
COUNTS_ATTEMPTS: Final = RuleId.D12  # it exists only once it is missed: a share of it says nothing
LIMITS: Final = tuple(
    rule
    for rule, row in RULES.items()
    if row.clock is ClockType.RULE and row.fault is not Fault.NOBODY and rule is not COUNTS_ATTEMPTS
)
"""The platform's time limits that somebody answers for, without our own aims."""
DISPATCH: Final = RuleId.D02


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDay:
    """A day of the shop's: it begins at `since` and is over at `until`, both UTC."""

    date: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of one limit's clocks that were due on a day: kept, missed by whose fault, and still open."""

    date: date
    rule: RuleId
    met: int = 0
    by_shop: int = 0
    by_carrier: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """How many settled clocks were due, and how many of them were missed by whose fault."""

    due: int = 0
    by_shop: int = 0
    by_carrier: int = 0

    @property
    def missed(self) -> int:
        """All that were missed."""
        return self.by_shop + self.by_carrier

    @property
    def percent(self) -> float:
        """The share that was missed, 0 to 100; 0 when nothing was due."""
        return 100 * self.missed / self.due if self.due else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRate:
    """A day's late-dispatch rate (orders set to shipped too late), and the rate of all limits together."""

    date: date
    dispatch: Rate
    all: Rate


def day_of(moment: datetime, zone: ZoneInfo) -> ShopDay:
    """The shop's day in which a moment lies."""
    return _day(moment.astimezone(zone).date(), zone)


def days_before(now: datetime, zone: ZoneInfo, count: int) -> tuple[ShopDay, ...]:
    """The last `count` days of the shop's that are over at `now`, the first one first."""
    today = now.astimezone(zone).date()
    return tuple(_day(today - back * ONE_DAY, zone) for back in range(count, 0, -1))


def week_of(now: datetime, zone: ZoneInfo) -> tuple[ShopDay, ...]:
    """The seven days of the shop's week in which a moment lies, from its Monday on."""
    today = now.astimezone(zone).date()
    monday = today - today.weekday() * ONE_DAY
    return tuple(_day(monday + number * ONE_DAY, zone) for number in range(7))


def _day(day: date, zone: ZoneInfo) -> ShopDay:
    return ShopDay(date=day, since=_midnight(day, zone), until=_midnight(day + ONE_DAY, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def undecided(tallies: Iterable[Tally]) -> list[date]:
    """The days on which a clock is still open, in order."""
    return sorted({one.date for one in tallies if one.open})


def settled(tallies: Sequence[Tally]) -> list[Tally]:
    """The tallies of the other days."""
    left_out = set(undecided(tallies))
    return [one for one in tallies if one.date not in left_out]


def by_day(tallies: Iterable[Tally]) -> list[DayRate]:
    """The rates of each day on which something was due, the first day first."""
    days: dict[date, list[Tally]] = {}
    for one in tallies:
        days.setdefault(one.date, []).append(one)
    rates = [
        DayRate(date=day, dispatch=rate_of([one for one in told if one.rule is DISPATCH]), all=rate_of(told))
        for day, told in sorted(days.items())
    ]
    return [rate for rate in rates if rate.all.due]


def by_limit(tallies: Iterable[Tally]) -> list[tuple[RuleId, Rate]]:
    """The rate of each limit that was due at all, the most missed first."""
    limits: dict[RuleId, list[Tally]] = {}
    for one in tallies:
        limits.setdefault(one.rule, []).append(one)
    rates = [(rule, rate_of(told)) for rule, told in limits.items()]
    return sorted((found for found in rates if found[1].due), key=lambda found: (-found[1].missed, found[0]))


def rate_of(tallies: Sequence[Tally]) -> Rate:
    """The rate of all these together."""
    by_shop, by_carrier = sum(one.by_shop for one in tallies), sum(one.by_carrier for one in tallies)
    return Rate(sum(one.met for one in tallies) + by_shop + by_carrier, by_shop, by_carrier)
