"""Orders as rows: facts in, everything derived from them brought up to date in the same transaction.

Nothing here decides: `models.order.fold` does. What is cached can be thrown away and recomputed.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from sqlmodel import Session, col, select

from models.db.batch import write
from models.db.columns import defaults_of
from models.db.derived import Derived, derive
from models.db.facts import API_TELLS, add_facts, evidence_of, facts_by_order, facts_of, note_evidence
from models.db.insert import insert_new_keys
from models.db.policies import keep_policy, kept_policy
from models.db.shop_sync import connected_since
from models.db.stored import ORDERS, Lock, Stored, read_orders
from models.db.tables import OrderRow
from models.fact import Fact, FactKind
from models.ids import order_id
from models.order import Order, fold
from models.settings import ShopSettings
from models.stage import Stage
from models.terms import Terms

EMPTY_ROW: Final = defaults_of(OrderRow)  # of an order of which nothing is known
AT_A_TIME: Final = 500  # orders brought up to date together


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What new facts did to an order."""

    order_no: str
    created: bool
    before: Stage | None
    after: Stage
    order: Order


def terms_of(session: Session, shop: ShopSettings, policy: str | None = None) -> Terms:
    """Give what the shop agreed on, with the kinds of news it is known to get; for a new order as it is today.

    With `policy`, the key that an order carries, the figures are those that its clocks are made with.
    """
    kept = None if policy is None else kept_policy(session, policy)
    return Terms(
        timezone=shop.zone,
        handover=shop.handover,
        shipping=shop.shipping,
        policy=kept or shop.own_policy,
        extensions=shop.extensions,
        business_hours=shop.business_hours,
        business_days=frozenset(shop.business_days),
        closed_days=frozenset(shop.closed_days),
        seen=_seen(session, shop),
    )


def _seen(session: Session, shop: ShopSettings) -> Mapping[FactKind, datetime]:
    """Since when the shop receives each kind of news; the API tells of all that it can as long as it is connected."""
    heard, since = evidence_of(session, shop.name), connected_since(session, shop)
    if since is None:
        return heard
    return {**heard, **{kind: min(since, heard.get(kind, since)) for kind in API_TELLS}}


def terms_by_order(
    session: Session, shops: Mapping[str, ShopSettings], orders: Iterable[Stored]
) -> Mapping[tuple[str, str], Terms]:
    """Give the terms of these orders by shop and policy, each looked up once."""
    return {
        (name, policy): terms_of(session, shops[name], policy)
        for name, policy in {(one.shop_id, one.policy) for one in orders}
    }


def record_facts(session: Session, shop: ShopSettings, told: Iterable[tuple[str, Fact]], now: datetime) -> list[Change]:
    """Store facts by order number, each once, and bring their orders up to date. Does not commit."""
    session.flush()
    by_order: dict[str, list[Fact]] = {}
    for order_no, fact in told:
        by_order.setdefault(order_no, []).append(fact)
    concerned = note_evidence(session, shop.name, chain.from_iterable(by_order.values()), now)
    changes: list[Change] = []
    for numbers in _parts(sorted(by_order)):
        changes += _record(session, shop, {number: by_order[number] for number in numbers}, now)
    for keys in _parts(sorted(concerned - {order_id(shop.name, number) for number in by_order})):
        refresh(session, shop, keys, now)
    return changes


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_A_TIME):
        yield names[start : start + AT_A_TIME]


def _record(session: Session, shop: ShopSettings, told: Mapping[str, Sequence[Fact]], now: datetime) -> list[Change]:
    keys = {number: order_id(shop.name, number) for number in told}
    keep_policy(session, shop.own_policy, now, shop.policy_key)
    created = _create(session, shop, keys, now)
    add_facts(session, {keys[number]: facts for number, facts in told.items()})
    derived = refresh(session, shop, list(keys.values()), now, new=created)
    return [_change(derived[key], created=key in created) for number, key in keys.items()]


def _change(derived: Derived, *, created: bool) -> Change:
    stored = derived.stored.order
    return Change(
        order_no=stored["order_no"],
        created=created,
        before=None if created else Stage(stored["stage"]),
        after=derived.order.stage,
        order=derived.order,
    )


def refresh(
    session: Session, shop: ShopSettings, keys: Sequence[str], now: datetime, *, new: Container[str] = ()
) -> dict[str, Derived]:
    """Recompute orders of one shop from their facts and store what follows; give it by id. Does not commit.

    `new` are those that were made in this transaction.
    """
    stored = read_orders(session, ORDERS.c.id.in_(keys), lock=Lock.WAIT, new=new)
    terms = terms_by_order(session, {shop.name: shop}, stored)
    derived = [derive(fold(one.facts, terms[one.shop_id, one.policy], now), one, now) for one in stored]
    write(session, derived, now)
    return {one.stored.id: one for one in derived}


def _create(session: Session, shop: ShopSettings, keys: Mapping[str, str], now: datetime) -> set[str]:
    """Make a row for each order (id by number) that has none; give the ids of those."""
    row = {
        **EMPTY_ROW,
        "shop_id": shop.name,
        "stage": Stage.UNPAID.value,
        "rank": 0,
        "authority": "timer",
        "handover_mode": shop.handover.value,
        "shipping_mode": shop.shipping.value,
        "policy": shop.policy_key,
        "created_at": now,
        "updated_at": now,
    }
    return insert_new_keys(
        session, OrderRow, [{**row, "id": key, "order_no": number} for number, key in keys.items()], "id"
    )


def lock_orders(session: Session, keys: Collection[str]) -> None:
    """Lock these orders' rows until the transaction ends, in the sequence in which all do (SQLite locks its file)."""
    query = select(OrderRow.id).where(col(OrderRow.id).in_(keys)).order_by(col(OrderRow.id))
    session.exec(query.with_for_update(key_share=True)).all()


def locked_row(session: Session, key: str) -> OrderRow:
    """Give the order's row, locked until the transaction ends (SQLite locks the whole file anyway)."""
    query = select(OrderRow).where(OrderRow.id == key).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def find_rows(session: Session, order_no: str, shop: str | None = None) -> Sequence[OrderRow]:
    """Give the orders of that number: none, one, or one in each of several shops."""
    query = select(OrderRow).where(OrderRow.order_no == order_no)
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    return session.exec(query.order_by(OrderRow.shop_id)).all()


def known_orders(session: Session, shop: ShopSettings, order_nos: Collection[str], now: datetime) -> dict[str, Order]:
    """Give these orders of one shop as they are now, by number, each from its facts; nothing is written."""
    keys = {order_id(shop.name, number): number for number in order_nos}
    rows = session.execute(select(ORDERS.c.id, ORDERS.c.policy).where(ORDERS.c.id.in_(keys)))
    policies: dict[str, str] = {row.id: row.policy for row in rows}
    terms = {policy: terms_of(session, shop, policy) for policy in set(policies.values())}
    told = facts_by_order(session, policies)
    return {keys[key]: fold(told[key], terms[policy], now) for key, policy in policies.items()}


def folded(session: Session, shop: ShopSettings, row: OrderRow, now: datetime) -> Order:
    """Give the order as it is now, from its facts; nothing is written."""
    return fold(facts_of(session, row.id), terms_of(session, shop, row.policy), now)
