"""What an order of Seller Center's export proves: facts of authority `platform`.

Pure. The mapping of states is order-lifecycle's table in section 3. Keys are made of order, kind, time and parcel,
not of the file: the same or an overlapping export told again gives the same facts. What was ordered is in the key as
well: a later export that says other items is another report, and a conflict (X03).

What the columns mean: RTS ("ready to ship") is when the seller arranged the shipment, our "shipped". Shipped Time is
when the carrier has the parcel: collected where the carrier comes, first scanned where the seller brings it. A state
without its time is known since the import alone: such a fact is estimated, and told once. Only of the payment is more
known: the platform tells a seller to ship what is paid, so it counts from the order, as with mails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from ingest.export_order import ExportOrder, ExportParcel
from models.disagreement import told_by
from models.fact import Authority, Fact, FactKind, Json
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

Payload = dict[str, Json]

SOURCE: Final = "import"
UNTIMED: Final = "untimed"  # stands in a key for the time that an export does not state
CASH: Final = "cod"

CARRIER_HAS_IT: Final[Mapping[HandoverMode, FactKind]] = MappingProxyType(
    {HandoverMode.PICKUP: FactKind.PICKED_UP, HandoverMode.DROP_OFF: FactKind.IN_TRANSIT}
)
PROGRESS: Final = tuple(state for state in PlatformStatus if state is not PlatformStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know of an order before the import: how its parcel leaves, and whether TikTok Shop holds it."""

    handover: HandoverMode
    held: bool = False


def facts_of_order(order: ExportOrder, known: Known, now: datetime) -> list[Fact]:
    """Return the facts, in the order they must have happened. `now` is the moment of the import (aware)."""
    maker = _Maker(order, known, now.astimezone(UTC))
    return [*maker.ordered(), *maker.hold(), *maker.moved(), *maker.cancelled()]


@dataclass(frozen=True, slots=True)
class _Maker:
    order: ExportOrder
    known: Known
    now: datetime

    def fact(
        self, kind: FactKind, at: datetime | None, payload: Payload | None = None, guess: datetime | None = None
    ) -> Fact:
        """One fact; without a time it is estimated (`guess`, else now), and its key says so."""
        told = {name: value for name, value in (payload or {}).items() if value is not None}
        stated, parcel = at.isoformat() if at else UNTIMED, told.get("tracking_no", "-")
        return Fact(
            kind=kind,
            occurred_at=at or guess or self.now,
            observed_at=self.now,
            authority=Authority.PLATFORM,
            source_key=f"{SOURCE}:{self.order.order_no}:{kind}:{stated}:{parcel}",
            payload={"order_no": self.order.order_no, **told},
            estimated=at is None,
            source=SOURCE,
        )

    def ordered(self) -> Iterator[Fact]:
        """That it was ordered, and paid; an order paid in cash on delivery counts as paid when it was placed."""
        order = self.order
        cash = order.payment_method == CASH and order.state is not PlatformStatus.UNPAID
        paid_at = order.paid_at or (order.placed_at if cash else None)
        paid = paid_at is not None or _reached(order.state, PlatformStatus.ON_HOLD)
        placed: Payload = {
            "amount": None if order.amount is None else str(order.amount),
            "currency": order.currency,
            "payment_method": order.payment_method,
            "paid": paid,
            "shipping_mode": order.shipping_mode,
            "items": _items(order) or None,
        }
        yield _keyed_by_content(self.fact(FactKind.ORDER_PLACED, order.placed_at, placed))
        if paid_at is not None or order.state in {PlatformStatus.ON_HOLD, PlatformStatus.AWAITING_SHIPMENT}:
            payment: Payload = {"payment_method": order.payment_method, "paid": True}
            yield self.fact(FactKind.ORDER_PAID, paid_at, payment, guess=order.placed_at)

    def hold(self) -> Iterator[Fact]:
        """That the platform holds it, or no longer does: the export states no time for either."""
        held = self.order.state is PlatformStatus.ON_HOLD
        if held:
            yield self.fact(FactKind.PLATFORM_HOLD_STARTED, None)
        elif self.known.held and self.order.state is not None:
            yield self.fact(FactKind.PLATFORM_HOLD_ENDED, None)

    def moved(self) -> Iterator[Fact]:
        """How far each parcel has come. Where a step has no time, a later one that has implies it."""
        for parcel in self.order.parcels:
            steps = (
                (FactKind.MARKED_SHIPPED, parcel.arranged_at, PlatformStatus.AWAITING_COLLECTION),
                (CARRIER_HAS_IT[self.known.handover], parcel.shipped_at, PlatformStatus.IN_TRANSIT),
                (FactKind.DELIVERED, parcel.delivered_at, PlatformStatus.DELIVERED),
            )
            furthest = max((place for place, step in enumerate(steps) if _reached(parcel.state, step[2])), default=-1)
            for place, (kind, at, _) in enumerate(steps):
                later = any(step[1] for step in steps[place + 1 :])
                if at is not None or (place == furthest and not later):
                    yield self.fact(kind, at, _numbered(parcel))

    def cancelled(self) -> Iterator[Fact]:
        """That all of it is cancelled, by whom and why; an unpaid order is the platform's to cancel."""
        order = self.order
        if order.state is not PlatformStatus.CANCELLED:
            return
        unpaid = order.cancel_reason == "unpaid"
        actor = "system" if unpaid else order.cancelled_by or "unknown"
        cancelled: Payload = {"actor": str(actor), "reason_code": order.cancel_reason}
        yield self.fact(FactKind.CANCELLED, order.cancelled_at, cancelled)


def _keyed_by_content(placed: Fact) -> Fact:
    digest = blake2b(json.dumps(told_by(placed), sort_keys=True).encode(), digest_size=8).hexdigest()
    return replace(placed, source_key=f"{placed.source_key}:{digest}")


def _reached(state: PlatformStatus | None, step: PlatformStatus) -> bool:
    return state in PROGRESS and PROGRESS.index(state) >= PROGRESS.index(step)


def _numbered(parcel: ExportParcel) -> Payload:
    return {"tracking_no": parcel.tracking_no, "carrier": parcel.carrier}


def _items(order: ExportOrder) -> list[Json]:
    return [
        {
            "sku": item.sku,
            "title": item.name,
            "quantity": item.quantity,
            "unit_price": None if item.unit_price is None else str(item.unit_price),
        }
        for item in order.items
    ]
