"""Which mails each shop gets: how many of each kind, and which missing ones make us ask instead of accuse.

The counts are of mails that TikTok Shop itself sent and that were understood; what a person vouched for shows
nothing about what arrives by itself. Accusing rests on `evidence`, which such a mail's facts make.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from ingest.ledger import Outcome
from models.db.facts import evidence_of
from models.db.mail_tables import MessageRow
from models.deadline import RULES
from models.fact import FactKind
from models.notification import NotificationKind

LATELY: Final = timedelta(days=30)

# The fact of each kind of mail whose absence means something only at shops that get such mail.
PROVES: Final[Mapping[NotificationKind, FactKind]] = MappingProxyType(
    {
        NotificationKind.PICKED_UP: FactKind.PICKED_UP,
        NotificationKind.IN_TRANSIT: FactKind.IN_TRANSIT,
        NotificationKind.DELIVERY_FAILED: FactKind.DELIVERY_ATTEMPT_FAILED,
        NotificationKind.DELIVERED: FactKind.DELIVERED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """Mails of one kind that a shop got: ever, and in the last 30 days. `asks`: a clock asks for want of it."""

    kind: NotificationKind
    total: int = 0
    lately: int = 0
    asks: bool = False


def mail_of_shops(session: Session, shops: Iterable[str], now: datetime) -> dict[str, list[KindCount]]:
    """Count each shop's mails by kind, in the order of kinds; kinds that never came are among them."""
    counted = _counts(session, now - LATELY)
    return {shop: _of_shop(session, shop, counted) for shop in shops}


def _counts(session: Session, since: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    lately = func.sum(case((col(MessageRow.seen_at) > since, 1), else_=0))
    query = select(MessageRow.shop_id, MessageRow.kind, func.count(), lately)
    query = query.where(MessageRow.outcome == Outcome.PARSED, col(MessageRow.shop_id).is_not(None))
    found = session.exec(query.group_by(col(MessageRow.shop_id), col(MessageRow.kind)))
    return {(shop or "", kind or ""): (total, recent) for shop, kind, total, recent in found}


def _of_shop(session: Session, shop: str, counted: Mapping[tuple[str, str], tuple[int, int]]) -> list[KindCount]:
    heard = evidence_of(session, shop)
    return [
        KindCount(
            kind=kind,
            total=counted.get((shop, kind), (0, 0))[0],
            lately=counted.get((shop, kind), (0, 0))[1],
            asks=is_asked(kind, heard),
        )
        for kind in NotificationKind
    ]


def is_asked(kind: NotificationKind, heard: Container[FactKind]) -> bool:
    """Whether some clock asks instead of accusing because neither such news nor any other that it knows was heard.

    A shop that hears of parcels on their way is not asked about failed attempts that it never heard of.
    """
    fact = PROVES.get(kind)
    return any(fact in row.asks and not any(one in heard for one in row.asks) for row in RULES.values())
