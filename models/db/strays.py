"""What no order by itself shows: rows that belong to none, and since when a shop gets which kind of news.

Facts are never deleted, so rows that hang loose are told and left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, Table, delete, func, insert, select
from sqlmodel import Session

from models.db.columns import table_of
from models.db.difference import ROW, Difference
from models.db.facts import FACTS, STRONG, TELLING, evidence_of
from models.db.insert import execute_all
from models.db.session import open_session
from models.db.stored import ORDERS, SHELVES
from models.db.tables import EvidenceRow
from models.fact import STATES, FactKind
from models.settings import ShopSettings

EVIDENCE: Final = table_of(EvidenceRow)


def strays(engine: Engine) -> list[Difference]:
    """Give the rows whose order is not there, by table and order id, and the orders without any fact."""
    with open_session(engine, read_only=True) as session:
        loose = [one for table in (FACTS, *(shelf.table for shelf in SHELVES)) for one in _loose(session, table)]
        bare = select(ORDERS.c.shop_id, ORDERS.c.order_no).where(ORDERS.c.id.not_in(select(FACTS.c.order_id)))
        told = [_stray(shop, number, FACTS, None) for shop, number in session.execute(bare)]
    return [*loose, *told]


def _loose(session: Session, table: Table) -> Iterator[Difference]:
    query = select(table.c.order_id).distinct().where(table.c.order_id.not_in(select(ORDERS.c.id)))
    for (key,) in session.execute(query):
        yield _stray("", key, table, "there")


def _stray(shop: str, number: str, table: Table, stored: str | None) -> Difference:
    computed = None if stored else "at least one"
    return Difference(
        shop_id=shop, order_no=number, table=table.name, key="", column=ROW, stored=stored, computed=computed
    )


def evidence_differences(engine: Engine, shops: Mapping[str, ShopSettings], *, mend: bool) -> list[Difference]:
    """Compare since when each shop gets which kind of news with its stored facts; `mend` stores what they say."""
    found: list[Difference] = []
    for shop in shops:
        with open_session(engine, read_only=not mend) as session:
            stored, computed = evidence_of(session, shop), _earliest(session, shop)
            if stored == computed:
                continue
            kinds = sorted(kind for kind in {*stored, *computed} if stored.get(kind) != computed.get(kind))
            found += [_difference(shop, kind, stored.get(kind), computed.get(kind)) for kind in kinds]
            if mend:
                session.execute(delete(EVIDENCE).where(EVIDENCE.c.shop_id == shop))
                rows = [{"shop_id": shop, "kind": kind.value, "first_seen_at": at} for kind, at in computed.items()]
                execute_all(session, insert(EVIDENCE), rows)
                session.commit()
    return found


def _earliest(session: Session, shop: str) -> dict[FactKind, datetime]:
    """When each telling kind was first observed in the shop's facts, by a strong voice."""
    telling: list[ColumnElement[bool]] = [
        FACTS.c.kind.in_([kind.value for kind in TELLING]),
        FACTS.c.authority.in_([who.value for who in STRONG]),
        FACTS.c.source.not_in(sorted(STATES)),
    ]
    query = select(FACTS.c.kind, func.min(FACTS.c.observed_at)).join(ORDERS, ORDERS.c.id == FACTS.c.order_id)
    rows = session.execute(query.where(ORDERS.c.shop_id == shop, *telling).group_by(FACTS.c.kind))
    return {FactKind(kind): since for kind, since in rows}


def _difference(shop: str, kind: FactKind, stored: datetime | None, computed: datetime | None) -> Difference:
    return Difference(
        shop_id=shop,
        order_no="",
        table=EVIDENCE.name,
        key=kind.value,
        column="first_seen_at",
        stored=stored.isoformat() if stored else None,
        computed=computed.isoformat() if computed else None,
    )
