"""The platform's cancellations and returns as the Open API writes them. Pure, as `wire`."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import Cancellation, Return, line_ids
from flows.shop.simulator.wire import Wire, money, named, words_of

SPELT_LONG: Final = 2  # one id of so many is written the other way


def cancellation(row: Cancellation, plan: OrderPlan) -> Wire:
    """Give a cancellation as the search has it."""
    goods = dict(zip(line_ids(plan), [line.good for line in plan.lines for _ in range(line.quantity)], strict=True))
    long = int(row.cancel_id[:-1]) % SPELT_LONG
    status = row.status
    if status.endswith("_CANCEL") and long:
        status += "LED"
    told: Wire = {
        "cancel_id": row.cancel_id,
        "order_id": row.order_no,
        "cancel_type": row.cancel_type,
        "cancel_status": status,
        "role": row.role,
        "cancel_reason": row.reason,
        "cancel_reason_text": words_of(row.reason),
        "create_time": row.create_time,
        "update_time": row.update_time,
        "refund_amount": _refund(plan, plan.total),
        "cancel_line_items": [
            {
                "cancel_line_item_id": f"9{line[1:]}",
                "order_line_item_id": line,
                "product_image": {"url": "https://example.invalid/p.jpeg", "width": 200, "height": 200},
                "refund_amount": _refund(plan, goods[line].price),
                **named(plan.cast, goods[line]),
            }
            for line in row.lines
        ],
        "refund_lane": "EXPRESS_9",
    }
    if row.deadline:
        action = "SELLER_RESPOND_BUYER_CANCEL" if long else "SELLER_RESPOND_CANCEL"
        told["seller_next_action_response"] = [{"action": action, "deadline": row.deadline}]
    return told


def returned(row: Return, plan: OrderPlan) -> Wire:
    """Give a return as the search has it."""
    told: Wire = {
        "return_id": row.return_id,
        "order_id": row.order_no,
        "return_type": row.return_type,
        "return_status": row.status,
        "role": row.role,
        "return_reason": row.reason,
        "return_reason_text": words_of(row.reason),
        "arbitration_status": "",
        "create_time": row.create_time,
        "update_time": row.update_time,
        "return_tracking_number": f"RET{row.return_id[-8:]}" if row.status == "BUYER_SHIPPED_ITEM" else "",
        "refund_amount": _refund(plan, plan.total),
        "return_line_items": [{"order_line_item_id": line} for line in line_ids(plan)],
        "refund_lane": "EXPRESS_9",
    }
    if row.action:
        told["seller_next_action_response"] = [{"action": row.action, "deadline": row.deadline or 0}]
    return told


def _refund(plan: OrderPlan, amount: Decimal) -> Wire:
    names = ("refund_shipping_fee", "refund_tax", "retail_delivery_fee", "buyer_service_fee")
    printed = money(amount)
    return {
        "currency": plan.cast.currency,
        "refund_total": printed,
        "refund_subtotal": printed,
        **dict.fromkeys(names, "0"),
    }
