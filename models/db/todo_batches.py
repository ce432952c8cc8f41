"""The list of what people must do with batches in it: many orders of one verb are one row, where the worst would stand.

Read-only. What sorts to-dos is read of all of them, so `models.todo_batch` can say what goes together; orders are read
of those alone that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import sqlalchemy
from sqlmodel import Session, col, select

from models.db.reading import PAGE
from models.db.tables import OrderRow, TodoRow
from models.db.todo_reading import TodoLine, todo_line
from models.gathering import ABOUT
from models.todo_batch import MOST, Group, Waiting, grouped

TOGETHER: Final = 500  # orders that one question asks about
Key: TypeAlias = tuple[str, str, str]  # order, kind, about


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoBatch:
    """One verb for several orders of a shop: `count` in all, `lines` the first MOST of them, the worst first."""

    band: int
    count: int
    lines: tuple[TodoLine, ...]

    @property
    def first(self) -> TodoLine:
        """The worst of them."""
        return self.lines[0]


def todo_rows(
    session: Session, now: datetime, *, kind: str | None = None, limit: int = PAGE
) -> list[TodoLine | TodoBatch]:
    """Give what people must do, worst first; what goes together is one row. `now` says how pressing each is."""
    groups = grouped(_waiting(session, kind), now)[:limit]
    lines = _lines(session, {one.key for _, same in groups for one in same[:MOST]})
    return [row for group in groups if (row := _row(group, lines))]


def _waiting(session: Session, kind: str | None) -> Iterable[Waiting]:
    key = (col(TodoRow.order_id), col(TodoRow.kind), col(TodoRow.about))
    order = (col(OrderRow.shop_id), col(OrderRow.order_no))
    query = sqlalchemy.select(*key, *order, col(TodoRow.priority), col(TodoRow.due_at))
    query = query.join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id)).where(col(TodoRow.kind).not_in(ABOUT))
    rows = session.execute(query if kind is None else query.where(col(TodoRow.kind) == kind))
    for order_id, verb, about, shop_id, order_no, priority, due_at in rows:
        yield Waiting((order_id, verb, about), shop_id, order_no, verb, priority, due_at)


def _lines(session: Session, keys: set[Key]) -> Mapping[Key, TodoLine]:
    found: dict[Key, TodoLine] = {}
    orders = sorted({order_id for order_id, _, _ in keys})
    for start in range(0, len(orders), TOGETHER):
        some = orders[start : start + TOGETHER]
        query = select(TodoRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id))
        for todo, order in session.exec(query.where(col(TodoRow.order_id).in_(some))):
            found[todo.order_id, todo.kind, todo.about] = todo_line(todo, order)
    return found


def _row(group: Group, lines: Mapping[Key, TodoLine]) -> TodoLine | TodoBatch | None:
    """Give what is shown of a group; None when all of it was done between the two questions."""
    band, same = group
    shown = tuple(lines[one.key] for one in same[:MOST] if one.key in lines)
    if len(same) == 1 or not shown:
        return next(iter(shown), None)
    return TodoBatch(band=band, count=len(same), lines=shown)
