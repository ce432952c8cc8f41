"""The outbox: what must be shouted, written in the transaction that causes it, sent later (`models.db.alert_telling`).

One row per (subject, rule, level); of a clock that was moved to a later time, one for each of its times. A higher
level, or the end of the order, silences what was not sent yet, and what was sent is not told once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, or_, tuple_
from sqlmodel import Session, col, select, update

from models.db.columns import table_of
from models.db.insert import insert_new
from models.db.tables import AlertRow

BREACH_LEVEL: Final = 10  # above every warn level
AT_A_TIME: Final = 500  # orders or keys in one statement
DUE: Final = "due_at"  # among an alert's values: when its clock runs out, in UTC as `isoformat` writes it
OUTBOX: Final = table_of(AlertRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something to shout about: the order's number and codes, never a buyer's data."""

    subject: str  # order id, or mailbox:<name>, shop:<name>
    rule: str
    level: int
    text_key: str
    about: str = ""
    shop_id: str | None = None
    order_no: str | None = None
    critical: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    channel: int | None = None  # whom it must reach, if not the first that can be reached

    @property
    def dedup_key(self) -> str:
        """Identity: raising the same alert again changes nothing."""
        return self.key_of(self.level)

    def key_of(self, level: int) -> str:
        """Identity of the same alert at another level."""
        return f"{self.subject}|{self.rule}|{self.about}|{level}"


def raise_alert(session: Session, alert: Alert, now: datetime) -> bool:
    """Put the alert into the outbox once; silence the lower levels that are still unsent. True if it is new."""
    return bool(raise_alerts(session, [alert], now))


def raise_alerts(session: Session, alerts: Sequence[Alert], now: datetime, *, quietly: bool = False) -> int:
    """Put alerts into the outbox, each once; silence their lower levels that are still unsent. How many are new.

    `quietly`: they count as told, and are never sent.
    """
    _leave_earlier_times_behind(session, alerts)
    new = insert_new(session, AlertRow, [_row(alert, now, quietly=quietly) for alert in alerts])
    lower = [alert.key_of(level) for alert in alerts for level in range(alert.level)]
    for start in range(0, len(lower), AT_A_TIME):
        end_telling(session, OUTBOX.c.dedup_key.in_(lower[start : start + AT_A_TIME]))
    return new


def _leave_earlier_times_behind(session: Session, alerts: Sequence[Alert]) -> None:
    """Give up the keys of what was told of a clock's earlier time: an answer that was put off warns anew.

    The rows stay, with that time at the end of their keys.
    """
    due = {alert.dedup_key: alert.values[DUE] for alert in alerts if DUE in alert.values}
    keys = list(due)
    for start in range(0, len(keys), AT_A_TIME):
        mine = select(AlertRow.dedup_key, AlertRow.values).where(
            col(AlertRow.dedup_key).in_(keys[start : start + AT_A_TIME])
        )
        for key, values in session.exec(mine).all():
            if (told := values.get(DUE, due[key])) < due[key]:
                end_telling(session, OUTBOX.c.dedup_key == key)
                session.execute(update(OUTBOX).where(OUTBOX.c.dedup_key == key).values(dedup_key=f"{key}|{told}"))


def end_telling(session: Session, which: ColumnElement[bool]) -> None:
    """Tell nothing more of these alerts: what was not sent yet never is, what was is not told once more."""
    waits = or_(OUTBOX.c.sent_at.is_(None), OUTBOX.c.repeat_at.is_not(None))
    unsent = case((OUTBOX.c.sent_at.is_(None), True), else_=OUTBOX.c.suppressed)
    nothing = {"next_attempt_at": None, "repeat_at": None, "held_by": None}
    session.execute(update(OUTBOX).where(which, waits).values(suppressed=unsent, **nothing))


def _row(alert: Alert, now: datetime, *, quietly: bool) -> dict[str, Any]:
    return {
        "dedup_key": alert.dedup_key,
        "shop_id": alert.shop_id,
        "order_no": alert.order_no,
        "rule": alert.rule,
        "about": alert.about,
        "level": alert.level,
        "critical": alert.critical,
        "text_key": alert.text_key,
        "values": dict(alert.values),
        "created_at": now,
        "next_attempt_at": None if quietly else now,
        "attempts": 0,
        "suppressed": quietly,
        "channel": alert.channel,
    }


def silence_orders(session: Session, orders: Sequence[tuple[str, str]]) -> None:
    """Send nothing more about orders (shop, order_no) that are over."""
    for start in range(0, len(orders), AT_A_TIME):
        end_telling(session, tuple_(OUTBOX.c.shop_id, OUTBOX.c.order_no).in_(orders[start : start + AT_A_TIME]))


def due_alerts(session: Session, now: datetime, limit: int = 500) -> Sequence[AlertRow]:
    """Give the alerts that wait to be sent, oldest first."""
    due = select(AlertRow).where(col(AlertRow.next_attempt_at) <= now)
    return session.exec(due.order_by(col(AlertRow.created_at), col(AlertRow.dedup_key)).limit(limit)).all()


def waiting_alerts(session: Session) -> Sequence[AlertRow]:
    """Give every alert that was not sent yet, those that are tried again later too, oldest first."""
    waiting = select(AlertRow).where(col(AlertRow.next_attempt_at).is_not(None))
    return session.exec(waiting.order_by(col(AlertRow.created_at), col(AlertRow.dedup_key))).all()
