"""What the mails of the last time stated, and whether they were understood: the ledger's rows as `models.drift` asks.

Read-only. A mail counts by when it was sent, so that an outage shifts nothing. Of very many mails every second, third,
... is looked at, about MOST of them: a wording that changed shows in those as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from ingest.finding import NOT_TIKTOK
from ingest.ledger import Outcome
from models.db.columns import table_of
from models.db.mail_tables import MessageRow, of_mailbox
from models.drift import Arrived, Stated
from models.notification import QuarantineReason

MAILS: Final = table_of(MessageRow)
UNDERSTOOD: Final = (Outcome.PARSED.value, Outcome.RELEASED.value)
MOST: Final = 5_000  # mails of two weeks; a kind that is one of three hundred still shows
WORDING: Final = frozenset(
    {QuarantineReason.UNKNOWN_KIND, QuarantineReason.INCOMPLETE}
)  # what a new wording looks like


def stated_since(session: Session, shop: str, since: datetime, *, most: int = MOST) -> list[Stated]:
    """What the shop's mails that were seen after `since` stated; those read before it was kept are left out."""
    query = select(MAILS.c.sent_at, MAILS.c.seen_at, MAILS.c.kind, MAILS.c.language, MAILS.c.fields).where(
        MAILS.c.outcome.in_(UNDERSTOOD),
        MAILS.c.seen_at > since,
        _drawn(session, since, most),
        MAILS.c.shop_id == shop,
        MAILS.c.kind.is_not(None),
        MAILS.c.language.is_not(None),
    )
    return [
        Stated(at=_moment(sent_at, seen_at), shop=shop, kind=kind, language=language, fields=frozenset(names))
        for sent_at, seen_at, kind, language, names in session.execute(query)
    ]


def arrived_since(session: Session, mailbox: str, since: datetime, *, most: int = MOST) -> list[Arrived]:
    """Of each mail of TikTok Shop seen in the mailbox after `since`, whether its wording was known."""
    query = select(MAILS.c.sent_at, MAILS.c.seen_at, MAILS.c.outcome, MAILS.c.reason).where(
        MAILS.c.outcome.in_((*UNDERSTOOD, Outcome.QUARANTINED, Outcome.DISMISSED)),
        MAILS.c.seen_at > since,
        _drawn(session, since, most),
        of_mailbox(mailbox),
    )
    return [
        Arrived(at=_moment(sent_at, seen_at), understood=reason not in WORDING)
        for sent_at, seen_at, outcome, reason in session.execute(query)
        if outcome in UNDERSTOOD or reason not in NOT_TIKTOK
    ]


def _drawn(session: Session, since: datetime, most: int) -> ColumnElement[bool]:
    """The condition for about `most` of the mails seen since then, by their numbers."""
    seen = select(func.count()).select_from(MAILS).where(MAILS.c.outcome.in_(UNDERSTOOD), MAILS.c.seen_at > since)
    every = int(session.execute(seen).scalar_one()) // most + 1
    drawn: ColumnElement[bool] = MAILS.c.id % every == 0
    return drawn


def _moment(sent_at: datetime | None, seen_at: datetime) -> datetime:
    return min(sent_at or seen_at, seen_at)
