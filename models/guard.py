"""What may stand against a command (order-lifecycle, section 6).

Pure. A guard answers with a refusal, or with None when nothing stands against; the table in
`models.command` says which command has which guards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from models import packing_rules
from models.answer import HELD_BY, Ask, Refused, is_word_of, who_did
from models.case import CaseKind
from models.command_name import CommandName as Do
from models.fact import Authority, Fact, FactKind
from models.fact_key import facts_named
from models.hold import BY_HAND, Hold
from models.merge import DERIVED
from models.order import Order
from models.stage import RANK, ROLE_RANK, HandoverMode, Role, ShippingMode, Stage

Guard: TypeAlias = Callable[[Ask], Refused | None]

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

ADDED: Final = ("tracking_no", "carrier", "handover_mode", "drop_off_point")
"""What a repeated command may tell that is news."""

TOLD_APART: Final = ("tracking_no", "case_id", "request_no", "return_no", "attempt_no")
"""What tells two words of one kind and moment apart."""


def allowed_role(role: Role) -> Guard:
    """The person must have at least this role; a packer may take back an own slip of just now."""

    def guard(ask: Ask) -> Refused | None:
        rank = ROLE_RANK[ask.command.role]
        if ask.command.name is Do.RETRACT and rank >= ROLE_RANK[Role.PACKER] and (refused := entry_named(ask)):
            return refused  # whose slip it is cannot be told of an entry that is not there
        if rank >= ROLE_RANK[role] or (rank >= ROLE_RANK[Role.PACKER] and is_own_slip(ask)):
            return None
        return Refused(code="role_too_low", values={"needs": role.value})

    return guard


def live(ask: Ask) -> Refused | None:
    """T42: nothing more is packed, shipped or cancelled on a cancelled or finished order."""
    if ask.order.stage is Stage.CANCELLED:
        if ask.command.name is Do.SELLER_CANCEL and not ask.order.presumed:
            return is_cancelled(ask)
        asked = any(case.kind is CaseKind.CANCEL_REQUEST for case in ask.order.open_cases)
        code = "presumed_cancelled" if ask.order.presumed else "order_cancelled"
        return Refused(code=code, instead=(Do.REJECT_CANCEL,) if asked else (Do.RECORD,))
    return Refused(code="order_finished") if ask.order.stage is Stage.COMPLETED else None


def paid(ask: Ask) -> Refused | None:
    """An unpaid order is not worked on."""
    return Refused(code="not_paid", instead=(Do.RECORD,)) if ask.order.stage is Stage.UNPAID else None


def is_done(order: Order, name: Do) -> bool:
    """Whether it is told, or proved by where the order is, that what the command does was done for any parcel."""
    if name not in DONE_BY:
        return False
    _, kind, rank = DONE_BY[name]
    return order.rank >= rank or (kind in order.milestones and not order.milestones[kind].implied)


def not_done_yet(ask: Ask) -> Refused | None:
    """The same thing done by two people at once is told, with who and when."""
    code, kind, _ = DONE_BY[ask.command.name]
    if not is_done(ask.order, ask.command.name):
        return None
    instead = () if _as_wished(ask, kind) else (Do.RECORD, Do.RETRACT)
    last = ask.last(kind)
    entry = last.source_key if last else ""
    return Refused(code=code, values=who_did(last), instead=instead, already=not instead, entry=entry)


def _as_wished(ask: Ask, kind: FactKind) -> bool:
    """Whether what stands is what the command asks for: another tracking number, or doubts, would get lost."""
    reports = ask.told(kind)
    new = [key for key in ADDED if ask.value(key) and ask.value(key) not in {fact.text(key) for fact in reports}]
    doubts = stock_ok(ask) or (ask.value("checklist") and packing_rules.missing(ask.value("checklist")))
    return not new and not doubts


def is_cancelled(ask: Ask) -> Refused:
    """The order is cancelled, as was wished."""
    told = ask.last(FactKind.CANCELLED, FactKind.CANCEL_APPROVED)
    return Refused(code="already_cancelled", values=who_did(told), already=True)


def no_hold(ask: Ask) -> Refused | None:
    """Packing and shipping wait for holds, unless overridden with a reason."""
    holds = ask.order.holds
    override = ask.value("override")
    if override == SHIP_ANYWAY and ask.command.name is Do.MARK_SHIPPED:
        holds -= {Hold.CANCEL_REQUESTED}
    elif Hold.CANCEL_REQUESTED in holds:
        return Refused(code="cancel_requested", instead=(Do.APPROVE_CANCEL, Do.REJECT_CANCEL))
    checking = ask.command.name is Do.CONFIRM  # T06 knows no override
    if not holds or (override == DESPITE_HOLD and ask.has_reason and not checking):
        return None
    code = "hold_first" if checking else "on_hold"
    return Refused(code=code, values=_held(ask, holds), instead=(Do.RELEASE,))


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


def packing_rules_kept(ask: Ask) -> Refused | None:
    """T10: the rules were read in this shift, or every line is ticked; always ticked for a flagged SKU."""
    packing, ticks = ask.command.packing, ask.value("checklist")
    careful = packing.flagged(ask.order.items)
    if not ticks and not careful and packing.read_until(ask.command.at):
        return None
    if not (missing := packing_rules.missing(ticks)):
        return None
    values = {"missing": ", ".join(missing)}
    if careful:
        return Refused(code="careful_sku", values=values | {"skus": ", ".join(careful)})
    return Refused(code="checklist_incomplete", values=values)


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
    if ask.order.rank > RANK[Stage.AWAITING_HANDOVER]:
        return Refused(code="already_collected", instead=(Do.RECORD,))
    return Refused(code="not_shipped", instead=(Do.MARK_SHIPPED, Do.MARK_PACKED, Do.RELEASE))


def is_drop_off(ask: Ask) -> Refused | None:
    """T14."""
    if ask.order.handover_mode is HandoverMode.DROP_OFF:
        return None
    return Refused(code="not_drop_off", instead=(Do.SWITCH_HANDOVER,))


def other_handover(ask: Ask) -> Refused | None:
    """T18: the new way is given and is another one."""
    if refused := one_of(ask, "handover_mode", tuple(HandoverMode)):
        return refused
    mode = ask.order.handover_mode.value
    if ask.value("handover_mode") != mode:
        return None
    switched = who_did(ask.last(FactKind.HANDOVER_SWITCHED, handover_mode=mode))
    return Refused(code="same_handover", values={**switched, "handover_mode": mode}, already=True)


def reason_given(ask: Ask) -> Refused | None:
    """The document asks for a reason."""
    return None if ask.has_reason else Refused(code="reason_needed")


def recordable(ask: Ask) -> Refused | None:
    """T40b: what a person may have seen, at a time that is not to come."""
    known = tuple(kind for kind in FactKind if kind not in ONLY_BY_COMMAND)
    if refused := one_of(ask, "kind", known):
        return refused
    twin = [fact for fact in ask.told(FactKind(ask.value("kind"))) if _is_same_word(ask, fact)]
    return Refused(code="already_recorded", values=who_did(twin[0]), already=True) if twin else None


def _is_same_word(ask: Ask, fact: Fact) -> bool:
    same = fact.occurred_at == ask.happened_at and fact.authority is Authority.HUMAN
    return same and all((fact.text(key) or "") == ask.value(key) for key in TOLD_APART)


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
    if hold not in ask.order.holds:
        return None
    placed = next(reversed(_placings(ask, hold)), None) or ask.last(FactKind.SELLER_CANCEL_STARTED)
    return Refused(code="already_on_hold", values=who_did(placed), already=True)


def releasable(ask: Ask) -> Refused | None:
    """T39: by the same or a higher role; the platform's and the buyer's are not ours to release."""
    if refused := one_of(ask, "hold", tuple(sorted(Hold)), needed=False):
        return refused
    hold = ask.value("hold") or Hold.MANUAL.value
    if hold not in ask.order.holds:
        return _not_on(ask, hold)
    if hold not in {*BY_HAND, Hold.CONFLICT}:
        return Refused(code="hold_not_ours", values={"hold": hold})
    placers = [Role(fact.text("role") or Role.PACKER) for fact in _placings(ask, hold)]
    needed = max(placers, key=ROLE_RANK.__getitem__, default=Role.PACKER)
    if ROLE_RANK[ask.command.role] < ROLE_RANK[needed]:
        return Refused(code="role_too_low", values={"needs": needed.value})
    return not_cancelling(ask) if hold == Hold.MANUAL else None


def _not_on(ask: Ask, hold: str) -> Refused:
    """Whoever ended it was faster; else it never was, and those that are on have other names."""
    if ended := ask.last(FactKind.HOLD_RELEASED, hold=hold):
        return Refused(code="already_released", values={**who_did(ended), "hold": hold}, already=True)
    if not ask.order.holds:
        return Refused(code="no_hold")
    return Refused(code="not_on_hold", values={"hold": hold, **_held(ask, ask.order.holds)})


def _held(ask: Ask, holds: frozenset[Hold]) -> dict[str, str]:
    """The holds, and who placed each, for "possible fraud is being checked (fraud_check, by Lan)"."""
    placed = {hold: next(reversed(_placings(ask, hold)), None) for hold in holds & BY_HAND}
    if Hold.MANUAL in holds and placed[Hold.MANUAL] is None:
        placed[Hold.MANUAL] = ask.last(FactKind.SELLER_CANCEL_STARTED)
    by = {f"{HELD_BY}{hold}": who_did(fact)["by"] for hold, fact in placed.items() if fact}
    return {"holds": ", ".join(sorted(holds)), **by}


def _placings(ask: Ask, hold: str) -> list[Fact]:
    """Who put on the hold that is on: placings since it was released last."""
    about = ask.told(FactKind.HOLD_PLACED, FactKind.HOLD_RELEASED)
    told = [fact for fact in about if (fact.text("hold") or Hold.MANUAL) == hold]
    over = max((fact.occurred_at for fact in told if fact.kind is FactKind.HOLD_RELEASED), default=None)
    placed = [fact for fact in told if fact.kind is FactKind.HOLD_PLACED]
    return [fact for fact in placed if over is None or fact.occurred_at > over]


def retractable(ask: Ask) -> Refused | None:
    """T40: a fact we have, not taken back yet; with a reason unless it is one's own slip of just now."""
    if refused := entry_named(ask):
        return refused
    found = facts_named(ask.facts, ask.value("fact_id"))
    if before := ask.last(FactKind.RETRACTION, fact_id=found[0].source_key):
        return Refused(code="already_retracted", values=who_did(before), already=True)
    return None if is_own_slip(ask) or ask.has_reason else Refused(code="reason_needed")


def entry_named(ask: Ask) -> Refused | None:
    """One entry of the order is named by its key."""
    if not (given := ask.value("fact_id")):
        return Refused(code="which_fact")
    found = facts_named(ask.facts, given)
    if len(found) == 1:
        return None
    return Refused(code="ambiguous_fact" if found else "no_such_fact", values={"fact_id": given})


def is_own_slip(ask: Ask) -> bool:
    """Whether the command takes back what the same person said by a command just now."""
    found = facts_named(ask.facts, ask.value("fact_id")) if ask.command.name is Do.RETRACT else ()
    return len(found) == 1 and _is_fresh_word(ask, found[0])


def said_just_now(ask: Ask) -> bool:
    """Whether the same person said anything of the order so short a time ago that it could be a slip."""
    return any(_is_fresh_word(ask, fact) for fact in ask.facts)


def _is_fresh_word(ask: Ask, fact: Fact) -> bool:
    return is_word_of(fact, ask.command.actor) and ask.command.at - fact.observed_at <= OWN_SLIP


def one_of(ask: Ask, key: str, allowed: tuple[str, ...], *, needed: bool = True) -> Refused | None:
    """A value is one of these; it may be left out where it is not needed."""
    value = ask.value(key)
    if value in allowed or (not value and not needed):
        return None
    return Refused(code="bad_value", values={"key": key, "allowed": ", ".join(str(one) for one in allowed)})
