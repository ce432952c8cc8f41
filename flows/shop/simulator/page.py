"""The text of a mail: title, labelled rows, goods and sums, laid out as a table, as cards or plainly.

Pure. What stands in a mail of which kind is ROWS; how it looks is templates/layouts.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Final

from flows.shop.simulator.letter import Letter
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.wording import Wording, layout_part
from models.notification import NotificationKind as Kind

_CANCEL: Final = ("order_no", "shop", "event", "reason")
_SCAN: Final = ("order_no", "shop", "carrier", "tracking_no", "event")
ROWS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.NEW_ORDER: (
        "order_no", "placed_at", "shop", "buyer", "recipient", "ship_by", "promised_at",
        "payment", "payment_status", "shipping_mode", "handover",
    ),
    Kind.ORDER_PAID: ("order_no", "shop", "event"),
    Kind.SHIP_REMINDER: ("order_no", "shop", "ship_by"),
    Kind.LATE_DISPATCH: ("order_no", "shop", "ship_by"),
    Kind.CANCEL_REQUESTED: ("order_no", "shop", "buyer", "event", "reason", "respond_by"),
    Kind.CANCEL_APPROVED: _CANCEL,
    Kind.CANCEL_REJECTED: _CANCEL,
    Kind.ORDER_CANCELLED: _CANCEL,
    Kind.SHIPPED: _SCAN,
    Kind.PICKED_UP: _SCAN,
    Kind.IN_TRANSIT: _SCAN,
    Kind.DELIVERED: _SCAN,
    Kind.DELIVERY_FAILED: ("order_no", "shop", "attempt", "event", "carrier", "tracking_no"),
    Kind.PARCEL_LOST: _SCAN,
    Kind.PARCEL_DAMAGED: _SCAN,
    Kind.REFUND_COMPLETED: ("order_no", "shop", "refund", "event"),
}  # fmt: skip


def subject(letter: Letter, wording: Wording) -> str:
    """Give the subject of a mail."""
    words = wording.data["mail"][letter.kind]["subject"]
    return Template(words).substitute(order_no=letter.order_no, attempt=letter.attempt)


def body(letter: Letter, plan: OrderPlan, wording: Wording, layout: str) -> str:
    """Give the text of a mail in a layout; HTML for all layouts but `plain`."""
    words = wording.data["mail"][letter.kind]
    lead = words.get("leads", {}).get(letter.by, words["lead"])
    shows_goods = letter.kind is Kind.NEW_ORDER
    return layout_part(layout, "page").substitute(
        language=wording.language,
        title=words["title"],
        lead=lead,
        rows="".join(_row(layout, label, value) for label, value in _rows(letter, plan, wording)),
        goods=_goods(plan, wording, layout) if shows_goods else "",
        link=wording.data["link"],
        footer=wording.data["footer"],
    )


def _rows(letter: Letter, plan: OrderPlan, wording: Wording) -> list[tuple[str, str]]:
    values = _values(letter, plan, wording)
    words = wording.data["mail"][letter.kind]
    return [
        (words["event"] if field == "event" else wording.label(field), values[field])
        for field in ROWS[letter.kind]
        if values[field]
    ]


def _values(letter: Letter, plan: OrderPlan, wording: Wording) -> dict[str, str]:
    return {
        "order_no": plan.order_no,
        "placed_at": wording.moment(plan.placed_at),
        "shop": plan.shop,
        "buyer": plan.buyer.user,
        "recipient": plan.buyer.name,
        "ship_by": wording.moment(plan.ship_by),
        "promised_at": wording.moment(plan.promised_at),
        "payment": wording.word("cash" if plan.cash_on_delivery else "card"),
        "payment_status": "" if plan.cash_on_delivery else wording.word("paid" if plan.paid else "unpaid"),
        "shipping_mode": wording.word(plan.shipping),
        "handover": wording.word(plan.handover),
        "event": wording.moment(letter.event_at),
        "reason": wording.reason(letter.cause) if letter.cause else "",
        "respond_by": wording.moment(letter.event_at + plan.answer_within),
        "carrier": plan.cast.carrier,
        "tracking_no": letter.tracking_no or plan.tracking_no,
        "attempt": str(letter.attempt),
        "refund": wording.money(plan.total),
    }


def _goods(plan: OrderPlan, wording: Wording, layout: str) -> str:
    heads = {f"head_{column}": words for column, words in wording.data["columns"].items()}
    items = "".join(
        layout_part(layout, "item").substitute(
            heads,
            number=number,
            name=_shown(layout, line.good.name),
            label_variation=wording.label("variation"),
            variation=_shown(layout, line.good.variation),
            sku=line.good.sku,
            quantity=line.quantity,
            price=wording.money(line.good.price),
        )
        for number, line in enumerate(plan.lines, 1)
    )
    return layout_part(layout, "goods").substitute(heads, items=items, sums=_sums(plan, wording, layout))


def _sums(plan: OrderPlan, wording: Wording, layout: str) -> str:
    amounts = {
        "subtotal": wording.money(plan.subtotal),
        "shipping_fee": wording.money(plan.shipping_fee) if plan.shipping_fee else "",
        "discount": f"-{wording.money(plan.discount)}" if plan.discount else "",
        "total": wording.money(plan.total),
    }
    part = layout_part(layout, "sum")
    return "".join(
        part.substitute(label=wording.label(field), value=value) for field, value in amounts.items() if value
    )


def _row(layout: str, label: str, value: str) -> str:
    return layout_part(layout, "row").substitute(label=_shown(layout, label), value=_shown(layout, value))


def _shown(layout: str, text: str) -> str:
    return text if layout == "plain" else escape(text)
