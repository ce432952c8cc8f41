"""The list of what people must do with batches in it: many orders of one verb are one row, where the worst would stand.

Read-only. One question counts what goes together and leaves one row of it, one more for each batch gives its orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Subquery, case
from sqlmodel import Session, and_, col, func, or_, select

from models.db.reading import PAGE
from models.db.tables import OrderRow, TodoRow
from models.db.todo_reading import TodoLine, todo_line, worst_first
from models.gathering import ABOUT
from models.todo_batch import BANDS, BATCHED, FEWEST, MOST


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
    chosen = _chosen(_counted(now, kind), limit)
    query = (
        select(TodoRow, OrderRow, chosen.c.band, chosen.c.together)
        .join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id))
        .join(chosen, and_(*(col(getattr(TodoRow, key)) == chosen.c[key] for key in ("order_id", "kind", "about"))))
    )
    rows = session.exec(query.order_by(*worst_first())).all()
    return [
        _batch(session, now, todo_line(todo, order), band, together) if together >= FEWEST else todo_line(todo, order)
        for todo, order, band, together in rows
    ]


def _chosen(counted: Subquery, limit: int) -> Subquery:
    """Give the keys of the rows that are shown: whole orders are read of no more than those."""
    row = counted.c
    worst = (row.priority, row.due_at.is_(None), row.due_at, row.order_no)
    shown = sqlalchemy.select(counted).where(or_(row.together < FEWEST, row.place == 1))
    return shown.order_by(*worst).limit(limit).subquery()


def _counted(now: datetime, kind: str | None) -> Subquery:
    """Give each to-do's key with its band, how many go together with it, and its place among them."""
    band = _band(now)
    group = [col(OrderRow.shop_id), col(TodoRow.kind), col(TodoRow.priority), band]
    together = case((col(TodoRow.kind).in_(BATCHED), func.count().over(partition_by=group)), else_=1)
    place = func.row_number().over(partition_by=group, order_by=worst_first())
    key = (col(TodoRow.order_id), col(TodoRow.kind), col(TodoRow.about))
    columns = (*key, col(TodoRow.priority), col(TodoRow.due_at), col(OrderRow.order_no), band.label("band"))
    query = sqlalchemy.select(*columns, together.label("together"), place.label("place"))
    query = query.join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id)).where(col(TodoRow.kind).not_in(ABOUT))
    return (query if kind is None else query.where(col(TodoRow.kind) == kind)).subquery()


def _band(now: datetime) -> Any:  # noqa: ANN401  # SQLAlchemy's CASE
    limits = [(col(TodoRow.due_at) < now + limit, place) for place, limit in enumerate(BANDS)]
    return case(*limits, else_=len(BANDS))


def _batch(session: Session, now: datetime, first: TodoLine, band: int, count: int) -> TodoBatch:
    same = (
        OrderRow.shop_id == first.shop_id,
        TodoRow.kind == first.kind,
        TodoRow.priority == first.priority,
        _band(now) == band,
    )
    query = select(TodoRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id)).where(*same)
    found = session.exec(query.order_by(*worst_first()).limit(MOST)).all()
    return TodoBatch(band=band, count=count, lines=tuple(todo_line(todo, order) for todo, order in found))
