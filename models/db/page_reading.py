"""Questions that only the dashboard's pages ask, beside those of `models.db.reading`.

Read-only and small: one query each, counted and cut in SQL, never a whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.db.mail_tables import UNFITTING, MessageRow
from models.db.reading import COUNT_CAP, PAGE
from models.db.tables import MISSED, AttemptRow, ClockRow, DeadlineRow, OrderRow
from models.deadline import RULES, Fault

NOBODYS: Final = tuple(rule.value for rule, row in RULES.items() if row.fault is Fault.NOBODY)  # nothing to do
LATE: Final = ("BREACHED", "MET_LATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """An open order and the nearest clock that a person can still meet."""

    order_id: str
    shop_id: str
    order_no: str
    stage: str
    presumed: bool
    rule: str | None
    due_at: datetime
    carrier: str | None


def next_due(session: Session, limit: int = PAGE) -> list[NextDue]:
    """Give the open orders whose clocks end first."""
    open_orders = select(OrderRow).where(col(OrderRow.next_due_at).is_not(None), col(OrderRow.terminal).is_(False))
    first = (
        open_orders.where(col(OrderRow.next_due_rule).not_in(NOBODYS))
        .order_by(col(OrderRow.next_due_at), col(OrderRow.id))
        .limit(limit)
    )
    return [
        NextDue(
            order_id=row.id,
            shop_id=row.shop_id,
            order_no=row.order_no,
            stage=row.stage,
            presumed=row.presumed,
            rule=row.next_due_rule,
            due_at=row.next_due_at,
            carrier=row.carrier,
        )
        for row in session.exec(first)
        if row.next_due_at is not None
    ]


def breach_count(session: Session, shop: str | None = None) -> int:
    """Count the breaches that `models.db.reading.breaches` lists, up to COUNT_CAP + 1."""
    query = select(DeadlineRow.due_at).where(MISSED)
    if shop is not None:
        query = query.join(OrderRow, col(OrderRow.id) == col(DeadlineRow.order_id)).where(OrderRow.shop_id == shop)
    return session.exec(select(func.count()).select_from(query.limit(COUNT_CAP + 1).subquery())).one()


def unfitting_signatures(session: Session, since: datetime) -> int:
    """Count the mails seen after `since` that were believed though their own signature (DKIM) does not fit."""
    query = select(func.count()).select_from(MessageRow).where(UNFITTING, col(MessageRow.seen_at) > since)
    return session.exec(query.where(MessageRow.outcome == "parsed")).one()


def attempt_counts(session: Session, order_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Count how often each step of these orders was tried."""
    query = select(AttemptRow.order_id, AttemptRow.step, func.count()).where(col(AttemptRow.order_id).in_(order_ids))
    return {(order, step): n for order, step, n in session.exec(query.group_by(AttemptRow.order_id, AttemptRow.step))}


def reader_versions(session: Session, message_ids: Sequence[int]) -> dict[int, str]:
    """Give which version of the reader read these mails last."""
    query = select(MessageRow.id, MessageRow.reader_version).where(col(MessageRow.id).in_(message_ids))
    return {number: version for number, version in session.exec(query) if number is not None}


def is_virtual(session: Session) -> bool:
    """Tell whether this database lives in a demo's virtual time."""
    return session.get(ClockRow, 1) is not None
