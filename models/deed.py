"""The facts that a command leaves when it is carried out (order-lifecycle, section 6).

Pure. A fact's source key is made of what was done, when and by whom, so that the same command carried
out twice leaves one fact. No typed text is kept: reasons are codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, count
from typing import Final, TypeAlias

from models import packing_rules
from models.answer import Ask, key_of
from models.case import Case, CaseKind
from models.case_guard import (
    SELLER_REASONS,
    STEP_FACTS,
    answer_rule,
    answerable,
    case_to_close,
    case_with_steps,
    claim_to_choose,
    open_case,
    return_to_answer,
)
from models.fact import Authority, Fact, FactKind, Json
from models.fact_key import facts_named
from models.guard import SHIP_ANYWAY
from models.hold import Hold
from models.stage import Stage

Deed: TypeAlias = Callable[[Ask], tuple[Fact, ...]]

RECORDED: Final = (
    "tracking_no",
    "carrier",
    "attempt_no",
    "case_id",
    "request_no",
    "return_no",
    "return_type",
    "handover_mode",
    "shipping_mode",
    "drop_off_point",
    "reason_code",
)
"""Values that `record` passes on to the fact."""


def told(ask: Ask, kind: FactKind, about: str = "", **payload: Json) -> Fact:
    """One fact of authority human; empty payload values are left out."""
    at = ask.happened_at or ask.command.at
    return Fact(
        kind=kind,
        occurred_at=at,
        observed_at=ask.command.at,
        authority=Authority.HUMAN,
        source_key=_free(ask, key_of(kind, at, ask.command.actor, about)),
        payload={"actor": ask.command.actor}
        | {name: value for name, value in payload.items() if value not in (None, "")},
        source="person",
    )


def _free(ask: Ask, key: str) -> str:
    """The key, or one beside it when the same word was said and taken back: said again, it counts again."""
    counting = {fact.source_key for fact in ask.told(*FactKind)}
    gone = {fact.source_key for fact in ask.facts} - counting
    numbered = (f"{key}:{number}" for number in count(2))
    return next(found for found in chain([key], numbered) if found not in gone)


def confirmed(ask: Ask) -> tuple[Fact, ...]:
    """T06."""
    return (told(ask, FactKind.STOCK_CONFIRMED),)


def packed(ask: Ask) -> tuple[Fact, ...]:
    """T10; T11: packing a new order confirms its stock."""
    ticked = bool(ask.value("checklist"))
    fact = told(ask, FactKind.PACKED, checklist=packing_rules.kept(None if ticked else ask.command.packing.read))
    return (*confirmed(ask), fact) if ask.order.stage is Stage.NEW else (fact,)


def shipped(ask: Ask) -> tuple[Fact, ...]:
    """T12; shipping anyway rejects the buyer's request."""
    fact = told(
        ask,
        FactKind.MARKED_SHIPPED,
        handover_mode=ask.value("handover_mode") or ask.order.handover_mode.value,
        drop_off_point=ask.value("drop_off_point"),
        tracking_no=ask.value("tracking_no"),
        carrier=ask.value("carrier"),
    )
    requests = [case for case in ask.order.open_cases if case.kind is CaseKind.CANCEL_REQUEST]
    if ask.value("override") != SHIP_ANYWAY:
        return (fact,)
    return (
        fact,
        *(_answer(ask, FactKind.CANCEL_REJECTED, case, reason_code=SHIP_ANYWAY) for case in requests),
    )


def dropped_off(ask: Ask) -> tuple[Fact, ...]:
    """T14: stops the seller's clock; the carrier's own scan proves more."""
    return (told(ask, FactKind.DROPPED_OFF, drop_off_point=ask.value("drop_off_point")),)


def switched(ask: Ask) -> tuple[Fact, ...]:
    """T18."""
    return (told(ask, FactKind.HANDOVER_SWITCHED, handover_mode=ask.value("handover_mode")),)


def cancelling(ask: Ask) -> tuple[Fact, ...]:
    """T07: opens the case whose two steps follow."""
    typed = (ask.command.reason or "").strip().lower().replace("-", "_").replace(" ", "_")
    given = ask.value("reason_code") or (typed if typed in SELLER_REASONS else "other")
    return (told(ask, FactKind.SELLER_CANCEL_STARTED, reason_code=given),)


def approved(ask: Ask) -> tuple[Fact, ...]:
    """T31: the fold takes an approval for the buyer's cancellation."""
    return _to_request(ask, FactKind.CANCEL_APPROVED)


def rejected(ask: Ask) -> tuple[Fact, ...]:
    """T32."""
    return _to_request(ask, FactKind.CANCEL_REJECTED)


def extended(ask: Ask) -> tuple[Fact, ...]:
    """T34b."""
    case, due_at = answerable(ask), ask.moment("due_at")
    if case is None or due_at is None:
        return ()
    rule = answer_rule(case).value
    return (_answer(ask, FactKind.ANSWER_EXTENDED, case, due_at=due_at.isoformat(), rule=rule),)


def complained(ask: Ask) -> tuple[Fact, ...]:
    """T17."""
    return (told(ask, FactKind.COMPLAINT_FILED, case_id=CaseKind.CARRIER_COMPLAINT.value),)


def step_ticked(ask: Ask) -> tuple[Fact, ...]:
    """T08, T24: each step is the fact it stands for."""
    case = case_with_steps(ask)
    if case is None or case.next_step is None:
        return ()
    kind = STEP_FACTS[case.next_step]
    if kind is FactKind.CANCELLED:
        return (told(ask, kind, case.case_id, actor="seller", reason_code=case.reason),)
    return (told(ask, kind, case.case_id, case_id=case.case_id),)


def claim_chosen(ask: Ask) -> tuple[Fact, ...]:
    """T23."""
    case = claim_to_choose(ask)
    return (
        (told(ask, FactKind.CLAIM_CHOSEN, case.case_id, case_id=case.case_id, choice=ask.value("choice")),)
        if case
        else ()
    )


def return_accepted(ask: Ask) -> tuple[Fact, ...]:
    """T37."""
    case = return_to_answer(ask)
    return (_answer(ask, FactKind.RETURN_ACCEPTED, case),) if case else ()


def return_rejected(ask: Ask) -> tuple[Fact, ...]:
    """T37."""
    case = return_to_answer(ask)
    return (_answer(ask, FactKind.RETURN_REJECTED, case, reason_code=ask.value("reason_code")),) if case else ()


def recorded(ask: Ask) -> tuple[Fact, ...]:
    """T40b: what a person saw, as their word; `estimated` when they know only by when it had happened."""
    kind = FactKind(ask.value("kind"))
    about = ask.value("tracking_no") or ask.value("case_id")
    payload: dict[str, Json] = {key: ask.value(key) for key in RECORDED}
    if kind is FactKind.CANCELLED:
        payload["actor"] = ask.value("actor") or "unknown"
    return (replace(told(ask, kind, about, **payload), estimated=bool(ask.value("estimated"))),)


def held(ask: Ask) -> tuple[Fact, ...]:
    """T39."""
    return (_hold(ask, FactKind.HOLD_PLACED),)


def released(ask: Ask) -> tuple[Fact, ...]:
    """T39."""
    return (_hold(ask, FactKind.HOLD_RELEASED),)


def retracted(ask: Ask) -> tuple[Fact, ...]:
    """T40."""
    named = facts_named(ask.facts, ask.value("fact_id"))[0].source_key
    return (told(ask, FactKind.RETRACTION, named, fact_id=named),)


def closed(ask: Ask) -> tuple[Fact, ...]:
    """A person says that a case or conflict is settled."""
    case_id = case_to_close(ask)
    return (told(ask, FactKind.CASE_CLOSED, case_id, case_id=case_id, reason_code=ask.value("reason_code")),)


def _hold(ask: Ask, kind: FactKind) -> Fact:
    hold = ask.value("hold") or Hold.MANUAL.value
    return told(ask, kind, hold, hold=hold, role=ask.command.role.value, reason_code=ask.value("reason_code"))


def _to_request(ask: Ask, kind: FactKind) -> tuple[Fact, ...]:
    case = open_case(ask, CaseKind.CANCEL_REQUEST)
    return (_answer(ask, kind, case, reason_code=ask.value("reason_code")),) if case else ()


def _answer(ask: Ask, kind: FactKind, case: Case, **payload: Json) -> Fact:
    return told(ask, kind, case.case_id, case_id=case.case_id, **payload)
