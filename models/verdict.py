"""Which stage an order is in, and on whose word (order-lifecycle, section 5).

Pure. A stage that rests on our own clock is presumed, and any contrary fact defeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.clock import INSTANT
from models.deadline import Deadline, DeadlineState, RuleId
from models.fact import Authority
from models.history import History
from models.merge import rank_proved
from models.schedule import Course, is_breached
from models.stage import RANK, Stage

UNANSWERED: Final = "cancel_request"
UNPAID: Final = "unpaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presumption:
    """A cancellation nobody told us of: since when (UTC), why, and by whom the platform says it is."""

    at: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The stage and the authority of the deciding fact."""

    stage: Stage
    authority: Authority


def presumed_cancellation(history: History, answers: Sequence[Deadline], unpaid: Deadline | None) -> Presumption | None:
    """The order as the platform cancels it by itself: a request unanswered (D08) or never paid (D09)."""
    limit = history.terms.policy.cancel_limit_rank
    if history.cancelled or any(limit <= rank_proved(fact) for fact in history.evidence.facts):
        return None
    decided = {request.key for request in history.requests if request.decision}
    ignored = [clock for clock in answers if is_breached(clock) and clock.about not in decided]
    found = []
    if ignored:
        first = min(ignored, key=lambda clock: (clock.due_at, clock.about))
        asked = next(request.fact for request in history.requests if request.key == first.about)
        found.append(Presumption(at=first.due_at, reason=asked.text("reason_code") or UNANSWERED, actor="buyer"))
    if unpaid and not history.paid and history.now >= unpaid.due_at + INSTANT:
        found.append(Presumption(at=unpaid.due_at, reason=UNPAID, actor="system"))
    return min(found, key=lambda one: (one.at, one.reason), default=None)


def presumed_loss(course: Course) -> datetime | None:
    """Since when the parcel counts as lost by our own clocks (D10, D12); never against a delivery."""
    if course.history.delivered is not None:
        return None
    clocks = (course.clocks.get(RuleId.D10), course.clocks.get(RuleId.D12))
    return min((clock.due_at for clock in clocks if clock and is_breached(clock)), default=None)


def verdict(course: Course, presumed: Presumption | None) -> Verdict:
    """The stage before the return window is looked at."""
    history = course.history
    if cancelled := history.cancelled:
        return Verdict(stage=Stage.CANCELLED, authority=cancelled.authority)
    if lost := history.lost:
        return Verdict(stage=lost.stage, authority=lost.authority)
    if presumed_loss(course) is not None:
        return Verdict(stage=Stage.LOST, authority=Authority.TIMER)
    if presumed is not None:
        return Verdict(stage=Stage.CANCELLED, authority=Authority.TIMER)
    return Verdict(stage=history.progress.stage, authority=history.progress.authority)


def completed(before: Verdict, window: Deadline | None, *, open_cases: bool) -> Verdict:
    """COMPLETED once the return window is over and no case is open (T29); else the stage as it was."""
    over = window is not None and window.state is DeadlineState.MET
    if before.stage is Stage.DELIVERED and over and not open_cases:
        return Verdict(stage=Stage.COMPLETED, authority=Authority.TIMER)
    return before


def is_before_handover(stage: Stage) -> bool:
    """Whether the carrier does not have the parcel yet."""
    return RANK[stage] < RANK[Stage.PICKED_UP]
