"""How long things may take: the figures of a market's or a shop's rules, as data.

Pure: text in, values out; `models.policy_files` reads the files. Where a figure comes from stands
beside it. A policy names only what differs from its base.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

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


class PolicyError(ValueError):
    """A policy file says something that is no policy; the message names the file's entry."""


INTERVALS: Final = frozenset({"complaint_follow_up", "late_claim_asks_again"})
CLOCK_KEYS: Final = frozenset({"length", "unit", "warn", "warn_share", "cut_off", "source", "read_on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One figure: `length` counts `unit`. `warn` is time left in the same unit, `warn_share` a share of it.

    `source` is "article", "default" (ours) or the platform's page; `read_on` the day it was read.
    """

    length: float
    unit: Unit = Unit.HOURS
    warn: tuple[float, ...] = ()
    warn_share: tuple[float, ...] = ()
    cut_off: time | None = None
    source: str = "default"
    read_on: str = ""

    hours: timedelta = field(init=False)
    warn_left: tuple[timedelta, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Work out `hours` (of a clock that counts them) and `warn_left`, longest first."""
        hours = 24 if self.unit in {Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS} else 1
        left = [*self.warn, *(self.length * share for share in self.warn_share)]
        warn_left = tuple(timedelta(hours=number * hours) for number in sorted(left, reverse=True))
        object.__setattr__(self, "hours", timedelta(hours=self.length))
        object.__setattr__(self, "warn_left", warn_left)

    def run(
        self, start: datetime, calendar: BusinessCalendar, pauses: tuple[Interval, ...] = ()
    ) -> tuple[datetime, tuple[datetime, ...]]:
        """When the clock is over, and when it warns, all UTC. `pauses` do not count."""
        if self.unit is Unit.CALENDAR_DAYS:
            return self._before(after_calendar_days(start, int(self.length), calendar.zone))
        if self.unit is Unit.BUSINESS_DAYS:
            return self._before(after_business_days(start, int(self.length), calendar, self.cut_off))
        lengths = [*(self.hours - left for left in self.warn_left), self.hours]
        if self.unit is Unit.BUSINESS_HOURS:
            *warns, due = in_business_hours(calendar, start, lengths, pauses)
        else:
            *warns, due = in_wall_time(start, lengths, pauses)
        return due, tuple(warns)

    def warns_before(self, due: datetime) -> tuple[datetime, ...]:
        """When the clock warns if it is over at `due` (UTC), whatever its length."""
        return tuple(due - left for left in self.warn_left)

    def _before(self, due: datetime) -> tuple[datetime, tuple[datetime, ...]]:
        return due, self.warns_before(due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named set of figures. `cancel_limit_rank`: below it an order counts as not yet shipped."""

    name: str
    version: str
    cancel_limit_rank: int
    clocks: Mapping[RuleId, Clock]
    intervals: Mapping[str, timedelta]


def parse_policy(text: str, base: Policy | None = None) -> Policy:
    """The policy a TOML text describes, on top of `base`.

    Raises:
        PolicyError: for what is not TOML, an unknown key, clock or unit, or a figure below zero.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"not TOML: {error}") from error
    _only(data, frozenset({"name", "version", "cancel_limit_rank", "clocks", "intervals"}), "policy")
    if "name" not in data or "version" not in data:
        raise PolicyError("a policy needs name and version")
    clocks = dict(base.clocks) if base else {}
    clocks |= {_rule(rule): _clock(rule, entry) for rule, entry in data.get("clocks", {}).items()}
    intervals = dict(base.intervals) if base else {}
    _only(data.get("intervals", {}), INTERVALS, "intervals")
    intervals |= {key: timedelta(hours=hours) for key, hours in data.get("intervals", {}).items()}
    if missing := INTERVALS - set(intervals):
        raise PolicyError(f"intervals: missing {', '.join(sorted(missing))}")
    return Policy(
        name=str(data["name"]),
        version=str(data["version"]),
        cancel_limit_rank=int(data.get("cancel_limit_rank", base.cancel_limit_rank if base else 40)),
        clocks=MappingProxyType(clocks),
        intervals=MappingProxyType(intervals),
    )


def _rule(text: str) -> RuleId:
    try:
        return RuleId(text)
    except ValueError:
        raise PolicyError(f"clocks.{text}: there is no such clock") from None


def _clock(rule: str, entry: Mapping[str, Any]) -> Clock:
    _only(entry, CLOCK_KEYS, f"clocks.{rule}")
    try:
        clock = Clock(
            length=float(entry["length"]),
            unit=Unit(entry["unit"]),
            warn=tuple(float(left) for left in entry.get("warn", ())),
            warn_share=tuple(float(share) for share in entry.get("warn_share", ())),
            cut_off=entry.get("cut_off"),
            source=str(entry.get("source", "default")),
            read_on=str(entry.get("read_on", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"clocks.{rule}: {error!r}") from error
    if clock.length < 0 or any(left < 0 for left in (*clock.warn, *clock.warn_share)):
        raise PolicyError(f"clocks.{rule}: a figure is below zero")
    return clock


def _only(entry: Mapping[str, Any], allowed: frozenset[str], where: str) -> None:
    if stray := set(entry) - allowed:
        raise PolicyError(f"{where}: unknown {', '.join(sorted(stray))}")
