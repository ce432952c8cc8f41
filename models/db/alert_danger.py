"""The orders that one message named as close to their time, until none of them is: short-lived rows. No commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, delete, select

from models.alert_danger import Named
from models.db.alert_ends import subject_of
from models.db.alert_tables import DangerRow
from models.db.alerts import AT_A_TIME
from models.db.insert import insert_new
from models.db.tables import AlertRow, DeadlineRow


def note_dangers(session: Session, rows: Sequence[AlertRow], place: int, now: datetime) -> None:
    """Write down that these warnings went out together; a clock that was told before keeps its first time."""
    told = {"told_at": now, "channel": place}
    insert_new(session, DangerRow, [{**_clock(row), "shop_id": row.shop_id or "", **told} for row in rows])


def _clock(row: AlertRow) -> dict[str, str]:
    return {"order_id": subject_of(row), "rule": row.rule, "about": row.about}


def dangers(session: Session) -> list[Named]:
    """Give them with what their clocks say now."""
    clock = (DeadlineRow.order_id == DangerRow.order_id, DeadlineRow.rule == DangerRow.rule)
    same = and_(*clock, DeadlineRow.about == DangerRow.about)
    query = select(DangerRow, DeadlineRow.state).join(DeadlineRow, same, isouter=True)
    return [_named(row, state) for row, state in session.exec(query)]


def _named(row: DangerRow, state: str | None) -> Named:
    return Named(key=row.order_id, group=(row.shop_id, row.rule), told_at=row.told_at, channel=row.channel, state=state)


def forget_dangers(session: Session, shop: str, rule: str, order_ids: Sequence[str]) -> None:
    """Forget what was told of these orders."""
    for start in range(0, len(order_ids), AT_A_TIME):
        theirs = col(DangerRow.order_id).in_(order_ids[start : start + AT_A_TIME])
        session.exec(delete(DangerRow).where(col(DangerRow.shop_id) == shop, col(DangerRow.rule) == rule, theirs))
