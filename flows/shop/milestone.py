"""What an order of the Open API says has happened, as the shop's own word.

Pure. Times are those of the platform; `Told` without one of its own takes the moment at which we looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from flows.shop.news_tables import reason_of
from flows.shop.protocol import Told
from flows.shop.schema import ApiOrder, Cancellation, CancelStatus, Initiator
from models.fact import FactKind, Json
from models.platform_status import PlatformStatus

SHIPPED: Final = frozenset(
    {
        PlatformStatus.AWAITING_COLLECTION,
        PlatformStatus.IN_TRANSIT,
        PlatformStatus.DELIVERED,
        PlatformStatus.COMPLETED,
    }
)
ARRIVED: Final = frozenset({PlatformStatus.DELIVERED, PlatformStatus.COMPLETED})
ACTORS: Final[Mapping[Initiator | None, str]] = {
    Initiator.BUYER: "buyer",
    Initiator.SELLER: "seller",
    Initiator.SYSTEM: "system",
    Initiator.OPERATOR: "system",
}


def shipped(order: ApiOrder, now: datetime, **payload: Json) -> tuple[Told, ...]:
    """Tell that the order is set to shipped: once for each of its parcels, as the platform names them."""
    at = order.rts_time or order.collection_time or now
    kind = FactKind.MARKED_SHIPPED
    return tuple(Told(kind=kind, occurred_at=at, payload={**named, **payload}) for named in parcels(order))


def parcels(order: ApiOrder) -> list[dict[str, Json]]:
    """Name the order's parcels by tracking number and carrier; one without a number while none is known."""
    numbers = [item.tracking_number for item in order.line_items] or [order.tracking_number]
    found = dict.fromkeys(number for number in numbers if number) or dict.fromkeys([order.tracking_number])
    named = {"carrier": order.shipping_provider}
    return [{key: value for key, value in {"tracking_no": number, **named}.items() if value} for number in found]


def cancelled(order: ApiOrder, cancellations: Sequence[Cancellation], now: datetime) -> tuple[Told, ...]:
    """Tell that the order is cancelled, by whom, and why where the platform's code has a word of ours."""
    ended = [one for one in cancellations if one.cancel_status in {CancelStatus.SUCCESS, CancelStatus.COMPLETE}]
    last = next(reversed(ended), None)
    role = last.role if last else order.cancellation_initiator
    at = order.cancel_time or (last.update_time if last else None) or order.update_time or now
    payload: dict[str, Json] = {"actor": ACTORS.get(role, "unknown")}
    if reason := reason_of(last.cancel_reason) if last else None:
        payload["reason_code"] = reason
    return (Told(kind=FactKind.CANCELLED, occurred_at=at, payload=payload),)


def milestones(order: ApiOrder, now: datetime) -> Iterator[Told]:
    """Tell how far the order has come by its own times."""
    if order.status in SHIPPED:
        yield from shipped(order, now)
    moved = ((FactKind.IN_TRANSIT, order.collection_time), (FactKind.DELIVERED, order.delivery_time))
    for kind, at in moved:
        if at is not None:
            for named in parcels(order):
                yield Told(kind=kind, occurred_at=at, payload=named)
