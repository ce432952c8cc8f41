"""Orders as rows: facts in, everything derived from them brought up to date in the same transaction.

Nothing here decides: `models.order.fold` does. What is cached can be thrown away and recomputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from models.db.alerts import Alert, raise_alert, silence_order
from models.db.derived import cached_columns, sync_cases, sync_deadlines, sync_todos
from models.db.facts import add_facts, evidence_of, facts_of, note_evidence
from models.db.insert import insert_new
from models.db.steps import sync_steps
from models.db.tables import OrderRow
from models.fact import Fact
from models.ids import order_id
from models.order import Order, fold
from models.policy_files import load_policy
from models.settings import ShopSettings
from models.stage import Stage
from models.terms import Terms


class StaleOrderError(Exception):
    """Another run changed the order in the meantime; whoever asked looks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What new facts did to an order."""

    order_no: str
    created: bool
    before: Stage | None
    after: Stage
    order: Order


def terms_of(session: Session, shop: ShopSettings) -> Terms:
    """Give what the shop agreed on, with the kinds of news it is known to get."""
    return Terms(
        timezone=shop.zone,
        handover=shop.handover,
        shipping=shop.shipping,
        policy=load_policy(shop.policy),
        business_hours=shop.business_hours,
        business_days=frozenset(shop.business_days),
        closed_days=frozenset(shop.closed_days),
        seen=evidence_of(session, shop.name),
    )


def record_facts(session: Session, shop: ShopSettings, told: Iterable[tuple[str, Fact]], now: datetime) -> list[Change]:
    """Store facts by order number, each once, and bring their orders up to date. Does not commit."""
    by_order: dict[str, list[Fact]] = {}
    for order_no, fact in told:
        by_order.setdefault(order_no, []).append(fact)
    for facts in by_order.values():
        note_evidence(session, shop.name, facts)
    terms = terms_of(session, shop)
    return [_record(session, shop, terms, order_no, facts, now) for order_no, facts in sorted(by_order.items())]


def _record(  # one order's share of record_facts
    session: Session, shop: ShopSettings, terms: Terms, order_no: str, facts: Sequence[Fact], now: datetime
) -> Change:
    key = order_id(shop.name, order_no)
    created = _create(session, shop, key, order_no, now)
    add_facts(session, key, facts)
    row = locked_row(session, key)
    before = None if created else Stage(row.stage)
    order = refresh(session, row, terms, now)
    return Change(order_no=order_no, created=created, before=before, after=order.stage, order=order)


def _create(session: Session, shop: ShopSettings, key: str, order_no: str, now: datetime) -> bool:
    row = OrderRow(
        id=key,
        shop_id=shop.name,
        order_no=order_no,
        stage=Stage.UNPAID.value,
        rank=0,
        authority="timer",
        handover_mode=shop.handover.value,
        shipping_mode=shop.shipping.value,
        policy=shop.policy,
        created_at=now,
        updated_at=now,
    )
    return bool(insert_new(session, OrderRow, [row.model_dump()]))


def locked_row(session: Session, key: str) -> OrderRow:
    """Give the order's row, locked until the transaction ends (SQLite locks the whole file anyway)."""
    query = select(OrderRow).where(OrderRow.id == key).with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one()


def refresh(session: Session, row: OrderRow, terms: Terms, now: datetime) -> Order:
    """Recompute one order from its facts and store what follows: clocks, cases, to-dos, steps, alerts.

    Raises StaleOrderError if another run changed the row since it was read. Does not commit.
    """
    order = fold(facts_of(session, row.id), terms, now)
    sync_deadlines(session, row, order, now)
    sync_cases(session, row.id, order)
    sync_todos(session, row.id, order, now)
    over = order.terminal or not order.holds
    sync_steps(session, row.id, order.steps, over=over, now=now)
    _shout(session, row, order, now)
    _store(session, row, order, now)
    return order


def _store(session: Session, row: OrderRow, order: Order, now: datetime) -> None:
    seen = row.version
    changed = session.exec(
        update(OrderRow)
        .where(col(OrderRow.id) == row.id, col(OrderRow.version) == seen)
        .values(**cached_columns(order), version=seen + 1, updated_at=now)
    ).rowcount
    if not changed:
        raise StaleOrderError(row.order_no)
    session.refresh(row)


def _shout(session: Session, row: OrderRow, order: Order, now: datetime) -> None:
    """Raise what a conflict calls for; fall silent about clocks of a cancelled order."""
    if order.stage is Stage.CANCELLED:
        silence_order(session, row.id)
    for conflict in order.conflicts:
        if conflict.critical:
            alert = Alert(
                subject=row.id,
                rule=conflict.id,
                level=0,
                text_key=f"conflict.{conflict.id}",
                shop_id=row.shop_id,
                order_no=row.order_no,
                critical=True,
            )
            raise_alert(session, alert, now)


def find_rows(session: Session, order_no: str, shop: str | None = None) -> Sequence[OrderRow]:
    """Give the orders of that number: none, one, or one in each of several shops."""
    query = select(OrderRow).where(OrderRow.order_no == order_no)
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    return session.exec(query.order_by(OrderRow.shop_id)).all()


def folded(session: Session, shop: ShopSettings, row: OrderRow, now: datetime) -> Order:
    """Give the order as it is now, from its facts; nothing is written."""
    return fold(facts_of(session, row.id), terms_of(session, shop), now)
