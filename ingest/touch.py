"""What the settings ask to be done to mails that were read: mark them, or move them. By default nothing is.

Waiting is a row: the transaction that records what a mail told says what is still to be done to it, and this comes
afterwards, in the same poll or in the next. Only here a folder is opened for writing. Doing it twice changes
nothing: a mark stays, and what was moved is no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, select, update

from ingest.errors import ThrottledError, TouchRefusedError
from ingest.imap import ImapMailbox
from ingest.imap_faults import error_for, told
from ingest.ledger import Outcome, Place
from ingest.mailbox import Mailbox
from models.db.mail_tables import MessageRow
from models.db.session import open_session
from models.settings import MailboxSettings

LEAVE: Final = "leave"
MOVE: Final = "move"
REFUSED: Final = "refused"  # then it is not tried again for this mail
SEEN: Final = rb"\Seen"
KEYWORD: Final = b"Shipclock"  # stays when a person marks the mail as unread again
ANY_KEYWORD: Final = rb"\*"
AT_ONCE: Final = 500  # uids in one command: below the 8 kB that servers must take


def to_do(mailbox: MailboxSettings, outcome: str) -> str | None:
    """What is to be done to a mail that came to `outcome`: something only if it told of an order, and we were asked."""
    return mailbox.after_reading if outcome == Outcome.PARSED and mailbox.after_reading != LEAVE else None


def nothing_to_do(_: str) -> None:
    """What is to be done to mails of folders that the settings don't name."""


def has_untouched(session: Session, mailbox: MailboxSettings) -> bool:
    """Whether something is still to be done to mails of this mailbox, and the settings still ask for it."""
    return session.exec(select(MessageRow.id).where(*_waiting(mailbox)).limit(1)).first() is not None


def touch_read(engine: Engine, mailbox: MailboxSettings, box: Mailbox) -> None:
    """Do to the mails that were read what the settings ask. Raises MailboxError; what was done by then stays."""
    if mailbox.after_reading == LEAVE or not isinstance(box, ImapMailbox):
        return
    touch = Touch(engine, mailbox, box)
    for place in touch.places():
        touch.all_of(place)


def _waiting(mailbox: MailboxSettings) -> tuple[ColumnElement[bool], ...]:
    return (col(MessageRow.mailbox) == mailbox.name, col(MessageRow.touch) == mailbox.after_reading)


@dataclass(frozen=True, slots=True)
class Touch:
    """What one poll does to the mails of one mailbox."""

    engine: Engine
    mailbox: MailboxSettings
    box: ImapMailbox

    def places(self) -> list[Place]:
        """Where something waits."""
        query = select(MessageRow.folder, MessageRow.uidvalidity).where(*_waiting(self.mailbox)).distinct()
        with open_session(self.engine, read_only=True) as session:
            found = session.exec(query.order_by(col(MessageRow.folder))).all()
        return [Place(mailbox=self.mailbox.name, folder=folder, uidvalidity=number) for folder, number in found]

    def all_of(self, place: Place) -> None:
        """Do what waits there. Raises MailboxError."""
        uids = self._uids(place)
        opened = self._open(place)
        if int(opened[b"UIDVALIDITY"]) != place.uidvalidity:
            return self._settle(place, uids, None)  # which mails they were is not known any more
        keywords = not {ANY_KEYWORD, KEYWORD}.isdisjoint(opened.get(b"PERMANENTFLAGS", ()))
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            try:
                self._touch(place, some, [SEEN, KEYWORD] if keywords else [SEEN])
            except TouchRefusedError:
                self._settle(place, uids[start:], REFUSED)
                raise
            self._settle(place, some, None)
        return None

    def _uids(self, place: Place) -> Sequence[int]:
        with open_session(self.engine, read_only=True) as session:
            return session.exec(select(MessageRow.uid).where(*self._here(place)).order_by(col(MessageRow.uid))).all()

    def _here(self, place: Place) -> tuple[ColumnElement[bool], ...]:
        here = (col(MessageRow.folder) == place.folder, col(MessageRow.uidvalidity) == place.uidvalidity)
        return (*_waiting(self.mailbox), *here)

    def _open(self, place: Place) -> Mapping[bytes, Any]:
        """Open the folder for writing."""
        with told(self.mailbox.name, place.folder):
            answer: Mapping[bytes, Any] = self.box.client.select_folder(place.folder)
            return answer

    def _touch(self, place: Place, uids: Sequence[int], flags: Sequence[bytes]) -> None:
        client = self.box.client
        with told(self.mailbox.name, place.folder), self._refusals():
            if self.mailbox.after_reading == MOVE:
                if not client.folder_exists(self.mailbox.move_to):
                    client.create_folder(self.mailbox.move_to)
                client.move(uids, self.mailbox.move_to)
            else:
                client.add_flags(uids, flags, silent=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Tell a server that says no from one that is gone or asks for patience."""
        try:
            yield
        except IMAPClientAbortError:
            raise
        except IMAPClientError as fault:
            if isinstance(error := error_for(fault, self.mailbox.name, None), ThrottledError):
                raise error from None
            raise TouchRefusedError(
                f"Mailbox {self.mailbox.name}: the mails were read, but the server does not let us do what "
                f'after_reading = "{self.mailbox.after_reading}" asks. Set another one, or "{LEAVE}".'
            ) from None

    def _settle(self, place: Place, uids: Sequence[int], left: str | None) -> None:
        with open_session(self.engine) as session:
            for start in range(0, len(uids), AT_ONCE):
                these = col(MessageRow.uid).in_(uids[start : start + AT_ONCE])
                statement = update(MessageRow).where(*self._here(place), these).values(touch=left)
                session.connection().execute(statement)
            session.commit()
