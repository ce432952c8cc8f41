"""What may stand against a command about a case: requests, claims, complaints, returns, cancelling.

Pure, as `models.guard`, whose words these guards speak (order-lifecycle, T07 to T09, T17, T23 to T37).
"""

from __future__ import annotations

from typing import Final

from models.agenda import STOCK_CASE
from models.answer import Ask, Refused, who_did
from models.case import Case, CaseKind, CaseStep
from models.claim import CHOICES
from models.command_name import CommandName as Do
from models.deadline import RuleId
from models.fact import FactKind
from models.guard import one_of
from models.stage import Stage

SELLER_REASONS: Final = ("out_of_stock", "damaged_goods", "other")  # T07
PARCEL_RECALLED: Final = "parcel_recalled"  # T31
AWAY: Final = (Do.FILE_COMPLAINT, Do.CLAIM_STEP)


def before_shipped(ask: Ask) -> Refused | None:
    """T07, T09: the seller cancels only before "shipped"."""
    if ask.order.rank < ask.terms.policy.cancel_limit_rank:
        return None
    return Refused(code="already_shipped", values=who_did(ask.last(FactKind.MARKED_SHIPPED)), instead=AWAY)


def not_cancelled_by_us(ask: Ask) -> Refused | None:
    """Two people start the same cancelling."""
    if any(case.kind is CaseKind.SELLER_CANCEL for case in ask.order.open_cases):
        values = who_did(ask.last(FactKind.SELLER_CANCEL_STARTED))
        return Refused(code="already_cancelling", values=values, instead=(Do.CLAIM_STEP,))
    return None


def request_open(ask: Ask) -> Refused | None:
    """T31, T32: there is a cancellation request to answer."""
    if open_case(ask, CaseKind.CANCEL_REQUEST):
        return None
    answered = ask.last(FactKind.CANCEL_APPROVED, FactKind.CANCEL_REJECTED, FactKind.CANCEL_WITHDRAWN)
    return Refused(code="already_answered" if answered else "no_open_request", values=who_did(answered))


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
        return Refused(code="no_open_request")
    rule = RuleId.D08 if case.kind is CaseKind.CANCEL_REQUEST else RuleId.D15
    clock = ask.order.deadline(rule, case.case_id.partition(":")[2])
    moved = ask.moment("due_at")
    if moved is None:
        return Refused(code="bad_time", values={"key": "due_at"})
    if clock is None or ask.command.at > clock.due_at:
        return Refused(code="too_late")
    return None if moved > clock.due_at else Refused(code="not_later", values={"due_at": clock.due_at.isoformat()})


def complaint_open(ask: Ask) -> Refused | None:
    """T17: the carrier is late and nobody complained yet."""
    case = open_case(ask, CaseKind.CARRIER_COMPLAINT)
    if case is None:
        return Refused(code="no_complaint_case")
    if CaseStep.COMPLAIN in case.steps_done:
        return Refused(code="already_complained", values=who_did(ask.last(FactKind.COMPLAINT_FILED)))
    return None


def step_next(ask: Ask) -> Refused | None:
    """T07, T24: the steps are done in their order, each named, so that two clicks don't tick two steps."""
    case = case_with_steps(ask)
    if case is None:
        return Refused(code="no_such_case", values={"case_id": ask.value("case_id")})
    step = ask.value("step")
    if case.waiting:
        return Refused(code="decision_needed", values={"case_id": case.case_id}, instead=(Do.CHOOSE_CLAIM,))
    if not step:
        return Refused(code="bad_value", values={"key": "step", "allowed": str(case.next_step)})
    if step in case.steps_done:
        return Refused(code="step_done", values={"step": step})
    if step != case.next_step:
        return Refused(code="step_locked", values={"step": step, "first": str(case.next_step)})
    return None


def choice_known(ask: Ask) -> Refused | None:
    """T23: wait, chase or claim, about an open claim."""
    if open_claim(ask) is None:
        return Refused(code="no_such_case", values={"case_id": ask.value("case_id")})
    return one_of(ask, "choice", CHOICES)


def return_unanswered(ask: Ask) -> Refused | None:
    """T37: there is a return to answer."""
    case = open_case(ask, CaseKind.RETURN)
    if case is None:
        return Refused(code="no_open_request")
    if case.next_step == CaseStep.ANSWER:
        return None
    return Refused(code="already_answered", values=who_did(ask.last(FactKind.RETURN_ACCEPTED)))


def closable(ask: Ask) -> Refused | None:
    """A case that is open, a conflict that is not settled, or the stock that was to be looked at."""
    case_id = ask.value("case_id")
    case = ask.order.case(case_id)
    settled = [conflict.settled for conflict in ask.order.conflicts if conflict.case_id == case_id]
    if case is None and not settled and case_id != STOCK_CASE:
        return Refused(code="no_such_case", values={"case_id": case_id})
    closed = (case is not None and not case.open) or all(settled or [False])
    return Refused(code="case_closed", values={"case_id": case_id}) if closed else None


def open_case(ask: Ask, kind: CaseKind) -> Case | None:
    """The open case of that kind: the one named, else the one opened first."""
    named = ask.value("case_id")
    return next((case for case in ask.order.open_cases if case.kind is kind and named in {"", case.case_id}), None)


def answerable(ask: Ask) -> Case | None:
    """The open request that waits for an answer, a cancellation before a return."""
    return open_case(ask, CaseKind.CANCEL_REQUEST) or open_case(ask, CaseKind.RETURN)


def case_with_steps(ask: Ask) -> Case | None:
    """The open claim or cancelling whose steps are ticked: the one named, else the first."""
    return open_case(ask, CaseKind.SELLER_CANCEL) or open_claim(ask)


def open_claim(ask: Ask) -> Case | None:
    """The open claim: the one named, else the first."""
    return open_case(ask, CaseKind.CLAIM)
