"""What may stand against a command about a case: requests, claims, complaints, returns, cancelling.

Pure, as `models.guard`, whose words these guards speak (order-lifecycle, T07 to T09, T17, T23 to T37).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from models.agenda import STOCK_CASE
from models.answer import Ask, Refused, who_did
from models.case import Case, CaseKind, CaseStep
from models.claim import CHOICES
from models.command_name import CommandName as Do
from models.deadline import RuleId
from models.fact import FactKind
from models.guard import is_cancelled, one_of
from models.order import Order
from models.request import NUMBERS
from models.stage import Stage

SELLER_REASONS: Final = ("out_of_stock", "damaged_goods", "other")  # T07
PARCEL_RECALLED: Final = "parcel_recalled"  # T31
STEPPED: Final = frozenset({CaseKind.SELLER_CANCEL, CaseKind.CLAIM})
AWAY: Final = (Do.FILE_COMPLAINT, Do.CLAIM_STEP, Do.CHOOSE_CLAIM)  # T09

STEP_FACTS: Final[Mapping[str, FactKind]] = {
    CaseStep.CANCEL: FactKind.CANCELLED,
    CaseStep.NOTIFY: FactKind.BUYER_NOTIFIED,
    CaseStep.REQUEST_REFUND: FactKind.REFUND_REQUESTED,
    CaseStep.AWAIT_REFUND: FactKind.REFUND_DONE,
}
"""T08, T24: each step of a claim or of the seller's cancelling is the fact it stands for."""

SAYS: Final[Mapping[Do, FactKind]] = {
    Do.APPROVE_CANCEL: FactKind.CANCEL_APPROVED,
    Do.REJECT_CANCEL: FactKind.CANCEL_REJECTED,
    Do.ACCEPT_RETURN: FactKind.RETURN_ACCEPTED,
    Do.REJECT_RETURN: FactKind.RETURN_REJECTED,
}
"""What an answer to the buyer says."""


def before_shipped(ask: Ask) -> Refused | None:
    """T07, T09: the seller cancels only before "shipped"."""
    if ask.order.rank < ask.terms.policy.cancel_limit_rank:
        return None
    return Refused(code="already_shipped", values=who_did(ask.last(FactKind.MARKED_SHIPPED)), instead=AWAY)


def not_cancelled_by_us(ask: Ask) -> Refused | None:
    """Two people start the same cancelling."""
    if any(case.kind is CaseKind.SELLER_CANCEL for case in ask.order.open_cases):
        values = who_did(ask.last(FactKind.SELLER_CANCEL_STARTED))
        return Refused(code="already_cancelling", values=values, instead=(Do.CLAIM_STEP,), already=True)
    return None


def cancel_reason_given(ask: Ask) -> Refused | None:
    """T07: one of the reasons that are known; another one in words counts as "other"."""
    return (
        None if ask.has_reason else Refused(code="cancel_reason_needed", values={"allowed": ", ".join(SELLER_REASONS)})
    )


def request_open(ask: Ask) -> Refused | None:
    """T31, T32: there is a cancellation request to answer."""
    if open_case(ask, CaseKind.CANCEL_REQUEST):
        return None
    answered = _answered(ask, FactKind.CANCEL_APPROVED, FactKind.CANCEL_REJECTED, FactKind.CANCEL_WITHDRAWN)
    if answered is None and ask.command.name is Do.APPROVE_CANCEL and ask.order.stage is Stage.CANCELLED:
        return is_cancelled(ask)
    return answered or Refused(code="no_open_request", instead=(Do.RECORD,))


def _answered(ask: Ask, *answers: FactKind) -> Refused | None:
    """The buyer has an answer: which, by whom and when; the same one is what was wished."""
    last = ask.last(*answers)
    if last is None:
        return None
    same = last.kind is SAYS[ask.command.name]
    values = {**who_did(last), "answer": last.kind.value}
    return Refused(code="already_answered", values=values, instead=() if same else (Do.RETRACT,), already=same)


def parcel_at_hand(ask: Ask) -> Refused | None:
    """T31, T33: a parcel that is away must be recalled before the cancelling is approved."""
    at_hand = ask.order.rank < ask.terms.policy.cancel_limit_rank or ask.order.stage is Stage.CANCELLED
    if at_hand or ask.value("override") == PARCEL_RECALLED:
        return None
    return Refused(code="parcel_away", instead=(Do.REJECT_CANCEL,))


def extension_possible(ask: Ask) -> Refused | None:
    """T34b: before the answer's time is over, and to a later one."""
    case = answerable(ask)
    if case is None:
        return Refused(code="no_open_request", instead=(Do.RECORD,))
    clock = ask.order.deadline(answer_rule(case), case.case_id.partition(":")[2])
    moved = ask.moment("due_at")
    if moved is None:
        return Refused(code="bad_time", values={"key": "due_at"})
    if clock is None or ask.command.at > clock.due_at:
        return Refused(code="too_late")
    if moved > clock.due_at:
        return None
    extended = [fact for fact in ask.told(FactKind.ANSWER_EXTENDED) if fact.moment("due_at") == moved == clock.due_at]
    if extended:
        return Refused(code="already_extended", values=who_did(extended[-1]), already=True)
    return Refused(code="not_later", values={"due_at": clock.due_at.isoformat()})


def answer_rule(case: Case) -> RuleId:
    """The clock of the answer to this request."""
    return RuleId.D08 if case.kind is CaseKind.CANCEL_REQUEST else RuleId.D15


def complaint_open(ask: Ask) -> Refused | None:
    """T17: the carrier is late, or may be, and nobody complained yet."""
    case = open_case(ask, CaseKind.CARRIER_COMPLAINT)
    if case is None:
        return None if may_complain(ask.order) else Refused(code="no_complaint_case")
    if CaseStep.COMPLAIN in case.steps_done:
        values = who_did(ask.last(FactKind.COMPLAINT_FILED))
        return Refused(code="already_complained", values=values, already=True)
    return None


def may_complain(order: Order) -> bool:
    """Whether the time to collect is over at a shop that never gets such news: the person knows who did not come."""
    clock = order.deadline(RuleId.D04)
    asked = clock is not None and clock.asks
    return asked and not any(case.kind is CaseKind.CARRIER_COMPLAINT for case in order.open_cases)


def step_next(ask: Ask) -> Refused | None:
    """T07, T24: the steps are done in their order, each named, so that two clicks don't tick two steps."""
    case, step = case_with_steps(ask), ask.value("step")
    if case is None:
        stepped = (case.case_id for case in ask.order.open_cases if case.kind in STEPPED)
        return _step_was_done(ask, ask.order.cases) or _no_such_case(ask, stepped)
    if case.waiting:
        return Refused(code="decision_needed", values={"case_id": case.case_id}, instead=(Do.CHOOSE_CLAIM,))
    if refused := _step_was_done(ask, (case,)):
        return refused
    if step not in STEP_FACTS:
        return Refused(code="bad_value", values={"key": "step", "allowed": str(case.next_step)})
    if step != case.next_step:
        return Refused(code="step_locked", values={"step": step, "first": str(case.next_step)})
    return None


def _step_was_done(ask: Ask, cases: tuple[Case, ...]) -> Refused | None:
    """Two people tick the same step; with the last one the case may be closed by now."""
    named, step = ask.value("case_id"), ask.value("step")
    kind = STEP_FACTS.get(step)
    if kind is None:
        return None
    for case in cases:
        told = ask.last(kind, case_id=case.case_id)
        ours = case.kind in STEPPED and named in {"", case.case_id}
        if ours and (told or step in case.steps_done):
            return Refused(code="step_done", values={**who_did(told or ask.last(kind)), "step": step}, already=True)
    return None


def choice_known(ask: Ask) -> Refused | None:
    """T23: about an open claim that waits for a choice; the same again once it is asked for again."""
    case = claim_to_choose(ask)
    if case is None:
        return _no_such_case(ask, (one.case_id for one in ask.order.open_cases if one.waiting))
    last = ask.last(FactKind.CLAIM_CHOSEN, case_id=case.case_id)
    if last is not None and last.text("choice") == ask.value("choice"):
        again = last.occurred_at + ask.terms.policy.intervals["late_claim_asks_again"]
        if not case.waiting or ask.command.at < again:
            return Refused(code="already_chosen", values=who_did(last), already=True)
    if not case.waiting:
        return Refused(code="nothing_to_choose", instead=(Do.CLAIM_STEP, Do.CLOSE_CASE))
    return one_of(ask, "choice", CHOICES)


def claim_to_choose(ask: Ask) -> Case | None:
    """The open claim that waits for a choice (late, or frozen by a delivery: X06), else one that did."""
    return next((case for case in _named(ask, CaseKind.CLAIM) if case.waiting), None) or open_claim(ask)


def return_unanswered(ask: Ask) -> Refused | None:
    """T37: there is a return to answer."""
    if return_to_answer(ask):
        return None
    answered = _answered(ask, FactKind.RETURN_ACCEPTED, FactKind.RETURN_REJECTED)
    return answered or Refused(code="no_open_request", instead=(Do.RECORD,))


def closable(ask: Ask) -> Refused | None:
    """A case that is open, a conflict that is not settled, or the stock that was to be looked at."""
    case_id = case_to_close(ask)
    case = ask.order.case(case_id)
    settled = [conflict.settled for conflict in ask.order.conflicts if conflict.case_id == case_id]
    if case is None and not settled and case_id != STOCK_CASE:
        return _no_such_case(ask, still_open(ask.order))
    said = ask.last(FactKind.CASE_CLOSED, case_id=case_id)
    closed = (case is not None and not case.open) or all(settled or [case is None and said is not None])
    if not closed:
        return None
    return Refused(code="case_closed", values={**who_did(said), "case_id": case_id}, already=True)


def still_open(order: Order) -> tuple[str, ...]:
    """What `close_case` can close: open cases, conflicts nobody settled, stock that is to be looked at."""
    cases = [case.case_id for case in order.open_cases]
    conflicts = [conflict.case_id for conflict in order.conflicts if not conflict.settled]
    return (*cases, *conflicts, *(STOCK_CASE for todo in order.todos if todo.case_id == STOCK_CASE))


def case_to_close(ask: Ask) -> str:
    """The id of the case that is meant: the one named, else the only one there is; empty when that is not clear."""
    named, found = ask.value("case_id"), still_open(ask.order)
    return named or (found[0] if len(found) == 1 else "")


def _no_such_case(ask: Ask, known: Iterable[str]) -> Refused:
    """Say which cases there are for the command; none may be named, or a wrong one."""
    if not (found := ", ".join(known)):
        return Refused(code="no_open_case")
    code = "no_such_case" if ask.value("case_id") else "which_case"
    return Refused(code=code, values={"case_id": ask.value("case_id"), "open": found})


def open_case(ask: Ask, kind: CaseKind) -> Case | None:
    """The open case of that kind: the one named, else the one opened first."""
    return next(_named(ask, kind), None)


def return_to_answer(ask: Ask) -> Case | None:
    """The open return that waits for an answer."""
    return next((case for case in _named(ask, CaseKind.RETURN) if case.next_step == CaseStep.ANSWER), None)


def answerable(ask: Ask) -> Case | None:
    """The open request that waits for an answer, a cancellation before a return."""
    return open_case(ask, CaseKind.CANCEL_REQUEST) or return_to_answer(ask)


def case_with_steps(ask: Ask) -> Case | None:
    """The open claim or cancelling whose steps are ticked: the one named, else the first."""
    return open_case(ask, CaseKind.SELLER_CANCEL) or open_claim(ask)


def open_claim(ask: Ask) -> Case | None:
    """The open claim: the one named, else the first."""
    return open_case(ask, CaseKind.CLAIM)


def _named(ask: Ask, kind: CaseKind) -> Iterator[Case]:
    """The open cases of that kind: those that the command names by id or by a request's number, else all."""
    numbers = [number for key in NUMBERS if (number := ask.value(key))]
    named = [ask.value("case_id")] if ask.value("case_id") else [f"{kind}:{number}" for number in numbers]
    return (case for case in ask.order.open_cases if case.kind is kind and (not named or case.case_id in named))
