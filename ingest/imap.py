"""A mailbox on an IMAP server, read and never touched: STATUS, EXAMINE, UID SEARCH, UID FETCH of BODY.PEEK[].

Every fault of the network, the server or the client's parser ends as one MailboxError.
Rules and their reasons: email-notifications, section 4.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from ingest.errors import CertificateRefusedError, PlainTextRefusedError
from ingest.imap_faults import told
from ingest.mailbox import BATCH_BYTES, BATCH_MAILS, MAX_MAIL_BYTES, FolderState, RawMessage
from ingest.special_folders import Listed, is_special, resolved
from models.notification import QuarantineReason
from models.settings import MailboxSettings

# For debugging the client logs the user's name and every answer, whole mails among them: not here.
logging.getLogger("imapclient").setLevel(logging.WARNING)

LOGGED: Final = 4  # imapclient's 5 writes out each mail twice, whether or not anybody logs
TIMEOUT_SECONDS: Final = 30.0
LAST_UID: Final = 4_294_967_295  # "n:*" would always give the last message, even one below n
SIZES_AT_ONCE: Final = 500  # keeps the command under 8 kB, which is what servers must take
INBOX: Final = "INBOX"  # whatever capitals the server likes
ALL_MAIL: Final = b"\\all"  # RFC 6154, capitals don't count; it holds everything but Junk and Trash
BESIDE_ALL_MAIL: Final = frozenset({ALL_MAIL, b"\\junk", b"\\trash"})
UNREADABLE_OR_OURS: Final = frozenset({b"\\noselect", b"\\nonexistent", b"\\sent", b"\\drafts"})
MOST_FOLDERS: Final = 100  # a company's server may list those of all its people


class ImapMailbox:
    """One logged-in connection. Close it when done.

    `client` is what is beneath, for those who do more than read: `ingest.idle`, `ingest.touch`.
    """

    def __init__(self, settings: MailboxSettings, secret: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Connect and log in with a password, or by the settings' `auth` with an access token. Raises MailboxError."""
        self.name = settings.name
        context = _tls_context(settings)
        with self._told():
            self.client = IMAPClient(
                settings.host, settings.port, ssl=settings.tls, ssl_context=context, timeout=timeout
            )
        self.client.normalise_times = False
        self.client._imap.debug = LOGGED  # noqa: SLF001  # imapclient has no setting for it
        try:
            with self._told():
                self._log_in(settings, secret)
        except BaseException:
            self.close()
            raise

    def _log_in(self, settings: MailboxSettings, secret: str) -> None:
        if settings.auth == "password":
            self.client.login(settings.user, secret)
        else:
            self.client.sasl_login("XOAUTH2", _xoauth2(settings.user, secret))

    def find_folders(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The wanted folders' names; the server is only asked where one is wanted by its use."""
        if not any(is_special(folder) for folder in wanted):
            return tuple(wanted)
        with self._told():
            return resolved(wanted, [_listed(*one) for one in self.client.list_folders()])

    def look(self, folder: str) -> FolderState:
        """The folder's state, by STATUS."""
        with self._told(folder):
            status = self.client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
            return _state(status, messages=b"MESSAGES")

    def open(self, folder: str) -> FolderState:
        """Open the folder by EXAMINE, so that no flag can change."""
        with self._told(folder):
            answer = self.client.select_folder(folder, readonly=True)
            return _state(answer, messages=b"EXISTS")

    def find(self, *, after: int = 0, since: date | None = None, senders: Collection[str] = ()) -> Sequence[int]:
        """The uids above `after`, rising; SINCE goes by the day of arrival in the server's zone."""
        if after >= LAST_UID:
            return ()
        criteria: list[Any] = ["UID", f"{after + 1}:{LAST_UID}"]
        if since is not None:
            criteria += ["SINCE", since]
        criteria += _from_any(senders)
        with self._told():
            return sorted(uid for uid in self.client.search(criteria) if uid > after)

    def folders(self) -> Sequence[str]:
        """By special use, never by name: All Mail holds the rest where there is one; what we wrote is left out."""
        with self._told():
            listed = [(frozenset(map(bytes.lower, flags)), name) for flags, _, name in self.client.list_folders()]
        whole = any(ALL_MAIL in flags for flags, _ in listed)
        wanted = [
            str(name)  # one of digits alone comes as a number
            for flags, name in listed
            if not flags & UNREADABLE_OR_OURS and (not whole or flags & BESIDE_ALL_MAIL)
        ]
        return [INBOX if name.upper() == INBOX else name for name in wanted[:MOST_FOLDERS]]

    def fetch(self, uids: Sequence[int]) -> Iterator[Sequence[RawMessage]]:
        """Sizes first, then the bodies that are not too large, some at a time."""
        for start in range(0, len(uids), SIZES_AT_ONCE):
            wanted = uids[start : start + SIZES_AT_ONCE]
            for batch in _batches(self._sizes(wanted)):
                if messages := self._bodies(batch):
                    yield messages

    def close(self) -> None:
        """Log out if the server still listens."""
        with contextlib.suppress(Exception):
            self.client.logout()
        with contextlib.suppress(Exception):
            self.client.shutdown()

    def _sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        with self._told():
            answer = self.client.fetch(uids, ["RFC822.SIZE"])
            return [(uid, int(answer[uid][b"RFC822.SIZE"])) for uid in uids if b"RFC822.SIZE" in answer.get(uid, {})]

    def _bodies(self, batch: Sequence[tuple[int, int]]) -> Sequence[RawMessage]:
        small = [uid for uid, size in batch if size <= MAX_MAIL_BYTES]
        raws = self._download(small)
        gone = self._gone([uid for uid in small if uid not in raws])
        return [_message(uid, size, raws.get(uid)) for uid, size in batch if uid not in gone]

    def _download(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Bytes by uid. Where the server refuses the batch, one may be at fault: each is asked for alone."""
        with self._told():
            try:
                return self._peek(uids)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                return {uid: raw for one in uids for uid, raw in self._peek_alone(one).items()}

    def _peek_alone(self, uid: int) -> dict[int, bytes]:
        try:
            return self._peek([uid])
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return {}

    def _peek(self, uids: Sequence[int]) -> dict[int, bytes]:
        answer = self.client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return {uid: parts[b"BODY[]"] for uid, parts in answer.items() if isinstance(parts.get(b"BODY[]"), bytes)}

    def _gone(self, uids: Sequence[int]) -> frozenset[int]:
        """Which of the uids that gave no body were deleted meanwhile; the others must not get lost."""
        if not uids:
            return frozenset()
        with self._told():
            self.client.noop()
            there = self.client.search(["UID", ",".join(map(str, uids))])
        return frozenset(uids) - set(there)

    def _told(self, folder: str | None = None) -> AbstractContextManager[None]:
        return told(self.name, folder)


def _from_any(senders: Collection[str]) -> list[Any]:
    """The SEARCH key for mail from any of these; a domain is found in every address of it."""
    names = sorted(senders)
    if not names:
        return []
    criteria: list[Any] = ["FROM", names[0]]
    for name in names[1:]:
        criteria = ["OR", ["FROM", name], criteria]
    return criteria


def _tls_context(settings: MailboxSettings) -> ssl.SSLContext | None:
    if settings.tls:
        try:
            return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
        except OSError:  # ssl.SSLError is one: no certificate in it
            raise CertificateRefusedError(
                f"Mailbox {settings.name}: {settings.ca_file} cannot be read as certificates (PEM). "
                "Check ca_file in the settings."
            ) from None
    if not _is_loopback(settings.host):
        raise PlainTextRefusedError(
            f"Mailbox {settings.name}: tls = false is for this machine alone (localhost). Set tls = true."
        )
    return None


def _xoauth2(user: str, token: str) -> Callable[[bytes], bytes]:
    """Answer the server's two challenges: who we are, then, where it explains a refusal in JSON, nothing.

    IMAPClient's own oauth2_login sends the token again there, and Gmail closes the connection.
    """
    answers = iter([f"user={user}\1auth=Bearer {token}\1\1".encode()])
    return lambda _challenge: next(answers, b"")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _listed(attributes: Sequence[bytes], delimiter: bytes | None, name: str) -> Listed:
    said = frozenset(str(one, "ascii", "replace").casefold() for one in attributes)
    return Listed(name=name, attributes=said, delimiter=(delimiter or b"").decode("ascii", "replace"))


def _state(answer: Mapping[bytes, Any], *, messages: bytes) -> FolderState:
    return FolderState(
        uidvalidity=int(answer[b"UIDVALIDITY"]),
        uidnext=int(answer.get(b"UIDNEXT", 0)),  # RFC 3501 lets a server leave it out of EXAMINE
        messages=int(answer[messages]),
    )


def _batches(sizes: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    """Cut into runs of at most BATCH_MAILS messages and about BATCH_BYTES to download."""
    batch: list[tuple[int, int]] = []
    weight = 0
    for uid, size in sizes:
        cost = size if size <= MAX_MAIL_BYTES else 0
        if batch and (len(batch) == BATCH_MAILS or weight + cost > BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append((uid, size))
        weight += cost
    if batch:
        yield batch


def _message(uid: int, size: int, raw: bytes | None) -> RawMessage:
    if size > MAX_MAIL_BYTES or (raw is not None and len(raw) > MAX_MAIL_BYTES):  # sizes are claims
        return RawMessage(uid=uid, size=size, raw=None, refused=QuarantineReason.TOO_LARGE)
    if raw is None:
        return RawMessage(uid=uid, size=size, raw=None, refused=QuarantineReason.INCOMPLETE)
    return RawMessage(uid=uid, size=len(raw), raw=raw)
