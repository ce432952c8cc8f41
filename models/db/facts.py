"""Storing facts and giving them back: append-only, each once; and since when a shop gets which kind of news."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select, update

from models.db.columns import table_of
from models.db.insert import insert_new
from models.db.tables import DeadlineRow, EvidenceRow, FactRow, OrderRow
from models.deadline import DeadlineState
from models.fact import STATES, STRENGTH, Authority, Fact, FactKind

FACTS: Final = table_of(FactRow)
FACT_COLUMNS: Final = (
    "kind",
    "occurred_at",
    "observed_at",
    "authority",
    "source_key",
    "payload",
    "estimated",
    "source",
)

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
API_TELLS: Final = frozenset({FactKind.PICKED_UP, FactKind.IN_TRANSIT, FactKind.DELIVERED})
KINDS: Final = {kind.value: kind for kind in FactKind}  # asked for each fact of each order: quicker than the enum
VOICES: Final = {who.value: who for who in Authority}
STRONG: Final = frozenset(who for who in Authority if STRENGTH[who] >= STRENGTH[Authority.CARRIER])


def add_facts(session: Session, facts: Mapping[str, Iterable[Fact]]) -> int:
    """Store what is not stored yet of each order's (by id) facts; return how many were new."""
    return insert_new(session, FactRow, [fact_row(key, fact) for key, told in facts.items() for fact in told])


def fact_row(order_id: str, fact: Fact) -> dict[str, Any]:
    """Give the columns of a fact's row."""
    return {
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


def facts_of(session: Session, order_id: str) -> list[Fact]:
    """Give all facts of one order, in no particular order."""
    query = select(*(FACTS.c[name] for name in FACT_COLUMNS)).where(FACTS.c.order_id == order_id)
    return [fact_from(values) for values in session.execute(query)]


def facts_by_order(session: Session, order_ids: Collection[str]) -> dict[str, list[Fact]]:
    """Give all facts of each of these orders, in no particular order."""
    query = select(FACTS.c.order_id, *(FACTS.c[name] for name in FACT_COLUMNS))
    found: dict[str, list[Fact]] = {key: [] for key in order_ids}
    for key, *values in session.execute(query.where(FACTS.c.order_id.in_(order_ids))):
        found[key].append(fact_from(values))
    return found


def source_keys_of(session: Session, order_ids: Collection[str]) -> dict[str, set[str]]:
    """Give by which keys the facts of each of these orders are stored."""
    found: dict[str, set[str]] = {key: set() for key in order_ids}
    query = select(FACTS.c.order_id, FACTS.c.source_key).where(FACTS.c.order_id.in_(order_ids))
    for key, source_key in session.execute(query):
        found[key].add(source_key)
    return found


def fact_from(values: Iterable[Any]) -> Fact:
    """Give the fact of a row's FACT_COLUMNS. Raises KeyError or ValueError when they are no fact."""
    kind, occurred_at, observed_at, authority, source_key, payload, estimated, source = values
    return Fact(
        kind=KINDS[kind],
        occurred_at=occurred_at,
        observed_at=observed_at,
        authority=VOICES[authority],
        source_key=source_key,
        payload=payload,
        estimated=estimated,
        source=source,
    )


def note_evidence(session: Session, shop_id: str, facts: Iterable[Fact], now: datetime) -> set[str]:
    """Remember since when this shop gets which kinds of news from platform or carrier.

    News that turn out to have been seen earlier still move that moment back. Give the ids of the orders whose
    clocks ran out after it: what was asked about them then would be told by now.
    """
    known, concerned = evidence_of(session, shop_id), set[str]()
    for kind, at in sorted(first_seen(facts).items()):
        before = known.get(kind)
        if before is None:
            insert_new(session, EvidenceRow, [{"shop_id": shop_id, "kind": kind.value, "first_seen_at": at}])
        elif at < before:
            row = (col(EvidenceRow.shop_id) == shop_id, col(EvidenceRow.kind) == kind.value)
            session.exec(update(EvidenceRow).where(*row).values(first_seen_at=at))
        if at < (before or now):
            concerned |= _asked_between(session, shop_id, at, before or now)
    return concerned


def first_seen(facts: Iterable[Fact]) -> dict[FactKind, datetime]:
    """Give when each telling kind was first observed (UTC) in these facts, by a strong voice.

    An export is brought in by hand, once: that it told of a pick-up does not mean that the next one is told of.
    What the API tells counts while it is connected (`models.db.shop_sync`), and no longer.
    """
    since: dict[FactKind, datetime] = {}
    for fact in facts:
        if fact.kind in TELLING and fact.authority in STRONG and fact.source not in STATES:
            since[fact.kind] = min(fact.observed_at, since.get(fact.kind, fact.observed_at))
    return since


def _asked_between(session: Session, shop_id: str, since: datetime, until: datetime) -> set[str]:
    """The shop's orders with a clock that ran out in between with nothing known of its stop."""
    clocks = select(DeadlineRow.order_id).join(OrderRow, col(OrderRow.id) == col(DeadlineRow.order_id))
    over = col(DeadlineRow.due_at).between(since, until)
    unknown = clocks.where(OrderRow.shop_id == shop_id, DeadlineRow.state == DeadlineState.UNKNOWN.value, over)
    return set(session.exec(unknown))


def evidence_of(session: Session, shop_id: str) -> Mapping[FactKind, datetime]:
    """Give since when (UTC) this shop receives each kind of news; what it never received is left out."""
    query = select(EvidenceRow.kind, EvidenceRow.first_seen_at).where(col(EvidenceRow.shop_id) == shop_id)
    return {FactKind(kind): since for kind, since in session.exec(query)}
