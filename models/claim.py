"""Claims: a lost, damaged or late parcel and the article's three steps (order-lifecycle, T20 to T27, D14).

Pure. The steps are cancel, tell the buyer, ask for the refund, in this order; the claim stays open until
the refund came or a person closes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.case import Case, CaseKind, CaseStep
from models.clock import Stop, due_after, judge
from models.deadline import Deadline, RuleId
from models.fact import Fact, FactKind
from models.merge import loudness, rank_proved
from models.schedule import Course
from models.stage import RANK, Stage

CLAIM: Final = "claim"
LATE: Final = "late"
LATE_CLAIM: Final = "claim:late"
WAIT: Final = "wait"
CHASE: Final = "chase"
CHOICES: Final = (WAIT, CHASE, CLAIM)  # of a late parcel; waiting is the default

CLAIM_STEPS: Final = (CaseStep.CANCEL, CaseStep.NOTIFY, CaseStep.REQUEST_REFUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    at: datetime
    outcome: str


def claims(course: Course) -> tuple[Case, ...]:
    """The order's claims. One for a loss or damage stands in for a late one."""
    broken = [case for case in (_loss_claim(course), _late_claim(course)) if case]
    if len(broken) == 2:  # noqa: PLR2004 - a loss and a lateness
        loss, late = broken
        if late.opened_at >= loss.opened_at:
            return (loss,)
        if late.closed_at is None or late.closed_at > loss.opened_at:
            late = _closed(late, _End(at=loss.opened_at, outcome="superseded"))
        return (loss, late)
    return tuple(broken)


def claim_clocks(course: Course, cases: Sequence[Case]) -> list[Deadline]:
    """D14 for each step that was done or is next, D14b while a refund may still be asked for."""
    found: list[Deadline] = []
    for case in cases:
        begun = _begun_at(course, case) if case.kind is CaseKind.CLAIM else None
        if begun is None:
            continue
        found += _step_clocks(course, case, begun)
        if (possible := _still_possible(course, case)) is not None:
            found.append(possible)
    return found


def _begun_at(course: Course, case: Case) -> datetime | None:
    """Since when the steps are due; None while a late parcel is waited for (T23): no claim is chosen for it."""
    cancelled = course.history.cancelled
    if _is_chosen(course, case.case_id) and (choice := last_choice(course, case.case_id)):
        return max(case.opened_at, choice.occurred_at)
    if case.case_id != LATE_CLAIM:
        return case.opened_at
    return max(case.opened_at, cancelled.at) if cancelled and cancelled.reason == LATE else None


def last_choice(course: Course, case_id: str) -> Fact | None:
    """What a person chose last for this claim; None while nobody chose."""
    chosen = course.history.evidence.of(FactKind.CLAIM_CHOSEN)
    return next((fact for fact in reversed(chosen) if fact.text("case_id") == case_id), None)


def _loss_claim(course: Course) -> Case | None:
    told, begun = course.history.told_lost, _presumed_lost_at(course)
    if told is None and begun is None:
        return None
    reason = "damaged" if told and told.stage is Stage.DAMAGED else "lost"
    opened_at = min(moment for moment in (told and told.at, begun) if moment)
    case_id = f"claim:{reason}"
    delivered, disputed = course.history.delivered, _is_disputed(course, case_id)
    found = delivered is not None and not _is_doubtful(course, case_id)
    end = _End(at=max(delivered.known_by, opened_at), outcome="delivered") if found and delivered else None
    return _claim(course, case_id, opened_at, end, frozen=disputed)


def _is_doubtful(course: Course, case_id: str) -> bool:
    """Whether a delivery does not settle the claim: somebody declared the loss, or the refund is asked for (X06)."""
    delivered, refund = course.history.delivered, _tick(course, case_id, CaseStep.REQUEST_REFUND)
    asked_before = refund is not None and (delivered is None or refund.at < delivered.known_by)
    return course.history.told_lost is not None or asked_before


def _is_disputed(course: Course, case_id: str) -> bool:
    """Whether the claim is frozen until a person decides between loss and delivery (X06)."""
    if course.history.delivered is None or case_id == LATE_CLAIM:
        return False
    return _is_doubtful(course, case_id) and not _is_chosen(course, case_id)


def _presumed_lost_at(course: Course) -> datetime | None:
    """When the order first looked lost: two failed attempts, or too long under way (D10, D12)."""
    clocks = (course.clocks.get(RuleId.D10), course.clocks.get(RuleId.D12))
    return min((clock.due_at for clock in clocks if clock and clock.seen_breached), default=None)


def _late_claim(course: Course) -> Case | None:
    """T23: waits until somebody chooses; T25: delivered before the cancel step closes it."""
    promise = course.clocks.get(RuleId.D11)
    if promise is None or not promise.seen_breached:
        return None
    case_id, cancelled, delivered = LATE_CLAIM, course.history.cancelled, course.history.delivered
    chosen = _is_chosen(course, case_id) or (cancelled is not None and cancelled.reason == LATE)
    ends = []
    if promise.withdrawn:
        ends.append(_End(at=promise.due_at, outcome="withdrawn"))
    elif delivered and (cancelled is None or delivered.known_by < cancelled.at):
        ends.append(_End(at=max(delivered.known_by, promise.due_at), outcome="delivered_late"))
    elif cancelled and not chosen:
        ends.append(_End(at=max(cancelled.at, promise.due_at), outcome="cancelled"))
    return _claim(course, case_id, promise.due_at, ends[0] if ends else None, frozen=not chosen)


def _is_chosen(course: Course, case_id: str) -> bool:
    choice = last_choice(course, case_id)
    return choice is not None and choice.text("choice") == CLAIM


def _claim(course: Course, case_id: str, opened_at: datetime, end: _End | None, *, frozen: bool) -> Case:
    done = [step for step in CLAIM_STEPS if _tick(course, case_id, step, opened_at)]
    left = [step for step in CLAIM_STEPS if step not in done]
    case = Case(
        case_id=case_id,
        kind=CaseKind.CLAIM,
        open=True,
        reason=case_id.removeprefix("claim:"),
        steps_done=tuple(done),
        next_step=None if frozen else (left or [CaseStep.AWAIT_REFUND])[0],
        opened_at=opened_at,
        waiting=frozen,
    )
    ends = [found for found in (end, _refunded(course, case_id), closed_by_hand(course, case)) if found]
    return _closed(case, min(ends, key=lambda one: (one.at, one.outcome))) if ends else case


def closed_by_hand(course: Course, case: Case) -> _End | None:
    """When a person closed the case; None when nobody did."""
    closings = course.history.evidence.of(FactKind.CASE_CLOSED)
    mine = [fact.occurred_at for fact in closings if fact.text("case_id") == case.case_id]
    return min(
        (_End(at=at, outcome="closed") for at in mine if at >= case.opened_at),
        key=lambda end: end.at,
        default=None,
    )


def _refunded(course: Course, case_id: str) -> _End | None:
    """A refund that names no return and no request is the claim's."""
    reports = course.history.evidence.of(FactKind.REFUND_DONE)
    mine = [fact for fact in reports if _is_of(fact, case_id) and not _of_a_return(course, fact)]
    return _End(at=min(mine, key=loudness).occurred_at, outcome="refunded") if mine else None


def _of_a_return(course: Course, fact: Fact) -> bool:
    return any(fact in request.follow_ups.values() for request in course.history.returns) and not fact.text("case_id")


def _is_of(fact: Fact, case_id: str) -> bool:
    return fact.text("case_id") in {None, case_id}


def _closed(case: Case, end: _End) -> Case:
    return Case(
        case_id=case.case_id,
        kind=case.kind,
        open=False,
        reason=case.reason,
        steps_done=case.steps_done,
        opened_at=case.opened_at,
        closed_at=end.at,
        outcome=end.outcome,
    )


def _tick(course: Course, case_id: str, step: CaseStep, opened_at: datetime | None = None) -> Stop | None:
    """When a step of the claim was done. The platform's cancellation ticks the first one, too.

    A message to the buyer that names no case was about the claim if that was open; before, about the delivery.
    """
    history = course.history
    if step is CaseStep.CANCEL:
        cancelled = history.cancelled
        return Stop(at=cancelled.at, known_at=cancelled.known_at) if cancelled else None
    if step is CaseStep.NOTIFY:
        told = [fact for fact in history.evidence.of(FactKind.BUYER_NOTIFIED) if _is_of(fact, case_id)]
        mine = [fact for fact in told if fact.text("case_id") or (opened_at and fact.occurred_at >= opened_at)]
    else:
        mine = [fact for fact in history.evidence.of(FactKind.REFUND_REQUESTED) if _is_of(fact, case_id)]
    if not mine:
        return None
    return Stop(at=min(mine, key=loudness).occurred_at, known_at=min(fact.observed_at for fact in mine))


def _step_clocks(course: Course, case: Case, start: datetime) -> list[Deadline]:
    """One clock after another: each begins when the step before it was done; a frozen claim has those of done steps."""
    frozen = _is_disputed(course, case.case_id)
    found: list[Deadline] = []
    for step in CLAIM_STEPS:
        tick = _tick(course, case.case_id, step, case.opened_at)
        due = due_after(course.history, RuleId.D14, start, course.pause)
        if due is None or (tick is None and frozen):
            break
        about = f"{case.case_id}/{step}"
        clock = judge(
            course.history,
            RuleId.D14,
            start,
            due,
            stop=tick,
            void_at=case.closed_at,
            pause=course.pause,
            about=about,
        )
        found.append(clock)
        if tick is None:
            break
        start = max(start, tick.at)
    return found


def _still_possible(course: Course, case: Case) -> Deadline | None:
    moved = [
        fact.occurred_at
        for fact in course.history.evidence.facts
        if RANK[Stage.AWAITING_HANDOVER] <= rank_proved(fact) < RANK[Stage.CANCELLED]
    ]
    due = due_after(course.history, RuleId.D14B, max(moved)) if moved else None
    if due is None:
        return None
    stop = _tick(course, case.case_id, CaseStep.REQUEST_REFUND)
    return judge(course.history, RuleId.D14B, max(moved), due, stop=stop, void_at=case.closed_at, about=case.case_id)
