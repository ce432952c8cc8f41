"""After the clock was set back: what was written by the wrong one must not hold up anything until it comes again.

Leases and waits that end far ahead end now, moments that would lie in the future become now. A step that runs
meanwhile may be taken a second time, which its facts and the shop's keys guard. The caller commits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, col, update

from models.alert_figures import alert_figures
from models.db.columns import Table
from models.db.mail_tables import MailboxRow
from models.db.shop_tables import SyncRow
from models.db.steps import LONGEST_WAIT
from models.db.tables import AlertRow, StepRow

NOTICED: Final = timedelta(minutes=1)  # what a time server corrects each day is less
# A lease or a wait is never longer than LONGEST_WAIT; a step that waits for others looks again a little too early.
WAITS: Final = ((StepRow, "lease_until"), (StepRow, "next_attempt_at"), (AlertRow, "next_attempt_at"),
                (MailboxRow, "lease_until"), (MailboxRow, "not_before"), (SyncRow, "not_before"))  # fmt: skip
PASTS: Final = ((MailboxRow, "last_ok_at"), (MailboxRow, "last_poll_at"), (SyncRow, "last_ok_at"),
                (SyncRow, "last_look_at"))  # fmt: skip


def was_set_back(looked_at: datetime, now: datetime) -> bool:
    """Whether the last look came from a later time than this."""
    return looked_at - now > NOTICED


def mend(session: Session, now: datetime) -> None:
    """Put right what a wrong clock wrote."""
    for rows, name in WAITS:
        _set_to(session, rows, name, now, later_than=now + LONGEST_WAIT)
    _set_to(session, AlertRow, "repeat_at", now, later_than=now + alert_figures().longest_repeat)
    for rows, name in PASTS:
        _set_to(session, rows, name, now, later_than=now)


def _set_to(session: Session, rows: type[Table], name: str, now: datetime, *, later_than: datetime) -> None:
    column: InstrumentedAttribute[datetime] = getattr(rows, name)
    session.connection().execute(update(rows).where(col(column) > later_than).values({name: now}))
