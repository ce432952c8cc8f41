"""How parcels travel: which scans follow the hand-over in a story, and when.

Pure: a route is drawn once for an order; `timetable` sets it to the moment of the hand-over.
Carriers work from eight to eight, local time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from flows.shop.simulator.story import Story
from models.notification import NotificationKind
from models.stage import HandoverMode

OPENS: Final = 8
CLOSES: Final = 20
HURRIED: Final = timedelta(hours=6)  # after a complaint the carrier comes this soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A scan of the parcel, `after` the one before it (the first: after the hand-over)."""

    kind: NotificationKind
    after: timedelta
    attempt: int | None = None


Leg = tuple[NotificationKind, int, int]  # what is scanned, and the least and most hours since the scan before

COLLECTED: Final[Leg] = (NotificationKind.PICKED_UP, 3, 18)
MOVING: Final[Leg] = (NotificationKind.IN_TRANSIT, 4, 12)
ARRIVED: Final[Leg] = (NotificationKind.DELIVERED, 22, 50)
NOBODY_HOME: Final[Leg] = (NotificationKind.DELIVERY_FAILED, 22, 40)
ORDINARY: Final[tuple[Leg, ...]] = (COLLECTED, MOVING, ARRIVED)

ROUTES: Final[Mapping[Story, tuple[Leg, ...]]] = {
    Story.CARRIER_LATE: ((NotificationKind.PICKED_UP, 80, 92), MOVING, ARRIVED),
    Story.ONE_ATTEMPT: (COLLECTED, MOVING, NOBODY_HOME, (NotificationKind.DELIVERED, 22, 30)),
    Story.TWO_ATTEMPTS: (COLLECTED, MOVING, NOBODY_HOME, (NotificationKind.DELIVERY_FAILED, 24, 30)),
    Story.LOST: (COLLECTED, MOVING),
    Story.DAMAGED: (COLLECTED, MOVING, (NotificationKind.PARCEL_DAMAGED, 16, 36)),
    Story.LATE: (
        COLLECTED,
        MOVING,
        (NotificationKind.IN_TRANSIT, 50, 60),
        (NotificationKind.DELIVERED, 70, 80),
    ),
}


def draw_route(story: Story, handover: HandoverMode, drop_off_after: timedelta, rng: Random) -> tuple[Hop, ...]:
    """Draw the scans of a story; a parcel dropped off is first seen some hours after that, as in transit."""
    legs = ROUTES.get(story, ORDINARY)
    hops = []
    attempts = 0
    for kind, least, most in legs:
        attempts += kind is NotificationKind.DELIVERY_FAILED
        attempt = attempts if kind is NotificationKind.DELIVERY_FAILED else None
        hops.append(Hop(kind=kind, after=_minutes(rng, least, most), attempt=attempt))
    if handover is HandoverMode.DROP_OFF:
        first_scan = Hop(kind=NotificationKind.IN_TRANSIT, after=drop_off_after + _minutes(rng, 2, 7))
        hops = [first_scan, *hops[2:]]
    return tuple(hops)


def timetable(route: Sequence[Hop], handed_over_at: datetime, zone: ZoneInfo) -> list[tuple[datetime, Hop]]:
    """When each scan of a route happens (UTC), nights left out."""
    stops = []
    moment = handed_over_at
    for hop in route:
        moment = _by_day(moment + hop.after, zone)
        stops.append((moment, hop))
    return stops


def _by_day(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    if local.hour < OPENS:
        local = local.replace(hour=OPENS)
    elif local.hour >= CLOSES:
        local = local.replace(hour=OPENS) + timedelta(days=1)
    return local.astimezone(UTC)


def _minutes(rng: Random, least_hours: int, most_hours: int) -> timedelta:
    return timedelta(minutes=rng.randint(least_hours * 60, most_hours * 60))
