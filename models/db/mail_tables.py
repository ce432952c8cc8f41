"""The tables of mailboxes and mail: what was seen of each message, what it came to, who may read on.

A message leaves its outcome here and nothing of its text. Times are aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Column, Field, col

from models.db.columns import Table, json_column, moment

TO_TOUCH: Final = text("touch IS NOT NULL")  # few of them ever wait
UNFITTING: Final = text("dkim = 'fail'")  # its own signature does not fit, as of few


class MailboxRow(Table, table=True):
    """One mailbox: how its last look went, and who may poll it now (the lease)."""

    __tablename__ = "mailbox"

    name: str = Field(primary_key=True)
    last_poll_at: datetime | None = moment()
    last_ok_at: datetime | None = moment()
    last_error: str | None = None  # our own code
    refused_logins: int = 0  # in a row, with the password that `refused_with` stands for
    refused_with: str | None = None  # keyed digest of the login, so that a changed password is tried again
    failures: int = 0  # looks in a row that the server did not answer as it should
    not_before: datetime | None = moment()  # until then the server is left in peace
    lease_by: str | None = None
    lease_until: datetime | None = moment()


class FolderRow(Table, table=True):
    """One folder of a mailbox: all messages up to `mark` are finished under this UIDVALIDITY.

    `uidnext` and `messages` are what the folder said when everything in it was last finished.
    """

    __tablename__ = "folder"

    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(default=0, sa_type=BigInteger)
    mark: int = Field(default=0, sa_type=BigInteger)
    uidnext: int = Field(default=0, sa_type=BigInteger)
    messages: int = 0


class MessageRow(Table, table=True):
    """The ledger: one row per message seen, its outcome, and nothing of its text."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        Index("ix_message_outcome_seen", "outcome", "seen_at"),
        Index("ix_message_touch", "touch", "mailbox", sqlite_where=TO_TOUCH, postgresql_where=TO_TOUCH),
        Index("ix_message_kind", "shop_id", "kind", "outcome", "seen_at"),
        Index("ix_message_unfitting", "dkim", "outcome", "seen_at", sqlite_where=UNFITTING, postgresql_where=UNFITTING),
    )

    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    folder: str
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)  # up to 2**32 on a server, up to 2**63 for a file
    raw_hash: str | None = Field(default=None, index=True)  # sha256; None when refused before download
    size: int = 0
    outcome: str  # parsed, ignored, quarantined, duplicate, released, dismissed, failed (to be tried again)
    reason: str | None = None
    detail: str = ""  # labels and parts, never the mail's text
    kind: str | None = None
    shop_id: str | None = None
    language: str | None = None
    fields: list[str] = json_column(list)  # names of what the mail stated, for noticing that a wording changed
    dkim: str | None = None  # the second opinion on its sender: pass, fail or none; None where not asked
    order_nos: list[str] = json_column(list)
    sent_at: datetime | None = moment()
    seen_at: datetime = moment(nullable=False)
    handled_at: datetime | None = moment()
    touch: str | None = None  # what is still to be done to the mail itself (mark, move), or refused
    attempts: int = 1
    reader_version: str = ""


class SealedMailRow(Table, table=True):
    """The raw bytes of a quarantined mail, encrypted with SHIPCLOCK_KEY; deleted once handled or expired."""

    __tablename__ = "sealed_mail"

    message_id: int = Field(primary_key=True, foreign_key="message.id")
    ciphertext: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_at: datetime = moment(nullable=False, index=True)


class ShopSignRow(Table, table=True):
    """What a person taught: mail that bears this sign is that shop's."""

    __tablename__ = "shop_sign"

    mailbox: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # name (as mails write it) or address (that mails are sent to)
    value: str = Field(primary_key=True)
    shop_id: str
    taught_by: str
    taught_at: datetime = moment(nullable=False)


class RescanRow(Table, table=True):
    """Days of arrival that all folders of a mailbox are to be read again for; what is finished stays so."""

    __tablename__ = "rescan"

    id: int | None = Field(default=None, primary_key=True)
    mailbox: str = Field(index=True)
    since: datetime = moment(nullable=False)
    until: datetime = moment(nullable=False)
    cause: str  # of models.rescan.RescanCause: unknown_order, gap, rebuilt, routine, restored
    asked_at: datetime = moment(nullable=False)
    done_at: datetime | None = moment()


class TokenRow(Table, table=True):
    """The right to log in without a password (OAuth), encrypted with SHIPCLOCK_KEY."""

    __tablename__ = "token"

    mailbox: str = Field(primary_key=True)
    provider: str  # microsoft, google
    ciphertext: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_at: datetime | None = moment()  # of the access token; it is refreshed early
    refused_at: datetime | None = moment()  # since then a person must sign in again


def of_mailbox(name: str) -> ColumnElement[bool]:
    """The condition for the mails of a mailbox.

    Written so that no index serves it: SQLite would rather gather all that ever came there than take a time's.
    """
    return col(MessageRow.mailbox).concat("") == name
