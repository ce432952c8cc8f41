"""Questions about what people must do: one thing with one order each, and what is asked of many at once.

Read-only. What a shop never gets news of is asked once a day (`models.gathering`) and stands in no list one
by one, but for that of the order itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.db.reading import PAGE
from models.db.tables import OrderRow, TodoRow
from models.gathering import ABOUT, Question
from models.stage import RANK, Stage

MOST_QUESTIONS: Final = 5_000  # the oldest; once they are answered, the others follow


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoLine:
    """One thing to do with the order it concerns. `order_id` is the row's, `order_no` the platform's."""

    order_id: str
    shop_id: str
    order_no: str
    stage: str
    kind: str
    about: str
    rule: str | None
    case_id: str | None
    command: str | None
    due_at: datetime | None
    priority: int
    since: datetime
    carrier: str | None


def todo_list(
    session: Session,
    *,
    shop: str | None = None,
    kind: str | None = None,
    order_no: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> list[TodoLine]:
    """Give what people must do, worst first: by priority, then by due time (none last).

    With `order_no` also what is asked of it, which is gathered elsewhere.
    """
    query = select(TodoRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id))
    wanted = ((OrderRow.shop_id, shop), (TodoRow.kind, kind), (OrderRow.order_no, order_no))
    for column, value in wanted:
        if value is not None:
            query = query.where(col(column) == value)
    if order_no is None:
        query = query.where(col(TodoRow.kind).not_in(ABOUT))
    worst_first = (col(TodoRow.priority), col(TodoRow.due_at).is_(None), col(TodoRow.due_at), col(OrderRow.order_no))
    found = session.exec(query.order_by(*worst_first).limit(limit).offset(offset))
    return [todo_line(todo, order) for todo, order in found]


def todo_counts(session: Session, shop: str | None = None) -> dict[str, int]:
    """Count what people must do, by kind."""
    query = select(TodoRow.kind, func.count()).where(col(TodoRow.kind).not_in(ABOUT))
    if shop is not None:
        query = query.join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id)).where(OrderRow.shop_id == shop)
    return dict(session.exec(query.group_by(TodoRow.kind)).all())


def overdue_count(session: Session, now: datetime) -> int:
    """Count the to-dos whose time is over; a question is never late."""
    late = (col(TodoRow.due_at) < now, col(TodoRow.kind).not_in(ABOUT))
    return session.exec(select(func.count()).select_from(TodoRow).where(*late)).one()


def todo_mark(session: Session) -> tuple[int, datetime | None]:
    """Give how many to-dos there are and since when the newest stands: both change when the list does."""
    query = select(func.count(), func.max(TodoRow.since)).where(col(TodoRow.kind).not_in(ABOUT))
    count, newest = session.exec(query).one()
    return count, newest


def questions(session: Session, *, shop: str | None = None) -> list[Question]:
    """Give what is asked of single orders that left the shop, the longest due first; at most MOST_QUESTIONS."""
    query = select(TodoRow, OrderRow.shop_id, OrderRow.order_no)
    query = query.join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id)).where(col(TodoRow.kind).in_(ABOUT))
    query = query.where(col(OrderRow.rank) >= RANK[Stage.AWAITING_HANDOVER])
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    rows = session.exec(query.order_by(col(TodoRow.due_at), col(OrderRow.order_no)).limit(MOST_QUESTIONS))
    return [
        Question(shop_id=shop_id, order_no=order_no, about=ABOUT[todo.kind], due_at=todo.due_at, since=todo.since)
        for todo, shop_id, order_no in rows
        if todo.due_at is not None
    ]


def todo_line(todo: TodoRow, order: OrderRow) -> TodoLine:
    """Give a row of to-dos with what is shown of its order."""
    return TodoLine(
        order_id=order.id,
        shop_id=order.shop_id,
        order_no=order.order_no,
        stage=order.stage,
        kind=todo.kind,
        about=todo.about,
        rule=todo.rule,
        case_id=todo.case_id,
        command=todo.command,
        due_at=todo.due_at,
        priority=todo.priority,
        since=todo.since,
        carrier=order.carrier,
    )
