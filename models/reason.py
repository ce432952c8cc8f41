"""Why we say what we say of an order: the facts behind its stage, each clock, case and conflict.

Pure. What rests on time alone has the facts from which that time ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from models.case import Case, CaseKind
from models.conflict import Conflict
from models.deadline import RULES, Deadline, DeadlineState, RuleId
from models.fact import Fact, FactKind
from models.history import History
from models.merge import by_time, rank_proved
from models.order import Order
from models.request import Request
from models.schedule import TRACKING
from models.stage import RANK, Stage

_K = FactKind
Facts: TypeAlias = tuple[Fact, ...]

STARTED_BY: Final[Mapping[RuleId, tuple[FactKind, ...]]] = MappingProxyType(
    {
        RuleId.D01: (_K.ORDER_PAID,),
        RuleId.D02: (_K.ORDER_PLACED, _K.ORDER_PAID),
        RuleId.D03: (_K.STOCK_CONFIRMED, _K.PACKED, _K.MARKED_SHIPPED),
        RuleId.D04: (_K.MARKED_SHIPPED, _K.HANDOVER_SWITCHED),
        RuleId.D05: (_K.MARKED_SHIPPED,),
        RuleId.D06: (_K.MARKED_SHIPPED, _K.HANDOVER_SWITCHED),
        RuleId.D07: (_K.DROPPED_OFF,),
        RuleId.D09: (_K.ORDER_PLACED,),
        RuleId.D10: (_K.MARKED_SHIPPED,),
        RuleId.D11: (_K.ORDER_PLACED,),
        RuleId.D12: (_K.DELIVERY_ATTEMPT_FAILED,),
        RuleId.D13: (_K.DELIVERY_ATTEMPT_FAILED,),
        RuleId.D14B: TRACKING,
        RuleId.D17: TRACKING,
        RuleId.D18: (_K.DELIVERED,),
    }
)
"""From which facts a clock runs; those of requests and claims (D08, D14, D15) run from their case's."""

DECIDED_BY: Final[Mapping[Stage, tuple[RuleId, ...]]] = MappingProxyType(
    {
        Stage.LOST: (RuleId.D10, RuleId.D12),
        Stage.CANCELLED: (RuleId.D08, RuleId.D09),
        Stage.COMPLETED: (RuleId.D18,),
    }
)
"""The clocks whose end makes us presume a stage."""

OF_CASE: Final[Mapping[CaseKind, tuple[FactKind, ...]]] = MappingProxyType(
    {
        CaseKind.SELLER_CANCEL: (_K.SELLER_CANCEL_STARTED, _K.CANCELLED),
        CaseKind.CARRIER_COMPLAINT: (_K.COMPLAINT_FILED, _K.COMPLAINT_ANSWERED),
        CaseKind.CLAIM: (_K.LOST_DECLARED, _K.DAMAGED_DECLARED, _K.REFUND_REQUESTED, _K.REFUND_DONE, _K.DELIVERED),
    }
)
CANCELLING: Final = (_K.CANCELLED, _K.CANCEL_APPROVED)
OPENED_BY: Final[Mapping[str | None, tuple[RuleId, ...]]] = {
    "late": (RuleId.D11,),
    "lost": (RuleId.D10, RuleId.D12),
    CaseKind.CARRIER_COMPLAINT: (RuleId.D04,),
}
"""The clocks whose breach opens a claim of that reason, or a case of that kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The facts behind an order's parts as they happened: one entry for each of its clocks, cases and conflicts."""

    stage: Facts
    deadlines: tuple[Facts, ...]
    cases: tuple[Facts, ...]
    conflicts: tuple[Facts, ...]


def reasons(order: Order, history: History) -> Reasons:
    """Why the order is what it is. `history` is that of the same facts at the same moment."""
    return Reasons(
        stage=_sorted(_behind_stage(order, history)),
        deadlines=tuple(_sorted(behind_clock(clock, order, history)) for clock in order.deadlines),
        cases=tuple(_sorted(_behind_case(case, order, history)) for case in order.cases),
        conflicts=tuple(_sorted(_behind_conflict(conflict, history)) for conflict in order.conflicts),
    )


def _sorted(facts: Iterable[Fact]) -> Facts:
    return tuple(sorted({(fact.source_key, fact.kind): fact for fact in facts}.values(), key=by_time))


def _behind_stage(order: Order, history: History) -> Iterable[Fact]:
    if order.presumed:
        decisive = [clock for clock in order.deadlines if clock.rule in DECIDED_BY.get(order.stage, ())]
        over = [clock for clock in decisive if clock.state is DeadlineState.BREACHED] or decisive
        return [fact for clock in over for fact in behind_clock(clock, order, history)]
    if order.stage is Stage.CANCELLED:
        return history.evidence.of(*CANCELLING)
    return [fact for fact in history.evidence.facts if rank_proved(fact) == RANK[order.stage]]


def behind_clock(clock: Deadline, order: Order, history: History) -> Iterable[Fact]:
    """What started the clock, stated its time, stopped it or took its purpose."""
    evidence = history.evidence
    found = list(_of_request(_request(clock, history)))
    if clock.rule is RuleId.D14:
        case = order.case(clock.about.rpartition("/")[0])
        found += _behind_case(case, order, history) if case else ()
    found += evidence.of(*STARTED_BY.get(clock.rule, ()))
    found += [fact for fact in evidence.of(_K.DUE_STATED) if (fact.text("rule") or RuleId.D02) == clock.rule]
    found += _stops(clock, history)
    if clock.state is DeadlineState.VOID:
        found += evidence.of(*CANCELLING)
    return found


def _stops(clock: Deadline, history: History) -> Sequence[Fact]:
    """The named stops; only without any, the proof that implied one, or what happened as the clock stopped."""
    row, evidence = RULES[clock.rule], history.evidence
    if request := _request(clock, history):  # its own answers are told with it
        return () if request.answers or clock.rule is not RuleId.D08 else evidence.of(_K.CANCELLED)
    if clock.rule is RuleId.D17:  # a sign of the parcel starts it anew
        return evidence.of(_K.DELIVERED)
    if named := evidence.of(*row.stops):
        return named
    rank = row.stop_rank
    proofs = [fact for fact in evidence.facts if rank is not None and rank <= rank_proved(fact) < RANK[Stage.CANCELLED]]
    if proofs:
        return [min(proofs, key=by_time)]
    return [fact for fact in evidence.facts if fact.occurred_at == clock.met_at]


def _request(clock: Deadline, history: History) -> Request | None:
    asked = {RuleId.D08: history.requests, RuleId.D15: history.returns}.get(clock.rule, ())
    return next((request for request in asked if request.key == clock.about), None)


def _of_request(request: Request | None) -> Iterable[Fact]:
    if request is None:
        return ()
    return (request.fact, *request.answers, *request.extensions, *request.follow_ups.values())


def _behind_case(case: Case, order: Order, history: History) -> Iterable[Fact]:
    evidence = history.evidence
    asked = (request for request in (*history.requests, *history.returns) if request.case_id == case.case_id)
    found = [fact for request in asked for fact in _of_request(request)]
    found += evidence.of(*OF_CASE.get(case.kind, ()))
    found += [fact for fact in evidence.facts if fact.text("case_id") == case.case_id]
    rules = OPENED_BY.get(case.reason if case.kind is CaseKind.CLAIM else case.kind, ())
    opening = [clock for clock in order.deadlines if clock.rule in rules]
    found += [fact for clock in opening for fact in evidence.of(*STARTED_BY[clock.rule])]
    if case.outcome == "collected":
        found += [fact for clock in opening for fact in _stops(clock, history)]
    if case.kind is CaseKind.CLAIM or case.outcome == "cancelled":
        found += evidence.of(*CANCELLING)
    return found


def _behind_conflict(conflict: Conflict, history: History) -> Iterable[Fact]:
    return [fact for fact in history.evidence.facts if fact.source_key in conflict.fact_keys]
