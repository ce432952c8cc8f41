"""How fast carriers are: from set to shipped to collected, to the first scan and to delivered, one beside the other.

Pure. A parcel counts by the day on which its leg ended, so that slow ones that are still on their way now make
no carrier look faster than it is. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from models.fact import FactKind
from models.time_to_ship import middle

FEW: Final = 5  # parcels below which a median is a matter of chance


class Leg(StrEnum):
    """What the carrier does, each counted from the moment that the order was set to shipped."""

    COLLECTED = "collected"
    SCANNED = "scanned"
    DELIVERED = "delivered"


ENDS: Final[Mapping[Leg, FactKind]] = {
    Leg.COLLECTED: FactKind.PICKED_UP,
    Leg.SCANNED: FactKind.IN_TRANSIT,
    Leg.DELIVERED: FactKind.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One order's way: its carrier if that is known, when it was set to shipped and when each leg ended."""

    order_no: str
    carrier: str | None
    shipped_at: datetime
    ended: Mapping[Leg, datetime]

    def span(self, leg: Leg) -> timedelta | None:
        """How long a leg took; None when its end is not known, or lies before its beginning."""
        end = self.ended.get(leg)
        return end - self.shipped_at if end is not None and end >= self.shipped_at else None


@dataclass(frozen=True, slots=True)
class LegFigure:
    """How many parcels ended a leg, and how long half of them took at most."""

    count: int
    median: timedelta | None

    @property
    def few(self) -> bool:
        """Whether there are too few of them to judge by."""
        return self.count < FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierFigures:
    """One carrier's legs; None for the parcels whose carrier is not known."""

    carrier: str | None
    legs: Mapping[Leg, LegFigure]

    @property
    def parcels(self) -> int:
        """For how many parcels its figures speak at most."""
        return max(figure.count for figure in self.legs.values())


def compare(journeys: Iterable[Journey], since: datetime, until: datetime) -> list[CarrierFigures]:
    """The figures of each carrier for what ended between `since` and `until`, the carrier of most parcels first."""
    by_carrier: dict[str | None, list[Journey]] = {}
    for journey in journeys:
        by_carrier.setdefault(journey.carrier, []).append(journey)
    figures = [
        CarrierFigures(carrier=carrier, legs={leg: _figure(own, leg, since, until) for leg in Leg})
        for carrier, own in by_carrier.items()
    ]
    return sorted((one for one in figures if one.parcels), key=lambda one: (-one.parcels, one.carrier or ""))


def ended_between(journeys: Iterable[Journey], since: datetime, until: datetime) -> list[Journey]:
    """The ways of which some leg ended between these moments."""
    return [one for one in journeys if any(since <= end < until for end in one.ended.values())]


def _figure(journeys: Sequence[Journey], leg: Leg, since: datetime, until: datetime) -> LegFigure:
    ended = [one for one in journeys if leg in one.ended and since <= one.ended[leg] < until]
    spans = [span for one in ended if (span := one.span(leg)) is not None]
    return LegFigure(count=len(spans), median=middle(spans))


def fastest(figures: Sequence[CarrierFigures], leg: Leg) -> CarrierFigures | None:
    """The carrier with the shortest median of a leg among those that are known by name and by enough parcels."""
    judged = [
        (median, one)
        for one in figures
        if one.carrier and not one.legs[leg].few and (median := one.legs[leg].median) is not None
    ]
    return min(judged, key=lambda found: found[0])[1] if judged else None
