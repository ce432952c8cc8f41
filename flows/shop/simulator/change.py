"""What changes an order on the simulated platform: shipped, cancelled, a request answered, money back.

Each change writes the order's row and the mails that follow; who caused it, a timer or our side,
makes no difference here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flows.shop.protocol import Told
from flows.shop.simulator.carrier import HURRIED, timetable
from flows.shop.simulator.post import EventKind, post
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.store import Event, Play
from models.fact import FactKind, Json
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus

REFUND_TAKES: Final = timedelta(hours=27)


def ship(play: Play, plan: OrderPlan, at: datetime, told: dict[str, Json]) -> Told:
    """Set the order to shipped; the carrier's visits are fixed from here on."""
    play.set_status(plan.order_no, PlatformStatus.AWAITING_COLLECTION)
    post(play, plan, Kind.SHIPPED, at)
    for moment, hop in timetable(plan.route, at, plan.cast.zone):
        detail: dict[str, Json] = {"kind": hop.kind, "attempt": hop.attempt}
        play.schedule(Event(at=moment, order_no=plan.order_no, kind=EventKind.SCANNED, detail=detail))
    return Told(kind=FactKind.MARKED_SHIPPED, occurred_at=at, payload={**parcel_of(plan), **told})


def cancel(play: Play, plan: OrderPlan, at: datetime, *, cause: str, by: str) -> Told:
    """Cancel the order; `cause` is a reason code, `by` is unpaid, buyer or seller."""
    play.set_status(plan.order_no, PlatformStatus.CANCELLED)
    play.set_cancel_open(plan.order_no, is_open=False)
    for scan in play.pending(plan.order_no, EventKind.SCANNED):
        play.finish(scan, "void")
    post(play, plan, Kind.ORDER_CANCELLED, at, cause=cause, by=by)
    actor = "system" if by == "unpaid" else by
    return Told(kind=FactKind.CANCELLED, occurred_at=at, payload={"actor": actor, "reason_code": cause})


def approve(play: Play, plan: OrderPlan, at: datetime) -> tuple[Told, ...]:
    """Grant the buyer's request: the order is cancelled, and two mails say so."""
    post(play, plan, Kind.CANCEL_APPROVED, at, cause=plan.cancel_wish)
    told = cancel(play, plan, at, cause=plan.cancel_wish, by="buyer")
    return Told(kind=FactKind.CANCEL_APPROVED, occurred_at=at), told


def reject(play: Play, plan: OrderPlan, at: datetime) -> tuple[Told, ...]:
    """Turn the buyer's request down; the order goes on."""
    play.set_cancel_open(plan.order_no, is_open=False)
    post(play, plan, Kind.CANCEL_REJECTED, at, cause="already_shipped")
    return (Told(kind=FactKind.CANCEL_REJECTED, occurred_at=at),)


def hurry_carrier(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Bring the carrier's next visit, and all after it, forward to soon after a complaint."""
    visits = play.pending(plan.order_no, EventKind.SCANNED)
    gain = visits[0].at - (at + HURRIED) if visits else timedelta(0)
    if gain <= timedelta(0):
        return
    for visit in visits:
        play.finish(visit, "void")
        moved = Event(at=visit.at - gain, order_no=visit.order_no, kind=visit.kind, detail=visit.detail)
        play.schedule(moved)


def promise_refund(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Let the platform pay back after its usual time."""
    play.schedule(Event(at=at + REFUND_TAKES, order_no=plan.order_no, kind=EventKind.REFUNDED))


def parcel_of(plan: OrderPlan) -> dict[str, Json]:
    """Give what every report about a parcel names."""
    return {"tracking_no": plan.tracking_no, "carrier": plan.cast.carrier}
