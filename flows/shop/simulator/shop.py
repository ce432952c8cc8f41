"""The simulated shop's door: what our side asks for happens in the simulator's store.

Like the real platform it keeps idempotency keys: the same key gets the same answer and changes
nothing. Another key for an effect that was done is done, and counted (`tally.double_effects`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.shop.protocol import Answer, Outcome, ShopError, Told
from flows.shop.simulator import aftersale, change, fault
from flows.shop.simulator.fault import FaultMode
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import open_request, status_of
from flows.shop.simulator.store import Play, Store, text_of
from flows.shop.simulator.story import Story
from flows.shop.simulator.tally import TELLS
from models.fact import FactKind, Json
from models.notification import NotificationKind
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

Act = Callable[[Play, OrderPlan, datetime], Answer]

CLAIMABLE: Final = frozenset({"lost", "damaged", "late"})  # reasons to cancel a parcel that is away
REASONS: Final = CLAIMABLE | {"out_of_stock", "damaged_goods"}
NOT_SHIPPED: Final = frozenset({PlatformStatus.UNPAID, PlatformStatus.ON_HOLD, PlatformStatus.AWAITING_SHIPMENT})
ARRIVED: Final = frozenset({PlatformStatus.DELIVERED, PlatformStatus.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of our side: what it wants done, under which idempotency key, when (UTC)."""

    effect: str
    key: str
    at: datetime


class SimulatedShop:
    """One shop of the script, for any process that can open the store.

    `now` gives the moment (aware UTC) at which an effect takes place: the demo's virtual clock.
    """

    def __init__(self, store_path: Path, name: str, now: Callable[[], datetime]) -> None:
        """Open the door of the shop called `name` in the play at `store_path`."""
        self._store = Store(store_path)
        self._name = name
        self._now = now

    @property
    def name(self) -> str:
        """The shop's name in the settings."""
        return self._name

    @property
    def acts(self) -> bool:
        """True: effects happen here."""
        return True

    def status_of(self, order_no: str) -> PlatformStatus | None:
        """What the simulated platform says now; None for an order that was not placed yet."""
        with self._store.look() as play:
            return status_of(play, order_no)

    def confirm(self, order_no: str, *, key: str) -> Answer:
        """Look into the simulated warehouse: business failure `out_of_stock` where the script says so."""

        def act(_: Play, plan: OrderPlan, at: datetime) -> Answer:
            if plan.story is Story.OUT_OF_STOCK:
                return Answer(outcome=Outcome.BUSINESS_FAILURE, code="out_of_stock")
            return _ok(Told(kind=FactKind.STOCK_CONFIRMED, occurred_at=at))

        return self._do("confirm", order_no, key, _if_live(act))

    def pack(self, order_no: str, *, key: str) -> Answer:
        """Have the packers close the parcel; waiting `packers_busy` while they have no hand free."""

        def act(_: Play, plan: OrderPlan, at: datetime) -> Answer:
            if at < plan.packers_ready_at:
                wait = plan.packers_ready_at - at
                return Answer(outcome=Outcome.WAITING, code="packers_busy", again_in=wait)
            return _ok(Told(kind=FactKind.PACKED, occurred_at=at))

        return self._do("pack", order_no, key, _if_live(act))

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
        """Set the order to shipped; the carrier's scans follow by themselves."""
        del anyway  # a request that is open is not looked at here
        told: dict[str, Json] = {"handover_mode": mode}
        if mode is HandoverMode.DROP_OFF and drop_off_point:
            told["drop_off_point"] = drop_off_point
        if tracking_no:
            told["tracking_no"] = tracking_no

        def act(play: Play, plan: OrderPlan, at: datetime) -> Answer:
            if status_of(play, order_no) not in NOT_SHIPPED:
                return Answer(outcome=Outcome.OK, code="already_done")
            change.ship(play, plan, at)
            payload = {**change.parcel_of(plan), **told}
            return _ok(Told(kind=FactKind.MARKED_SHIPPED, occurred_at=at, payload=payload))

        return self._do("hand_over", order_no, key, _if_live(act))

    def track(self, order_no: str) -> Answer:
        """Give every scan so far; ok once the parcel has arrived or the order is cancelled, else waiting."""
        with self._store.look() as play:
            plan, status = self._plan(play, "track", order_no), status_of(play, order_no)
            scans = play.scans(order_no)
        told = tuple(_told_of(plan, at, NotificationKind(kind), attempt) for at, kind, attempt in scans)
        if status is PlatformStatus.CANCELLED:
            return Answer(outcome=Outcome.OK, code="cancelled", told=told)
        return Answer(outcome=Outcome.OK if status in ARRIVED else Outcome.WAITING, told=told)

    def cancel(self, order_no: str, *, reason: str, key: str) -> Answer:
        """Cancel as the seller; a parcel that is away only when lost, damaged or late."""

        def act(play: Play, plan: OrderPlan, at: datetime) -> Answer:
            status = status_of(play, order_no)
            if status is PlatformStatus.CANCELLED:
                return _refused("cancelled")
            if status not in NOT_SHIPPED and (status in ARRIVED or reason not in CLAIMABLE):
                return _refused("already_shipped")
            cause = reason if reason in REASONS else "other"
            aftersale.cancel(play, plan, at, cause=cause, by="seller")
            return _ok(_cancelled(at, "seller", cause))

        return self._do("cancel", order_no, key, act)

    def answer_cancel(self, order_no: str, *, approve: bool, reason: str, key: str, request_no: str = "") -> Answer:
        """Approve or reject the buyer's open request."""
        del reason, request_no  # the platform takes any reason, and has one request at most

        def act(play: Play, plan: OrderPlan, at: datetime) -> Answer:
            if not open_request(play, order_no):
                return _refused("no_open_request")
            if approve:
                aftersale.approve(play, plan, at)
                granted = Told(kind=FactKind.CANCEL_APPROVED, occurred_at=at)
                return _ok(granted, _cancelled(at, "buyer", plan.cancel_wish))
            aftersale.reject(play, plan, at)
            return _ok(Told(kind=FactKind.CANCEL_REJECTED, occurred_at=at))

        return self._do("answer_cancel", order_no, key, act)

    def message_buyer(self, order_no: str, *, topic: str, key: str) -> Answer:
        """Send an in-app message. Whoever asked for it records that it was sent."""
        return self._do(f"message_buyer:{topic}", order_no, key, lambda *_: _ok())

    def complain(self, order_no: str, *, key: str) -> Answer:
        """Complain about the carrier, who then hurries."""

        def act(play: Play, plan: OrderPlan, at: datetime) -> Answer:
            change.hurry_carrier(play, plan, at)
            return _ok()

        return self._do("complain", order_no, key, act)

    def request_refund(self, order_no: str, *, key: str) -> Answer:
        """Ask for the money of a lost, damaged or late parcel; a mail says when it is paid."""

        def act(play: Play, plan: OrderPlan, at: datetime) -> Answer:
            change.promise_refund(play, plan, at)
            return _ok()

        return self._do("request_refund", order_no, key, act)

    def _do(self, effect: str, order_no: str, key: str, act: Act) -> Answer:
        """Carry out an effect with the faults that the script has for it. Raises ShopError."""
        with self._store.change() as play:
            plan = self._plan(play, effect, order_no)
            call = Call(effect=effect, key=key, at=self._now().replace(microsecond=0))
            planted = fault.due(play, order_no, effect)
            mode = planted.mode if planted else None
            if planted:
                fault.wear_off(play, planted)
            if mode is None or mode is FaultMode.LOSES_ANSWER:
                answer = _apply(play, plan, call, act)
        if mode is not None:  # raised after the commit: the fault, and what was done, count
            raise fault.error(effect, order_no, mode)
        return answer

    def _plan(self, play: Play, call: str, order_no: str) -> OrderPlan:
        plan = self._store.script.by_no.get(order_no)
        if plan is None or plan.shop != self._name or status_of(play, order_no) is None:
            raise ShopError(call, order_no, "unknown_order", transient=False)
        return plan


def _apply(play: Play, plan: OrderPlan, call: Call, act: Act) -> Answer:
    """Do an effect, or answer as before; every call leaves a row."""
    done = play.sql(
        "select key, answer from effect where order_no = ? and effect = ? and applied = 1 order by key = ? desc, id",
        plan.order_no,
        call.effect,
        call.key,
    ).fetchone()
    answer = _from_text(done[1]) if done else act(play, plan, call.at)
    applied = answer.outcome is Outcome.OK and not (done and done[0] == call.key)
    play.sql(
        "insert into effect (at, order_no, effect, key, applied, answer) values (?, ?, ?, ?, ?, ?)",
        text_of(call.at),
        plan.order_no,
        call.effect,
        call.key,
        applied,
        _to_text(answer),
    )
    return answer


def _if_live(act: Act) -> Act:
    """Refuse what makes no sense for an order that is unpaid or cancelled."""

    def guarded(play: Play, plan: OrderPlan, at: datetime) -> Answer:
        status = status_of(play, plan.order_no)
        if status in (PlatformStatus.UNPAID, PlatformStatus.CANCELLED):
            return _refused(status.lower())
        return act(play, plan, at)

    return guarded


def _ok(*told: Told) -> Answer:
    return Answer(outcome=Outcome.OK, told=told)


def _cancelled(at: datetime, actor: str, cause: str) -> Told:
    return Told(kind=FactKind.CANCELLED, occurred_at=at, payload={"actor": actor, "reason_code": cause})


def _refused(code: str) -> Answer:
    return Answer(outcome=Outcome.REFUSED, code=code)


def _told_of(plan: OrderPlan, at: datetime, kind: NotificationKind, attempt: int | None) -> Told:
    told = Told(kind=TELLS[kind], occurred_at=at, payload=change.parcel_of(plan))
    return replace(told, payload={**told.payload, "attempt_no": attempt}) if attempt else told


def _to_text(answer: Answer) -> str:
    told = [{"kind": one.kind, "at": one.occurred_at.isoformat(), "payload": dict(one.payload)} for one in answer.told]
    return json.dumps({"outcome": answer.outcome, "code": answer.code, "told": told}, ensure_ascii=False)


def _from_text(text: str) -> Answer:
    row = json.loads(text)
    told = tuple(
        Told(kind=FactKind(one["kind"]), occurred_at=datetime.fromisoformat(one["at"]), payload=one["payload"])
        for one in row["told"]
    )
    return Answer(outcome=Outcome(row["outcome"]), code=row["code"], told=told)
