"""The outbox: what must be shouted, written in the transaction that causes it, sent later.

One row per (subject, rule, level). A higher level, or the end of the order, silences what was not sent yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import tuple_
from sqlmodel import Session, col, select, update

from models.db.columns import table_of
from models.db.insert import insert_new
from models.db.tables import AlertRow

BREACH_LEVEL: Final = 10  # above every warn level
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
AT_A_TIME: Final = 500  # orders or keys in one statement
OUTBOX: Final = table_of(AlertRow)
SILENCED: Final = {"suppressed": True, "next_attempt_at": None}


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
    new = insert_new(session, AlertRow, [_row(alert, now, quietly=quietly) for alert in alerts])
    lower = [alert.key_of(level) for alert in alerts for level in range(alert.level)]
    for start in range(0, len(lower), AT_A_TIME):
        theirs = OUTBOX.c.dedup_key.in_(lower[start : start + AT_A_TIME])
        session.execute(update(OUTBOX).where(theirs, OUTBOX.c.sent_at.is_(None)).values(**SILENCED))
    return new


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
    }


def silence_orders(session: Session, orders: Sequence[tuple[str, str]]) -> None:
    """Send nothing more about orders (shop, order_no) that are over."""
    for start in range(0, len(orders), AT_A_TIME):
        theirs = tuple_(OUTBOX.c.shop_id, OUTBOX.c.order_no).in_(orders[start : start + AT_A_TIME])
        waiting = update(OUTBOX).where(OUTBOX.c.next_attempt_at.is_not(None), theirs)
        session.execute(waiting.values(**SILENCED))


def due_alerts(session: Session, now: datetime, limit: int = 500) -> Sequence[AlertRow]:
    """Give the alerts that wait to be sent, oldest first."""
    due = select(AlertRow).where(col(AlertRow.next_attempt_at) <= now)
    return session.exec(due.order_by(col(AlertRow.created_at), col(AlertRow.dedup_key)).limit(limit)).all()


def waiting_alerts(session: Session) -> Sequence[AlertRow]:
    """Give every alert that was not sent yet, those that are tried again later too, oldest first."""
    waiting = select(AlertRow).where(col(AlertRow.next_attempt_at).is_not(None))
    return session.exec(waiting.order_by(col(AlertRow.created_at), col(AlertRow.dedup_key))).all()


def mark_sent(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Record that these alerts went out."""
    for start in range(0, len(keys), AT_A_TIME):
        told = update(AlertRow).where(col(AlertRow.dedup_key).in_(keys[start : start + AT_A_TIME]))
        session.exec(told.values(sent_at=now, next_attempt_at=None))


def mark_failed(session: Session, rows: Sequence[AlertRow], now: datetime) -> None:
    """Record a failed try; the next comes after a growing wait, of at most an hour, for ever."""
    for row in rows:
        wait = min(FIRST_WAIT * 2 ** min(row.attempts, 8), LONGEST_WAIT)
        session.exec(
            update(AlertRow)
            .where(col(AlertRow.dedup_key) == row.dedup_key)
            .values(attempts=row.attempts + 1, next_attempt_at=now + wait)
        )
