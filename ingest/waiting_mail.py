"""Quarantined mail opened for a look: its bytes for as long as they are explained, nothing written.

Owns neither outcomes nor rows; `ingest.quarantine` changes those.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine

from ingest.finding import context_for, judge
from ingest.ledger import Outcome
from ingest.mailbox import RawMessage
from ingest.quarantine import readable_ids
from ingest.sealed import SealError, unseal
from ingest.shop_sign import taught_shops
from ingest.vocabulary import Vocabulary
from models.db.mail_tables import MessageRow, SealedMailRow
from models.db.session import open_session
from models.home import Home
from models.notification import Quarantined
from models.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail:
    """One quarantined mail with its bytes."""

    message_id: int
    mailbox: str
    uid: int
    raw: bytes = field(repr=False)


def open_waiting(engine: Engine, home: Home, message_id: int) -> WaitingMail | None:
    """Give a mail that waits; None if it waits no more or its bytes are gone. Raises SealError."""
    with open_session(engine, read_only=True) as session:
        row, sealed = session.get(MessageRow, message_id), session.get(SealedMailRow, message_id)
    if row is None or sealed is None or row.outcome != Outcome.QUARANTINED:
        return None
    return WaitingMail(message_id=message_id, mailbox=row.mailbox, uid=row.uid, raw=unseal(sealed.ciphertext, home))


def count_passing(
    engine: Engine, settings: Settings, home: Home, now: datetime, vocabulary: Vocabulary
) -> tuple[int, int]:
    """Count the waiting mails that would be understood with these words, and all that would be read again."""
    with open_session(engine, read_only=True) as session:
        ids = readable_ids(session)
    return sum(_passes(engine, settings, home, now, vocabulary, one) for one in ids), len(ids)


def _passes(  # one mail of many
    engine: Engine, settings: Settings, home: Home, now: datetime, vocabulary: Vocabulary, message_id: int
) -> bool:
    try:
        mail = open_waiting(engine, home, message_id)
    except SealError:  # sealed under another key: holds up no other
        return False
    mailbox = next((one for one in settings.mailbox if mail and one.name == mail.mailbox), None)
    if mail is None or mailbox is None:
        return False
    with open_session(engine, read_only=True) as session:
        shops = taught_shops(session, mailbox.name, settings.shop)
    context = replace(context_for(mailbox, shops, home, now), vocabulary=vocabulary)
    raw = RawMessage(uid=mail.uid, size=len(mail.raw), raw=mail.raw)
    return not isinstance(judge(raw, context).reading, Quarantined)
