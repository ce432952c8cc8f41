"""What an order and its packages at the Open API tell: facts of authority `platform`, source "api".

Pure. Unknown words tell nothing. One `collection_time` is both our "picked up" (where the carrier comes) and our "in
transit": the API has no word between. A state without its time is told as had happened by the last change. The
requests of buyers are `flows.shop.request_news`'; keys and times of facts are `flows.shop.report`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from flows.shop.news_tables import order_times, reason_of
from flows.shop.report import UNTOLD, Reporter
from flows.shop.schema import (
    ApiOrder,
    Cancellation,
    Initiator,
    LineItem,
    Package,
    PackageStatus,
    ShipException,
    ShippingType,
)
from models.fact import Fact, FactKind, Json
from models.platform_status import PlatformStatus
from models.stage import HandoverMode, ShippingMode

_K, _S = FactKind, PlatformStatus
BY_SELLER: Final = frozenset({"", "FULFILLMENT_BY_SELLER"})

ACTORS: Final[Mapping[Initiator | None, str]] = MappingProxyType(
    {
        Initiator.BUYER: "buyer",
        Initiator.SELLER: "seller",
        Initiator.SYSTEM: "system",
        Initiator.OPERATOR: "system",
        None: "unknown",
    }
)
SHIPPING: Final[Mapping[ShippingType, ShippingMode]] = MappingProxyType(
    {ShippingType.PLATFORM: ShippingMode.PLATFORM, ShippingType.SELLER: ShippingMode.SELLER}
)
# COMPLETED is no proof: an order that was refunded on its way becomes that, too.
PROVED_BY: Final[Mapping[PlatformStatus, FactKind]] = MappingProxyType(
    {_S.AWAITING_COLLECTION: _K.MARKED_SHIPPED, _S.IN_TRANSIT: _K.IN_TRANSIT, _S.DELIVERED: _K.DELIVERED}
)
WAY: Final = tuple(PROVED_BY.values())
NOT_SHIPPED: Final = frozenset({_S.UNPAID, _S.ON_HOLD, _S.AWAITING_SHIPMENT, _S.PARTIALLY_SHIPPING})
"""Where all or some is still to be set to shipped: the clock of shipping goes on."""

PAID: Final = frozenset({_S.ON_HOLD, _S.AWAITING_SHIPMENT, _S.PARTIALLY_SHIPPING})
EXCEPTIONS: Final[Mapping[ShipException, FactKind]] = MappingProxyType(
    {
        ShipException.LOST: _K.LOST_DECLARED,
        ShipException.DAMAGED: _K.DAMAGED_DECLARED,
        ShipException.SCRAPPED: _K.DAMAGED_DECLARED,
    }
)
OF_PACKAGE: Final[Mapping[PackageStatus, FactKind]] = MappingProxyType(
    {PackageStatus.FULFILLING: _K.IN_TRANSIT, PackageStatus.COMPLETED: _K.DELIVERED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know of an order before: how its parcel leaves, and whether TikTok Shop holds it."""

    handover: HandoverMode
    held: bool = False


def is_sellers(order: ApiOrder) -> bool:
    """Whether the seller ships it; what lies in the platform's own warehouses is no work of theirs."""
    return order.fulfillment_type in BY_SELLER


def order_news(order: ApiOrder, known: Known, now: datetime, cause: Cancellation | None = None) -> list[Fact]:
    """Give what the order tells at `now` (aware, UTC). `cause` is the cancellation that ended it, where known."""
    teller = _Teller(order, known, now, Reporter(order_no=order.id, now=now))
    return [
        *teller.placed(),
        *teller.paid(),
        *teller.hold(),
        *teller.moved(),
        *teller.cancelled(cause),
        *teller.due(),
    ]


def package_news(package: Package, order: ApiOrder | None, order_no: str, now: datetime) -> list[Fact]:
    """Give what a package tells of one of its orders beyond the order itself: a loss, and how far this parcel is.

    Where the order tells the time of the same, the package adds nothing.
    """
    report, at = Reporter(order_no=order_no, now=now), package.update_time or now
    parcel = _parcel(package.tracking_number, package.shipping_provider_name)
    lost = EXCEPTIONS.get(package.ship_exception_reason) if package.ship_exception_reason else None
    moved = OF_PACKAGE.get(package.status) if package.status else None
    told = [report.untimed(lost, at, **parcel)] if lost else []
    if moved and package.tracking_number and _time_of(order, moved) is None:
        told.append(report.untimed(moved, at, **parcel))
    return told


def _time_of(order: ApiOrder | None, kind: FactKind) -> datetime | None:
    if order is None:
        return None
    return {_K.MARKED_SHIPPED: order.rts_time, _K.IN_TRANSIT: order.collection_time}.get(kind, order.delivery_time)


def _parcel(tracking_no: str | None, carrier: str | None) -> dict[str, Json]:
    return {"tracking_no": (tracking_no or "").strip() or None, "carrier": (carrier or "").strip() or None}


@dataclass(frozen=True, slots=True)
class _Teller:
    order: ApiOrder
    known: Known
    now: datetime
    report: Reporter

    @property
    def changed_at(self) -> datetime:
        """When the order last changed: by then all that it shows had happened."""
        return self.order.update_time or self.order.create_time or self.now

    def placed(self) -> Iterator[Fact]:
        """That it was ordered. Units cancelled since are left out: another report (X03), and the one that speaks."""
        order = self.order
        if order.create_time is None:
            return
        items = _items(order)
        count = sum(int(str(item["quantity"])) for item in items)
        yield self.report.fact(
            _K.ORDER_PLACED,
            order.create_time,
            f"{count:04}" if items else UNTOLD,
            currency=order.payment.currency or next((line.currency for line in order.line_items), None),
            payment_method="cod" if order.is_cod else None,
            shipping_mode=SHIPPING[order.shipping_type].value if order.shipping_type else None,
            items=list[Json](items) or None,
        )

    def paid(self) -> Iterator[Fact]:
        """That it was paid; cash on delivery counts as paid when it was ordered."""
        order = self.order
        method = "cod" if order.is_cod else None
        at = order.paid_time or (order.create_time if order.is_cod else None)
        if at is not None:
            yield self.report.fact(_K.ORDER_PAID, at, payment_method=method)
        elif order.status in PAID:
            yield self.report.untimed(_K.ORDER_PAID, order.create_time or self.changed_at, payment_method=method)

    def hold(self) -> Iterator[Fact]:
        """That the platform holds it, or no longer does."""
        if self.order.status is _S.ON_HOLD:
            yield self.report.fact(_K.PLATFORM_HOLD_STARTED, self.changed_at)
        elif self.known.held and self.order.status is not None:
            yield self.report.fact(_K.PLATFORM_HOLD_ENDED, self.changed_at)

    def moved(self) -> Iterator[Fact]:
        """How far it has come, for each of its parcels; without a time only the furthest, which implies the others."""
        order = self.order
        if order.status in NOT_SHIPPED:
            return
        reached = PROVED_BY.get(order.status) if order.status else None
        for number in _numbers(order):
            parcel = _parcel(number, order.shipping_provider)
            for kind in WAY:
                if (at := _time_of(order, kind)) is not None:
                    yield from self._moved(kind, at, parcel)
                elif kind is reached:
                    yield self.report.untimed(kind, self.changed_at, **parcel)

    def _moved(self, kind: FactKind, at: datetime, parcel: Mapping[str, Json]) -> Iterator[Fact]:
        if kind is _K.IN_TRANSIT and self.known.handover is HandoverMode.PICKUP:
            yield self.report.fact(_K.PICKED_UP, at, **parcel)
        yield self.report.fact(kind, at, **parcel)

    def cancelled(self, cause: Cancellation | None) -> Iterator[Fact]:
        """That all of it is cancelled, by whom, and why if that is known."""
        order = self.order
        if order.status is not _S.CANCELLED:
            return
        who = order.cancellation_initiator or (cause.role if cause else None)
        payload: dict[str, Json] = {
            "actor": ACTORS[who],
            "reason_code": reason_of(cause.cancel_reason) if cause else None,
        }
        if order.cancel_time is not None:
            yield self.report.fact(_K.CANCELLED, order.cancel_time, **payload)
        else:
            yield self.report.untimed(_K.CANCELLED, self.changed_at, **payload)

    def due(self) -> Iterator[Fact]:
        """The due times that it states, one for each rule."""
        told: set[str] = set()
        for field, rules in order_times().items():
            due_at: datetime | None = getattr(self.order, field)
            for rule in rules if due_at else ():
                if rule not in told and due_at is not None:
                    told.add(rule)
                    yield self.report.due(rule, due_at, self.changed_at)


def _items(order: ApiOrder) -> list[dict[str, Json]]:
    """One line for each SKU and price, with how many: at the API each unit is a line of its own."""
    gone = _S.CANCELLED if order.status is not _S.CANCELLED else None
    live = [line for line in order.line_items if gone is None or line.display_status is not gone]
    counted = Counter(map(_what, live))
    return [
        {"sku": sku, "title": title, "quantity": count, "unit_price": price}
        for (sku, title, price), count in sorted(counted.items(), key=repr)
    ]


def _what(line: LineItem) -> tuple[str | None, str | None, str | None]:
    price = None if line.sale_price is None else str(line.sale_price)
    return line.seller_sku or line.sku_id or None, _title(line), price


def _title(line: LineItem) -> str | None:
    return ", ".join(filter(None, (line.product_name, line.sku_name))) or None


def _numbers(order: ApiOrder) -> list[str | None]:
    """The tracking numbers of its live parcels; of an order without any, the order as a whole."""
    live = {line.tracking_number for line in order.line_items if line.display_status is not _S.CANCELLED}
    known = sorted(live - {""}) or [order.tracking_number]
    return [number or None for number in known]
