"""What the API shows, with harmless defaults: a test names only what matters to it. Times are hours after the order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from flows.shop.news import Known
from flows.shop.schema import ApiOrder, Cancellation, Return
from models.fact import Fact, FactKind
from models.order import Order, fold
from models.stage import HandoverMode
from tests.models.makers import Given, terms

K = FactKind
T0: Final = 1_760_000_000
HOUR: Final = 3600
NOW: Final = datetime.fromtimestamp(T0 + 40 * 24 * HOUR, UTC)
NO: Final = "580000000000000001"
PICKUP: Final = Known(handover=HandoverMode.PICKUP)


def at(hours: float) -> datetime:
    """So many hours after the order was placed."""
    return datetime.fromtimestamp(T0 + hours * HOUR, UTC)


def seconds(hours: float) -> int:
    """The same as the API writes it."""
    return int(T0 + hours * HOUR)


def a_row(**changes: Given) -> dict[str, Any]:
    """An order as the API gives it: two mugs of one SKU, paid, to be shipped."""
    line = {"sku_id": "17", "seller_sku": "MUG", "product_name": "Mug", "sku_name": "Blue", "sale_price": "150000"}
    lines = [{**line, "id": str(number), "currency": "IDR", "tracking_number": ""} for number in (1, 2)]
    return {
        "id": NO, "status": "AWAITING_SHIPMENT", "create_time": seconds(0), "paid_time": seconds(0.1),
        "update_time": seconds(1.1), "shipping_type": "TIKTOK", "payment": {"currency": "IDR"}, "line_items": lines,
        **changes,
    }  # fmt: skip


def an_order(**changes: Given) -> ApiOrder:
    """The same, taken."""
    return ApiOrder.model_validate(a_row(**changes))


def a_request(**changes: Given) -> Cancellation:
    """A buyer's request to cancel that waits for its answer."""
    row = {
        "cancel_id": "403", "order_id": NO, "cancel_type": "BUYER_CANCEL", "role": "BUYER",
        "cancel_status": "CANCELLATION_REQUEST_PENDING", "create_time": seconds(2), "update_time": seconds(2),
        "cancel_reason": "ecom_order_to_ship_canceled_reason_no_longer_needed",
        "seller_next_action_response": [{"action": "SELLER_RESPOND_CANCEL", "deadline": seconds(50)}],
        **changes,
    }  # fmt: skip
    return Cancellation.model_validate(row)


def a_return(status: str, **changes: Given) -> Return:
    """A return of that state."""
    row = {"return_id": "77", "order_id": NO, "return_type": "RETURN_AND_REFUND", "return_status": status,
           "create_time": seconds(200), "update_time": seconds(210), **changes}  # fmt: skip
    return Return.model_validate(row)


def told(facts: list[Fact]) -> dict[FactKind, Fact]:
    """The facts by kind, stated times left out."""
    return {fact.kind: fact for fact in facts if fact.kind is not K.DUE_STATED}


def folded(facts: list[Fact], now: datetime = NOW) -> Order:
    """What the order is by these facts."""
    return fold(facts, terms(), now)
