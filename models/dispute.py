"""Cases that are no claim: requests, returns, complaints, the seller's own cancelling.

Pure (order-lifecycle, T07, T08, T16, T17, T30 to T37). Claims have a module of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from models.case import Case, CaseKind, CaseStep
from models.claim import closed_by_hand
from models.clock import Stop, find_stop
from models.deadline import Deadline, DeadlineState, RuleId
from models.fact import Fact, FactKind
from models.request import Request
from models.schedule import Course, uncollected_since

OUTCOMES: Final = {
    FactKind.CANCEL_APPROVED: "approved",
    FactKind.CANCEL_REJECTED: "rejected",
    FactKind.CANCEL_WITHDRAWN: "withdrawn",
    FactKind.RETURN_ACCEPTED: "accepted",
    FactKind.RETURN_REJECTED: "rejected",
}
REFUND_ONLY: Final = "refund"  # return_type of a wish for money without sending back
RECEIVED, REFUNDED = FactKind.RETURN_RECEIVED, FactKind.REFUND_DONE


def disputes(course: Course) -> tuple[Case, ...]:
    """All cases that are no claim, in the order of their kinds."""
    found = [_cancel_request(course, request) for request in course.history.requests]
    found += [_return(course, request) for request in course.history.returns]
    found += [case for case in (_complaint(course), _seller_cancel(course)) if case]
    return tuple(_unless_closed(course, case) for case in found)


def _unless_closed(course: Course, case: Case) -> Case:
    end = closed_by_hand(course, case)
    return _end(case, end.at, end.outcome) if case.open and end else case


def _end(case: Case, at: datetime, outcome: str) -> Case:
    return replace(case, open=False, next_step=None, closed_at=max(at, case.opened_at), outcome=outcome)


def _cancel_request(course: Course, request: Request) -> Case:
    case = Case(
        case_id=request.case_id,
        kind=CaseKind.CANCEL_REQUEST,
        open=True,
        reason=request.fact.text("reason_code"),
        next_step=CaseStep.ANSWER,
        opened_at=request.opened_at,
    )
    cancelled = course.history.cancelled
    if decision := request.decision:
        answered = replace(case, steps_done=(CaseStep.ANSWER,))
        return _end(answered, decision.occurred_at, OUTCOMES[decision.kind])
    return _end(case, cancelled.at, "cancelled") if cancelled else case


def _return(course: Course, request: Request) -> Case:
    """T37: accept, receive, refund; a wish for the money alone is received by nobody."""
    del course
    steps = [CaseStep.ANSWER, CaseStep.RECEIVE, CaseStep.REFUND]
    if request.fact.text("return_type") == REFUND_ONLY:
        steps.remove(CaseStep.RECEIVE)
    done = _return_steps(request)
    left = [step for step in steps if step not in done]
    case = Case(
        case_id=request.case_id,
        kind=CaseKind.RETURN,
        open=True,
        reason=request.fact.text("reason_code"),
        steps_done=tuple(done),
        next_step=left[0] if left else None,
        opened_at=request.opened_at,
    )
    decision, refund = request.decision, request.follow_ups.get(REFUNDED)
    if decision and decision.kind is FactKind.RETURN_REJECTED:
        return _end(case, decision.occurred_at, "rejected")
    return _end(case, refund.occurred_at, "refunded") if refund else case


def _return_steps(request: Request) -> list[CaseStep]:
    done = [CaseStep.ANSWER] if request.decision else []
    done += [CaseStep.RECEIVE] if RECEIVED in request.follow_ups else []
    return done + ([CaseStep.REFUND] if REFUNDED in request.follow_ups else [])


def _complaint(course: Course) -> Case | None:
    """T16, T17: opens with the breach of D04, or when somebody complained; the carrier's scan closes it."""
    filed = course.history.evidence.of(FactKind.COMPLAINT_FILED)
    collect_by = course.clocks.get(RuleId.D04)
    broken = uncollected_since(course)
    opened_at = min((moment for moment in (broken, filed[0].occurred_at if filed else None) if moment), default=None)
    if opened_at is None:
        return None
    case = Case(
        case_id=CaseKind.CARRIER_COMPLAINT,
        kind=CaseKind.CARRIER_COMPLAINT,
        open=True,
        steps_done=(CaseStep.COMPLAIN,) if filed else (),
        next_step=CaseStep.FOLLOW_UP if filed else CaseStep.COMPLAIN,
        opened_at=opened_at,
    )
    ends = _complaint_ends(course, collect_by)
    return _end(case, *min(ends)) if ends else case


def _complaint_ends(course: Course, collect_by: Deadline | None) -> list[tuple[datetime, str]]:
    came, ended_at = find_stop(course.history.evidence, RuleId.D04), course.ended_at
    ends = [(came.at, "collected")] if came else []
    ends += [(ended_at, "cancelled")] if ended_at else []
    ends += [(course.lost_at, "lost")] if course.lost_at else []
    if collect_by and collect_by.state is DeadlineState.VOID and not ends:
        ends.append((collect_by.due_at, "handover_switched"))
    return ends


def _seller_cancel(course: Course) -> Case | None:
    """T07, T08: tell the buyer first, then cancel."""
    started = course.history.evidence.of(FactKind.SELLER_CANCEL_STARTED)
    if not started:
        return None
    told, cancelled = _told(course), course.history.cancelled
    done = ([CaseStep.NOTIFY] if told else []) + ([CaseStep.CANCEL] if cancelled else [])
    case = Case(
        case_id=CaseKind.SELLER_CANCEL,
        kind=CaseKind.SELLER_CANCEL,
        open=True,
        reason=started[-1].text("reason_code"),
        steps_done=tuple(done),
        next_step=CaseStep.CANCEL if told else CaseStep.NOTIFY,
        opened_at=started[-1].occurred_at,
    )
    return _end(case, cancelled.at, "cancelled") if cancelled else case


def _told(course: Course) -> Stop | None:
    reports: Sequence[Fact] = course.history.evidence.of(FactKind.BUYER_NOTIFIED)
    mine = [fact for fact in reports if fact.text("case_id") == CaseKind.SELLER_CANCEL]
    return Stop(at=mine[0].occurred_at, known_at=mine[0].observed_at) if mine else None
