"""The platform's orders as the Open API writes them; packages are `wire_parcel`'s, what follows `wire_aftersale`'s.

Pure: rows of the store and the script's plan in, plain values out. Ids and amounts are text, times Unix seconds.
Written after the samples, not after what Shipclock reads: with fields nobody knows, with values that are new, with
both spellings of what the platform spells in two ways, and with the buyer where the platform gives them away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from flows.shop.simulator.buyer import Person, masked, masked_phone, person_of
from flows.shop.simulator.cast import Cast, Good
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import Order, Package, line_ids
from flows.shop.simulator.store import seconds
from models.platform_status import PlatformStatus
from models.stage import HandoverMode, ShippingMode

Wire = dict[str, Any]

NEW_VALUES: Final = 40  # one order of so many has a value that came with last week's release
HIDDEN: Final = frozenset({PlatformStatus.UNPAID, PlatformStatus.ON_HOLD})
SHIPPING_TYPES: Final = {ShippingMode.PLATFORM: "TIKTOK", ShippingMode.SELLER: "SELLER"}
OPTIONS: Final = {
    ShippingMode.PLATFORM: ("7100000000000000001", "Standard shipping"),
    ShippingMode.SELLER: ("7100000000000000002", "Shipped by seller"),
}
PLATFORM_CARRIER: Final = ("6600000000000000002", "Example Logistics")
ZERO: Final = (
    "platform_discount",
    "shipping_fee_seller_discount",
    "shipping_fee_platform_discount",
    "shipping_fee_cofunded_discount",
    "tax",
    "product_tax",
    "shipping_fee_tax",
    "small_order_fee",
    "buyer_service_fee",
    "handling_fee",
)


def order(row: Order, plan: OrderPlan, packages: Sequence[Package], cancelled: Iterable[str] = ()) -> Wire:
    """Give a whole order, as list and detail have it."""
    person = person_of(plan)
    told: Wire = {
        "id": row.order_no,
        "status": row.status.value,
        "user_id": person.user_id,
        "buyer_email": person.email,
        "buyer_nickname": person.nickname,
        "buyer_avatar": f"https://p16.example.invalid/{person.nickname}.jpeg",
        "buyer_message": person.message,
        "create_time": row.create_time,
        "update_time": row.update_time,
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": SHIPPING_TYPES[plan.shipping],
        "delivery_option_id": OPTIONS[plan.shipping][0],
        "delivery_option_name": OPTIONS[plan.shipping][1],
        "delivery_type": "HOME_DELIVERY",
        "warehouse_id": "7000000000000000009",
        "is_cod": plan.cash_on_delivery,
        "is_sample_order": False,
        "is_on_hold_order": row.status is PlatformStatus.ON_HOLD,
        "is_replacement_order": False,
        "is_buyer_request_cancel": bool(row.cancel_open),
        "has_updated_recipient_address": False,
        "order_type": "FLASH_MOONLIGHT" if is_new(row.order_no) else "NORMAL",
        "commerce_platform": "TIKTOK_SHOP",
        "fulfillment_priority_level": 650 if is_new(row.order_no) else 600,
        "payment_method_name": "Cash on delivery" if plan.cash_on_delivery else "Example Pay",
        "payment": payment(plan),
        "packages": [{"id": package.package_id} for package in packages],
        "line_items": line_items(row, plan, packages, set(cancelled)),
        "tracking_number": next((package.tracking_no for package in packages if package.tracking_no), ""),
        "seller_note": "",
        "need_upload_invoice": "NO_NEED",
        "loyalty_wave": {"tier": "LUNAR", "points_pending": 7},  # nobody knows what this is: a real answer has such too
    }
    _add_times(told, row, plan)
    _add_cancellation(told, row)
    _add_carrier(told, plan, packages)
    address = recipient(row, plan, person)
    if address is not None:
        told["recipient_address"] = address
    return told


def payment(plan: OrderPlan) -> Wire:
    """Give what an order comes to."""
    return {
        "currency": plan.cast.currency,
        "sub_total": money(plan.subtotal - plan.discount),
        "shipping_fee": money(plan.shipping_fee),
        "seller_discount": money(plan.discount),
        "total_amount": money(plan.total),
        "original_total_product_price": money(plan.subtotal),
        "original_shipping_fee": money(plan.shipping_fee),
        **dict.fromkeys(ZERO, "0"),
    }


def line_items(row: Order, plan: OrderPlan, packages: Sequence[Package], cancelled: set[str]) -> list[Wire]:
    """Give the line items: one a unit."""
    holder = {line: package for package in packages for line in package.lines}
    goods = [line.good for line in plan.lines for _ in range(line.quantity)]
    return [
        _line_item(row, plan, good, line, holder.get(line), is_cancelled=line in cancelled)
        for line, good in zip(line_ids(plan), goods, strict=True)
    ]


def recipient(row: Order, plan: OrderPlan, person: Person) -> Wire | None:
    """Give the address as the platform gives it away: not before shipping is due, masked where it ships itself."""
    if row.status in HIDDEN:
        return None if int(row.order_no) % 2 else {"full_address": "", "phone_number": "", "name": ""}
    clear = plan.shipping is ShippingMode.SELLER or plan.cast.shape.name == "us"
    if plan.cast.shape.name == "us" and row.status is PlatformStatus.CANCELLED:
        clear = False
    return address_of(person, plan.cast, clear=clear)


def carrier_of(plan: OrderPlan, row: Package) -> tuple[str, str]:
    """Give id and name of who carries a package; both empty before it is known."""
    if plan.shipping is ShippingMode.PLATFORM:
        return PLATFORM_CARRIER
    return (row.provider_id or plan.cast.carrier_id, plan.cast.carrier) if row.shipped else ("", "")


def money(amount: Decimal) -> str:
    """Print an amount: a decimal number without currency."""
    return f"{amount:f}"


def _line_item(  # what a line item hangs on
    row: Order, plan: OrderPlan, good: Good, line: str, package: Package | None, *, is_cancelled: bool
) -> Wire:
    status = PlatformStatus.CANCELLED if is_cancelled else _display(row, package)
    told: Wire = {
        "id": line,
        "product_id": f"18{plan.cast.sku_id(good)[2:]}",
        "sku_image": "https://example.invalid/p.jpeg",
        "sku_type": "NORMAL",
        "original_price": money(good.price),
        "sale_price": money(good.price),
        "seller_discount": "0",
        "platform_discount": "0",
        "currency": plan.cast.currency,
        "display_status": status.value,
        "is_gift": False,
        "is_dangerous_good": False,
        "item_tax": [{"tax_type": "SALES_TAX", "tax_amount": "0", "tax_rate": "0"}],
        "tracking_number": package.tracking_no if package else "",
        **named(plan.cast, good),
    }
    if package:
        told |= {"package_id": package.package_id, "package_status": package.status}
    if row.rts_time:
        told["rts_time"] = row.rts_time
    if is_cancelled or row.status is PlatformStatus.CANCELLED:
        told |= {"cancel_reason": words_of(row.cancel_reason or ""), "cancel_user": row.cancel_by or "SELLER"}
    return told


def _display(row: Order, package: Package | None) -> PlatformStatus:
    """Give a line item's own status: it knows no hold and nothing in part."""
    if row.status is PlatformStatus.ON_HOLD:
        return PlatformStatus.AWAITING_SHIPMENT
    if row.status is PlatformStatus.PARTIALLY_SHIPPING:
        shipped = package is not None and package.shipped
        return PlatformStatus.AWAITING_COLLECTION if shipped else PlatformStatus.AWAITING_SHIPMENT
    return row.status


def _add_times(told: Wire, row: Order, plan: OrderPlan) -> None:
    """Add the times that are known; of those that are not, some are absent and some are 0, as in the real API."""
    due = {
        "rts_sla_time": seconds(plan.ship_by),
        "tts_sla_time": _due(plan, "tts_sla"),
        "shipping_due_time": _due(plan, "shipping_due"),
        "collection_due_time": _due(plan, "collection_due"),
        "cancel_order_sla_time": _due(plan, "shipping_due"),
        "delivery_due_time": _due(plan, "delivery_due") or 0,
        "delivery_sla_time": _due(plan, "delivery_sla") or seconds(plan.promised_at),
        "delivery_option_required_delivery_time": seconds(plan.promised_at),
    }
    times = {
        "paid_time": row.paid_time,
        "rts_time": row.rts_time,
        "collection_time": row.collection_time,
        "delivery_time": row.delivery_time,
        "cancel_time": row.cancel_time,
        "request_cancel_time": row.request_cancel_time,
    }
    told.update({name: value for name, value in (due | times).items() if value is not None})


def _due(plan: OrderPlan, what: str) -> int | None:
    due = plan.due(what)
    return seconds(due) if due else None


def _add_cancellation(told: Wire, row: Order) -> None:
    if row.status is PlatformStatus.CANCELLED:
        told |= {"cancel_reason": words_of(row.cancel_reason or ""), "cancellation_initiator": row.cancel_by}


def _add_carrier(told: Wire, plan: OrderPlan, packages: Sequence[Package]) -> None:
    known = next((package for package in packages if package.shipped), None)
    if known:
        told["shipping_provider_id"], told["shipping_provider"] = carrier_of(plan, known)
        told["handover_mode_hint"] = "PICKUP" if plan.handover is HandoverMode.PICKUP else "DROP_OFF"


def address_of(person: Person, cast: Cast, *, clear: bool) -> Wire:
    """Give a recipient's address, clear or masked."""
    shown: Mapping[str, str] = {
        "full_address": person.full_address,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "address_line1": person.street,
        "address_detail": person.street,
        "postal_code": person.postal_code,
    }
    told: Wire = {key: value if clear else masked(value) for key, value in shown.items()}
    told |= {"address_line2": "", "address_line3": "", "address_line4": "", "region_code": cast.market}
    told["phone_number"] = person.phone if clear else masked_phone(person.phone)
    told["district_info"] = [{"address_level_name": "country", "address_name": cast.market, "address_level": "L0"}]
    if clear:
        told["district_info"].append(
            {"address_level_name": "city", "address_name": person.place, "address_level": "L2"}
        )
        told["delivery_preferences"] = {"drop_off_location": person.street}
    return told


def named(cast: Cast, good: Good) -> Wire:
    """Give what a good is called."""
    return {
        "sku_id": cast.sku_id(good),
        "sku_name": good.variation,
        "product_name": good.name,
        "seller_sku": good.sku,
    }


def words_of(code: str) -> str:
    """Give a reason as the buyer's language has it: words, never to be branched on."""
    return code.rpartition("reason_")[2].replace("_", " ").capitalize()


def is_new(number: str) -> bool:
    """Whether an object has a value that came with last week's release."""
    return int(number[-6:-1]) % NEW_VALUES == 0
