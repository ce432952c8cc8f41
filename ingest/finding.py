"""What one message comes to: its reading, and the facts that follow from it.

Total: whatever the bytes are and whatever our reader does with them, a Finding comes out. Pure but for the
traceback of our own fault, of which the place is kept and never the message.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from ingest.facts import facts_from
from ingest.label_files import load_vocabulary
from ingest.mailbox import RawMessage
from ingest.message import parse_message
from ingest.reader import read_message
from ingest.sender import Receiver, claimed_domain, receiver_of
from ingest.vocabulary import Vocabulary
from models.fact import Fact
from models.home import Home
from models.notification import (
    Ignored,
    IgnoreReason,
    Notification,
    NotificationKind,
    Quarantined,
    QuarantineReason,
    Reading,
)
from models.settings import MailboxSettings, ShopSettings

NOT_TIKTOK: Final = frozenset(
    {
        QuarantineReason.SENDER_UNAUTHENTICATED,
        QuarantineReason.LOOKALIKE_SENDER,
        QuarantineReason.FORWARDED,
        QuarantineReason.MALFORMED,
        QuarantineReason.TOO_LARGE,
    }
)  # nobody vouches for the sender
OWN_LABELS: Final = "labels"  # the user's vocabulary files, in the home
REPLAY_AFTER: Final = timedelta(days=30)  # a genuine mail this old that was not here at our last look


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a message is judged by. `last_look` is when everything in the mailbox was last read, if ever."""

    receiver: Receiver
    shops: Mapping[str, ShopSettings]
    vocabulary: Vocabulary
    now: datetime
    last_look: datetime | None = None


def context_for(
    mailbox: MailboxSettings,
    shops: Iterable[ShopSettings],
    home: Home,
    now: datetime,
    last_look: datetime | None = None,
) -> Context:
    """What a mailbox's messages are judged by; of `shops` those whose notifications arrive in it.

    Raises VocabularyError when the user's own label files cannot be used.
    """
    return Context(
        receiver=receiver_of(mailbox),
        shops={shop.name: shop for shop in shops if shop.mailbox == mailbox.name},
        vocabulary=_vocabulary_with(home.path / OWN_LABELS),
        now=now,
        last_look=last_look,
    )


def _vocabulary_with(own: Path) -> Vocabulary:
    """Return the words, anew for each state of the user's files, so that a running dashboard hears of new ones."""
    state = _state_of(own)
    return _vocabulary(own if state else None, state)


@lru_cache(maxsize=4)  # reading the label files takes longer than reading many mails
def _vocabulary(own: Path | None, _state: tuple[tuple[str, int, int], ...]) -> Vocabulary:
    return load_vocabulary(own)


def _state_of(own: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell the user's label files apart from what they were: name, time of the last change, bytes."""
    known = [(file.name, file.stat()) for file in sorted(own.glob("*.toml"))]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One message, what it tells, and the facts about orders (by order number) that follow."""

    message: RawMessage
    reading: Reading
    raw_hash: str | None = None
    sent_at: datetime | None = None
    claimed_domain: str | None = None  # the allowed domain that its From names
    dkim: str | None = None  # the second opinion on that, where it was asked
    told: tuple[tuple[str, Fact], ...] = ()


def is_ours(finding: Finding) -> bool:
    """Whether a mail from a folder that is not polled is worth a row: TikTok Shop's own, understood or not."""
    match finding.reading:
        case Quarantined(reason=reason):
            return reason not in NOT_TIKTOK
        case reading:
            return isinstance(reading, Notification)


def judge(message: RawMessage, context: Context, *, vouched: bool = False) -> Finding:
    """What the message comes to; a fault of our own reader is a quarantined message too.

    `vouched`: a person stands for it, so neither the sender nor the age is asked.
    """
    if message.raw is None:
        reason = message.refused or QuarantineReason.INCOMPLETE
        return Finding(message=message, reading=Quarantined(reason=reason, detail="not downloaded"))
    digest = sha256(message.raw).hexdigest()
    try:
        return _judged(message, message.raw, digest, context, vouched=vouched)
    except Exception as fault:  # noqa: BLE001  one poisoned mail never holds up others
        return Finding(message=message, reading=failed(fault), raw_hash=digest)


def failed(fault: Exception) -> Quarantined:
    """The reading of a message on which our own code broke: where it broke, and not on what words."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = f" in {Path(frames[-1].filename).stem}:{frames[-1].lineno}" if frames else ""
    return Quarantined(reason=QuarantineReason.READER_FAILED, detail=f"{type(fault).__name__}{place}")


def _judged(message: RawMessage, raw: bytes, digest: str, context: Context, *, vouched: bool) -> Finding:
    parsed = parse_message(raw)
    sent_at = parsed.sent_at
    receiver = None if vouched else context.receiver
    reading = read_message(parsed, receiver, list(context.shops.values()), context.vocabulary, context.now)
    told: tuple[tuple[str, Fact], ...] = ()
    if isinstance(reading, Notification) and not vouched:
        reading = counted(reading, sent_at, context)
    if isinstance(reading, Notification):
        told = tuple(facts_from(reading, sent_at=sent_at, observed_at=context.now, source_ref=digest))
    return Finding(
        message=message,
        reading=reading,
        raw_hash=digest,
        sent_at=sent_at,
        claimed_domain=claimed_domain(parsed, context.receiver),
        told=told,
    )


def counted(told: Notification, sent_at: datetime | None, context: Context) -> Reading:
    """The notification, unless it is older than the shop's start or looks like a replayed mail.

    Where the shop says from when on its orders count, that decides alone. Where it doesn't, a new order that
    was older than REPLAY_AFTER at our last look should have been here then; on the very first look all
    counts.
    """
    shop = context.shops[told.shop]
    placed_at = told.placed_at or sent_at or told.event_at
    if placed_at is None:
        return told
    if shop.orders_from is not None:
        before = shop.is_history(placed_at)
        return Ignored(reason=IgnoreReason.BEFORE_START, language=told.language) if before else told
    if (
        told.kind is NotificationKind.NEW_ORDER
        and context.last_look is not None
        and placed_at < context.last_look - REPLAY_AFTER
    ):
        return Quarantined(reason=QuarantineReason.REPLAYED, order_no=told.order_nos[0], detail="placed_at")
    return told
