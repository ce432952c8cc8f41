"""An order: the one function from its facts to everything we say about it.

Pure: facts, a shop's terms and the present moment in, one value out; whatever is cached elsewhere can
be rebuilt from here. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.agenda import Standing, is_unclear, steps_due, todos_of
from models.auto_cancel import auto_cancel_at
from models.case import Case, CaseKind
from models.claim import claim_clocks, claims
from models.conflict import Conflict
from models.deadline import Deadline, RuleId
from models.disagreement import conflicts, contradicting_orders
from models.dispute import disputes
from models.fact import Authority, Fact, FactKind, Json
from models.history import History, read_history
from models.hold import Hold, in_force, pause_of, spans, usual_hold
from models.merge import with_implied
from models.milestone import Milestone
from models.parcel import Parcel
from models.reply import answers_to_cancel, answers_to_return
from models.schedule import (
    FIRST_ROWS,
    ROWS,
    Course,
    Row,
    return_window,
    unpaid_runs_out,
)
from models.stage import RANK, TERMINAL, HandoverMode, ShippingMode, Stage, Step
from models.terms import Terms
from models.todo import Todo
from models.verdict import (
    Presumption,
    Verdict,
    completed,
    is_before_handover,
    presumed_cancellation,
    presumed_loss,
    verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What we know of one order at one moment; a function of its facts, the shop's terms and now.

    `placed_at`, `promised_at` are None while unknown. `auto_cancel_at` is when the platform cancels by itself if
    nothing more happens, where the policy knows. `late_since` is the promised time once it passed without
    delivery. `review` says that a person must tell us a time. `next_check_at` is the next moment at which time
    alone changes anything here; None when nothing will.
    """

    stage: Stage
    stage_authority: Authority
    presumed: bool
    milestones: Mapping[FactKind, Milestone]
    handover_mode: HandoverMode
    shipping_mode: ShippingMode
    failed_attempts: int
    promised_at: datetime | None
    placed_at: datetime | None
    auto_cancel_at: datetime | None
    holds: frozenset[Hold]
    late_since: datetime | None
    incomplete: bool
    clock_estimated: bool
    dropped_off: bool
    review: bool
    cancel_reason: str | None
    cancel_actor: str | None
    parcels: tuple[Parcel, ...]
    cases: tuple[Case, ...]
    conflicts: tuple[Conflict, ...]
    deadlines: tuple[Deadline, ...]
    todos: tuple[Todo, ...]
    steps: tuple[Step, ...]
    next_check_at: datetime | None
    items: tuple[Mapping[str, Json], ...]

    @property
    def late(self) -> bool:
        """Whether the delivery promise passed without delivery; it stays true for a late delivery."""
        return self.late_since is not None

    @property
    def rank(self) -> int:
        """The stage as a number."""
        return RANK[self.stage]

    @property
    def paid(self) -> bool:
        """Whether payment (or cash on delivery) is known or implied by later proof."""
        return FactKind.ORDER_PAID in self.milestones

    @property
    def terminal(self) -> bool:
        """Whether the stage is one that an order does not leave by itself."""
        return self.stage in TERMINAL

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that are not settled."""
        return tuple(case for case in self.cases if case.open)

    def deadline(self, rule: RuleId, about: str | None = None) -> Deadline | None:
        """The clock of that rule; of several the one that is due first among the open, then the last."""
        found = [one for one in self.deadlines if one.rule == rule and about in {None, one.about}]
        return min(
            (one for one in found if one.open),
            key=lambda one: one.due_at,
            default=found[-1] if found else None,
        )

    def case(self, case_id: str) -> Case | None:
        """The case of that id; None when there is none."""
        return next((case for case in self.cases if case.case_id == case_id), None)


def fold(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """Everything we say about an order at `now`, from what was observed by then.

    Any permutation and any repetition of the same facts gives the same order.
    """
    history = read_history(facts, terms, now)
    unpaid = unpaid_runs_out(history)
    answers = answers_to_cancel(history, unpaid)
    presumed = presumed_cancellation(history, answers, unpaid)
    held = spans(history, contradicting_orders(history))
    course = Course(history=history, ended_at=_ended_at(history, presumed), pause=pause_of(held))
    _run(course, FIRST_ROWS)
    course.lost_at = history.lost.at if history.lost else presumed_loss(course)
    _run(course, ROWS)
    cases = (*claims(course), *disputes(course))
    found = verdict(course, presumed)
    window = _return_window(course, found, cases)
    final = completed(found, window, open_cases=any(case.open for case in cases))
    deadlines = [*course.clocks.values(), *answers, *answers_to_return(history), *claim_clocks(course, cases)]
    deadlines += [clock for clock in (unpaid, window) if clock]
    standing = Standing(
        course=course,
        stage=final.stage,
        holds=in_force(held),
        cases=cases,
        conflicts=conflicts(history, answers, unpaid, claimed=any(case.kind is CaseKind.CLAIM for case in cases)),
        deadlines=tuple(sorted(deadlines, key=lambda clock: (clock.rule, clock.due_at, clock.about))),
    )
    return _order(standing, final, presumed)


def _run(course: Course, rows: Mapping[RuleId, Row]) -> None:
    for rule, row in rows.items():
        if (clock := row(course)) is not None:
            course.clocks[rule] = clock


def _ended_at(history: History, presumed: Presumption | None) -> datetime | None:
    if history.cancelled:
        return history.cancelled.at
    return presumed.at if presumed else None


def _return_window(course: Course, found: Verdict, cases: tuple[Case, ...]) -> Deadline | None:
    delivered = course.history.delivered
    if delivered is None or found.stage not in {Stage.DELIVERED, Stage.CANCELLED}:
        return None
    return return_window(course, delivered.known_by, waits=any(case.open for case in cases))


def _order(standing: Standing, final: Verdict, presumed: Presumption | None) -> Order:
    history = standing.course.history
    cancelled, promise = history.cancelled, standing.course.clocks.get(RuleId.D11)
    guessed = presumed if final.stage is Stage.CANCELLED and cancelled is None else None
    checks = [clock.next_check_at for clock in standing.deadlines if clock.next_check_at]
    if (hold := usual_hold(history)) and hold[1] > history.now:
        checks.append(hold[1])
    return Order(
        stage=final.stage,
        stage_authority=final.authority,
        presumed=final.authority is Authority.TIMER,
        milestones=with_implied(history.evidence.milestones, history.evidence.facts),
        handover_mode=history.handover.mode,
        shipping_mode=history.shipping_mode,
        failed_attempts=history.attempts.count,
        promised_at=promise.due_at if promise and (promise.stated or history.promised) else None,
        placed_at=history.placed_at,
        auto_cancel_at=auto_cancel_at(history, final.stage),
        holds=standing.holds,
        late_since=promise.breached_at if promise else None,
        incomplete=history.placed is None,
        clock_estimated=bool(history.evidence.absurd) or (history.placed is not None and history.placed.estimated),
        dropped_off=FactKind.DROPPED_OFF in history.evidence.by_kind and is_before_handover(final.stage),
        review=any(is_unclear(clock) for clock in standing.deadlines),
        cancel_reason=cancelled.reason if cancelled else (guessed.reason if guessed else None),
        cancel_actor=cancelled.actor if cancelled else (guessed.actor if guessed else None),
        parcels=history.parcels,
        cases=standing.cases,
        conflicts=standing.conflicts,
        deadlines=standing.deadlines,
        todos=todos_of(standing),
        steps=steps_due(standing),
        next_check_at=min(checks, default=None),
        items=_items(history),
    )


def _items(history: History) -> tuple[Mapping[str, Json], ...]:
    listed = history.placed.payload.get("items") if history.placed else None
    return tuple(entry for entry in listed if isinstance(entry, dict)) if isinstance(listed, list) else ()
