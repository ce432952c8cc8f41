"""Caching what follows from an order's facts: columns, deadlines, cases, to-dos.

Rows are brought in line with the folded order. Two things are ours and not the fold's: when we first saw a
breach (`detected_at`) and since when a to-do stands; both survive as long as their row does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, delete, select

from models.case import Case
from models.db.alerts import BREACH_LEVEL, Alert, raise_alert
from models.db.audit import note
from models.db.tables import CaseRow, DeadlineRow, OrderRow, TodoRow
from models.deadline import Deadline, DeadlineState, Fault
from models.explain import FLAGS
from models.order import Order
from models.todo import Todo

WAITING_FOR_US: Final = frozenset({DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.BREACHED})
SEEN_BREACHED: Final = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})


def cached_columns(order: Order) -> dict[str, Any]:
    """Give an order's columns that are cached from its facts."""
    nearest = min(
        (d for d in order.deadlines if d.state in WAITING_FOR_US and d.due_at and d.clock != "watch"),
        key=lambda d: (d.due_at, d.rule),
        default=None,
    )
    parcel = order.parcels[0] if order.parcels else None
    return {
        "stage": order.stage.value,
        "rank": order.rank,
        "authority": order.stage_authority.value,
        "presumed": order.presumed,
        "terminal": order.terminal,
        "placed_at": order.placed_at,
        "promised_at": order.promised_at,
        "late_since": order.late_since,
        "handover_mode": order.handover_mode.value,
        "shipping_mode": order.shipping_mode.value,
        "failed_attempts": order.failed_attempts,
        "cancel_reason": order.cancel_reason,
        "cancel_actor": order.cancel_actor,
        "carrier": parcel.carrier if parcel else None,
        "tracking_no": parcel.tracking_no if parcel else None,
        "holds": sorted(order.holds),
        "flags": [flag for flag in FLAGS if getattr(order, flag)],
        "conflicts": [conflict.id for conflict in order.conflicts],
        "items": [dict(item) for item in order.items],
        "milestones": {kind.value: _text(m.at) for kind, m in order.milestones.items()},
        "next_due_at": nearest.due_at if nearest else None,
        "next_due_rule": nearest.rule.value if nearest else None,
        "next_check_at": order.next_check_at,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def sync_deadlines(session: Session, row: OrderRow, order: Order, now: datetime) -> None:
    """Store the order's clocks; a warn level or breach that is new goes into the outbox, late news into the audit."""
    stored = {(d.rule, d.about): d for d in session.exec(select(DeadlineRow).where(DeadlineRow.order_id == row.id))}
    for deadline in order.deadlines:
        before = stored.pop((deadline.rule.value, deadline.about), None)
        after = _deadline_row(row, deadline, before, now)
        _tell(session, row, deadline, before, now)
        if before is None or before.model_dump() != after.model_dump():
            session.merge(after)
    for gone in stored.values():
        session.delete(gone)


def _deadline_row(row: OrderRow, deadline: Deadline, before: DeadlineRow | None, now: datetime) -> DeadlineRow:
    detected = before.detected_at if before else None
    if detected is None and deadline.state in SEEN_BREACHED:
        detected = now
    return DeadlineRow(
        order_id=row.id,
        rule=deadline.rule.value,
        about=deadline.about,
        state=deadline.state.value,
        start_at=deadline.start_at,
        due_at=deadline.due_at,
        warn_level=deadline.warn_level,
        stated=deadline.stated,
        breached_at=deadline.breached_at,
        met_at=deadline.met_at,
        detected_at=detected,
        withdrawn=deadline.withdrawn,
        fault=deadline.fault,
        policy=before.policy if before else row.policy,
    )


def _tell(session: Session, row: OrderRow, deadline: Deadline, before: DeadlineRow | None, now: datetime) -> None:
    """Alert about a new warn level or breach; note in the audit when a breach is recorded or withdrawn."""
    level = {DeadlineState.WARNED: deadline.warn_level, DeadlineState.BREACHED: BREACH_LEVEL}.get(deadline.state, 0)
    if level and deadline.fault is not Fault.NOBODY:
        alert = Alert(
            subject=row.id,
            rule=deadline.rule.value,
            about=deadline.about,
            level=level,
            text_key="breached" if level == BREACH_LEVEL else "warned",
            shop_id=row.shop_id,
            order_no=row.order_no,
            critical=level == BREACH_LEVEL and deadline.clock == "rule",
            values={"due_at": deadline.due_at.isoformat() if deadline.due_at else ""},
        )
        raise_alert(session, alert, now)
    was_breached = before is not None and before.detected_at is not None
    if deadline.state in SEEN_BREACHED and not was_breached:
        _note(session, row, "breach recorded", deadline, before, now)
    elif was_breached and deadline.withdrawn and before is not None and not before.withdrawn:
        _note(session, row, "breach withdrawn", deadline, before, now)


def _note(  # an audit line's parts
    session: Session,
    row: OrderRow,
    action: str,
    deadline: Deadline,
    before: DeadlineRow | None,
    now: datetime,
) -> None:
    states: Mapping[str, Any] = {"rule": deadline.rule.value, "state": deadline.state.value}
    earlier = {"rule": before.rule, "state": before.state} if before else {}
    note(session, at=now, actor="shipclock", action=action, order_id=row.id, before=earlier, after=states)


def sync_cases(session: Session, order_id: str, order: Order) -> None:
    """Store the order's cases; one that no fact supports any more goes."""
    kept = {case.case_id for case in order.cases}
    session.exec(delete(CaseRow).where(col(CaseRow.order_id) == order_id, col(CaseRow.case_id).not_in(kept)))
    for case in order.cases:
        session.merge(_case_row(order_id, case))


def _case_row(order_id: str, case: Case) -> CaseRow:
    return CaseRow(
        order_id=order_id,
        case_id=case.case_id,
        kind=case.kind.value,
        open=case.open,
        reason=case.reason,
        steps_done=list(case.steps_done),
        next_step=case.next_step,
        waiting=case.waiting,
        outcome=case.outcome,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def sync_todos(session: Session, order_id: str, order: Order, now: datetime) -> None:
    """Store what a person must do now; what the facts say is done is gone."""
    stored = {(t.kind, t.about): t for t in session.exec(select(TodoRow).where(TodoRow.order_id == order_id))}
    for todo in order.todos:
        before = stored.pop((todo.kind.value, todo.about), None)
        session.merge(_todo_row(order_id, todo, before.since if before else now))
    for gone in stored.values():
        session.delete(gone)


def _todo_row(order_id: str, todo: Todo, since: datetime) -> TodoRow:
    return TodoRow(
        order_id=order_id,
        kind=todo.kind.value,
        about=todo.about,
        rule=todo.rule.value if todo.rule else None,
        case_id=todo.case_id,
        command=todo.command.value if todo.command else None,
        due_at=todo.due_at,
        priority=todo.priority,
        since=since,
    )
