"""What a notification proves: the facts of the orders it names.

Pure. The mapping is order-lifecycle's "From mail kinds to facts" (section 4); payload keys are its
allow-list, so no word of the buyer gets in. The same mail gives the same facts, with the same keys.

Two readings of that section. "Approved also records cancelled": the fold derives it from the approval, so
that a stronger or later rejection can still outweigh it (X10); a fact of its own could not be outweighed.
A reminder that states no deadline is a `due_stated` without one: of an order nobody told us of it makes an
incomplete one (T03), and never a step to do, for it proves no stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from models.fact import Authority, Fact, FactKind, Json
from models.notification import Notification, NotificationKind

SOURCE_REF_LENGTH: Final = 24  # hex digits of the raw mail's SHA-256
AHEAD: Final = timedelta(minutes=10)  # a Date further in the future is absurd (order-lifecycle, section 4)
SHIP_RULE: Final = "D02"

_ACTOR: Final[Mapping[str | None, str]] = MappingProxyType(
    {"buyer": "buyer", "seller": "seller", "platform": "system", "unpaid": "system", None: "unknown"}
)

Payload = dict[str, Json]


def facts_from(
    notification: Notification, *, sent_at: datetime | None, observed_at: datetime, source_ref: str
) -> list[tuple[str, Fact]]:
    """Return (order_no, fact) pairs. Times are aware; without one in the mail they are estimated.

    `sent_at` is the mail's Date, `observed_at` when we saw it, `source_ref` the mail's hash.
    """
    stated = notification.placed_at if notification.kind is NotificationKind.NEW_ORDER else notification.event_at
    believable = sent_at if sent_at is not None and sent_at <= observed_at + AHEAD else None
    occurred_at = (stated or believable or observed_at).astimezone(UTC)
    pairs: list[tuple[str, Fact]] = []
    for order_no in notification.order_nos:
        for kind, payload in _told(notification, order_no):
            fact = Fact(
                kind=kind,
                occurred_at=occurred_at,
                observed_at=observed_at.astimezone(UTC),
                authority=Authority.PLATFORM,
                source_key=f"mail:{source_ref[:SOURCE_REF_LENGTH]}:{order_no}:{kind}",
                payload={name: value for name, value in payload.items() if value is not None},
                estimated=stated is None,
            )
            pairs.append((order_no, fact))
    return pairs


def _told(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    """Return kind and payload of each fact that `told` proves of one order."""
    if told.kind in _SAME:
        return [(_SAME[told.kind], _parcel(told, order_no))]
    return _MAKERS[told.kind](told, order_no)


def _new_order(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    placed: Payload = {
        "order_no": order_no,
        "amount": _text(told.amounts.get("total")),
        "currency": told.currency,
        "payment_method": told.payment_method,
        "paid": told.paid is not False,
        "promised_at": _utc(told.promised_at),
        "due_at": _utc(told.ship_by),
        "handover_mode": told.handover_mode and str(told.handover_mode),
        "shipping_mode": told.shipping_mode and str(told.shipping_mode),
        "items": [
            {"sku": item.sku, "title": item.name, "quantity": item.quantity, "unit_price": _text(item.unit_price)}
            for item in told.items
        ],
    }
    # A seller is told of an order when it is to be shipped: one not said to be unpaid is paid.
    return [(FactKind.ORDER_PLACED, placed)] + (_order_paid(told, order_no) if told.paid is not False else [])


def _order_paid(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    return [(FactKind.ORDER_PAID, {"order_no": order_no, "payment_method": told.payment_method, "paid": True})]


def _due_stated(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    due_at = told.ship_by_each.get(order_no, told.ship_by)
    return [(FactKind.DUE_STATED, {"order_no": order_no, "rule": SHIP_RULE, "due_at": _utc(due_at)})]


def _cancel_requested(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    payload: Payload = {**_request(told, order_no), "due_at": _utc(told.respond_by)}
    return [(FactKind.CANCEL_REQUESTED, payload)]


def _cancelled(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    reason_code = "unpaid" if told.cancel_cause == "unpaid" else told.reason_code
    actor = _ACTOR.get(told.cancel_cause, "unknown")
    return [(FactKind.CANCELLED, {"order_no": order_no, "actor": actor, "reason_code": reason_code})]


def _delivery_failed(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    return [(FactKind.DELIVERY_ATTEMPT_FAILED, {**_parcel(told, order_no), "attempt_no": told.attempt})]


def _return_requested(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    """The buyer's wish; also that for money alone (our own refund_requested is a claim step)."""
    payload: Payload = {
        **_refund(told, order_no),
        "return_type": "refund" if told.kind is NotificationKind.REFUND_REQUESTED else "return",
        "reason_code": told.reason_code,
        "due_at": _utc(told.respond_by),
    }
    return [(FactKind.RETURN_REQUESTED, payload)]


def _refund_done(told: Notification, order_no: str) -> list[tuple[FactKind, Payload]]:
    return [(FactKind.REFUND_DONE, _refund(told, order_no))]


def _refund(told: Notification, order_no: str) -> Payload:
    return {
        "order_no": order_no,
        "return_no": told.return_no,
        "request_no": told.request_no,
        "amount": _text(told.amounts.get("refund")),
        "currency": told.currency,
    }


def _request(told: Notification, order_no: str) -> Payload:
    return {"order_no": order_no, "request_no": told.request_no, "reason_code": told.reason_code}


def _request_answered(kind: FactKind) -> Callable[[Notification, str], list[tuple[FactKind, Payload]]]:
    return lambda told, order_no: [(kind, _request(told, order_no))]


def _parcel(told: Notification, order_no: str) -> Payload:
    return {"order_no": order_no, "carrier": told.carrier, "tracking_no": told.tracking_no}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


_SAME: Final[Mapping[NotificationKind, FactKind]] = MappingProxyType(
    {
        NotificationKind.SHIPPED: FactKind.MARKED_SHIPPED,
        NotificationKind.PICKED_UP: FactKind.PICKED_UP,
        NotificationKind.IN_TRANSIT: FactKind.IN_TRANSIT,
        NotificationKind.DELIVERED: FactKind.DELIVERED,
        NotificationKind.PARCEL_LOST: FactKind.LOST_DECLARED,
        NotificationKind.PARCEL_DAMAGED: FactKind.DAMAGED_DECLARED,
    }
)
_MAKERS: Final[Mapping[NotificationKind, Callable[[Notification, str], list[tuple[FactKind, Payload]]]]] = (
    MappingProxyType(
        {
            NotificationKind.NEW_ORDER: _new_order,
            NotificationKind.ORDER_PAID: _order_paid,
            NotificationKind.SHIP_REMINDER: _due_stated,
            NotificationKind.LATE_DISPATCH: _due_stated,
            NotificationKind.CANCEL_REQUESTED: _cancel_requested,
            NotificationKind.CANCEL_APPROVED: _request_answered(FactKind.CANCEL_APPROVED),
            NotificationKind.CANCEL_REJECTED: _request_answered(FactKind.CANCEL_REJECTED),
            NotificationKind.CANCEL_WITHDRAWN: _request_answered(FactKind.CANCEL_WITHDRAWN),
            NotificationKind.ORDER_CANCELLED: _cancelled,
            NotificationKind.DELIVERY_FAILED: _delivery_failed,
            NotificationKind.RETURN_REQUESTED: _return_requested,
            NotificationKind.REFUND_REQUESTED: _return_requested,
            NotificationKind.REFUND_COMPLETED: _refund_done,
        }
    )
)
