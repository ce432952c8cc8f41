"""Storing facts and giving them back: append-only, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from models.db.insert import insert_new
from models.db.tables import EvidenceRow, FactRow
from models.fact import STRENGTH, Authority, Fact, FactKind

# Kinds whose absence means something only at shops that get such news at all ("ask, don't accuse").
TELLING: Final = frozenset(
    {
        FactKind.PICKED_UP,
        FactKind.DROPPED_OFF,
        FactKind.IN_TRANSIT,
        FactKind.DELIVERED,
        FactKind.DELIVERY_ATTEMPT_FAILED,
    }
)


def add_facts(session: Session, order_id: str, facts: Iterable[Fact]) -> int:
    """Store what is not stored yet; return how many were new."""
    rows = [
        {
            "order_id": order_id,
            "source_key": fact.source_key,
            "kind": fact.kind.value,
            "occurred_at": fact.occurred_at,
            "observed_at": fact.observed_at,
            "authority": fact.authority.value,
            "estimated": fact.estimated,
            "source": fact.source,
            "payload": dict(fact.payload),
        }
        for fact in facts
    ]
    return insert_new(session, FactRow, rows)


def facts_of(session: Session, order_id: str) -> list[Fact]:
    """Give all facts of one order, in no particular order."""
    rows = session.exec(select(FactRow).where(FactRow.order_id == order_id)).all()
    return [
        Fact(
            kind=FactKind(row.kind),
            occurred_at=row.occurred_at,
            observed_at=row.observed_at,
            authority=Authority(row.authority),
            source_key=row.source_key,
            payload=row.payload,
            estimated=row.estimated,
            source=row.source,
        )
        for row in rows
    ]


def note_evidence(session: Session, shop_id: str, facts: Iterable[Fact]) -> None:
    """Remember since when this shop gets which kinds of news from platform or carrier."""
    strong = STRENGTH[Authority.CARRIER]
    since: dict[FactKind, datetime] = {}
    for fact in facts:
        if fact.kind in TELLING and STRENGTH[fact.authority] >= strong:
            since[fact.kind] = min(fact.observed_at, since.get(fact.kind, fact.observed_at))
    rows = [{"shop_id": shop_id, "kind": kind.value, "first_seen_at": at} for kind, at in sorted(since.items())]
    insert_new(session, EvidenceRow, rows)


def evidence_of(session: Session, shop_id: str) -> Mapping[FactKind, datetime]:
    """Give since when (UTC) this shop receives each kind of news; what it never received is left out."""
    query = select(EvidenceRow.kind, EvidenceRow.first_seen_at).where(col(EvidenceRow.shop_id) == shop_id)
    return {FactKind(kind): since for kind, since in session.exec(query)}
