"""The one idea of a mailbox: folders of messages that never change and are only ever read.

Values and the Protocol alone; `ingest.imap` and `ingest.files` are its two ends, `ingest.opening` picks one.
Nothing behind this Protocol writes to a mailbox: no flag, no move, no deletion. What the settings ask to be done
to mails that were read is `ingest.touch`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from models.notification import QuarantineReason

MAX_MAIL_BYTES: Final = 5 * 1024 * 1024  # a larger mail is not downloaded: TikTok Shop's have 15-40 kB
BATCH_MAILS: Final = 200  # in one transaction: its own statements cost the less a mail
BATCH_BYTES: Final = 8 * 1024 * 1024  # so that memory is bounded whatever arrives


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """How a folder looks from outside. Another `uidvalidity` or `uidnext` means that there may be news.

    `uids_grow` says that a later message has a higher uid, so that a mark can stand for all before it.
    """

    uidvalidity: int
    uidnext: int
    messages: int
    uids_grow: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One message as its bytes. `raw` is None when it was not given; then `refused` says why."""

    uid: int
    size: int
    raw: bytes | None
    refused: QuarantineReason | None = None


class Mailbox(Protocol):
    """A connected mailbox. Every method may raise MailboxError and leaves the mailbox as it was."""

    def find_folders(self, wanted: Sequence[str]) -> tuple[str, ...]:
        r"""The names of the wanted folders here; those by use (\Junk) as the mailbox calls them, if it has them."""
        ...

    def look(self, folder: str) -> FolderState:
        """The folder's state without opening it: cheap however many messages it holds."""
        ...

    def open(self, folder: str) -> FolderState:
        """Open the folder read-only for `find` and `fetch`; its state is the one they work on."""
        ...

    def find(self, *, after: int = 0, since: date | None = None, senders: Collection[str] = ()) -> Sequence[int]:
        """The uids above `after` in the order to read them; `since` (of arrival), `senders` narrow where they can."""
        ...

    def folders(self) -> Sequence[str]:
        """The folders in which mail that went astray is worth looking for, in no order."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[Sequence[RawMessage]]:
        """The messages in that order, in batches that fit into memory, without what is deleted by then."""
        ...

    def close(self) -> None:
        """Let go of the connection; never raises."""
        ...
