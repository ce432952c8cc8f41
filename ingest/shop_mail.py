"""Which mails came: what became of them, how many of each kind each shop gets, and which missing ones make us ask.

The counts are of mails that TikTok Shop itself sent and that were understood; what a person vouched for shows
nothing about what arrives by itself. Accusing rests on `evidence`, which such a mail's facts make. Nobody reads on
beyond KIND_CAP of a kind, or COUNT_CAP in all: what is more than that is not counted.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import CTE, ColumnElement, ScalarSelect, String, column, func, literal, select, values
from sqlmodel import Session

from ingest.ledger import MESSAGES, Outcome
from models.db.facts import evidence_of
from models.db.reading import COUNT_CAP
from models.deadline import RULES
from models.fact import FactKind
from models.notification import NotificationKind

LATELY: Final = timedelta(days=30)
KIND_CAP: Final = 1_000

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
    """Mails of one kind that a shop got: ever, and in the last 30 days, each up to KIND_CAP + 1.

    `asks`: a clock asks for want of it.
    """

    kind: NotificationKind
    total: int = 0
    lately: int = 0
    asks: bool = False


def mail_of_shops(session: Session, shops: Iterable[str], now: datetime) -> dict[str, list[KindCount]]:
    """Count each shop's mails by kind, in the order of kinds; kinds that never came are among them."""
    named = list(shops)
    counted = _counts(session, named, now - LATELY)
    return {shop: _of_shop(session, shop, counted) for shop in named}


def mail_counts(session: Session) -> dict[str, int]:
    """Count the mails seen, by what became of them, each up to COUNT_CAP + 1; what never came is left out."""
    outcome = values(column("outcome", String), name="wanted").data([(one.value,) for one in Outcome]).cte("wanted")
    count = _up_to(COUNT_CAP, outcome, MESSAGES.c.outcome == outcome.c.outcome)
    return {name: found for name, found in session.execute(select(outcome.c.outcome, count)) if found}


def _up_to(cap: int, of: CTE, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many mails these are, up to `cap` + 1, for each row of `of`."""
    some = select(literal(1)).select_from(MESSAGES).where(*where).limit(cap + 1).correlate(of).subquery()
    return select(func.count()).select_from(some).correlate(of).scalar_subquery()


def _counts(session: Session, shops: Sequence[str], since: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    if not shops:
        return {}
    kinds = [(shop, kind.value) for shop in shops for kind in NotificationKind]
    wanted = values(column("shop", String), column("kind", String), name="wanted").data(kinds).cte("wanted")
    parsed = MESSAGES.c.outcome == Outcome.PARSED.value
    mine = (parsed, MESSAGES.c.shop_id == wanted.c.shop, MESSAGES.c.kind == wanted.c.kind)
    counts = (_up_to(KIND_CAP, wanted, *mine), _up_to(KIND_CAP, wanted, *mine, MESSAGES.c.seen_at > since))
    found = session.execute(select(wanted.c.shop, wanted.c.kind, *counts))
    return {(shop, kind): (total, lately) for shop, kind, total, lately in found}


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
