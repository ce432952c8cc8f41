"""Storing facts and giving them back: append-only, each once."""

from __future__ import annotations

from collections.abc import Iterable
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


def note_evidence(session: Session, shop_id: str, facts: Iterable[Fact], now: datetime) -> None:
    """Remember which kinds of news this shop gets from platform or carrier."""
    strong = STRENGTH[Authority.CARRIER]
    kinds = {fact.kind for fact in facts if fact.kind in TELLING and STRENGTH[fact.authority] >= strong}
    insert_new(
        session,
        EvidenceRow,
        [{"shop_id": shop_id, "kind": k.value, "first_seen_at": now} for k in sorted(kinds)],
    )


def evidence_of(session: Session, shop_id: str) -> frozenset[FactKind]:
    """Give the kinds of news this shop has ever received."""
    kinds = session.exec(select(EvidenceRow.kind).where(col(EvidenceRow.shop_id) == shop_id)).all()
    return frozenset(FactKind(kind) for kind in kinds)
