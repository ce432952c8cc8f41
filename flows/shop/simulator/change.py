"""What changes an order on the simulated platform: placed, paid, shipped, scanned, cancelled, delivered.

Each change writes the platform's own rows and the mails and webhooks that follow; who caused it, a timer or our
side, makes no difference here. What becomes of requests to cancel is `aftersale`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flows.shop.simulator.carrier import HURRIED, timetable
from flows.shop.simulator.post import EventKind, News, post, tell
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import (
    Order,
    Package,
    line_ids,
    move,
    move_packages,
    new_id,
    of_order,
    put,
    status_of,
    the_order,
)
from flows.shop.simulator.store import Event, Play, seconds
from flows.shop.simulator.story import Story
from models.fact import Json
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus
from models.stage import ShippingMode

REFUND_TAKES: Final = timedelta(hours=27)
LABEL_TAKES: Final = timedelta(minutes=5)
LABELS_LATE: Final = 4  # of so many labels one is not ready at once
EXCEPTIONS: Final = {Kind.PARCEL_LOST: "PACKAGE_LOST", Kind.PARCEL_DAMAGED: "PACKAGE_DAMAGAED"}  # the schema's spelling
GIVEN_UP_AS: Final = {
    "PACKAGE_LOST": "lost",
    "PACKAGE_DAMAGAED": "damaged",
    "RETURNED_TO_SHIPPER": "refused",
}  # with which cause the platform cancels


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """How the seller ships: which line items, with whose number, handed over how and when (Unix seconds)."""

    lines: tuple[str, ...] = ()  # none: all that are left
    tracking_no: str = ""
    provider_id: str = ""
    method: str | None = None
    slot: tuple[int, int] | None = None


def place(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Let the buyer place the order; what is not paid in advance is paid later, or on delivery."""
    now = seconds(at)
    order = Order(
        order_no=plan.order_no, shop=plan.shop, status=PlatformStatus.UNPAID, create_time=now, update_time=now
    )
    put(play, order)
    take_stock(play, plan, -1)
    if plan.paid or plan.cash_on_delivery:
        pay(play, plan, at)
    else:
        order_news(play, plan, at)
    post(play, plan, Kind.NEW_ORDER, at)


def pay(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Take the money, or let it go on without; where the market has it the order is on hold first."""
    hold = plan.cast.timers.on_hold
    status = PlatformStatus.ON_HOLD if hold else PlatformStatus.AWAITING_SHIPMENT
    paid = None if plan.cash_on_delivery else seconds(at)
    move(play, plan.order_no, status, seconds(at), paid_time=paid)
    if plan.cast.shape.packs_early:
        pack(play, plan, at, line_ids(plan))
    if hold:
        play.schedule(Event(at=at + hold, order_no=plan.order_no, kind=EventKind.HOLD_OVER))
    order_news(play, plan, at)


def release(play: Play, plan: OrderPlan, at: datetime) -> None:
    """End the hour in which the buyer may cancel freely."""
    move(play, plan.order_no, PlatformStatus.AWAITING_SHIPMENT, seconds(at))
    order_news(play, plan, at)


def pack(play: Play, plan: OrderPlan, at: datetime, lines: tuple[str, ...]) -> Package:
    """Make a package of line items."""
    early = plan.cast.shape.tracking_before_shipping and plan.shipping is ShippingMode.PLATFORM
    package = Package(
        package_id=new_id(play, Package, "11", plan.order_no),
        order_no=plan.order_no,
        shop=plan.shop,
        status="TO_FULFILL",
        sub_status="CREATED",
        create_time=seconds(at),
        update_time=seconds(at),
        lines=lines,
        tracking_no=plan.tracking_no if early else "",
    )
    return put(play, package)


def ship(play: Play, plan: OrderPlan, at: datetime, shipping: Shipping | None = None) -> Package:
    """Set line items to shipped; once all are, the carrier's visits are fixed."""
    how = shipping or Shipping()
    package = _package_to_ship(play, plan, at, how)
    now = seconds(at)
    late = int(package.package_id[:-1]) % LABELS_LATE == 0
    shipped = put(
        play,
        replace(
            package,
            status="PROCESSING",
            sub_status="RTS",
            update_time=now,
            tracking_no=how.tracking_no or plan.tracking_no,
            provider_id=how.provider_id,
            handover_method=how.method,
            slot_start=how.slot[0] if how.slot else None,
            slot_end=how.slot[1] if how.slot else None,
            label_time=now + (int(LABEL_TAKES.total_seconds()) if late else 0),
        ),
    )
    if left_to_ship(play, plan):
        move(play, plan.order_no, PlatformStatus.PARTIALLY_SHIPPING, now)
        tell(
            play, plan, News.PACKAGE, at, {"sc_type": "SPLIT", "role_type": "SELLER", "package_list": _ids(play, plan)}
        )
    else:
        move(play, plan.order_no, PlatformStatus.AWAITING_COLLECTION, now, rts_time=now)
        post(play, plan, Kind.SHIPPED, at)
        _plan_visits(play, plan, at)
    order_news(play, plan, at)
    return shipped


def left_to_ship(play: Play, plan: OrderPlan) -> set[str]:
    """Give the line items that are in no shipped package and not cancelled."""
    shipped = {line for package in of_order(play, Package, plan.order_no) if package.shipped for line in package.lines}
    return set(line_ids(plan)) - shipped - cancelled_lines(play, plan)


def cancelled_lines(play: Play, plan: OrderPlan) -> set[str]:
    """Give the line items that are cancelled for good."""
    rows = play.sql(
        "select value from cancellation, json_each(lines) where order_no = ? and status in (?, ?)",
        plan.order_no,
        "CANCELLATION_REQUEST_SUCCESS",
        "CANCELLATION_REQUEST_COMPLETE",
    )
    return {line for (line,) in rows}


def scan(play: Play, plan: OrderPlan, at: datetime, kind: Kind, attempt: int) -> None:
    """Let the carrier see the parcel."""
    now, order = seconds(at), the_order(play, plan.order_no)
    play.add_scan(plan.order_no, at, kind, attempt or None)
    if kind is Kind.DELIVERED:
        move(play, plan.order_no, PlatformStatus.DELIVERED, now, delivery_time=now)
        move_packages(play, plan.order_no, "COMPLETED", "DELIVERED", now)
        play.schedule(Event(at=at + plan.cast.timers.complete, order_no=plan.order_no, kind=EventKind.COMPLETED))
    elif order.status is not PlatformStatus.IN_TRANSIT:
        move(play, plan.order_no, PlatformStatus.IN_TRANSIT, now, collection_time=now)
        move_packages(play, plan.order_no, "FULFILLING", "TTS", now)
    if kind in EXCEPTIONS:
        report_exception(play, plan, at, EXCEPTIONS[kind])
    post(play, plan, kind, at, attempt=attempt)
    if status_of(play, plan.order_no) is not order.status:
        order_news(play, plan, at)


def report_exception(play: Play, plan: OrderPlan, at: datetime, reason: str) -> None:
    """Say in the API that a parcel will not arrive; where the market does so, the platform cancels a day later."""
    move_packages(play, plan.order_no, "FULFILLING", "SHIP_EXCEPTION", seconds(at), exception=reason)
    after = plan.cast.timers.exception
    if after:
        detail: dict[str, Json] = {"cause": GIVEN_UP_AS[reason]}
        play.schedule(Event(at=at + after, order_no=plan.order_no, kind=EventKind.GIVEN_UP, detail=detail))


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


def take_stock(play: Play, plan: OrderPlan, sign: int) -> None:
    """Count an order's goods out of the shop's stock, or back into it."""
    for line in plan.lines:
        play.sql(
            "update stock set pieces = pieces + ? where shop = ? and sku = ?",
            sign * line.quantity,
            plan.shop,
            line.good.sku,
        )


def order_news(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Tell webhooks where an order is now; theirs says CANCEL where the API says CANCELLED."""
    order = the_order(play, plan.order_no)
    said = "CANCEL" if order.status is PlatformStatus.CANCELLED else order.status.value
    held = order.status is PlatformStatus.ON_HOLD
    tell(
        play,
        plan,
        News.ORDER,
        at,
        {"order_status": said, "is_on_hold_order": held, "update_time": order.update_time},
    )


def _package_to_ship(play: Play, plan: OrderPlan, at: datetime, how: Shipping) -> Package:
    """Find the package that holds the lines, or make one of them where there is none yet."""
    left = left_to_ship(play, plan)
    lines = tuple(line for line in line_ids(plan) if line in (how.lines or left))
    waiting = [package for package in of_order(play, Package, plan.order_no) if not package.shipped]
    if not waiting:
        return pack(play, plan, at, lines)
    rest = tuple(line for line in waiting[0].lines if line in left and line not in lines)
    if rest:  # the others stay behind in the package they were in
        put(play, replace(waiting[0], lines=rest, update_time=seconds(at)))
        return pack(play, plan, at, lines)
    return replace(waiting[0], lines=lines)


def _plan_visits(play: Play, plan: OrderPlan, at: datetime) -> None:
    moment = at
    for moment, hop in timetable(plan.route, at, plan.cast.zone):
        detail: dict[str, Json] = {"kind": hop.kind, "attempt": hop.attempt}
        play.schedule(Event(at=moment, order_no=plan.order_no, kind=EventKind.SCANNED, detail=detail))
    timers = plan.cast.timers
    if plan.story is Story.LOST and timers.lost:
        lost: dict[str, Json] = {"exception": "PACKAGE_LOST"}
        play.schedule(Event(at=moment + timers.lost, order_no=plan.order_no, kind=EventKind.EXCEPTION, detail=lost))
    if plan.story is Story.TWO_ATTEMPTS and timers.exception:
        back: dict[str, Json] = {"exception": "RETURNED_TO_SHIPPER"}
        play.schedule(
            Event(at=moment + timers.exception, order_no=plan.order_no, kind=EventKind.EXCEPTION, detail=back)
        )


def _ids(play: Play, plan: OrderPlan) -> list[Json]:
    return [{"package_id": package.package_id} for package in of_order(play, Package, plan.order_no)]
