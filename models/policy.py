"""How long things may take: the figures of a market's or a shop's rules, as values.

Pure. Where a figure comes from stands beside it; `models.policy_data` reads figures, `models.policy_files`
opens the files. A policy names only what differs from its base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from models.business_time import (
    BusinessCalendar,
    Interval,
    after_business_days,
    after_calendar_days,
    in_business_hours,
    in_wall_time,
)
from models.deadline import RuleId


class Unit(StrEnum):
    """What a length counts."""

    HOURS = "hours"
    BUSINESS_HOURS = "business_hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    ATTEMPTS = "attempts"


class Start(StrEnum):
    """From where a clock may count, though it exists only from its own start on."""

    ORDER_PLACED = "order_placed"


class PolicyError(ValueError):
    """Figures that are no policy; the message names the entry and what is allowed there."""


ARTICLE: Final = "article"
DEFAULT: Final = "default"
YOURS: Final = "yours"
OURS: Final = frozenset({ARTICLE, DEFAULT, YOURS})
"""Sources that are no page of the platform, so they need no date on which it was read."""

PLATFORM_HOLD: Final = "platform_hold"  # the interval in which the platform holds a new order
NOT_SHIPPED: Final = "not_shipped"
NOT_COLLECTED: Final = "not_collected"
NOT_DELIVERED: Final = "not_delivered"  # no policy has a figure for it; the API states it

DAYS: Final = frozenset({Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS})
HOURS_A_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure is from: "article", "default" (ours), "yours", or the platform's page and when it was read."""

    source: str = DEFAULT
    read_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Source):
    """One figure: `length` counts `unit`. `warn` is hours left (business hours where they count), `warn_share` a share.

    `cut_off`, `ends_at` are wall times in `zone` (else the policy's): what begins at `cut_off` or later begins
    with the next business day, the last day ends at `ends_at`. A clock with `starts` counts from there, and if
    that is over before the clock itself began, as `otherwise` from its own start.
    """

    length: float
    unit: Unit = Unit.HOURS
    warn: tuple[float, ...] = ()
    warn_share: tuple[float, ...] = ()
    cut_off: time | None = None
    ends_at: time | None = None
    zone: ZoneInfo | None = None
    starts: Start | None = None
    otherwise: Clock | None = None

    hours: timedelta = field(init=False)
    warn_left: tuple[timedelta, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Work out `hours` (of a clock that counts them) and `warn_left`, longest first."""
        whole = self.length * (HOURS_A_DAY if self.unit in DAYS else 1)
        left = [*self.warn, *(whole * share for share in self.warn_share)]
        object.__setattr__(self, "hours", timedelta(hours=self.length))
        object.__setattr__(self, "warn_left", tuple(timedelta(hours=hours) for hours in sorted(left, reverse=True)))

    def run(
        self,
        start: datetime,
        opening: BusinessCalendar,
        working: BusinessCalendar,
        pauses: tuple[Interval, ...] = (),
    ) -> tuple[datetime, tuple[datetime, ...]]:
        """When the clock is over, and when it warns, all UTC.

        Hours count by the shop's `opening`, days by the policy's `working` days; `pauses` stop hours alone.
        """
        if self.unit in DAYS:
            due = self._last_moment(start, working)
            return due, self.warns_before(due)
        lengths = [*(self.hours - left for left in self.warn_left), self.hours]
        if self.unit is Unit.BUSINESS_HOURS:
            *warns, due = in_business_hours(opening, start, lengths, pauses)
        else:
            *warns, due = in_wall_time(start, lengths, pauses)
        return due, tuple(warns)

    def warns_before(self, due: datetime) -> tuple[datetime, ...]:
        """When the clock warns if it is over at `due` (UTC), whatever its length."""
        return tuple(due - left for left in self.warn_left)

    def _last_moment(self, start: datetime, working: BusinessCalendar) -> datetime:
        if self.unit is Unit.CALENDAR_DAYS:
            return after_calendar_days(start, int(self.length), self.zone or working.zone, self.ends_at)
        return after_business_days(
            start, int(self.length), working, zone=self.zone, cut_off=self.cut_off, ends_at=self.ends_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCalendar(Source):
    """Which days a policy's business days are; what it leaves open is the shop's.

    `country` (with `subdivision`) is the name under which the public holidays are known, `holidays` their dates.
    """

    zone: ZoneInfo | None = None
    weekdays: frozenset[int] = frozenset()  # Monday is 0
    country: str = ""
    subdivision: str = ""
    holidays: frozenset[date] = frozenset()

    def working(self, shop: BusinessCalendar) -> BusinessCalendar:
        """The days that count for a shop; its own closing days never do."""
        return BusinessCalendar(
            zone=self.zone or shop.zone,
            hours=shop.hours,
            days=self.weekdays or shop.days,
            closed=shop.closed | self.holidays,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named set of figures, usual in `markets`. `cancel_limit_rank`: below it an order counts as not yet shipped.

    `auto_cancel` is how long after the order the platform cancels by itself, by what is missing; `sources` tell
    where the figures that are no clocks come from.
    """

    name: str
    version: str
    markets: tuple[str, ...]
    calendar: PolicyCalendar
    cancel_limit_rank: int
    clocks: Mapping[RuleId, Clock]
    auto_cancel: Mapping[str, Clock]
    intervals: Mapping[str, timedelta]
    sources: Mapping[str, Source]
