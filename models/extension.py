"""Dated extensions: what the platform announced for a while moves the due moments of its own clocks.

Pure. Each extension is applied to the unextended due moment and the latest result counts, so their order does not
matter. Never earlier than before; our own aims and times that somebody stated do not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from models.business_time import BusinessCalendar, next_business_day
from models.deadline import RULES, ClockType, RuleId
from models.policy import Source
from models.policy_entry import SOURCE, TEXT, Key, choice, number, policy_fault, read_table, texts, whole

EXTENDABLE: Final = frozenset(rule for rule, row in RULES.items() if row.clock is ClockType.RULE) - {RuleId.D12}
"""The platform's clocks, without the one that counts attempts and no time."""


WAYS: Final = ("add_hours", "add_business_days", "not_before")


class Touches(StrEnum):
    """Which moment of a clock must lie in the time of an extension."""

    STARTED = "started"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Source):
    """One announcement: clocks with a moment in [`begins_at`, `ends_at`) (UTC) get more time, in one of three ways."""

    name: str
    markets: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    rules: frozenset[RuleId] = EXTENDABLE
    begins_at: datetime
    ends_at: datetime
    applies_to: Touches
    add_hours: float | None = None
    add_business_days: int | None = None
    not_before: datetime | None = None

    @property
    def way(self) -> str:
        """By which key of its entry it gives more time."""
        return next(way for way in WAYS if getattr(self, way) is not None)

    def concerns(self, market: str, shop: str) -> bool:
        """Whether it was announced for this market, or for this very shop."""
        return market in self.markets or shop.casefold() in {name.casefold() for name in self.shops}

    def moved(self, due: datetime, working: BusinessCalendar) -> datetime:
        """The due moment (UTC) with the extension's time."""
        if self.add_hours is not None:
            return due + timedelta(hours=self.add_hours)
        if self.add_business_days is not None:
            local = due.astimezone(working.zone)
            day = next_business_day(local.date(), self.add_business_days, working)
            return datetime.combine(day, local.time(), working.zone).astimezone(UTC)
        return self.not_before or due


def extended(
    extensions: Iterable[Extension], rule: RuleId, start: datetime, due: datetime, working: BusinessCalendar
) -> tuple[datetime, str | None]:
    """The due moment (UTC) with all extensions that touch the clock, and the name of the one that decides."""
    found: tuple[datetime, str | None] = (due, None)
    for one in extensions:
        moment = start if one.applies_to is Touches.STARTED else due
        if rule not in one.rules or not one.begins_at <= moment < one.ends_at:
            continue
        moved = one.moved(due, working)
        if moved > found[0] or (moved == found[0] and found[1] is not None and one.name < found[1]):
            found = (moved, one.name)
    return found


def _moment(value: object) -> datetime:
    """TOML's own time or date, or its text; a date is its midnight."""
    stated = _day(value)
    if stated is not None:
        return datetime.combine(stated, time())
    return value if isinstance(value, datetime) else datetime.fromisoformat(TEXT.read(value))


def _end(value: object) -> datetime:
    """As `_moment`, but a date is all of its day: an announcement for the 3rd to the 11th counts on the 11th, too."""
    return _moment(value) + (timedelta(days=1) if _day(value) is not None else timedelta(0))


def _day(value: object) -> date | None:
    """A date without a time; None for anything else."""
    if isinstance(value, str) and len(value) == len("2027-02-03"):
        return date.fromisoformat(value)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _rules(value: object) -> frozenset[RuleId]:
    found = frozenset(RuleId(name) for name in texts(value))
    if not found or found - EXTENDABLE:
        raise ValueError(value)
    return found


KEYS: Final[Mapping[str, Key]] = {
    "name": Key(TEXT.read, "text", 'name = "Tet 2027"'),
    "markets": Key(texts, "markets", 'markets = ["VN"]'),
    "shops": Key(texts, "shops", 'shops = ["Tre Viet Store"]'),
    "rules": Key(_rules, "rules", 'rules = ["D02"]', ", ".join(sorted(EXTENDABLE))),
    "from": Key(_moment, "moment", "from = 2027-02-03T00:00:00"),
    "until": Key(_end, "last_moment", "until = 2027-02-10"),
    "applies_to": choice(Touches, 'applies_to = "started"'),
    "add_hours": Key(number, "hours", "add_hours = 48"),
    "add_business_days": Key(whole, "whole_days", "add_business_days = 2"),
    "not_before": Key(_moment, "moment", "not_before = 2027-02-12T23:59:00"),
    **SOURCE,
}
TIMES: Final = frozenset({"from", "until", "not_before"})
NEEDED: Final = ("name", "source", "read_on", "from", "until", "applies_to")


def extension_of(entry: object, zone: ZoneInfo, where: str = "extension") -> Extension:
    """The extension that a table tells; times without a zone are wall time in `zone`. Raises PolicyError."""
    values = read_table(entry, KEYS, where, NEEDED)
    ways = [way for way in WAYS if way in values]
    if len(ways) != 1:
        raise policy_fault("one_way", where=where, names=", ".join(WAYS))
    if not values.get("markets") and not values.get("shops"):
        raise policy_fault("whose", where=where, **KEYS["markets"].told)
    times: dict[str, Any] = {key: _utc(value, zone) for key, value in values.items() if isinstance(value, datetime)}
    begins_at, ends_at = times.pop("from"), times.pop("until")
    rest = {key: value for key, value in values.items() if key not in TIMES}
    found = Extension(begins_at=begins_at, ends_at=ends_at, **times, **rest)
    if found.begins_at >= found.ends_at:
        raise policy_fault("backwards", where=where)
    return found


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
