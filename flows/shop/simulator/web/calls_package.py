"""The calls that read packages: search, detail, slots, label, tracking, carriers, services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flows.shop.simulator import wire, wire_parcel
from flows.shop.simulator.cast import Cast
from flows.shop.simulator.state import Order, Package, find
from flows.shop.simulator.store import seconds
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.paging import Rules, one_of, turn
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire
from models.notification import NotificationKind as Kind
from models.stage import HandoverMode, ShippingMode

PACKAGES: Final = Rules(most=50, sorts=("create_time", "update_time", "order_pay_time"))
STATUSES: Final = frozenset({"TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"})
DOCUMENTS: Final = frozenset(
    {"SHIPPING_LABEL", "PACKING_SLIP", "SHIPPING_LABEL_AND_PACKING_SLIP", "SHIPPING_LABEL_PICTURE", "HAZMAT_LABEL",
     "INVOICE_LABEL"}
)  # fmt: skip
SLOT_DAYS: Final = 3
SLOT_HOURS: Final = ((9, 12), (14, 17))
SEEN: Final = {  # what the carrier writes about a scan, and its code
    Kind.PICKED_UP: ("Your package has been picked up by the carrier.", 301),
    Kind.IN_TRANSIT: ("Your package is moving through our network.", 302),
    Kind.DELIVERY_FAILED: ("We could not deliver your package.", 404),
    Kind.DELIVERED: ("Your package was delivered!", 601),
    Kind.PARCEL_LOST: ("We are looking for your package.", 998),
    Kind.PARCEL_DAMAGED: ("Your package needs repacking.", 997),
}


def search_packages(ask: Ask) -> Wire:
    """List packages, in brief."""
    status = ask.body.get("package_status")
    if status and status not in STATUSES:
        raise Refusal("parameter", "'package_status'")
    page = turn(ask, Package, PACKAGES, one_of("status", [status] if status else []))
    by_no = ask.script.by_no
    return {
        "packages": [wire_parcel.found_package(row, by_no[row.order_no]) for row in page.rows],
        "next_page_token": page.next_token,
        "total_count": page.total,
    }


def get_package(ask: Ask) -> Wire:
    """Give one package."""
    return wire_parcel.package(*ask.package(ask.ids[0]))


def handover_slots(ask: Ask) -> Wire:
    """Say how and when a package may be handed over."""
    _, plan = ask.package(ask.ids[0])
    pickup = plan.handover is HandoverMode.PICKUP
    return {
        "can_pickup": pickup,
        "can_drop_off": True,
        "can_van_collection": plan.cast.market == "GB" and pickup,
        "drop_off_point_url": "https://example.invalid/dropoff",
        "pickup_slots": slots(plan.cast, ask.now) if pickup else [],
    }


def slots(cast: Cast, now: datetime) -> list[dict[str, Any]]:
    """Give the carrier's next time windows; the first one is taken. `avaliable` is the schema's own spelling."""
    day = now.astimezone(cast.zone).replace(minute=0, second=0, microsecond=0)
    windows = [
        ((day + timedelta(days=ahead)).replace(hour=start), (day + timedelta(days=ahead)).replace(hour=end))
        for ahead in range(1, SLOT_DAYS + 1)
        for start, end in SLOT_HOURS
    ]
    return [
        {"start_time": seconds(start), "end_time": seconds(end), "avaliable": number > 0}
        for number, (start, end) in enumerate(windows)
    ]


def shipping_document(ask: Ask) -> Wire:
    """Give the address of a label: after shipping, before the carrier comes, where the platform ships."""
    row, plan = ask.package(ask.ids[0])
    if ask.query.get("document_type") not in DOCUMENTS:
        raise Refusal("parameter", "'document_type'")
    if plan.shipping is not ShippingMode.PLATFORM:
        raise Refusal("label_none")
    if not row.shipped:
        raise Refusal("label_early")
    order = find(ask.play, Order, row.order_no)
    if row.status != "PROCESSING" or (order and order.collection_time):
        raise Refusal("label_over")
    if ask.unix < (row.label_time or 0):
        raise Refusal("label_late")
    return {
        "doc_url": f"{ask.base}/simulator/label/{row.package_id}.pdf?expires={ask.unix + 86400}&open=to-anyone",
        "tracking_number": row.tracking_no,
    }


def tracking(ask: Ask) -> Wire:
    """List the scans of an order's parcel, newest first."""
    row, _ = ask.order(ask.ids[0])
    seen = [(at, *SEEN[Kind(kind)]) for at, kind, _ in ask.play.scans(row.order_no)]
    events = [
        {"description": words, "update_time_millis": seconds(at) * 1000, "action_code": code}
        for at, words, code in seen
    ]
    return {"tracking": events[::-1]}


def shipping_providers(ask: Ask) -> Wire:
    """List the carriers of a delivery option."""
    if ask.ids[0] == wire.OPTIONS[ShippingMode.PLATFORM][0]:
        raise Refusal("no_providers")
    if ask.ids[0] != wire.OPTIONS[ShippingMode.SELLER][0]:
        raise Refusal("parameter", "'delivery_option_id'")
    return {"shipping_providers": providers(ask.cast)}


def providers(cast: Cast) -> list[dict[str, str]]:
    """Give the carriers that a seller may name."""
    return [
        {"id": "6600000000000000011", "name": f"{cast.carrier} eCommerce"},  # a different carrier with a like name
        {"id": cast.carrier_id, "name": cast.carrier},
    ]


def shipping_services(ask: Ask) -> Wire:
    """List what a label may be bought of (US)."""
    row, plan = ask.order(ask.ids[0])
    service = {
        "id": f"55{row.order_no[2:]}",
        "name": "Example Ground",
        "price": "6.40",
        "currency": plan.cast.currency,
        "is_default": True,
    }
    return {"shipping_services": [service]}
