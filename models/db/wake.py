"""Noticing a sleep: since when nobody looked, and whether that was told.

Rows of `meta`. A sleep is written down before anything is sent and goes in the transaction that marks its
summary as told: a crash in between tells the summary once more and never single alerts. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, delete, func, select

from models.db.insert import insert_new
from models.db.mail_tables import MailboxRow
from models.db.set_back import mend, was_set_back
from models.db.tables import MetaRow, OrderRow
from models.db.watch import due_orders

ASLEEP_AFTER: Final = timedelta(minutes=30)  # [D] two looks of the 15-minute schedule that did not come
PATIENCE: Final = timedelta(minutes=3)  # [D] so long the summary waits for mail and watcher
LOOKED, SLEPT, WOKE = "looked_at", "slept", "woke_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """From when to when (UTC) nobody looked: the machine slept or was off, or a mailbox did not answer."""

    since: datetime
    until: datetime


def note_look(session: Session, now: datetime) -> Sleep | None:
    """Write down that somebody looks now; give the sleep that ends with it, if there was one.

    Where the clock was set back since, that is put right.
    """
    looked_at = looked(session)
    if looked_at and was_set_back(looked_at, now):
        mend(session, now)
        if (woke := woke_at(session)) and woke > now:
            _write(session, WOKE, now.isoformat())
    note_awake(session, now)
    return _note_sleep(session, looked_at, now) if looked_at else None


def looked(session: Session) -> datetime | None:
    """Give when somebody looked last (UTC); None before the first time."""
    value = _read(session, LOOKED)
    return datetime.fromisoformat(value) if value else None


def note_awake(session: Session, now: datetime) -> None:
    """Write down that somebody looked all the time up to now: a demo's clock leaps, and nobody slept."""
    _write(session, LOOKED, now.isoformat())


def note_outage_over(session: Session, mailbox: str, now: datetime) -> Sleep | None:
    """A mailbox answers now; give the sleep that ends with it if it had not answered for long, and that is news.

    Until all of it is read it is known as failing still: the same end, seen again at each look.
    """
    row = session.get(MailboxRow, mailbox)
    if row is None or row.last_error is None or row.last_ok_at is None:
        return None
    woke = woke_at(session)
    if woke and row.last_poll_at and woke >= row.last_poll_at:
        return None
    return _note_sleep(session, row.last_ok_at, now)


def woke_at(session: Session) -> datetime | None:
    """Give when the last sleep ended; None if there never was one."""
    value = _read(session, WOKE)
    return datetime.fromisoformat(value) if value else None


def untold_sleep(session: Session) -> Sleep | None:
    """Give the sleep whose summary was not sent yet; None when there is none."""
    value = _read(session, SLEPT)
    if value is None:
        return None
    since, _, until = value.partition("/")
    return Sleep(since=datetime.fromisoformat(since), until=datetime.fromisoformat(until))


def caught_up(session: Session, sleep: Sleep, mailboxes: Collection[str], now: datetime) -> bool:
    """Whether all is known that came up in the sleep, or it was waited for long enough.

    A sleep that ends in the future is a clock's that was set back since: nothing waits until that comes again.
    """
    if not timedelta(0) <= now - sleep.until < PATIENCE:
        return True
    read = select(MailboxRow.name).where(col(MailboxRow.last_ok_at) >= sleep.until)
    return set(session.exec(read)) >= set(mailboxes) and not due_orders(session, sleep.until, limit=1)


def orders_caught_up(session: Session, sleep: Sleep) -> int:
    """How many orders changed since the end of the sleep."""
    since = select(func.count()).select_from(OrderRow).where(col(OrderRow.updated_at) >= sleep.until)
    return session.exec(since).one()


def forget_sleep(session: Session, sleep: Sleep) -> None:
    """It was told; one that grew meanwhile stays."""
    session.exec(delete(MetaRow).where(col(MetaRow.key) == SLEPT, col(MetaRow.value) == _text(sleep)))


def _note_sleep(session: Session, since: datetime, until: datetime) -> Sleep | None:
    if until - since <= ASLEEP_AFTER:
        return None
    before = untold_sleep(session)
    slept = Sleep(since=min(since, before.since) if before else since, until=until)
    _write(session, SLEPT, _text(slept))
    _write(session, WOKE, until.isoformat())
    return slept


def _text(sleep: Sleep) -> str:
    return f"{sleep.since.isoformat()}/{sleep.until.isoformat()}"


def _read(session: Session, key: str) -> str | None:
    row = session.get(MetaRow, key, populate_existing=True)
    return row.value if row else None


def _write(session: Session, key: str, value: str) -> None:
    if not insert_new(session, MetaRow, [{"key": key, "value": value}]):
        session.merge(MetaRow(key=key, value=value))
