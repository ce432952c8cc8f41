"""How Shipclock itself is doing, as figures: how old what it knows is, what waits, who was seen.

Short questions, in the caller's session; nothing is judged here and nothing written but who was seen. No order's
number and nobody's data is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, func, select

from models.db.insert import insert_new
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.shop_sync import ORDERS, sync_rows
from models.db.steps import StepStatus
from models.db.tables import AlertRow, MetaRow, OrderRow, StepRow
from models.db.wake import looked
from models.settings import Settings, ShopSettings

WORKER_SEEN: Final = "worker_seen_at"
WAITS: Final = (StepStatus.QUEUED.value, StepStatus.WAITING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What news come from: when (UTC) all of it was last read, and our code for why it cannot be read now."""

    read_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The figures at `at`. Times are UTC; None: never, or nothing waits."""

    at: datetime
    looked_at: datetime | None
    worker_seen_at: datetime | None
    mailboxes: Mapping[str, Source]
    shops: Mapping[str, Source]
    alerts_waiting: int
    oldest_alert_at: datetime | None
    quarantined: int
    failed_steps: int
    oldest_due_at: datetime | None  # of steps that may begin, and of orders that time alone changes


def read_vitals(session: Session, settings: Settings, now: datetime) -> Vitals:
    """Read the figures at this moment."""
    mailboxes = {mailbox.name: _mailbox(session, mailbox.name) for mailbox in settings.mailbox}
    waiting = (col(AlertRow.next_attempt_at).is_not(None),)
    return Vitals(
        at=now,
        looked_at=looked(session),
        worker_seen_at=_moment(session, WORKER_SEEN),
        mailboxes=mailboxes,
        shops={shop.name: _shop(session, shop, mailboxes) for shop in settings.shop},
        alerts_waiting=_one(session, func.count(), *waiting, of=AlertRow),
        oldest_alert_at=_one(session, func.min(AlertRow.created_at), *waiting, col(AlertRow.held_by).is_(None)),
        quarantined=_one(session, func.count(), col(MessageRow.outcome) == "quarantined", of=MessageRow),
        failed_steps=_one(session, func.count(), col(StepRow.status) == StepStatus.DEAD.value, of=StepRow),
        oldest_due_at=_oldest_due(session, [shop.name for shop in settings.shop], now),
    )


def note_worker(session: Session, seen_at: datetime) -> None:
    """Write down when a worker was last heard of. The caller commits."""
    if not insert_new(session, MetaRow, [{"key": WORKER_SEEN, "value": seen_at.isoformat()}]):
        session.merge(MetaRow(key=WORKER_SEEN, value=seen_at.isoformat()))


def _mailbox(session: Session, name: str) -> Source:
    row = session.get(MailboxRow, name)
    return Source(read_at=row.last_ok_at, error=row.last_error) if row else Source()


def _shop(session: Session, shop: ShopSettings, mailboxes: Mapping[str, Source]) -> Source:
    """A shop with an API is as fresh as what was read there, any other as its mailbox."""
    if not shop.api:
        return mailboxes.get(shop.mailbox, Source())
    rows = sync_rows(session, shop.name)
    error = next((row.last_error for row in rows.values() if row.last_error), None)
    return Source(read_at=rows[ORDERS].last_ok_at if ORDERS in rows else None, error=error)


def _oldest_due(session: Session, shops: list[str], now: datetime) -> datetime | None:
    begin = col(StepRow.next_attempt_at) <= now
    lapsed = (col(StepRow.status) == StepStatus.RUNNING.value, col(StepRow.lease_until) <= now)
    due = (col(OrderRow.next_check_at) <= now, col(OrderRow.shop_id).in_(shops))
    found = (
        _one(session, func.min(StepRow.next_attempt_at), col(StepRow.status).in_(WAITS), begin),
        _one(session, func.min(StepRow.lease_until), *lapsed),
        _one(session, func.min(OrderRow.next_check_at), *due),
    )
    return min((moment for moment in found if moment), default=None)


def _one(session: Session, what: Any, *where: Any, of: Any = None) -> Any:  # noqa: ANN401  # SQLAlchemy's own types
    query = select(what).where(*where)
    return session.exec(query.select_from(of) if of else query).one()


def _moment(session: Session, key: str) -> datetime | None:
    row = session.get(MetaRow, key)
    return datetime.fromisoformat(row.value) if row else None
