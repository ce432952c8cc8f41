"""What follows from an order's facts, as plain values for its rows: columns, clocks, cases, to-dos, steps.

Pure: the folded order and what is stored in, rows out. Some things are ours and not the fold's, and survive as
long as their row does: when we first saw a breach, since when a to-do stands, the policy a clock was made by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from models.case import Case
from models.db.alerts import BREACH_LEVEL, DUE, Alert
from models.db.steps import steps_after
from models.db.stored import CASES, DEADLINES, SHELVES, TODOS, Rows, Stored, Values
from models.deadline import ClockType, Deadline, DeadlineState, Fault
from models.explain import FLAGS
from models.order import Order
from models.stage import Stage
from models.todo import Todo

WAITING_FOR_US: Final = frozenset({DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.BREACHED})
SEEN_BREACHED: Final = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})
RECORDED: Final = "breach recorded"
WITHDRAWN: Final = "breach withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line for the audit: what happened to a clock, and how it stood before and after."""

    action: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """An order's rows as they must be: its own columns by name, and the rows of each of SHELVES by key.

    They hold from `as_of` on, until `next_check_at`. `alerts` are to be raised unless they were.
    """

    stored: Stored
    order: Order
    as_of: datetime
    columns: Mapping[str, Any]
    shelves: tuple[Rows, ...]
    alerts: tuple[Alert, ...]
    lines: tuple[Line, ...]

    @property
    def silenced(self) -> bool:
        """Whether the order was cancelled since it was stored."""
        return self.order.stage is Stage.CANCELLED and self.stored.order["stage"] != Stage.CANCELLED


def derive(order: Order, stored: Stored, now: datetime) -> Derived:
    """Give the rows of an order that was folded at `now`; its steps that wait look at the news."""
    return _derived(order, stored, now, now)


def derive_again(order: Order, stored: Stored, as_of: datetime, now: datetime) -> Derived:
    """Give the rows as they should be stored already, of an order folded `as_of` then: there is no news.

    What is seen for the first time only now, such as a breach, is seen `now`.
    """
    return _derived(order, stored, as_of, now, wake=False)


def _derived(order: Order, stored: Stored, as_of: datetime, now: datetime, *, wake: bool = True) -> Derived:
    clocks, _, todos, steps = stored.shelves
    over = order.terminal or not order.holds
    rows = (
        (_deadline(clock, clocks, stored, now) for clock in order.deadlines),
        (_case(case) for case in order.cases),
        (_todo(todo, todos, now) for todo in order.todos),
        steps_after(steps, order.steps, over=over, wake=wake, now=now),
    )
    return Derived(
        stored=stored,
        order=order,
        as_of=as_of,
        columns=cached_columns(order, stored.unseen_at(as_of)),
        shelves=tuple(shelf.by_key(values) for shelf, values in zip(SHELVES, rows, strict=True)),
        alerts=(*_clock_alerts(order, stored), *_conflict_alerts(order, stored)),
        lines=tuple(_lines(order, clocks)),
    )


PLAIN: Final = (
    "stage", "rank", "presumed", "terminal", "placed_at", "promised_at", "late_since", "handover_mode",
    "shipping_mode", "failed_attempts", "cancel_reason", "cancel_actor",
)  # fmt: skip
_plain = attrgetter(*PLAIN)


def cached_columns(order: Order, unseen_at: datetime | None = None) -> dict[str, Any]:
    """Give an order's columns that are cached from its facts; `unseen_at` is when the next of them counts."""
    nearest = min(
        (d for d in order.deadlines if d.state in WAITING_FOR_US and d.clock is not ClockType.WATCH),
        key=lambda d: (d.due_at, d.rule),
        default=None,
    )
    parcel = order.parcels[0] if order.parcels else None
    checks = [moment for moment in (order.next_check_at, unseen_at) if moment]
    return {
        **dict(zip(PLAIN, _plain(order), strict=True)),
        "authority": order.stage_authority,
        "carrier": parcel.carrier if parcel else None,
        "tracking_no": parcel.tracking_no if parcel else None,
        "holds": sorted(order.holds),
        "flags": [flag for flag in FLAGS if getattr(order, flag)],
        "conflicts": [conflict.id for conflict in order.conflicts],
        "items": [dict(item) for item in order.items],
        "milestones": {kind.value: _text(m.at) for kind, m in order.milestones.items()},
        "next_due_at": nearest.due_at if nearest else None,
        "next_due_rule": nearest.rule if nearest else None,
        "next_check_at": min(checks, default=None),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


OURS: Final = len(("shop_id", "detected_at", "policy"))  # the last columns of a deadline's row
_clock = attrgetter(*DEADLINES.columns[: -OURS - 1])  # but what moved it, and ours
_case_head = attrgetter(*CASES.columns[:-1])  # but its steps, a list
_todo_head = attrgetter(*TODOS.columns[:-1])  # but since when it stands


def _deadline(clock: Deadline, stored: Rows, of: Stored, now: datetime) -> Values:
    before = stored.get((clock.rule, clock.about))
    _, detected_at, policy = before[-OURS:] if before else (of.shop_id, None, of.policy)
    if detected_at is None and clock.state in SEEN_BREACHED:
        detected_at = now
    policy = of.policy if clock.open else policy
    return (*_clock(clock), clock.extended_by or "", of.shop_id, detected_at, policy)


def _case(case: Case) -> Values:
    return (*_case_head(case), list(case.steps_done))


def _todo(todo: Todo, stored: Rows, now: datetime) -> Values:
    before = stored.get((todo.kind, todo.about))
    return (*_todo_head(todo), before[-1] if before else now)


STATE, LEVEL = map(DEADLINES.columns.index, ("state", "warn_level"))


def _level(state: str, warn_level: int) -> int:
    """How loud a clock is: its warn level, a breach above all, 0 for silence."""
    if state == DeadlineState.BREACHED:
        return BREACH_LEVEL
    return warn_level if state == DeadlineState.WARNED else 0


def _clock_alerts(order: Order, stored: Stored) -> Iterator[Alert]:
    """What is louder or other than before; nothing about the clocks of an order that is known to be cancelled.

    One that we only presume cancelled still shouts the missed answer that it rests on. A clock that will not
    accuse does not warn either, and none warns of how short it is from its start.
    """
    if order.stage is Stage.CANCELLED and not order.presumed:
        return
    for clock in order.deadlines:
        level = _level(clock.state, clock.warn_level)
        if level <= clock.warned_at_start or clock.fault is Fault.NOBODY or not clock.accuses:
            continue
        before = stored.shelves[0].get((clock.rule, clock.about))
        if before and _level(before[STATE], before[LEVEL]) == level:
            continue
        yield Alert(
            subject=stored.id,
            rule=clock.rule.value,
            about=clock.about,
            level=level,
            text_key="breached" if level == BREACH_LEVEL else "warned",
            shop_id=stored.order["shop_id"],
            order_no=stored.order["order_no"],
            critical=level == BREACH_LEVEL and clock.clock is ClockType.RULE,
            values={DUE: clock.due_at.isoformat()},
        )


def _conflict_alerts(order: Order, stored: Stored) -> Iterator[Alert]:
    for conflict in order.conflicts:
        if conflict.critical:
            yield Alert(
                subject=stored.id,
                rule=conflict.id,
                level=0,
                text_key=f"conflict.{conflict.id}",
                shop_id=stored.order["shop_id"],
                order_no=stored.order["order_no"],
                critical=True,
            )


def _lines(order: Order, stored: Rows) -> Iterator[Line]:
    """A breach that is new, or taken back by late news or a retraction, and new again after that."""
    for clock in order.deadlines:
        before = stored.get((clock.rule, clock.about))
        was, is_now = before is not None and before[STATE] in SEEN_BREACHED, clock.state in SEEN_BREACHED
        if was is not is_now:
            yield _line(RECORDED if is_now else WITHDRAWN, clock, before)


def _line(action: str, clock: Deadline, before: Values | None) -> Line:
    earlier = {"rule": clock.rule.value, "state": before[STATE]} if before else {}
    return Line(action=action, before=earlier, after={"rule": clock.rule.value, "state": clock.state.value})
