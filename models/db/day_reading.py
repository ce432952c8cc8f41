"""The figures with which a shop's day begins: what is to be done by when, and what was missed the day before.

Read-only: counted in SQL, never a whole table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from models.alert_channel import NOBODY
from models.db.alerts import BREACH_LEVEL
from models.db.page_reading import LATE, NOBODYS
from models.db.tables import AlertRow, DeadlineRow, OrderRow, TodoRow
from models.deadline import DeadlineState
from models.gathering import ABOUT

SOON: Final = timedelta(hours=6)
URGENCIES: Final = ("overdue", "soon", "today", "later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A shop's day as of `now`: it began at `begins` (UTC) and ends at `ends`; the one before at `before`."""

    shop: str
    before: datetime
    begins: datetime
    ends: datetime
    now: datetime


def todos_by_urgency(session: Session, day: Day) -> Mapping[str, int]:
    """Count what people must do, by URGENCIES; what is asked once a day is not among it."""
    due = col(TodoRow.due_at)
    urgency = case((due < day.now, "overdue"), (due < day.now + SOON, "soon"), (due < day.ends, "today"), else_="later")
    query = select(urgency, func.count()).join(OrderRow, col(OrderRow.id) == col(TodoRow.order_id))
    query = query.where(OrderRow.shop_id == day.shop, col(TodoRow.kind).not_in(ABOUT)).group_by(urgency)
    return dict(session.exec(query).all())


def missed_by_rule(session: Session, day: Day) -> Mapping[str, int]:
    """Count the clocks that ran out the day before, by rule."""
    missed = (
        col(DeadlineRow.due_at) >= day.before,
        col(DeadlineRow.due_at) < day.begins,
        col(DeadlineRow.state).in_(LATE),
        col(DeadlineRow.rule).not_in(NOBODYS),
        OrderRow.shop_id == day.shop,
    )
    query = select(DeadlineRow.rule, func.count()).join(OrderRow, col(OrderRow.id) == col(DeadlineRow.order_id))
    return dict(session.exec(query.where(*missed).group_by(col(DeadlineRow.rule))).all())


def met_after_warning(session: Session, day: Day) -> int:
    """Count the clocks that were met the day before, in time and after people had been told that they are close."""
    met = (
        col(DeadlineRow.due_at) >= day.before,  # what was met in time is due later: few, and there is an index
        col(DeadlineRow.met_at) >= day.before,
        col(DeadlineRow.met_at) < day.begins,
        DeadlineRow.state == DeadlineState.MET,
        DeadlineRow.shop_id == day.shop,
        col(DeadlineRow.warn_level) > 0,
    )
    clock = col(DeadlineRow.order_id) + "|" + col(DeadlineRow.rule) + "|" + col(DeadlineRow.about)
    keys = [clock + f"|{level}" for level in range(1, BREACH_LEVEL)]
    sent = (col(AlertRow.sent_at).is_not(None), col(AlertRow.channel).is_distinct_from(NOBODY))
    told = select(AlertRow.dedup_key).where(col(AlertRow.dedup_key).in_(keys), *sent).exists()
    return session.exec(select(func.count()).select_from(DeadlineRow).where(*met, told)).one()
