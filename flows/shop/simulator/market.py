"""The markets of the simulator, as written in markets.toml: which calls there are, how long things take.

Pure once read. A market's shape follows from where a shop is; its timers are chosen for a whole play.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from models.platform_status import PlatformStatus
from models.stage import ShippingMode

ARTICLE: Final = "article"
RANK: Final = {status: rank for rank, status in enumerate(PlatformStatus)}


class Way(StrEnum):
    """The call that ships an order."""

    SHIP = "ship"
    SHIP_OWN = "ship_own"
    MARK = "mark"
    CREATE = "create"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the API is like where a shop is; markets.toml says what each word means."""

    name: str
    ways: Mapping[ShippingMode, Way]
    package_from: str
    handover_counts: bool
    tracking_before_shipping: bool
    buyer_asks_until: PlatformStatus
    seller_cancels_until: PlatformStatus
    reasons: tuple[str, ...]
    rejects: tuple[str, ...]
    shipping_rejects_cancel: bool = False
    partial_cancel: bool = False

    @property
    def packs_early(self) -> bool:
        """Whether an order has its package as soon as it is paid."""
        return self.package_from == "payment"


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take: exactly so many hours, or to the end of a day of the shop's own zone."""

    hours: int = 0
    days: int = 0
    calendar: int = 0

    def due(self, start: datetime, zone: ZoneInfo, week: tuple[int, ...]) -> datetime:
        """When it is over (UTC)."""
        if self.hours:
            return start + timedelta(hours=self.hours)
        day = start.astimezone(zone)
        left = self.days or self.calendar
        while left:
            day += timedelta(days=1)
            left -= bool(self.calendar) or day.weekday() in week
        return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long things take in a play; markets.toml says what each word means."""

    name: str
    shops: tuple[str, ...]
    week: tuple[int, ...]
    on_hold: timedelta
    unpaid: timedelta
    answer: timedelta
    complete: timedelta
    terms: Mapping[str, Term]
    seller_cancels_until: PlatformStatus | None = None
    lost: timedelta | None = None
    exception: timedelta | None = None

    def due(self, what: str, start: datetime, zone: ZoneInfo) -> datetime | None:
        """When a term that began at `start` is over (UTC); None where the platform sets none."""
        term = self.terms.get(what)
        return term.due(start, zone, self.week) if term else None


TERMS: Final = ("rts_sla", "tts_sla", "shipping_due", "collection_due", "delivery_due", "delivery_sla")


def shape_of(region: str) -> Shape:
    """Give what the API is like in a country. Raises KeyError for one that no shape names."""
    return _shapes()[region]


@cache
def timers() -> Mapping[str, Timers]:
    """Give the timers by name, in the file's order."""
    return {name: _timers(name, dict(row)) for name, row in _file()["timers"].items()}


@cache
def _shapes() -> Mapping[str, Shape]:
    shapes = [(_shape(name, dict(row)), row["regions"]) for name, row in _file()["shape"].items()]
    return {region: shape for shape, regions in shapes for region in regions}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("markets.toml").read_text(encoding="utf-8"))


def _shape(name: str, row: dict[str, Any]) -> Shape:
    del row["regions"]
    ways = {ShippingMode.PLATFORM: Way(row.pop("TIKTOK")), ShippingMode.SELLER: Way(row.pop("SELLER"))}
    for key in ("buyer_asks_until", "seller_cancels_until"):
        row[key] = PlatformStatus(row[key])
    for key in ("reasons", "rejects"):
        row[key] = tuple(row[key])
    return Shape(name=name, ways=ways, **row)


def _timers(name: str, row: dict[str, Any]) -> Timers:
    until = row.get("seller_cancels_until")
    return Timers(
        name=name,
        shops=tuple(row["shops"]),
        week=tuple(row["week"]),
        on_hold=timedelta(hours=row["on_hold_hours"]),
        unpaid=timedelta(hours=row["unpaid_hours"]),
        answer=timedelta(hours=row["answer_hours"]),
        complete=timedelta(days=row["complete_days"]),
        terms={term: Term(**row[term]) for term in TERMS if term in row},
        seller_cancels_until=PlatformStatus(until) if until else None,
        lost=timedelta(days=row["lost_days"]) if "lost_days" in row else None,
        exception=timedelta(hours=row["exception_hours"]) if "exception_hours" in row else None,
    )
