"""The calls that ship: Ship Package and its batch, Mark Package As Shipped, Create Packages. Guards first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flows.shop.simulator import aftersale, change, fault
from flows.shop.simulator.change import Shipping
from flows.shop.simulator.market import Way
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import Order, Package, line_ids, open_request
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.calls_package import providers, slots
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire
from models.platform_status import PlatformStatus

METHODS: Final = frozenset({"PICKUP", "DROP_OFF"})
TRACKING: Final = re.compile(r"[A-Za-z0-9-]{6,40}")
DOUBTFUL: Final = re.compile(r"(.)\1{5,}")  # the same sign over and over
BATCH: Final = 20  # no maximum is documented; what is larger may not be relied on
SHIPPABLE: Final = frozenset({PlatformStatus.AWAITING_SHIPMENT, PlatformStatus.PARTIALLY_SHIPPING})


def ship_package(ask: Ask) -> Wire:
    """Ship one package."""
    _ship(ask, ask.ids[0], ask.body)
    return {}


def batch_ship(ask: Ask) -> Wire:
    """Ship several; what fails is listed in an answer that says success."""
    items = ask.body.get("packages")
    if not isinstance(items, list) or not 1 <= len(items) <= BATCH or not all(isinstance(one, dict) for one in items):
        raise Refusal("parameter", f"'packages' must be 1 to {BATCH}")
    errors = []
    for item in items:
        package_id = str(item.get("id", ""))
        try:
            _fail_in_part(ask, package_id)
            _ship(ask, package_id, item)
        except Refusal as refusal:
            detail = {"package_id": package_id}
            errors.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"errors": errors}


def mark_shipped(ask: Ask) -> Wire:
    """Set an order that goes with the seller's own carrier to shipped."""
    order, plan = ask.order(ask.ids[0])
    if Way.MARK not in plan.cast.shape.ways.values():
        raise Refusal("market")
    with _noting(ask, order.order_no):
        if plan.cast.shape.ways[plan.shipping] is not Way.MARK:
            raise Refusal("wrong_way")
        _guard(ask, order, plan, again="order_shipped")
        number, provider = _tracking(ask, plan, ask.body), _provider(plan, ask.body)
        lines = _lines(ask, plan)
        package = change.ship(ask.play, plan, ask.now, Shipping(lines=lines, tracking_no=number, provider_id=provider))
    ask.done(package.package_id, order.order_no)
    told: Wire = {
        "order_id": order.order_no,
        "package_id": package.package_id,
        "order_line_item_ids": list(package.lines),
    }
    if DOUBTFUL.search(number):
        told["warning"] = {"message": "The tracking number may be wrong. Please check it."}
    return told


def create_package(ask: Ask) -> Wire:
    """Buy the platform's label, which ships (US)."""
    order, plan = ask.order(ask.text("order_id"))
    if Way.CREATE not in plan.cast.shape.ways.values():
        raise Refusal("market")
    with _noting(ask, order.order_no):
        if plan.cast.shape.ways[plan.shipping] is not Way.CREATE:
            raise Refusal("wrong_way")
        _guard(ask, order, plan, again="label_bought")
        package = change.ship(ask.play, plan, ask.now, Shipping(lines=_lines(ask, plan)))
    ask.done(package.package_id, order.order_no)
    service = {"id": f"55{order.order_no[2:]}", "name": "Example Ground", "price": "6.40"}
    return {"package_id": package.package_id, "shipping_service_info": service}


class _noting:  # noqa: N801  # reads as a verb
    """Note a refusal among the call's deeds before it goes out."""

    def __init__(self, ask: Ask, order_no: str, subject: str = "") -> None:
        self.ask, self.order_no, self.subject = ask, order_no, subject or order_no

    def __enter__(self) -> None:
        """Nothing to set up."""

    def __exit__(self, _: object, raised: object, __: object) -> None:
        if isinstance(raised, Refusal):
            self.ask.done(self.subject, self.order_no, raised.code)


def _ship(ask: Ask, package_id: str, said: Mapping[str, Any]) -> None:
    package, plan = ask.package(package_id)
    way = plan.cast.shape.ways[plan.shipping]
    with _noting(ask, plan.order_no, package_id):
        if way not in {Way.SHIP, Way.SHIP_OWN}:
            raise Refusal("wrong_way")
        order, _ = ask.order(plan.order_no)
        _guard(ask, order, plan, again="shipped", package=package)
        how = _own_carrier(ask, plan, said) if way is Way.SHIP_OWN else _platform(ask, plan, said)
        change.ship(ask.play, plan, ask.now, how)
    ask.done(package_id, plan.order_no)


def _guard(ask: Ask, order: Order, plan: OrderPlan, *, again: str, package: Package | None = None) -> None:
    """Refuse to ship what is shipped, cancelled, held, unpaid, or asked back by the buyer."""
    if order.status is PlatformStatus.CANCELLED:
        raise Refusal("cancelled")
    if order.status is PlatformStatus.ON_HOLD:
        raise Refusal("on_hold")
    if order.status is PlatformStatus.UNPAID:
        raise Refusal("unpaid")
    if order.status not in SHIPPABLE or (package and package.shipped):
        raise Refusal(again)
    if open_request(ask.play, order.order_no):
        if not plan.cast.shape.shipping_rejects_cancel:
            raise Refusal("request_open")
        aftersale.reject(ask.play, plan, ask.now)


def _platform(ask: Ask, plan: OrderPlan, said: Mapping[str, Any]) -> Shipping:
    """Read how a package that the platform transports is handed over; where that is not heeded, forget it."""
    method, slot = said.get("handover_method"), said.get("pickup_slot")
    if method is not None and method not in METHODS:
        raise Refusal("parameter", "'handover_method'")
    window = None
    if slot is not None:
        window = _window(slot)
        free = {(one["start_time"], one["end_time"]) for one in slots(plan.cast, ask.now) if one["avaliable"]}
        if window not in free:
            raise Refusal("slot")
    usual = plan.handover.upper()
    counts = plan.cast.shape.handover_counts
    return Shipping(method=(method or usual) if counts else usual, slot=window)


def _window(slot: object) -> tuple[int, int]:
    if not isinstance(slot, dict) or not all(isinstance(slot.get(key), int) for key in ("start_time", "end_time")):
        raise Refusal("parameter", "'pickup_slot'")
    return slot["start_time"], slot["end_time"]


def _own_carrier(ask: Ask, plan: OrderPlan, said: Mapping[str, Any]) -> Shipping:
    given = said.get("self_shipment")
    if not isinstance(given, dict):
        raise Refusal("parameter", "'self_shipment'")
    return Shipping(tracking_no=_tracking(ask, plan, given), provider_id=_provider(plan, given))


def _tracking(ask: Ask, plan: OrderPlan, said: Mapping[str, Any]) -> str:
    number = said.get("tracking_number")
    if not isinstance(number, str) or not TRACKING.fullmatch(number):
        raise Refusal("tracking")
    used = ask.play.sql("select 1 from package where tracking_no = ? and order_no <> ?", number, plan.order_no)
    if used.fetchone():
        raise Refusal("tracking")
    return number


def _provider(plan: OrderPlan, said: Mapping[str, Any]) -> str:
    provider = said.get("shipping_provider_id")
    if provider not in {one["id"] for one in providers(plan.cast)}:
        raise Refusal("provider")
    return str(provider)


def _lines(ask: Ask, plan: OrderPlan) -> tuple[str, ...]:
    """Read which line items; those that are shipped already are refused."""
    lines = tuple(ask.texts("order_line_item_ids"))
    if not set(lines) <= set(line_ids(plan)):
        raise Refusal("parameter", "'order_line_item_ids'")
    if not set(lines) <= change.left_to_ship(ask.play, plan):
        raise Refusal("order_shipped")
    return lines


def _fail_in_part(ask: Ask, package_id: str) -> None:
    """Let one package of a batch fail where a fault says so."""
    found = ask.play.sql("select order_no from package where package_id = ?", package_id).fetchone()
    planted = fault.due(ask.play, found[0], "batch_item") if found else None
    if planted:
        fault.wear_off(ask.play, planted)
        raise Refusal("internal")
