"""What is to be done about an order now, by our own code (steps) and by people (to-dos).

Pure. A to-do comes from a stage, a clock, a case or a conflict, by the tables below; the most pressing
first. The words shown live in a catalogue of texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from models.case import Case, CaseKind, CaseStep
from models.claim import last_choice
from models.command_name import CommandName as Do
from models.conflict import Conflict
from models.deadline import Deadline, DeadlineState, RuleId
from models.fact import FactKind
from models.hold import BY_HAND, Hold
from models.schedule import ABOUT_DELIVERY, Course, is_breached
from models.stage import RANK, TERMINAL, HandoverMode, ShippingMode, Stage, Step
from models.todo import Todo, TodoKind

WORST: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the agenda looks at."""

    course: Course
    stage: Stage
    holds: frozenset[Hold]
    cases: tuple[Case, ...]
    conflicts: tuple[Conflict, ...]
    deadlines: tuple[Deadline, ...]

    @property
    def open_cases(self) -> list[Case]:
        """The cases that are not settled."""
        return [case for case in self.cases if case.open]

    @property
    def label_first(self) -> bool:
        """Whether the platform gives the label only after the order was set to shipped."""
        return self.course.history.shipping_mode is ShippingMode.PLATFORM

    @property
    def packed(self) -> bool:
        """Whether anybody told that the parcel is packed."""
        return FactKind.PACKED in self.course.history.evidence.by_kind


STEPS: Final[Mapping[Stage, tuple[Step, ...]]] = {
    Stage.NEW: (Step.CONFIRM,),
    Stage.CONFIRMED: (Step.PACK,),
    Stage.PACKED: (Step.HAND_OVER,),
    Stage.AWAITING_HANDOVER: (Step.TRACK,),
    Stage.PICKED_UP: (Step.TRACK,),
    Stage.IN_TRANSIT: (Step.TRACK,),
}
HELD_BACK: Final = (RuleId.D02, RuleId.D06)  # the platform's clocks, which go on while we hold
LABEL_FIRST: Final[Mapping[Stage, tuple[Step, ...]]] = {
    **STEPS,
    Stage.NEW: (Step.CONFIRM, Step.HAND_OVER),
    Stage.CONFIRMED: (Step.HAND_OVER, Step.PACK),
}
"""Platform shipping: setting to shipped comes first, packing may come at AWAITING_HANDOVER."""


def steps_due(standing: Standing) -> tuple[Step, ...]:
    """The steps that are due now; none while the order is on hold or being cancelled."""
    cancelling = any(case.kind is CaseKind.SELLER_CANCEL for case in standing.open_cases)
    if standing.holds or cancelling:
        return ()
    steps = (LABEL_FIRST if standing.label_first else STEPS).get(standing.stage, ())
    late_packing = standing.label_first and standing.stage is Stage.AWAITING_HANDOVER and not standing.packed
    return (Step.PACK, *steps) if late_packing else steps


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of to-do: how pressing it is, the clock that times it, the command that finishes it."""

    kind: TodoKind
    priority: int
    rule: RuleId | None = None
    command: Do | None = None


BY_STEP: Final[Mapping[Step, Row]] = {
    Step.CONFIRM: Row(TodoKind.CONFIRM, 4, RuleId.D01, Do.CONFIRM),
    Step.PACK: Row(TodoKind.PACK, 4, RuleId.D03, Do.MARK_PACKED),
    Step.HAND_OVER: Row(TodoKind.HAND_OVER, 3, RuleId.D02, Do.MARK_SHIPPED),
}

BY_CASE: Final[Mapping[tuple[CaseKind, str | None], Row]] = {
    (CaseKind.CANCEL_REQUEST, CaseStep.ANSWER): Row(TodoKind.ANSWER_CANCEL, 1, RuleId.D08, Do.APPROVE_CANCEL),
    (CaseKind.SELLER_CANCEL, CaseStep.NOTIFY): Row(TodoKind.TELL_BUYER, 2, None, Do.CLAIM_STEP),
    (CaseKind.SELLER_CANCEL, CaseStep.CANCEL): Row(TodoKind.CANCEL_ORDER, 2, None, Do.CLAIM_STEP),
    (CaseKind.CARRIER_COMPLAINT, CaseStep.COMPLAIN): Row(TodoKind.COMPLAIN, 2, RuleId.D05, Do.FILE_COMPLAINT),
    (CaseKind.CARRIER_COMPLAINT, CaseStep.FOLLOW_UP): Row(TodoKind.FOLLOW_UP_COMPLAINT, 4, None, Do.RECORD),
    (CaseKind.CLAIM, CaseStep.CANCEL): Row(TodoKind.CANCEL_ORDER, 2, RuleId.D14, Do.CLAIM_STEP),
    (CaseKind.CLAIM, CaseStep.NOTIFY): Row(TodoKind.TELL_BUYER, 2, RuleId.D14, Do.CLAIM_STEP),
    (CaseKind.CLAIM, CaseStep.REQUEST_REFUND): Row(TodoKind.REQUEST_REFUND, 2, RuleId.D14, Do.CLAIM_STEP),
    (CaseKind.CLAIM, CaseStep.AWAIT_REFUND): Row(TodoKind.AWAIT_REFUND, 6, None, Do.RECORD),
    (CaseKind.RETURN, CaseStep.ANSWER): Row(TodoKind.ANSWER_RETURN, 1, RuleId.D15, Do.ACCEPT_RETURN),
    (CaseKind.RETURN, CaseStep.RECEIVE): Row(TodoKind.RECEIVE_RETURN, 6, None, Do.RECORD),
    (CaseKind.RETURN, CaseStep.REFUND): Row(TodoKind.REFUND_RETURN, 3, None, Do.RECORD),
}

OVERDUE: Final[Mapping[TodoKind, TodoKind]] = {
    TodoKind.ANSWER_CANCEL: TodoKind.VERIFY_CANCEL,
    TodoKind.ANSWER_RETURN: TodoKind.VERIFY_RETURN,
}
"""After the answer's time is over one can only look what the platform did (T34)."""

WHEN_AWAY: Final[Mapping[TodoKind, Do]] = {TodoKind.ANSWER_CANCEL: Do.REJECT_CANCEL}
"""What is set to shipped is not cancelled: rejecting is what we suggest (T33)."""

BY_CONFLICT: Final[dict[str, Row]] = {
    "X03": Row(TodoKind.COMPARE_ORDER, 1, None, Do.CLOSE_CASE),
    "X04": Row(TodoKind.RECALL_PARCEL, WORST, None, Do.CLOSE_CASE),
    "X05": Row(TodoKind.RECALL_PARCEL, WORST, None, Do.CLOSE_CASE),
    "X06": Row(TodoKind.DECIDE_DELIVERY, 2, None, Do.CLOSE_CASE),
    "X07": Row(TodoKind.CHECK_MONEY, 2, None, Do.CLOSE_CASE),
    "X10": Row(TodoKind.DECIDE_ANSWER, 1, None, Do.CLOSE_CASE),
    "X16": Row(TodoKind.CHECK_CONTRADICTION, 4, None, Do.CLOSE_CASE),
}

AFTER_REFUND: Final = {"X06": Row(TodoKind.SETTLE_REFUND, 2, None, Do.CLOSE_CASE)}
"""T27: the parcel arrived although its money was asked for."""

BY_BREACH: Final[Mapping[RuleId, Row]] = {
    RuleId.D07: Row(TodoKind.ASK_POST_OFFICE, 3, RuleId.D07, Do.RECORD),
    RuleId.D17: Row(TodoKind.CHECK_TRACKING, 4, RuleId.D17, Do.RECORD),
}

BY_QUESTION: Final[Mapping[RuleId, Row]] = {
    RuleId.D04: Row(TodoKind.ASK_COLLECTED, 5, RuleId.D04, Do.RECORD),
    RuleId.D07: Row(TodoKind.ASK_COLLECTED, 5, RuleId.D07, Do.RECORD),
    RuleId.D10: Row(TodoKind.ASK_DELIVERED, 5, RuleId.D10, Do.RECORD),
    RuleId.D11: Row(TodoKind.ASK_DELIVERED, 5, RuleId.D11, Do.RECORD),
    RuleId.D17: Row(TodoKind.ASK_DELIVERED, 5, RuleId.D17, Do.RECORD),
}
"""Asked once a day for many orders, where the shop never gets such mails."""

STOCK_CASE: Final = "stock"  # close_case with this id says that the stock was looked at
DOUBTFUL_STOCK: Final = frozenset({"out_of_stock", "damaged_goods"})


def todos_of(standing: Standing) -> tuple[Todo, ...]:
    """What people must do, most pressing first, then by due time; each thing once."""
    found = {(todo.kind, todo.case_id, todo.about): todo for todo in reversed(list(_all(standing)))}
    return tuple(sorted(found.values(), key=_pressing))


def asks_again_at(course: Course, case: Case) -> datetime:
    """When a late parcel's decision is asked for again (UTC): a while after the last choice."""
    choice = last_choice(course, case.case_id)
    if choice is None:
        return case.opened_at
    return choice.occurred_at + _interval(course, "late_claim_asks_again")


def _pressing(todo: Todo) -> tuple[int, bool, float, str, str, str]:
    due = todo.due_at.timestamp() if todo.due_at else 0.0
    return (todo.priority, todo.due_at is None, due, todo.kind, todo.case_id or "", todo.about)


def _all(standing: Standing) -> Iterator[Todo]:
    yield from _to_go_on(standing)
    yield from _from_cases(standing)
    yield from _from_conflicts(standing)
    yield from _from_clocks(standing)
    yield from _from_stock(standing)
    if standing.course.history.placed is None and standing.stage not in TERMINAL:
        yield Todo(kind=TodoKind.FIND_ORDER_MAIL, priority=6)


def _to_go_on(standing: Standing) -> Iterator[Todo]:
    for step in steps_due(standing):
        if step in BY_STEP:
            yield _of_step(standing, BY_STEP[step])
    drops_off = standing.course.history.handover.mode is HandoverMode.DROP_OFF
    waits = standing.stage is Stage.AWAITING_HANDOVER and not standing.holds
    if waits and drops_off and FactKind.DROPPED_OFF not in standing.course.history.evidence.by_kind:
        yield _timed(standing, Row(TodoKind.DROP_OFF, 3, RuleId.D06, Do.DROP_OFF), "")
    if standing.course.history.attempts.count == 1 and standing.stage in {Stage.PICKED_UP, Stage.IN_TRANSIT}:
        told = standing.course.history.evidence.of(FactKind.BUYER_NOTIFIED)
        if not any(fact.text("case_id") in ABOUT_DELIVERY for fact in told):
            yield _timed(standing, Row(TodoKind.ASK_BUYER, 3, RuleId.D13, Do.RECORD), "delivery")
    cancelling = any(case.kind is CaseKind.SELLER_CANCEL for case in standing.open_cases)
    if standing.stage not in TERMINAL and not cancelling:
        running = [one for rule in HELD_BACK if (one := standing.course.clocks.get(rule)) and one.open]
        due_at = min((one.due_at for one in running), default=None)
        priority = WORST if any(is_breached(one) for one in running) else 3
        for hold in sorted(standing.holds & BY_HAND):
            yield Todo(kind=TodoKind.RELEASE_HOLD, due_at=due_at, priority=priority, command=Do.RELEASE, about=hold)


def _of_step(standing: Standing, row: Row) -> Todo:
    """Once our own aim is missed, what counts is the platform's time (D02)."""
    todo = _timed(standing, row, "")
    if todo.priority != WORST or row.rule is RuleId.D02:
        return todo
    ship_by = _timed(standing, BY_STEP[Step.HAND_OVER], "")
    priority = WORST if ship_by.priority == WORST else 1
    return replace(todo, due_at=ship_by.due_at or todo.due_at, rule=RuleId.D02, priority=priority)


def _from_cases(standing: Standing) -> Iterator[Todo]:
    for case in standing.open_cases:
        if case.case_id == "claim:late" and case.waiting:
            again = asks_again_at(standing.course, case)
            late = Todo(kind=TodoKind.DECIDE_LATE, priority=3, command=Do.CHOOSE_CLAIM, rule=RuleId.D11)
            yield replace(late, due_at=again, case_id=case.case_id)
        row = BY_CASE.get((case.kind, case.next_step))
        if row is not None:
            yield _of_case(standing, case, row)


def _of_case(standing: Standing, case: Case, row: Row) -> Todo:
    about = f"{case.case_id}/{case.next_step}" if row.rule is RuleId.D14 else case.case_id.partition(":")[2]
    about = "" if case.kind in {CaseKind.CARRIER_COMPLAINT, CaseKind.SELLER_CANCEL} else about
    todo = replace(_timed(standing, row, about), case_id=case.case_id, about=str(case.next_step))
    if _is_away(standing):
        todo = replace(todo, command=WHEN_AWAY.get(todo.kind, todo.command))
    if todo.kind in OVERDUE and todo.priority == WORST:
        return replace(todo, kind=OVERDUE[todo.kind], command=Do.CLOSE_CASE)
    if case.next_step == CaseStep.FOLLOW_UP:
        filed = standing.course.history.evidence.of(FactKind.COMPLAINT_FILED)[-1].occurred_at
        return replace(todo, due_at=filed + _interval(standing.course, "complaint_follow_up"))
    return todo


def _is_away(standing: Standing) -> bool:
    limit = standing.course.history.terms.policy.cancel_limit_rank
    return standing.stage is not Stage.CANCELLED and RANK[standing.stage] >= limit


def _from_conflicts(standing: Standing) -> Iterator[Todo]:
    refund = standing.course.history.evidence.of(FactKind.REFUND_REQUESTED, FactKind.REFUND_DONE)
    rows = BY_CONFLICT | (AFTER_REFUND if refund else {})
    for conflict in standing.conflicts:
        row = None if conflict.settled else rows.get(conflict.id)
        if row is not None:
            yield Todo(kind=row.kind, priority=row.priority, command=row.command, case_id=conflict.case_id)


def _from_clocks(standing: Standing) -> Iterator[Todo]:
    for clock in standing.deadlines:
        row = BY_QUESTION.get(clock.rule) if clock.asks else None
        if clock.state is DeadlineState.BREACHED:
            row = BY_BREACH.get(clock.rule)
        if row is not None and standing.stage not in TERMINAL:
            yield Todo(
                kind=row.kind,
                due_at=clock.due_at,
                priority=row.priority,
                command=row.command,
                rule=clock.rule,
            )
        if is_unclear(clock):
            yield Todo(kind=TodoKind.STATE_TIME, priority=5, command=Do.RECORD, rule=clock.rule, about=clock.rule)


ANSWERS: Final = frozenset({RuleId.D08, RuleId.D15})


def is_unclear(clock: Deadline) -> bool:
    """Whether only a person can say if the clock was met: its stop is implied by later proof.

    Where it accuses nobody, nobody is asked: the shop's orders would all be. Nor is anybody asked when a request
    was answered that is settled since.
    """
    return clock.state is DeadlineState.UNKNOWN and clock.accuses and clock.rule not in ANSWERS


def _from_stock(standing: Standing) -> Iterator[Todo]:
    """After a cancelling for want of sound stock, and when a return came back (T08, T37)."""
    evidence = standing.course.history.evidence
    cancelled = any(case.kind is CaseKind.SELLER_CANCEL and case.reason in DOUBTFUL_STOCK for case in standing.cases)
    if not (cancelled and standing.stage is Stage.CANCELLED) and not evidence.of(FactKind.RETURN_RECEIVED):
        return
    if not any(fact.text("case_id") == STOCK_CASE for fact in evidence.of(FactKind.CASE_CLOSED)):
        yield Todo(kind=TodoKind.CHECK_STOCK, priority=6, command=Do.CLOSE_CASE, case_id=STOCK_CASE)


def _timed(standing: Standing, row: Row, about: str) -> Todo:
    """The to-do with the due time of its clock; a breach makes it the worst, the last warning pressing."""
    clock = next((one for one in standing.deadlines if one.rule is row.rule and one.about in {about, ""}), None)
    todo = Todo(kind=row.kind, priority=row.priority, command=row.command, rule=row.rule, about=about)
    if clock is None or not clock.open:
        return todo
    if clock.state is DeadlineState.BREACHED:
        return replace(todo, due_at=clock.due_at, priority=WORST)
    return replace(todo, due_at=clock.due_at, priority=max(1, row.priority - (clock.warn_level > 1)))


def _interval(course: Course, name: str) -> timedelta:
    return course.history.terms.policy.intervals[name]
