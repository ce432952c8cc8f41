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
    CLEAR = "clear"  # whose it is was no question any more; it was read again
    GONE = "gone"  # no such mail waits, or its text is no longer kept
    OTHER_MAILBOX = "other_mailbox"  # that shop's mail arrives elsewhere
    NO_SIGN = "no_sign"  # nothing in it may tell the next such mail
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
        return self.lesson in {Lesson.TAUGHT, Lesson.CLEAR}


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
    with open_session(engine, read_only=True) as session:
        row, sealed = session.get(MessageRow, message_id), session.get(SealedMailRow, message_id)
        mailbox = next((one for one in settings.mailbox if row is not None and one.name == row.mailbox), None)
        if row is None or row.outcome != Outcome.QUARANTINED or sealed is None or mailbox is None:
            return Taught(lesson=Lesson.GONE)
        context = context_for(mailbox, taught_shops(session, mailbox.name, settings.shop), home, now)
    if shop not in context.shops:
        return Taught(lesson=Lesson.OTHER_MAILBOX)
    found = _sign(unseal(sealed.ciphertext, home), context, mailbox, shop)
    if isinstance(found, Sign):
        kept = ShopSignRow(
            mailbox=mailbox.name, kind=found.kind, value=found.value, shop_id=shop, taught_by=by, taught_at=now
        )
        if not _keep(engine, kept, context, message_id):
            return Taught(lesson=Lesson.TAKEN, sign=found)
        return Taught(lesson=Lesson.TAUGHT, sign=found, result=_read_again(engine, settings, home, now))
    if found is Lesson.CLEAR:
        return Taught(lesson=found, result=read_again(engine, settings, home, now, message_id))
    return Taught(lesson=found)


def _sign(raw: bytes, context: Context, mailbox: MailboxSettings, shop: str) -> Sign | Lesson:
    """Give the sign that the mail bears, or why none of it may be kept for the shop."""
    message, shops = parse_message(raw), list(context.shops.values())
    reading = read_message(message, context.receiver, shops, context.vocabulary, context.now)
    if not isinstance(reading, Quarantined) or reading.reason is not QuarantineReason.UNKNOWN_SHOP:
        return Lesson.CLEAR
    body = read_body(message, context.vocabulary, shops)
    if not money_fits(body.findings, body.language.code, context.shops[shop]):
        return Lesson.OTHER_CURRENCY
    return sign_in(message, body.findings, mailbox.user) or Lesson.NO_SIGN


def _keep(engine: Engine, kept: ShopSignRow, context: Context, message_id: int) -> bool:
    with open_session(engine) as session:
        if not keep_sign(session, kept, context.shops):
            return False
        told = {**_told(kept), "message": message_id}
        note(session, at=kept.taught_at, actor=kept.taught_by, action="teach_shop", after=told)
        session.commit()
    return True


def _read_again(engine: Engine, settings: Settings, home: Home, now: datetime) -> PollResult:
    return read_again(engine, settings, home, now, reason=QuarantineReason.UNKNOWN_SHOP)


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
