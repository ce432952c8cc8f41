"""How long a mail server is left in peace after looks that failed in a row, and writing that down.

Only what passes by itself makes us wait: a wrong password or folder is a person's to mend, and counts at once when
it is mended. A person who asks (`poll`, `check`) never waits. Nothing here commits.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, update

from ingest.errors import MailboxError, OddReplyError, ThrottledError, TimedOutError, UnreachableError
from ingest.ledger import mailbox_row
from models.db.mail_tables import MailboxRow


def _minutes(*numbers: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=number) for number in numbers)


# [D] The pause after the first, second, ... failure in a row; the last one stays. The look comes each minute anyway.
PAUSES: Final[Mapping[str, Sequence[timedelta]]] = {
    UnreachableError.code: _minutes(0, 1, 2, 4, 5),  # mostly our own network, which may be back any moment
    TimedOutError.code: _minutes(0, 2, 4, 8, 15),  # the server is in trouble: more questions are more trouble
    OddReplyError.code: _minutes(0, 2, 4, 8, 15),
    ThrottledError.code: _minutes(5, 10, 20, 30),  # Office 365 mostly says 5; Gmail's lock ends sooner unasked
}
LONGEST: Final = timedelta(hours=1)  # whatever a server suggests: Office 365 was seen to say 50 minutes
JITTER: Final = 0.2  # a fifth more at most, so that mailboxes that failed together don't come back together


def pause(failures: int, fault: MailboxError, draw: float) -> timedelta:
    """How long to wait after this many failures in a row, the last one being `fault`; `draw` is from 0 to 1."""
    steps = PAUSES.get(fault.code, _minutes(0))
    least = fault.at_least if isinstance(fault, ThrottledError) else timedelta()
    return min(max(steps[min(failures, len(steps)) - 1], least), LONGEST) * (1 + JITTER * draw)


def note_fault(session: Session, mailbox: str, fault: MailboxError, now: datetime) -> None:
    """The mailbox could not be read at `now`: why, how often in a row, and until when it is left in peace."""
    failures = mailbox_row(session, mailbox).failures + 1
    wait = pause(failures, fault, random.random())  # noqa: S311  it spreads questions, it guards nothing
    values = {
        "last_poll_at": now,
        "last_error": fault.code,
        "failures": failures,
        "not_before": now + wait if wait else None,
    }
    session.connection().execute(update(MailboxRow).where(col(MailboxRow.name) == mailbox).values(**values))


def left_in_peace(session: Session, mailbox: str, now: datetime) -> str | None:
    """The code of the fault for which the mailbox is not asked at this moment; None if it may be asked."""
    row = session.get(MailboxRow, mailbox, populate_existing=True)
    if row is None or row.not_before is None or not now < row.not_before <= now + LONGEST * (1 + JITTER):
        return None  # a moment far ahead was written by a clock that was wrong
    return row.last_error
