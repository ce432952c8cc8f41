"""A poll that dies: run in a process of its own, which SIGKILLs itself at a named point.

A point is a function of the poll and how often it is entered before the process dies, so that every run
of the test dies at the same places. The product knows nothing of it.
"""

from __future__ import annotations

from typing import Any, Final

from ingest import ledger, poll, recording, touch
from ingest.apart import Judge
from ingest.imap import ImapMailbox
from models.home import Home
from models.settings import MailboxSettings
from tests.deaths import dying
from tests.ingest.desk import Desk

# The owner of a function, its name, and whether the process dies after or before it.
POINTS: Final[dict[str, tuple[Any, str, bool]]] = {
    "fetch": (ImapMailbox, "_peek", False),  # the bodies are about to be asked for
    "read": (Judge, "judge", False),  # some mails of the batch are read
    "commit": (recording, "record_told", True),  # rows and facts are written and not committed
    "mark": (ledger, "advance_mark", True),  # the batch is committed, its mark is written and not committed
    "touch": (poll, "touch_read", False),  # all is committed, the mails themselves are as they were
    "touched": (touch.Touch, "_settle", False),  # they are marked or moved, and no row says so
}


def poll_and_die(home: Home, mailbox: MailboxSettings, point: str, at: int) -> None:
    """Poll; die at the `at`th call of the function of `point`."""
    owner, name, after = POINTS[point]
    setattr(owner, name, dying(getattr(owner, name), at, after=after))
    Desk.at(home.path, home.database_url).poll(mailbox)
