"""A person says whose a waiting mail is: its sign is kept, all mail that waited for such an answer is read again.

A sign is kept only from a mail whose sender is proved, and not for a shop whose currency the mail's amounts deny:
one wrong click would begin orders in the wrong shop. Each change leaves a line in the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine
from sqlmodel import Session

from ingest.finding import Context, context_for
from ingest.ledger import Outcome
from ingest.message import parse_message
from ingest.quarantine import read_again
from ingest.reader import read_body, read_message
from ingest.recording import PollResult
from ingest.sealed import unseal
from ingest.shop_of import Sign, money_fits, sign_in
from ingest.shop_sign import keep_sign, orders_since, sign_of, signs_like, taught_shops
from ingest.vocabulary import Field
from models.db.audit import note
from models.db.mail_tables import MessageRow, SealedMailRow, ShopSignRow
from models.db.session import open_session
from models.fact import Json
from models.home import Home
from models.notification import Quarantined, QuarantineReason
from models.settings import MailboxSettings, Settings


class Lesson(StrEnum):
    """What came of saying whose a mail is."""

    TAUGHT = "taught"
    ALONE = "alone"  # nothing to know the next such mail by: this one was read as the shop's
    CLEAR = "clear"  # whose it is was no question any more; it was read again
    GONE = "gone"  # no such mail waits, or its text is no longer kept
    OTHER_MAILBOX = "other_mailbox"  # that shop's mail arrives elsewhere
    NO_SIGN = "no_sign"  # it names shops, but nothing that may be kept
    OTHER_CURRENCY = "other_currency"
    TAKEN = "taken"  # somebody was faster, for another shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What came of it, the sign that was kept, and what the mails that were read again came to."""

    lesson: Lesson
    sign: Sign | None = None
    result: PollResult = field(default_factory=PollResult)

    @property
    def done(self) -> bool:
        """Whether mails were read again."""
        return self.lesson in {Lesson.TAUGHT, Lesson.ALONE, Lesson.CLEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A sign that was taken back, whose it was, and the orders that may have come by it."""

    sign: Sign
    mailbox: str
    shop: str
    orders: Sequence[str]


def teach_shop(  # whose word it is belongs to it
    engine: Engine, settings: Settings, home: Home, now: datetime, message_id: int, shop: str, *, by: str
) -> Taught:
    """Keep what shows that the waiting mail is the shop's, then read all mail again that waits as it did.

    Raises SealError when the mail cannot be opened.
    """
    return _Teaching(engine, settings, home, now, shop, by).teach(message_id)


@dataclass(frozen=True, slots=True)
class _Teaching:
    """A person's word that a mail is that shop's."""

    engine: Engine
    settings: Settings
    home: Home
    now: datetime
    shop: str
    by: str

    def teach(self, message_id: int) -> Taught:
        """Keep the mail's sign if it has one, and read again what that may settle."""
        with open_session(self.engine, read_only=True) as session:
            row, sealed = session.get(MessageRow, message_id), session.get(SealedMailRow, message_id)
            mailbox = next((one for one in self.settings.mailbox if row is not None and one.name == row.mailbox), None)
            if row is None or row.outcome != Outcome.QUARANTINED or sealed is None or mailbox is None:
                return Taught(lesson=Lesson.GONE)
            shops = taught_shops(session, mailbox.name, self.settings.shop)
        context = context_for(mailbox, shops, self.home, self.now)
        found = _sign(unseal(sealed.ciphertext, self.home), context, mailbox, self.shop)
        match found:
            case Sign():
                return self._keep(found, mailbox, context, message_id)
            case Lesson.ALONE:
                return self._read_alone(message_id)
            case Lesson.CLEAR:
                return Taught(lesson=found, result=self._read_again(self.settings, message_id))
        return Taught(lesson=found)

    def _keep(self, sign: Sign, mailbox: MailboxSettings, context: Context, message_id: int) -> Taught:
        row = ShopSignRow(
            mailbox=mailbox.name,
            kind=sign.kind,
            value=sign.value,
            shop_id=self.shop,
            taught_by=self.by,
            taught_at=self.now,
        )
        with open_session(self.engine) as session:
            if not keep_sign(session, row, context.shops):
                return Taught(lesson=Lesson.TAKEN, sign=sign)
            self._note(session, "teach_shop", {**_told(row), "message": message_id})
            session.commit()
        return Taught(lesson=Lesson.TAUGHT, sign=sign, result=self._read_again(self.settings))

    def _read_alone(self, message_id: int) -> Taught:
        """Read one mail as if its mailbox were that shop's alone."""
        with open_session(self.engine) as session:
            self._note(session, "mail_is_of_shop", {"message": message_id, "shop": self.shop})
            session.commit()
        own = tuple(shop for shop in self.settings.shop if shop.name == self.shop)
        alone = self.settings.model_copy(update={"shop": own})
        return Taught(lesson=Lesson.ALONE, result=self._read_again(alone, message_id))

    def _note(self, session: Session, action: str, after: dict[str, Json]) -> None:
        note(session, at=self.now, actor=self.by, action=action, after=after)

    def _read_again(self, settings: Settings, message_id: int | None = None) -> PollResult:
        """Read that mail again, or all whose shop is not known."""
        reason = QuarantineReason.UNKNOWN_SHOP
        return read_again(self.engine, settings, self.home, self.now, message_id, reason=reason)


def _sign(raw: bytes, context: Context, mailbox: MailboxSettings, shop: str) -> Sign | Lesson:
    """Give the sign that the mail bears, or why none of it may be kept for the shop."""
    if shop not in context.shops:
        return Lesson.OTHER_MAILBOX
    message, shops = parse_message(raw), list(context.shops.values())
    reading = read_message(message, context.receiver, shops, context.vocabulary, context.now)
    if not isinstance(reading, Quarantined) or reading.reason is not QuarantineReason.UNKNOWN_SHOP:
        return Lesson.CLEAR
    body = read_body(message, context.vocabulary, shops)
    if not money_fits(body.findings, body.language.code, context.shops[shop]):
        return Lesson.OTHER_CURRENCY
    sign = sign_in(message, body.findings, mailbox.user)
    return sign or (Lesson.NO_SIGN if body.findings.first(Field.SHOP) else Lesson.ALONE)


def forget_sign(engine: Engine, now: datetime, value: str, mailbox: str | None = None, *, by: str) -> list[Forgotten]:
    """Take back what was taught under this name or address; mails that come from now on wait again.

    Orders that came by it stay where they are: facts are never moved from one shop to another.
    """
    with open_session(engine) as session:
        forgotten = [_forget(session, row, now, by) for row in signs_like(session, value, mailbox)]
        session.commit()
    return forgotten


def _forget(session: Session, row: ShopSignRow, now: datetime, by: str) -> Forgotten:
    told = Forgotten(sign=sign_of(row), mailbox=row.mailbox, shop=row.shop_id, orders=orders_since(session, row))
    note(session, at=now, actor=by, action="forget_shop_sign", before=_told(row))
    session.delete(row)
    return told


def _told(row: ShopSignRow) -> dict[str, Json]:
    return {"mailbox": row.mailbox, "kind": row.kind, "value": row.value, "shop": row.shop_id}
