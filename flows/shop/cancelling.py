"""Cancelling as the seller, and answering a buyer who wants to cancel.

With which reasons is asked before each of them; which of them stands for ours is data (`reasons_given.toml`). What a
cancellation has become is read back from the platform's list of them, never from a text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.desk import Desk, buyers_requests, pending_request
from flows.shop.effect import Effect, Sent, Stopped
from flows.shop.handing_over import TO_SHIP, HandOver, hand_over, refused
from flows.shop.milestone import cancelled
from flows.shop.protocol import Answer, Outcome, Told
from flows.shop.schema import Cancellation, CancelStatus, Initiator
from models.fact import FactKind, Json
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

GRANTED: Final = frozenset({CancelStatus.SUCCESS, CancelStatus.COMPLETE})
ENDINGS: Final = ("", "_uk")  # of the same code in the UK
ANY: Final = "other"


def cancel(desk: Desk, order_no: str, reason: str, key: str) -> Effect:
    """Make the effect of cancelling an order as the seller."""
    cancelling = _Cancelling(desk, order_no, reason)
    return Effect(intent=desk.intent("cancel", order_no, key), look=cancelling.look, send=cancelling.send)


@dataclass(frozen=True, slots=True)
class _Cancelling:
    desk: Desk
    order_no: str
    reason: str

    def look(self) -> Answer | None:
        order = self.desk.order(self.order_no, "cancel")
        cancellations = self.desk.client.cancellations_of(self.order_no)
        ours = [one for one in cancellations if one.role is Initiator.SELLER and one.cancel_status in GRANTED]
        if order.status is not PlatformStatus.CANCELLED and not ours:
            return None
        told = cancelled(order, cancellations, self.desk.now())
        if told[0].payload.get("actor") == "seller":  # in our own words, as whoever asked for it said them
            told = (replace(told[0], payload={"actor": "seller", "reason_code": self.reason}),)
        return Answer(outcome=Outcome.OK, told=told)

    def send(self) -> Sent:
        try:
            return self._send()
        except ApiError as error:
            if error.kind is not ErrorKind.CANCEL_REASON:
                raise
        return self._send()  # what is allowed has changed meanwhile

    def _send(self) -> Sent:
        allowed = self.desk.client.cancel_reasons(self.order_no)
        if not allowed:
            raise Stopped(refused("cancel_not_possible"))
        chosen = fitting("cancel", self.reason, allowed)
        if chosen is None:
            raise Stopped(refused("cancel_reason_by_hand"))
        order = self.desk.order(self.order_no, "cancel")
        live = [item.id for item in order.line_items if item.display_status is not PlatformStatus.CANCELLED]
        request_id, _ = self.desk.client.cancel(self.order_no, reason=chosen, line_item_ids=live)
        payload = {"actor": "seller", "reason_code": self.reason}
        told = Told(kind=FactKind.CANCELLED, occurred_at=self.desk.now(), payload=payload)
        return Sent(request_id=request_id, told=(told,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is answered to a buyer who wants to cancel; `request_no` names the request where it is known."""

    order_no: str
    approve: bool
    reason: str
    request_no: str = ""
    mode: HandoverMode = HandoverMode.PICKUP


def answer(desk: Desk, decision: Decision, key: str) -> Effect | Answer:
    """Make the effect of answering the request that waits, else the last there was; a refusal where there is none.

    Raises ApiError.
    """
    found = desk.client.cancellations_of(decision.order_no)
    asked = pending_request(found, decision.request_no) or next(reversed(buyers_requests(found)), None)
    if asked is None:
        return refused("no_open_request")
    if not decision.approve and _goes_by_shipping(desk, asked):
        return _by_shipping(desk, decision, key)
    verb = "approve" if decision.approve else "reject"
    answering = _Answering(desk, decision, asked.cancel_id, idempotency_key(f"{key}:{asked.cancel_id}:{verb}"))
    intent = desk.intent(f"{verb}_cancel", decision.order_no, f"{key}:{asked.cancel_id}")
    return Effect(intent=intent, look=answering.look, send=answering.send)


def idempotency_key(key: str) -> str:
    """Give the platform's form of a key (255 signs at most) that tells nobody anything."""
    return sha256(key.encode()).hexdigest()


def _goes_by_shipping(desk: Desk, asked: Cancellation) -> bool:
    """Whether the request is turned down by shipping; of an order that is shipped already it is not."""
    if not desk.rejects_by_shipping or asked.cancel_status is not CancelStatus.PENDING:
        return False
    return desk.order(asked.order_id, "answer_cancel").status in TO_SHIP


def _by_shipping(desk: Desk, decision: Decision, key: str) -> Effect:
    asked = HandOver(order_no=decision.order_no, mode=decision.mode, anyway=True)
    return hand_over(desk, asked, f"{key.partition(':answer:')[0]}:hand_over")


@dataclass(frozen=True, slots=True)
class _Answering:
    desk: Desk
    decision: Decision
    cancel_id: str
    platform_key: str

    def look(self) -> Answer | None:
        cancellations = self.desk.client.cancellations_of(self.decision.order_no)
        asked = next((one for one in cancellations if one.cancel_id == self.cancel_id), None)
        if asked is None or asked.cancel_status is None:
            return refused("no_open_request")
        if asked.cancel_status is CancelStatus.PENDING:
            return None
        if asked.cancel_status in GRANTED:
            return self._granted(asked, cancellations)
        # Turned down or withdrawn: the platform has one word for both.
        return refused("request_ended") if self.decision.approve else Answer(outcome=Outcome.OK)

    def _granted(self, asked: Cancellation, cancellations: Sequence[Cancellation]) -> Answer:
        """Tell that the order is cancelled, whoever approved: we, or the platform for want of an answer."""
        order = self.desk.order(self.decision.order_no, "answer_cancel")
        approved = Told(kind=FactKind.CANCEL_APPROVED, occurred_at=self._at(asked), payload=self._named)
        gone = cancelled(order, cancellations, self.desk.now()) if order.status is PlatformStatus.CANCELLED else ()
        ended = Answer(outcome=Outcome.OK, told=(approved, *gone))
        return ended if self.decision.approve else replace(refused("request_granted"), told=ended.told)

    def _at(self, asked: Cancellation) -> datetime:
        return asked.update_time or self.desk.now()

    @property
    def _named(self) -> dict[str, Json]:
        return {"request_no": self.cancel_id}

    def send(self) -> Sent:
        if self.decision.approve:
            request_id = self.desk.client.approve_cancellation(self.cancel_id, key=self.platform_key)
            return Sent(request_id=request_id, told=(self._told(FactKind.CANCEL_APPROVED),))
        allowed = self.desk.client.reject_reasons(self.cancel_id)
        reason = fitting("reject", self.decision.reason, allowed) or next(iter(allowed), None)
        if reason is None:
            raise Stopped(refused("cancel_reason_by_hand"))
        request_id = self.desk.client.reject_cancellation(self.cancel_id, reason=reason, key=self.platform_key)
        return Sent(request_id=request_id, told=(self._told(FactKind.CANCEL_REJECTED),))

    def _told(self, kind: FactKind) -> Told:
        return Told(kind=kind, occurred_at=self.desk.now(), payload=self._named)


def fitting(table: str, reason: str, allowed: Sequence[str]) -> str | None:
    """Give the allowed code that stands for our reason best; None where none does."""
    rows = _reasons()[table]
    wanted = rows.get(reason, rows[ANY])
    known = {f"{code}{ending}": code for code in wanted for ending in ENDINGS}
    found = [code for code in allowed if code in known]
    return min(found, key=lambda code: wanted.index(known[code]), default=None)


@cache
def _reasons() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((files("flows.shop") / "reasons_given.toml").read_text(encoding="utf-8"))
