"""One poller a mailbox: a lease in its row, taken and renewed by compare-and-set.

It lapses LEASE after the last renewal, and at once when its holder was a process of this machine that is
gone. `now` may be a demo's virtual clock: if that jumps, a lease lapses early and two pollers may meet,
which costs work and no order, for the ledger takes each message once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Final

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, or_, update

from ingest.errors import MailboxBusyError
from ingest.ledger import mailbox_row
from models.db.mail_tables import MailboxRow
from models.db.session import DatabaseError, open_session

LEASE: Final = timedelta(minutes=5)  # longer than any one wait for the server


class Lease:
    """The right to poll one mailbox; `renew` it at least every few minutes."""

    def __init__(self, mailbox: str, holder: str, now: Callable[[], datetime]) -> None:
        """Name the mailbox and its holder; `held_lease` makes these."""
        self.mailbox = mailbox
        self.holder = holder
        self._now = now

    def renew(self, session: Session) -> None:
        """Keep it for another while, in the caller's transaction. Raises MailboxBusyError if it was lost."""
        ours = col(MailboxRow.lease_by) == self.holder
        if not _set(session, self.mailbox, ours, self.holder, self._now() + LEASE):
            raise _busy(mailbox_row(session, self.mailbox))

    def give_back(self, session: Session) -> None:
        """Let others poll, in the caller's transaction; nothing happens if it was lost."""
        _set(session, self.mailbox, col(MailboxRow.lease_by) == self.holder, None, None)


@contextmanager
def held_lease(engine: Engine, mailbox: str, now: Callable[[], datetime]) -> Iterator[Lease]:
    """Hold the mailbox's lease inside the block. Raises MailboxBusyError if somebody else does."""
    lease = Lease(mailbox, f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}", now)
    with open_session(engine) as session:
        row = mailbox_row(session, mailbox)
        free = or_(
            col(MailboxRow.lease_by).is_(None),
            col(MailboxRow.lease_until) <= now(),
            col(MailboxRow.lease_by) == (row.lease_by if _holder_is_gone(row.lease_by) else None),
        )
        if not _set(session, mailbox, free, lease.holder, now() + LEASE):
            raise _busy(row)
        session.commit()
    try:
        yield lease
    finally:
        _release(engine, lease)


def is_held(session: Session, mailbox: str, now: datetime) -> bool:
    """Whether somebody polls the mailbox at this moment."""
    row = session.get(MailboxRow, mailbox, populate_existing=True)
    if row is None or row.lease_by is None or row.lease_until is None:
        return False
    return row.lease_until > now and not _holder_is_gone(row.lease_by)


def _release(engine: Engine, lease: Lease) -> None:
    with suppress(DatabaseError), open_session(engine) as session:  # a full disk: then it lapses
        lease.give_back(session)
        session.commit()


def _set(
    session: Session, mailbox: str, condition: ColumnElement[bool], holder: str | None, until: datetime | None
) -> bool:
    statement = update(MailboxRow).where(col(MailboxRow.name) == mailbox, condition)
    changed = session.connection().execute(statement.values(lease_by=holder, lease_until=until))
    return changed.rowcount == 1


def _busy(row: MailboxRow) -> MailboxBusyError:
    by, until = row.lease_by or "another run", row.lease_until or datetime.min.replace(tzinfo=UTC)
    host, _, pid = by.partition(":")
    return MailboxBusyError(
        f"Mailbox {row.name} is read by process {pid.partition(':')[0]} on {host} now; try again in a minute.",
        by=by,
        until=until,
    )


def _holder_is_gone(holder: str | None) -> bool:
    """Whether the holder was a process of this machine that is no more; False where that can't be told."""
    host, _, rest = (holder or "").partition(":")
    if os.name != "posix" or host != socket.gethostname():  # on Windows signal 0 would end it
        return False
    try:
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except (ValueError, PermissionError):
        return False
    return False
