"""Waiting on one folder until the server says that a mail came (IMAP IDLE, RFC 2177).

It only wakes: such a connection may die without a sign, and servers differ in what they tell. So every wait ends,
a server that does not answer when asked is left, and the look of each minute finds what this one missed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any, Final

from imapclient.exceptions import IMAPClientAbortError

from ingest.errors import MailboxError, UnreachableError
from ingest.imap import ImapMailbox
from ingest.imap_faults import told

RENEW_SECONDS: Final = 9 * 60.0  # servers hang up after 29 min (RFC 2177), routers forget a silent connection sooner
GLANCE_SECONDS: Final = 5.0  # how soon a wait notices that it is to end


class Heard(Enum):
    """How a wait ended."""

    MAIL = auto()
    NOTHING = auto()  # it is time to renew
    ENDED = auto()  # as asked


def can_idle(box: ImapMailbox) -> bool:
    """Whether the server offers it. Raises MailboxError."""
    with told(box.name):
        return bool(box.client.has_capability("IDLE"))


def wait_for_mail(
    box: ImapMailbox,
    ended: Callable[[], bool],
    *,
    renew_after: float = RENEW_SECONDS,
    glance: float = GLANCE_SECONDS,
) -> Heard:
    """Wait in the open folder until a mail comes, `ended` says so, or `renew_after` seconds are over.

    What came since the folder was opened or last waited on counts too. Raises MailboxError when the connection
    is dead, as far as that shows. When it ends as asked the connection is gone.
    """
    try:
        with told(box.name):
            _, before = box.client.noop()  # told beside the answer to IDLE it would lie in a buffer, unseen
            return Heard.MAIL if _tells_of_mail(before) else _idle(box, ended, renew_after, glance)
    except MailboxError:
        box.client.shutdown()  # a farewell would wait for an answer once more
        raise


def _idle(box: ImapMailbox, ended: Callable[[], bool], renew_after: float, glance: float) -> Heard:
    until = time.monotonic() + renew_after
    box.client.idle()
    heard = Heard.NOTHING
    while heard is Heard.NOTHING and (left := until - time.monotonic()) > 0:
        if ended():
            box.client.shutdown()  # as above: whoever is deaf gets no answer
            return Heard.ENDED
        heard = _check(box, min(glance, left))
    _, rest = box.client.idle_done()
    return Heard.MAIL if _tells_of_mail(rest) else heard


def _check(box: ImapMailbox, seconds: float) -> Heard:
    began = time.monotonic()
    answers = box.client.idle_check(timeout=seconds)
    _refuse_farewell(answers)
    if not answers and time.monotonic() - began < seconds / 2:  # a wire that was cut counts as readable for ever
        raise UnreachableError(f"Mailbox {box.name}: the connection was cut. It is opened again by itself.")
    return Heard.MAIL if _tells_of_mail(answers) else Heard.NOTHING


def _tells_of_mail(answers: Sequence[Any]) -> bool:
    return any(len(one) > 1 and one[1] == b"EXISTS" for one in answers if isinstance(one, tuple))


def _refuse_farewell(answers: Sequence[Any]) -> None:
    """Raise what a BYE is: an end of the connection, whose words may ask for patience."""
    for one in answers:
        if isinstance(one, tuple) and one and one[0] == b"BYE":
            words = (word.decode("ascii", "replace") if isinstance(word, bytes) else str(word) for word in one[1:])
            raise IMAPClientAbortError(" ".join(words))
