"""Setting an order to shipped: which call, which packages, which time slot.

What must not be shipped is found right before (tiktok-shop-api, section 2): an order on hold, cancelled, shipped by
the platform itself, or one that its buyer wants to cancel. A package that is shipped is never sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final

from flows.shop.api_error import ApiError, ErrorKind, kind_of
from flows.shop.desk import OWN, Desk, Way, pending_request
from flows.shop.effect import Effect, Sent, Stopped
from flows.shop.milestone import SHIPPED, cancelled, shipped
from flows.shop.protocol import Answer, Outcome
from flows.shop.schema import ApiOrder, PackageStatus, Slot
from models.fact import Json
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

NOT_OURS: Final = "FULFILLMENT_BY_TIKTOK"
METHODS: Final[Mapping[HandoverMode, str]] = {HandoverMode.PICKUP: "PICKUP", HandoverMode.DROP_OFF: "DROP_OFF"}
TO_SHIP: Final = frozenset({PlatformStatus.AWAITING_SHIPMENT, PlatformStatus.PARTIALLY_SHIPPING})
WAITS: Final[Mapping[PlatformStatus, timedelta]] = {
    PlatformStatus.UNPAID: timedelta(hours=1),
    PlatformStatus.ON_HOLD: timedelta(minutes=15),  # it lasts an hour
}
HELD: Final[Mapping[PlatformStatus, str]] = {
    PlatformStatus.UNPAID: "not_paid",
    PlatformStatus.ON_HOLD: "platform_hold",
}
SOON: Final = timedelta(minutes=5)
LATER: Final = timedelta(hours=6)
DONE_BEFORE: Final = frozenset({ErrorKind.ALREADY_DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What is asked for. `anyway`: although the buyer wants to cancel; shipping then turns that down."""

    order_no: str
    mode: HandoverMode
    drop_off_point: str = ""
    tracking_no: str = ""
    anyway: bool = False


def hand_over(desk: Desk, asked: HandOver, key: str) -> Effect:
    """Make the effect of setting an order to shipped."""
    shipping = _Shipping(desk, asked)
    return Effect(
        intent=desk.intent("hand_over", asked.order_no, key),
        look=shipping.look,
        send=shipping.send,
    )


def refused(code: str, again_in: timedelta | None = None) -> Answer:
    """Give a refusal."""
    return Answer(outcome=Outcome.REFUSED, code=code, again_in=again_in)


def waits(code: str, again_in: timedelta) -> Answer:
    """Give a wait."""
    return Answer(outcome=Outcome.WAITING, code=code, again_in=again_in)


@dataclass(slots=True)
class _Shipping:
    desk: Desk
    asked: HandOver
    order: ApiOrder | None = None  # as it was seen last

    def look(self) -> Answer | None:
        order = self.order = self.desk.order(self.asked.order_no, "hand_over")
        if order.status in SHIPPED:
            return Answer(outcome=Outcome.OK, code="already_done", told=shipped(order, self.desk.now(), **self._how()))
        if order.status is PlatformStatus.CANCELLED:
            cancellations = self.desk.client.cancellations_of(order.id)
            return replace(refused("cancelled"), told=cancelled(order, cancellations, self.desk.now()))
        if order.fulfillment_type == NOT_OURS:
            return refused("fulfilled_by_tiktok")
        status = PlatformStatus.ON_HOLD if order.is_on_hold_order else order.status
        if status is not None and status in WAITS:
            return waits(HELD[status], WAITS[status])
        if status not in TO_SHIP or order.shipping_type is None:  # a word the platform added: nothing is done about it
            return refused("not_understood", LATER)
        asks = None if self.asked.anyway else pending_request(self.desk.client.cancellations_of(order.id))
        return refused("cancel_request_open") if asks else None

    def send(self) -> Sent:
        order = self.order
        if order is None or order.shipping_type is None:
            raise Stopped(refused("not_understood", LATER))
        way = self.desk.way(order.shipping_type)
        if way in OWN:
            self._own_carrier_known()
        sent = self._by_way[way](self, order)
        return replace(sent, told=shipped(order, self.desk.now(), **self._how(), **self._own(way)))

    def _how(self) -> dict[str, Json]:
        told: dict[str, Json] = {"handover_mode": self.asked.mode.value}
        if self.asked.mode is HandoverMode.DROP_OFF and self.asked.drop_off_point:
            told["drop_off_point"] = self.asked.drop_off_point
        return told

    def _own(self, way: Way) -> dict[str, Json]:
        return {"tracking_no": self.asked.tracking_no} if way in OWN else {}

    def _own_carrier_known(self) -> None:
        if not self.asked.tracking_no:
            raise Stopped(refused("tracking_needed"))
        if not self.desk.shop.carrier_id:
            raise Stopped(refused("carrier_needed"))

    def _ship_packages(self, order: ApiOrder) -> Sent:
        waiting = self._waiting_packages(order)
        if len(waiting) > 1 and not self._books_slots:
            return self._together(waiting)
        return self._each(waiting, self._ship_one)

    def _ship_own(self, order: ApiOrder) -> Sent:
        waiting = self._waiting_packages(order)
        if len(waiting) > 1:  # one tracking number is one parcel
            raise Stopped(refused("several_parcels"))
        return self._each(waiting, self._ship_one_own)

    def _mark_shipped(self, order: ApiOrder) -> Sent:
        request_id, warning = self.desk.client.mark_shipped(
            order.id,
            tracking_no=self.asked.tracking_no,
            provider_id=self.desk.shop.carrier_id,
            line_item_ids=_unshipped(order),
        )
        return Sent(request_id=request_id, code="tracking_doubted" if warning else "")

    def _create_package(self, order: ApiOrder) -> Sent:
        request_id, _ = self.desk.client.create_package(order.id, line_item_ids=_unshipped(order))
        return Sent(request_id=request_id)

    @property
    def _books_slots(self) -> bool:
        return self.desk.takes_slots and self.asked.mode is HandoverMode.PICKUP

    def _waiting_packages(self, order: ApiOrder) -> list[str]:
        """Give the packages that are not shipped; of one alone the order's own status says so."""
        ids = [package.id for package in order.packages]
        if not ids:
            raise Stopped(waits("no_package_yet", SOON))
        if len(ids) == 1:
            return ids
        to_ship = {PackageStatus.TO_FULFILL}
        return [one for one in ids if self.desk.client.package(one).status in to_ship]

    def _ship_one(self, package_id: str) -> str:
        method = METHODS[self.asked.mode]
        if not self._books_slots:
            return self.desk.client.ship(package_id, method=method)
        try:
            return self._ship_in_slot(package_id, method)
        except ApiError as error:
            if error.kind is not ErrorKind.SLOT:
                raise
        return self._ship_in_slot(package_id, method)  # it was taken meanwhile: those of now

    def _ship_in_slot(self, package_id: str, method: str) -> str:
        found = self.desk.client.slots(package_id)
        if not found.can_pickup and found.can_drop_off:
            method = METHODS[HandoverMode.DROP_OFF]
        slot = _chosen(found.pickup_slots, self.desk.shop.pickup_slot) if found.can_pickup else None
        return self.desk.client.ship(package_id, method=method, slot=slot)

    def _ship_one_own(self, package_id: str) -> str:
        asked, carrier = self.asked, self.desk.shop.carrier_id
        return self.desk.client.ship_own(package_id, tracking_no=asked.tracking_no, provider_id=carrier)

    def _together(self, package_ids: Sequence[str]) -> Sent:
        """Ship several at once. The first that was refused decides; those that went are not sent again."""
        codes = self.desk.client.batch_ship(package_ids, method=METHODS[self.asked.mode])
        failed = [(code, kind) for code in codes.values() if (kind := kind_of(code)) not in DONE_BEFORE]
        if failed:
            raise ApiError("batch_ship", *failed[0])
        return Sent(request_id="")

    def _each(self, package_ids: Sequence[str], ship: Callable[[str], str]) -> Sent:
        """Ship one after the other. One that is refused does not hold up the others; the first refusal decides."""
        request_id, first = "", None
        for package_id in package_ids:
            try:
                request_id = ship(package_id)
            except ApiError as error:
                if error.kind not in DONE_BEFORE or len(package_ids) == 1:
                    first = first or error
        if first is not None:
            raise first
        return Sent(request_id=request_id)

    _by_way: ClassVar[Mapping[Way, Callable[[_Shipping, ApiOrder], Sent]]] = {
        Way.SHIP_PACKAGE: _ship_packages,
        Way.OWN_CARRIER: _ship_own,
        Way.MARK_SHIPPED: _mark_shipped,
        Way.CREATE_PACKAGE: _create_package,
    }


def _chosen(slots: Sequence[Slot], preference: str) -> Slot | None:
    free = sorted((slot for slot in slots if slot.available), key=lambda slot: slot.start_time)
    if not free:
        return None
    return free[0] if preference == "earliest" else free[-1]


def _unshipped(order: ApiOrder) -> list[str]:
    """Give the units that are still to be shipped: neither gone nor cancelled."""
    over = {*SHIPPED, PlatformStatus.CANCELLED}
    return [item.id for item in order.line_items if item.display_status not in over]
