"""The platform's packages as the Open API writes them, in detail and in a list. Pure, as `wire`."""

from __future__ import annotations

from flows.shop.simulator.buyer import person_of
from flows.shop.simulator.cast import Cast
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import Package, line_ids
from flows.shop.simulator.wire import OPTIONS, SHIPPING_TYPES, Wire, address_of, carrier_of, is_new
from models.stage import ShippingMode


def package(row: Package, plan: OrderPlan) -> Wire:
    """Give a package as its detail has it."""
    carrier_id, carrier = carrier_of(plan, row)
    told: Wire = {
        "package_id": row.package_id,
        "orders": [{"id": row.order_no, "skus": _skus(row, plan)}],
        "package_status": row.status,
        "package_sub_status": "QUANTUM_HOLD" if is_new(row.package_id) else row.sub_status,
        "split_and_combine_tag": "DEFAULT",
        "has_multi_skus": len(plan.lines) > 1,
        "note_tag": "BUYER_UNNOTED",
        "shipping_provider_name": carrier,
        "shipping_provider_id": carrier_id,
        "shipping_type": SHIPPING_TYPES[plan.shipping],
        "delivery_option_id": OPTIONS[plan.shipping][0],
        "delivery_option_name": OPTIONS[plan.shipping][1],
        "tracking_number": row.tracking_no,
        "last_mile_tracking_number": "",
        "create_time": row.create_time,
        "update_time": row.update_time,
        "order_line_item_ids": list(row.lines),
        "recipient_address": address_of(person_of(plan), plan.cast, clear=plan.shipping is ShippingMode.SELLER),
        "sender_address": _sender(plan.cast),
        "weight": {"value": "400", "unit": "GRAM"},
        "dimension": {"length": "12", "width": "10", "height": "10", "unit": "CM"},
        "eco_stamp": None,
    }
    if row.exception:
        told["ship_exception_reason"] = row.exception
    if row.handover_method:
        told["handover_method"] = row.handover_method
    if row.slot_start:
        told["pickup_slot"] = {"start_time": row.slot_start, "end_time": row.slot_end}
    return told


def found_package(row: Package, plan: OrderPlan) -> Wire:
    """Give a package as the search has it: `id` and `status`, where the detail says `package_id`, `package_status`."""
    carrier_id, carrier = carrier_of(plan, row)
    return {
        "id": row.package_id,
        "orders": [{"id": row.order_no, "skus": _skus(row, plan)}],
        "status": row.status,
        "tracking_number": row.tracking_no,
        "shipping_provider_name": carrier,
        "shipping_provider_id": carrier_id,
        "order_line_item_ids": list(row.lines),
        "create_time": row.create_time,
        "update_time": row.update_time,
        "eco_stamp": None,
    }


def _sender(cast: Cast) -> Wire:
    road = "9 Seller Road, Testville"
    return {"full_address": road, "phone_number": "(+00)000-***-0001", "name": cast.name, "region_code": cast.market}


def _skus(row: Package, plan: OrderPlan) -> list[Wire]:
    """Give a package's goods, counted."""
    told = []
    first = 0
    ids = line_ids(plan)
    for line in plan.lines:
        units = sum(item in row.lines for item in ids[first : first + line.quantity])
        first += line.quantity
        if units:
            told.append(
                {
                    "id": plan.cast.sku_id(line.good),
                    "name": line.good.variation,
                    "image_url": "https://example.invalid/p.jpeg",
                    "quantity": units,
                }
            )
    return told
