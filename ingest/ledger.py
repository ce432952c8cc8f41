"""All SQL of mailboxes, folders and the ledger of messages. Nothing here commits.

One row per message (mailbox, folder, UIDVALIDITY, UID) says what became of it; a folder's mark stands for
all rows up to it and moves only past finished ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, func, insert, or_
from sqlmodel import Session, col, select, update

from ingest.mailbox import FolderState
from models.db.alerts import Alert, raise_alert
from models.db.columns import defaults_of, table_of
from models.db.insert import execute_all, insert_new
from models.db.mail_tables import FolderRow, MailboxRow, MessageRow, of_mailbox
from models.db.tables import AlertRow
from models.notification import QuarantineReason

FAKES: Final = frozenset({QuarantineReason.SENDER_UNAUTHENTICATED, QuarantineReason.LOOKALIKE_SENDER})
NO_CLAIM: Final = frozenset({QuarantineReason.MALFORMED, QuarantineReason.TOO_LARGE})  # nobody knows who wrote it
FAKE_RULE: Final = "X12"  # order-lifecycle, section 8


class Outcome(StrEnum):
    """What became of a message."""

    PARSED = "parsed"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"  # the same bytes were seen before in this mailbox
    RELEASED = "released"  # a person vouched for it
    DISMISSED = "dismissed"  # a person wants nothing of it


MESSAGES: Final = table_of(MessageRow)
# Of a message of which nothing is known; its number is the database's to give.
EMPTY_ROW: Final = {name: value for name, value in defaults_of(MessageRow).items() if name != "id"}
ARRIVED: Final = frozenset({Outcome.PARSED, Outcome.RELEASED, Outcome.QUARANTINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where uids mean something: one folder under one UIDVALIDITY."""

    mailbox: str
    folder: str
    uidvalidity: int


def mailbox_row(session: Session, name: str) -> MailboxRow:
    """The mailbox's row as it is now, made if it is new."""
    insert_new(session, MailboxRow, [MailboxRow(name=name).model_dump()])
    query = select(MailboxRow).where(MailboxRow.name == name)
    return session.exec(query.execution_options(populate_existing=True)).one()


def note_success(session: Session, mailbox: str, now: datetime) -> None:
    """Everything in the mailbox was read at `now`."""
    _set_mailbox(session, mailbox, last_poll_at=now, last_ok_at=now, last_error=None, failures=0, not_before=None)


def last_ok_at(session: Session, mailbox: str) -> datetime | None:
    """When everything in the mailbox was last read; None before the first time."""
    row = session.get(MailboxRow, mailbox)
    return row.last_ok_at if row is not None else None


def note_refusal(session: Session, mailbox: str, login: str) -> None:
    """The server refused this login; refusals of another one before it don't count any more."""
    row = mailbox_row(session, mailbox)
    count = row.refused_logins + 1 if row.refused_with == login else 1
    _set_mailbox(session, mailbox, refused_logins=count, refused_with=login)


def refusals(session: Session, mailbox: str) -> tuple[int, str | None]:
    """How often in a row the server refused the login, and the digest of that login."""
    row = session.get(MailboxRow, mailbox)
    return (row.refused_logins, row.refused_with) if row is not None else (0, None)


def forget_refusals(session: Session, mailbox: str) -> None:
    """A login worked, or a person says that it may be tried again."""
    _set_mailbox(session, mailbox, refused_logins=0, refused_with=None)


def _set_mailbox(session: Session, mailbox: str, **values: object) -> None:
    session.connection().execute(update(MailboxRow).where(col(MailboxRow.name) == mailbox).values(**values))


def has_changed(session: Session, mailbox: str, folder: str, state: FolderState) -> bool:
    """Whether the folder may hold something that is not finished."""
    row = session.get(FolderRow, (mailbox, folder))
    if row is None or state.uidnext == 0:  # a server that doesn't tell
        return True
    return (row.uidvalidity, row.uidnext) != (state.uidvalidity, state.uidnext)


def was_rebuilt(session: Session, place: Place) -> bool:
    """Whether all of the folder was read before, under another UIDVALIDITY."""
    row = session.get(FolderRow, (place.mailbox, place.folder), populate_existing=True)
    return row is not None and row.uidnext > 0 and row.uidvalidity != place.uidvalidity


def finished_state(session: Session, mailbox: str, folder: str) -> tuple[int, int]:
    """UIDVALIDITY and UIDNEXT of the folder when everything in it was last finished; zeros before that."""
    row = session.get(FolderRow, (mailbox, folder), populate_existing=True)
    return (row.uidvalidity, row.uidnext) if row is not None else (0, 0)


def start_folder(session: Session, place: Place, *, mark: int = 0) -> int:
    """The mark to go on from; `mark` for a new folder or after its UIDVALIDITY changed."""
    insert_new(session, FolderRow, [FolderRow(mailbox=place.mailbox, folder=place.folder).model_dump()])
    row = session.get(FolderRow, (place.mailbox, place.folder), populate_existing=True)
    if row is not None and row.uidvalidity == place.uidvalidity:
        return row.mark
    _set_folder(session, place, uidvalidity=place.uidvalidity, mark=mark, uidnext=0, messages=0)
    return mark


def advance_mark(session: Session, place: Place, uid: int) -> None:
    """All messages up to `uid` are finished."""
    _set_folder(session, place, mark=uid)


def finish_folder(session: Session, place: Place, state: FolderState) -> None:
    """All that the folder held when it looked like `state` is finished."""
    _set_folder(session, place, uidnext=state.uidnext, messages=state.messages)
    if state.uids_grow:
        below = update(FolderRow).where(_is_folder(place), col(FolderRow.mark) < state.uidnext - 1)
        session.connection().execute(below.values(mark=state.uidnext - 1))


def _set_folder(session: Session, place: Place, **values: object) -> None:
    session.connection().execute(update(FolderRow).where(_is_folder(place)).values(**values))


def _is_folder(place: Place) -> ColumnElement[bool]:
    return and_(col(FolderRow.mailbox) == place.mailbox, col(FolderRow.folder) == place.folder)


def add_messages(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store the rows of messages."""
    execute_all(session, insert(MESSAGES), rows)


def numbers_of(session: Session, place: Place, uids: Sequence[int]) -> dict[int, int]:
    """The numbers of those of `uids` that have a row, by uid."""
    query = select(MessageRow.uid, MessageRow.id).where(_is_in(place), col(MessageRow.uid).in_(uids))
    return {uid: number for uid, number in session.exec(query) if number is not None}


def finished_above(session: Session, place: Place, mark: int) -> frozenset[int]:
    """The uids above `mark` that have a row."""
    query = select(MessageRow.uid).where(_is_in(place), col(MessageRow.uid) > mark)
    return frozenset(session.exec(query).all())


def finished_among(session: Session, place: Place, uids: Sequence[int]) -> frozenset[int]:
    """Those of `uids` that have a row."""
    query = select(MessageRow.uid).where(_is_in(place), col(MessageRow.uid).in_(uids))
    return frozenset(session.exec(query).all())


def _is_in(place: Place) -> ColumnElement[bool]:
    return and_(
        col(MessageRow.mailbox) == place.mailbox,
        col(MessageRow.folder) == place.folder,
        col(MessageRow.uidvalidity) == place.uidvalidity,
    )


def seen_hashes(session: Session, mailbox: str, hashes: Iterable[str]) -> frozenset[str]:
    """Those of `hashes` whose bytes were seen before in the mailbox, in whatever folder."""
    query = select(MessageRow.raw_hash).where(
        col(MessageRow.mailbox) == mailbox, col(MessageRow.raw_hash).in_(list(hashes))
    )
    return frozenset(found for found in session.exec(query).all() if found)


def quarantined(session: Session, *, mailbox: str | None = None, limit: int = 200) -> Sequence[MessageRow]:
    """The messages that wait for a person, oldest first."""
    query = select(MessageRow).where(col(MessageRow.outcome) == Outcome.QUARANTINED)
    if mailbox is not None:
        query = query.where(col(MessageRow.mailbox) == mailbox)
    return session.exec(query.order_by(col(MessageRow.seen_at), col(MessageRow.id)).limit(limit)).all()


def untold_fakes(session: Session, mailbox: str) -> Sequence[tuple[int | None, str]]:
    """Number and folder of each waiting mail that claims to be TikTok Shop's and is not proved, if not told (X12)."""
    told = select(AlertRow.about).where(col(AlertRow.rule) == FAKE_RULE)
    query = select(MessageRow.id, MessageRow.folder).where(*_waits(mailbox), col(MessageRow.reason).in_(FAKES))
    return session.exec(query.where(cast(MessageRow.id, String).not_in(told))).all()


def shout_fake(session: Session, mailbox: str, number: int | None, now: datetime) -> None:
    """Alert about such a mail."""
    alert = Alert(subject=f"mailbox:{mailbox}", rule=FAKE_RULE, level=0, text_key="fake", about=str(number))
    raise_alert(session, alert, now)


def not_understood(session: Session, mailbox: str) -> Sequence[tuple[int | None, str | None, datetime]]:
    """Of each waiting mail that is TikTok Shop's and was not understood: its number, its shop, when it was seen."""
    query = select(MessageRow.id, MessageRow.shop_id, MessageRow.seen_at)
    return session.exec(query.where(*_waits(mailbox), col(MessageRow.reason).not_in(FAKES | NO_CLAIM))).all()


def _waits(mailbox: str) -> tuple[ColumnElement[bool], ...]:
    return (col(MessageRow.outcome) == Outcome.QUARANTINED, of_mailbox(mailbox))


def has_mail_since(session: Session, mailbox: str, shop: str, since: datetime) -> bool:
    """Whether any mail of TikTok Shop that may be the shop's was seen after `since`."""
    return session.exec(select(MessageRow.id).where(*_may_be(mailbox, shop, since)).limit(1)).first() is not None


def mail_times(session: Session, mailbox: str, shop: str, since: datetime) -> list[datetime]:
    """When such mails were sent that were seen after `since`; when seen, where that is unknown or earlier."""
    query = select(MessageRow.sent_at, MessageRow.seen_at).where(*_may_be(mailbox, shop, since))
    return [min(sent_at or seen_at, seen_at) for sent_at, seen_at in session.exec(query).all()]


def _may_be(mailbox: str, shop: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """A mail that was not understood is one, too: it did come.

    Of the shop or of none is said so that no index serves it: as `of_mailbox` says, it must go by the time.
    """
    return (
        col(MessageRow.outcome).in_(ARRIVED),
        col(MessageRow.seen_at) > since,
        of_mailbox(mailbox),
        func.coalesce(MessageRow.shop_id, shop) == shop,
        or_(col(MessageRow.reason).is_(None), col(MessageRow.reason).not_in(FAKES | NO_CLAIM)),
    )
