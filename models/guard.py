"""What may stand against a command (order-lifecycle, section 6).

Pure. A guard answers with a refusal, or with None when nothing stands against; the table in
`models.command` says which command has which guards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from models.answer import Ask, Refused, who_did
from models.case import CaseKind
from models.command_name import CommandName as Do
from models.fact import Authority, Fact, FactKind
from models.hold import BY_HAND, Hold
from models.merge import DERIVED
from models.stage import RANK, ROLE_RANK, HandoverMode, Role, ShippingMode, Stage

Guard: TypeAlias = Callable[[Ask], Refused | None]

CHECKLIST: Final = ("items_and_count", "label_readable", "nothing_extra", "no_buyer_data")
"""T10: right items and count; label the right way and readable; no flyers, nothing unauthorised, no
solicitation; no buyer data visible beyond the label."""

SHIP_ANYWAY: Final = "ship_anyway"  # T12
DESPITE_HOLD: Final = "hold"  # pack or ship although the order is on hold, with a reason
OWN_SLIP: Final = timedelta(minutes=10)  # so long one may take back one's own word without a reason

ONLY_BY_COMMAND: Final = DERIVED | {
    FactKind.RETRACTION,
    FactKind.STOCK_CONFIRMED,
    FactKind.PACKED,
    FactKind.SELLER_CANCEL_STARTED,
    FactKind.HANDOVER_SWITCHED,
    FactKind.HOLD_PLACED,
    FactKind.HOLD_RELEASED,
    FactKind.CLAIM_CHOSEN,
    FactKind.CASE_CLOSED,
    FactKind.DUE_STATED,
    FactKind.ANSWER_EXTENDED,
}
"""What nobody may record by hand: it is derived, or a command with guards of its own says it."""

DONE_BY: Final[Mapping[Do, tuple[str, FactKind, int]]] = {
    Do.CONFIRM: ("already_confirmed", FactKind.STOCK_CONFIRMED, RANK[Stage.CONFIRMED]),
    Do.MARK_PACKED: ("already_packed", FactKind.PACKED, RANK[Stage.PICKED_UP]),
    Do.MARK_SHIPPED: ("already_shipped", FactKind.MARKED_SHIPPED, RANK[Stage.AWAITING_HANDOVER]),
    Do.DROP_OFF: ("already_dropped_off", FactKind.DROPPED_OFF, RANK[Stage.PICKED_UP]),
}
"""What a command would do again: the code, the fact that says it, the rank that proves it."""


def allowed_role(role: Role) -> Guard:
    """The person must have at least this role."""

    def guard(ask: Ask) -> Refused | None:
        if ROLE_RANK[ask.command.role] >= ROLE_RANK[role]:
            return None
        return Refused(code="role_too_low", values={"needs": role.value})

    return guard


def live(ask: Ask) -> Refused | None:
    """T42: nothing more is packed, shipped or cancelled on a cancelled or finished order."""
    if ask.order.stage is Stage.CANCELLED:
        asked = any(case.kind is CaseKind.CANCEL_REQUEST for case in ask.order.open_cases)
        code = "presumed_cancelled" if ask.order.presumed else "order_cancelled"
        return Refused(code=code, instead=(Do.REJECT_CANCEL,) if asked else (Do.RECORD,))
    return Refused(code="order_finished") if ask.order.stage is Stage.COMPLETED else None


def paid(ask: Ask) -> Refused | None:
    """An unpaid order is not worked on."""
    return Refused(code="not_paid", instead=(Do.RECORD,)) if ask.order.stage is Stage.UNPAID else None


def not_done_yet(ask: Ask) -> Refused | None:
    """The same thing done by two people at once is told, with who and when."""
    code, kind, rank = DONE_BY[ask.command.name]
    told = kind in ask.order.milestones and not ask.order.milestones[kind].implied
    if told or ask.order.rank >= rank:
        return Refused(code=code, values=who_did(ask.last(kind)))
    return None


def no_hold(ask: Ask) -> Refused | None:
    """Packing and shipping wait for holds, unless overridden with a reason."""
    holds = ask.order.holds
    override = ask.value("override")
    if override == SHIP_ANYWAY and ask.command.name is Do.MARK_SHIPPED:
        holds -= {Hold.CANCEL_REQUESTED}
    elif Hold.CANCEL_REQUESTED in holds:
        return Refused(code="cancel_requested", instead=(Do.APPROVE_CANCEL, Do.REJECT_CANCEL))
    if not holds or (override == DESPITE_HOLD and ask.has_reason):
        return None
    return Refused(code="on_hold", values={"holds": ", ".join(sorted(holds))}, instead=(Do.RELEASE,))


def not_cancelling(ask: Ask) -> Refused | None:
    """While the seller cancels, nothing is packed or shipped."""
    if any(case.kind is CaseKind.SELLER_CANCEL for case in ask.order.open_cases):
        return Refused(code="being_cancelled", instead=(Do.CLAIM_STEP, Do.CLOSE_CASE))
    return None


def stock_ok(ask: Ask) -> Refused | None:
    """T06, T11: who finds too little stock does not confirm."""
    if ask.value("stock").lower() in {"", "ok", "yes"}:
        return None
    return Refused(code="stock_not_ok", instead=(Do.SELLER_CANCEL, Do.HOLD))


def checklist_ticked(ask: Ask) -> Refused | None:
    """T10: every line is ticked; "all" ticks them all."""
    ticks = {tick.strip() for tick in ask.value("checklist").split(",")}
    missing = [line for line in CHECKLIST if line not in ticks and "all" not in ticks]
    return Refused(code="checklist_incomplete", values={"missing": ", ".join(missing)}) if missing else None


def packed_first(ask: Ask) -> Refused | None:
    """T12: the parcel is packed, unless the platform gives the label only afterwards."""
    if ask.order.stage is Stage.PACKED or ask.order.shipping_mode is ShippingMode.PLATFORM:
        return None
    return Refused(code="not_packed", instead=(Do.MARK_PACKED,))


def handover_known(ask: Ask) -> Refused | None:
    """A way of handing over, where given, is one we know."""
    return one_of(ask, "handover_mode", tuple(HandoverMode), needed=False)


def waits_for_carrier(ask: Ask) -> Refused | None:
    """T14, T18: the order is set to shipped and the carrier does not have it."""
    if ask.order.stage is Stage.AWAITING_HANDOVER:
        return None
    shipped = ask.order.rank > RANK[Stage.AWAITING_HANDOVER]
    return Refused(
        code="already_collected" if shipped else "not_shipped", instead=() if shipped else (Do.MARK_SHIPPED,)
    )


def is_drop_off(ask: Ask) -> Refused | None:
    """T14."""
    if ask.order.handover_mode is HandoverMode.DROP_OFF:
        return None
    return Refused(code="not_drop_off", instead=(Do.SWITCH_HANDOVER,))


def other_handover(ask: Ask) -> Refused | None:
    """T18: the new way is given and is another one."""
    if refused := one_of(ask, "handover_mode", tuple(HandoverMode)):
        return refused
    same = ask.value("handover_mode") == ask.order.handover_mode
    return Refused(code="same_handover", values={"handover_mode": ask.order.handover_mode.value}) if same else None


def reason_given(ask: Ask) -> Refused | None:
    """The document asks for a reason."""
    return None if ask.has_reason else Refused(code="reason_needed")


def recordable(ask: Ask) -> Refused | None:
    """T40b: what a person may have seen, at a time that is not to come."""
    known = tuple(kind for kind in FactKind if kind not in ONLY_BY_COMMAND)
    if refused := one_of(ask, "kind", known):
        return refused
    twin = [fact for fact in ask.facts if _is_same_word(ask, fact)]
    return Refused(code="already_recorded", values=who_did(twin[0])) if twin else None


def _is_same_word(ask: Ask, fact: Fact) -> bool:
    same = fact.kind == ask.value("kind") and fact.occurred_at == ask.happened_at
    return same and fact.authority is Authority.HUMAN and (fact.text("tracking_no") or "") == ask.value("tracking_no")


def time_sane(ask: Ask) -> Refused | None:
    """A stated time can be read and is not to come."""
    at = ask.happened_at
    if at is None:
        return Refused(code="bad_time", values={"key": "at"})
    return Refused(code="in_future", values={"at": at.isoformat()}) if at > ask.command.at else None


def holdable(ask: Ask) -> Refused | None:
    """T39: a hold a person may place, and that is not on."""
    if refused := one_of(ask, "hold", tuple(sorted(BY_HAND)), needed=False):
        return refused
    hold = ask.value("hold") or Hold.MANUAL
    placed = ask.last(FactKind.HOLD_PLACED)
    return Refused(code="already_on_hold", values=who_did(placed)) if hold in ask.order.holds else None


def releasable(ask: Ask) -> Refused | None:
    """T39: by the same or a higher role; the platform's and the buyer's are not ours to release."""
    hold = ask.value("hold") or Hold.MANUAL
    if hold not in ask.order.holds:
        return Refused(code="not_on_hold", values={"hold": hold})
    if hold not in {*BY_HAND, Hold.CONFLICT}:
        return Refused(code="hold_not_ours", values={"hold": hold})
    placed = [fact for fact in ask.facts if fact.kind is FactKind.HOLD_PLACED and fact.text("hold") == hold]
    needed = max((ROLE_RANK[Role(fact.text("role") or Role.PACKER)] for fact in placed), default=0)
    if ROLE_RANK[ask.command.role] < needed:
        return Refused(code="role_too_low", values={"needs": Role.MANAGER.value})
    return not_cancelling(ask) if hold == Hold.MANUAL else None


def retractable(ask: Ask) -> Refused | None:
    """T40: a fact we have, not taken back yet; with a reason unless it is one's own slip of just now."""
    fact_id = ask.value("fact_id")
    named = next((fact for fact in ask.facts if fact.source_key == fact_id), None)
    if named is None:
        return Refused(code="no_such_fact", values={"fact_id": fact_id})
    before = [fact for fact in ask.facts if fact.kind is FactKind.RETRACTION and fact.text("fact_id") == fact_id]
    if before:
        return Refused(code="already_retracted", values=who_did(before[-1]))
    own = named.text("actor") == ask.command.actor and named.authority is Authority.HUMAN
    slip = own and ask.command.at - named.observed_at <= OWN_SLIP
    return None if slip or ask.has_reason else Refused(code="reason_needed")


def one_of(ask: Ask, key: str, allowed: tuple[str, ...], *, needed: bool = True) -> Refused | None:
    """A value is one of these; it may be left out where it is not needed."""
    value = ask.value(key)
    if value in allowed or (not value and not needed):
        return None
    return Refused(code="bad_value", values={"key": key, "allowed": ", ".join(str(one) for one in allowed)})
