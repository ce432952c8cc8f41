"""A shop at the Open API: what Shipclock does there by itself, and what it leaves to people.

It ships, cancels, answers buyers and reads where parcels are. Stock and packing are people's work, complaints and
claims have no call: there a to-do says what to click. Each effect goes through `flows.shop.effect`, so that it
happens once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from flows.shop import effect, messages
from flows.shop.api_error import ApiError
from flows.shop.cancelling import Decision, answer, cancel
from flows.shop.desk import Desk
from flows.shop.effect import Effect
from flows.shop.handing_over import HELD, NOT_OURS, WAITS, HandOver, hand_over, refused, waits
from flows.shop.milestone import ARRIVED, SHIPPED, cancelled, milestones
from flows.shop.protocol import BY_A_PERSON, Answer, Outcome, Told
from flows.shop.reaction import answer_to
from flows.shop.schema import ApiOrder
from models.fact import FactKind
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

LOOKS_AGAIN: Final = timedelta(hours=6)  # news come by themselves; this is for those that got lost


@dataclass(frozen=True, slots=True)
class OpenApiShop:
    """One shop, through its client. Raises ShopError where the platform cannot be reached."""

    desk: Desk

    @property
    def name(self) -> str:
        """The shop's name in the settings."""
        return self.desk.shop.name

    @property
    def acts(self) -> bool:
        """True: what is asked for happens here, but for what waits for a person."""
        return True

    def status_of(self, order_no: str) -> PlatformStatus | None:
        """What the platform says now; None for a word of it that we do not know. Some packages are not the order."""
        try:
            status = self.desk.order(order_no, "status_of").status
        except ApiError as error:
            answer_to(error, order_no)
            return None
        return PlatformStatus.AWAITING_SHIPMENT if status is PlatformStatus.PARTIALLY_SHIPPING else status

    def look_ahead(self, *, confirming: Sequence[str], tracking: Sequence[str]) -> None:
        """Read these orders 50 a call instead of one; an order that is confirmed by a person is not asked for."""
        by_itself = self.desk.shop.confirms != "by_hand"
        self.desk.read_ahead([*(confirming if by_itself else ()), *tracking])

    def confirm(self, order_no: str, *, key: str) -> Answer:
        """Wait for a person who looks at the stock; or, by the shop's settings, take all for there."""
        del key  # nothing is sent
        if self.desk.shop.confirms == "by_hand":
            return BY_A_PERSON
        return self._read(order_no, "confirm", self._confirmed)

    def _confirmed(self, order: ApiOrder) -> Answer:
        if order.status is PlatformStatus.CANCELLED:
            return self._cancelled(order)
        status = PlatformStatus.ON_HOLD if order.is_on_hold_order else order.status
        if status is not None and status in WAITS:
            return waits(HELD[status], WAITS[status])
        if order.fulfillment_type == NOT_OURS:
            return refused("fulfilled_by_tiktok")
        told = Told(kind=FactKind.STOCK_CONFIRMED, occurred_at=self.desk.now())
        return Answer(outcome=Outcome.OK, told=(told,))

    def pack(self, order_no: str, *, key: str) -> Answer:
        """Wait for the packer; the label is at `shipclock label` and on the order's page."""
        del order_no, key
        return BY_A_PERSON

    def hand_over(
        self,
        order_no: str,
        *,
        mode: HandoverMode,
        drop_off_point: str,
        key: str,
        tracking_no: str = "",
        anyway: bool = False,
    ) -> Answer:
        """Set the order to shipped by the call of its market and kind of shipping."""
        asked = HandOver(
            order_no=order_no, mode=mode, drop_off_point=drop_off_point, tracking_no=tracking_no, anyway=anyway
        )
        if anyway and not self.desk.rejects_by_shipping:
            answered = self.answer_cancel(order_no, approve=False, reason="already_packed", key=f"{key}:anyway")
            if answered.outcome is not Outcome.OK and answered.code != "no_open_request":
                return answered
        return self._do(hand_over(self.desk, asked, key))

    def track(self, order_no: str) -> Answer:
        """Tell how far the order has come; ok once it has arrived or is cancelled."""
        return self._read(order_no, "track", self._tracked)

    def _tracked(self, order: ApiOrder) -> Answer:
        told = tuple(milestones(order, self.desk.now()))
        if order.status is PlatformStatus.CANCELLED:
            gone = self._cancelled(order)
            return replace(gone, outcome=Outcome.OK, told=(*told, *gone.told))
        if order.status in ARRIVED:
            return Answer(outcome=Outcome.OK, told=told)
        if order.status in SHIPPED or order.status in {PlatformStatus.PARTIALLY_SHIPPING, None}:
            return Answer(outcome=Outcome.WAITING, told=told, again_in=LOOKS_AGAIN)
        # Somebody said that it is shipped, and the platform has not seen it: a person must look.
        return Answer(outcome=Outcome.BUSINESS_FAILURE, code=str(order.status).lower(), again_in=LOOKS_AGAIN)

    def cancel(self, order_no: str, *, reason: str, key: str) -> Answer:
        """Cancel the order as the seller, for a reason that the platform offers for it."""
        return self._do(cancel(self.desk, order_no, reason, key))

    def answer_cancel(self, order_no: str, *, approve: bool, reason: str, key: str, request_no: str = "") -> Answer:
        """Approve or reject the buyer's request; tell what became of it when it needs no answer any more."""
        mode = self.desk.shop.handover
        decision = Decision(order_no=order_no, approve=approve, reason=reason, request_no=request_no, mode=mode)
        try:
            found = answer(self.desk, decision, key)
        except ApiError as error:
            return answer_to(error, order_no)
        return self._do(found) if isinstance(found, Effect) else found

    def message_buyer(self, order_no: str, *, topic: str, key: str) -> Answer:
        """Send the buyer a message of ours about `topic`, where the app may write to buyers."""
        return self._do(messages.message(self.desk, order_no, topic, key))

    def complain(self, order_no: str, *, key: str) -> Answer:
        """Take the person's word: the platform has no call for it."""
        del order_no, key
        return BY_A_PERSON

    def request_refund(self, order_no: str, *, key: str) -> Answer:
        """Take the person's word: a claim for a parcel is a ticket."""
        del order_no, key
        return BY_A_PERSON

    def _do(self, wanted: Effect) -> Answer:
        return effect.carry_out(self.desk.engine, wanted, self.desk.now, self.desk.lease)

    def _read(self, order_no: str, call: str, about: Callable[[ApiOrder], Answer]) -> Answer:
        try:
            return about(self.desk.order(order_no, call))
        except ApiError as error:
            return answer_to(error, order_no)

    def _cancelled(self, order: ApiOrder) -> Answer:
        told = cancelled(order, self.desk.client.cancellations_of(order.id), self.desk.now())
        return replace(refused("cancelled"), told=told)
