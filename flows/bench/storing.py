"""Filling a database with made-up orders: some hundred thousand in a minute or two.

Some thousand are computed by the same rules as real ones; their rows are stored many times over under other
numbers, by ascending key, which SQLite likes best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, insert
from sqlmodel import Session

from flows.bench.made_up import NOW, SHOP, made_up_orders
from models.db.derived import Derived, derive
from models.db.facts import FACTS, fact_row
from models.db.insert import execute_all, plain
from models.db.orders import terms_of
from models.db.policies import keep_policy
from models.db.session import open_session
from models.db.stored import ORDERS, SHELVES, Stored
from models.fact import Fact
from models.ids import order_id
from models.order import Order, fold
from models.stage import Stage

PATTERNS: Final = 10_000  # orders that are computed, at most
AT_A_TIME: Final = 2_000  # orders in one transaction

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The rows of one computed order, without its number; how many of its clocks are open, when it is due next."""

    order: Row
    rows: Mapping[str, Sequence[Row]]
    open: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was stored, and when each order is due next (UTC), ascending."""

    orders: int
    facts: int
    open_deadlines: int
    due: Sequence[datetime]


def fill(engine: Engine, *, orders: int, deadlines: int, tell: Callable[[int, int], None]) -> Filled:
    """Store at least so many orders with at least so many open deadlines; `tell` hears how many of how many."""
    with open_session(engine, read_only=True) as session:
        patterns = _patterns(session, min(PATTERNS, orders + deadlines))
    chosen = _chosen(patterns, orders, deadlines)
    numbers = ((order_id(SHOP.name, number), number) for number in map(str, range(10**17, 10**17 + len(chosen))))
    places = list(zip(sorted(numbers), chosen, strict=True))
    with open_session(engine) as session:
        keep_policy(session, SHOP.own_policy, NOW)
        session.commit()
    for start in range(0, len(places), AT_A_TIME):
        with open_session(engine) as session:
            _store(session, places[start : start + AT_A_TIME])
            session.commit()
        tell(min(start + AT_A_TIME, len(places)), len(places))
    return Filled(
        orders=len(chosen),
        facts=sum(len(pattern.rows[FACTS.name]) for pattern in chosen),
        open_deadlines=sum(pattern.open for pattern in chosen),
        due=sorted(pattern.due_at for pattern in chosen if pattern.due_at),
    )


def _patterns(session: Session, count: int) -> list[Pattern]:
    terms = terms_of(session, SHOP)
    return [_pattern(facts, fold(facts, terms, NOW)) for facts in made_up_orders(count)]


def _pattern(facts: Sequence[Fact], order: Order) -> Pattern:
    key = {"id": "", "shop_id": SHOP.name, "order_no": "", "policy": SHOP.policy_key}
    derived = derive(order, Stored(order=key | {"stage": Stage.UNPAID}, told=(), shelves=({},) * len(SHELVES)), NOW)
    columns = {name: plain(value) for name, value in derived.columns.items()}
    return Pattern(
        order=key | columns | {"version": 1, "created_at": NOW, "updated_at": NOW},
        rows={FACTS.name: [fact_row("", fact) for fact in facts], **dict(_shelf_rows(derived))},
        open=sum(clock.open for clock in order.deadlines),
        due_at=order.next_check_at,
    )


def _shelf_rows(derived: Derived) -> Iterator[tuple[str, list[Row]]]:
    for shelf, rows in zip(SHELVES, derived.shelves, strict=True):
        named = (shelf.named(values) for values in rows.values())
        yield shelf.table.name, [{name: plain(value) for name, value in row.items()} for row in named]


def _chosen(patterns: Sequence[Pattern], orders: int, deadlines: int) -> list[Pattern]:
    """Patterns by turns until there are enough."""
    found: list[Pattern] = []
    still_open = 0
    while len(found) < orders or still_open < deadlines:
        pattern = patterns[len(found) % len(patterns)]
        found.append(pattern)
        still_open += pattern.open
    return found


def _store(session: Session, places: Sequence[tuple[tuple[str, str], Pattern]]) -> None:
    rows = [pattern.order | {"id": key, "order_no": number} for (key, number), pattern in places]
    execute_all(session, insert(ORDERS), rows)
    for table in (FACTS, *(shelf.table for shelf in SHELVES)):
        theirs = [row | {"order_id": key} for (key, _), pattern in places for row in pattern.rows[table.name]]
        execute_all(session, insert(table), theirs)
