"""What a mail server, its wire or the client's parser did wrong, as one MailboxError.

Never the server's own words: they may hold an address. Which of them ask for patience is data here.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from ingest.errors import (
    CertificateRefusedError,
    FolderMissingError,
    LoginRefusedError,
    MailboxError,
    OddReplyError,
    ThrottledError,
    TimedOutError,
    UnreachableError,
)

# Whoever says one of these wants to be left in peace for a while. Codes: RFC 5530 and providers' own.
PATIENCE: Final = (
    "[UNAVAILABLE]", "[THROTTLED]", "[LIMIT]", "[OVERQUOTA]", "[INUSE]", "[SERVERBUG]",
    "TOO MANY SIMULTANEOUS", "TOO MANY CONNECTIONS", "BANDWIDTH LIMITS",  # Gmail, also with [ALERT] alone
    "REQUEST IS THROTTLED", "AUTHENTICATED BUT NOT CONNECTED", "SERVER UNAVAILABLE",  # Office 365,
    "CONNECTION CLOSED. 14",  # which hangs up with this
    "RATE LIMIT", "MAXIMUM NUMBER OF CONNECTIONS",
)  # fmt: skip
_SUGGESTED: Final = re.compile(r"SUGGESTED BACKOFF TIME: (\d{1,12}) MILLISECONDS")  # Office 365: 90 s to 50 min
UNREADABLE: Final = "the server's answer cannot be read. It is tried again by itself."
# What the libraries raise, what it is to us, what to do; the first that fits.
FAULTS: Final[tuple[tuple[tuple[type[Exception], ...], type[MailboxError], str], ...]] = (
    (
        (ProtocolError,),
        OddReplyError,
        UNREADABLE,
    ),
    (
        (LoginError,),
        LoginRefusedError,
        "the server refused the user name or password. Correct them, then run `shipclock check`.",
    ),
    (
        (ssl.SSLCertVerificationError,),
        CertificateRefusedError,
        "the server's certificate is not trusted. Check host, port and ca_file.",
    ),
    (
        (TimeoutError,),
        TimedOutError,
        "the server did not answer in time. It is tried again by itself.",
    ),
    (
        (OSError, IMAPClientAbortError),
        UnreachableError,
        "no connection. Check host and port, or wait: it is tried again by itself.",
    ),
)


@contextmanager
def told(name: str, folder: str | None = None) -> Iterator[None]:
    """Turn whatever goes wrong inside the block into one MailboxError of the mailbox `name`."""
    try:
        yield
    except MailboxError:
        raise
    except Exception as fault:  # noqa: BLE001  the client's parser raises anything on odd replies
        raise error_for(fault, name, folder) from None


def error_for(fault: Exception, name: str, folder: str | None) -> MailboxError:
    """The MailboxError for what imaplib, ssl, the socket or the parser raised."""
    if isinstance(fault, IMAPClientError) and _asks_for_patience(words := str(fault).upper()):
        error = ThrottledError(f"Mailbox {name}: the server asks us to wait. It is tried again by itself.")
        error.at_least = _suggested(words)
        return error
    for kinds, kind, advice in FAULTS:
        if isinstance(fault, kinds):
            return kind(f"Mailbox {name}: {advice}")
    if isinstance(fault, IMAPClientError) and folder is not None:
        return FolderMissingError(f"Mailbox {name}: no folder {folder!r}. Check `folders` in the settings.")
    return OddReplyError(f"Mailbox {name}: {UNREADABLE}")


def _asks_for_patience(words: str) -> bool:
    return any(sign in words for sign in PATIENCE)


def _suggested(words: str) -> timedelta:
    found = _SUGGESTED.search(words)
    return timedelta(milliseconds=int(found[1])) if found else timedelta()
