"""Learning whose verdict on the sender counts, from the newest mails: their own server wrote it.

The answer is shown and asked for, never taken over by itself: in the mailbox of somebody who is being
attacked the newest mail may be the attacker's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.authentication import read_results
from ingest.mailbox import Mailbox
from ingest.message import parse_message
from models.settings import MailboxSettings

NEWEST: Final = 10  # mails that are asked; the header nearest the top of each is the receiving server's


def newest_receiver(box: Mailbox, mailbox: MailboxSettings) -> str | None:
    """Give the name under which the server writes its verdicts; "" if it writes none, None without a mail.

    Of several names the most frequent among the newest mails. Raises MailboxError.
    """
    names = Counter(_names(box, mailbox.folders[0]))
    return names.most_common(1)[0][0] if names else None


def _names(box: Mailbox, folder: str) -> list[str]:
    box.open(folder)
    uids = list(box.find())[-NEWEST:]
    raws = [message.raw for batch in box.fetch(uids) for message in batch if message.raw is not None]
    return [name for raw in raws if (name := _receiver_of(raw)) is not None]


def _receiver_of(raw: bytes) -> str | None:
    """Give the name in the server's verdict; "" for a verdict without a name, None for a mail without one.

    Some servers (iCloud's) write several headers under several names: the one that tells of DMARC counts.
    """
    newest = [read_results(value) for value in _first_run(parse_message(raw).trace)]
    chosen = next((results for results in newest if results.dmarc), newest[0] if newest else None)
    return None if chosen is None else chosen.authserv_id or ""


def _first_run(trace: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Give the verdicts nearest the top, up to the next hop: what stands below came with the mail."""
    seen = False
    for name, value in trace:
        if name == "authentication-results":
            seen = True
            yield value
        elif seen:
            return
