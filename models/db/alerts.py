"""The outbox: what must be shouted, written in the transaction that causes it, sent later.

One row per (subject, rule, level). A higher level, or the end of the order, silences what was not sent yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select, update

from models.db.insert import insert_new
from models.db.tables import AlertRow

BREACH_LEVEL: Final = 10  # above every warn level
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


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
        return f"{self.subject}|{self.rule}|{self.about}|{self.level}"


def raise_alert(session: Session, alert: Alert, now: datetime) -> bool:
    """Put the alert into the outbox once; silence the lower levels that are still unsent. True if it is new."""
    row = {
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
        "next_attempt_at": now,
        "attempts": 0,
        "suppressed": False,
    }
    if not insert_new(session, AlertRow, [row]):
        return False
    _silence(session, f"{alert.subject}|{alert.rule}|{alert.about}|", below=alert.level)
    return True


def silence_order(session: Session, order_id: str) -> None:
    """Send nothing more about an order that is over."""
    _silence(session, f"{order_id}|", below=None)


def _silence(session: Session, prefix: str, *, below: int | None) -> None:
    unsent = [col(AlertRow.sent_at).is_(None), col(AlertRow.dedup_key).startswith(prefix, autoescape=True)]
    if below is not None:
        unsent.append(col(AlertRow.level) < below)
    session.exec(update(AlertRow).where(*unsent).values(suppressed=True, next_attempt_at=None))


def due_alerts(session: Session, now: datetime, limit: int = 500) -> Sequence[AlertRow]:
    """Give the alerts that wait to be sent, oldest first."""
    due = select(AlertRow).where(col(AlertRow.next_attempt_at) <= now)
    return session.exec(due.order_by(col(AlertRow.created_at), col(AlertRow.dedup_key)).limit(limit)).all()


def mark_sent(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Record that these alerts went out."""
    session.exec(update(AlertRow).where(col(AlertRow.dedup_key).in_(keys)).values(sent_at=now, next_attempt_at=None))


def mark_failed(session: Session, rows: Sequence[AlertRow], now: datetime) -> None:
    """Record a failed try; the next comes after a growing wait, of at most an hour, for ever."""
    for row in rows:
        wait = min(FIRST_WAIT * 2 ** min(row.attempts, 8), LONGEST_WAIT)
        session.exec(
            update(AlertRow)
            .where(col(AlertRow.dedup_key) == row.dedup_key)
            .values(attempts=row.attempts + 1, next_attempt_at=now + wait)
        )
