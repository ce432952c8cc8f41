"""Orders as they are stored, read many at a time: facts, and what was cached from them.

One query for each table and chunk, plain values instead of objects: the watcher and the rebuild live on it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Table, select
from sqlmodel import Session

from models.db.columns import table_of
from models.db.facts import FACT_COLUMNS, FACTS, fact_from
from models.db.steps import COLUMNS as STEP_COLUMNS
from models.db.tables import CaseRow, DeadlineRow, OrderRow, StepRow, TodoRow
from models.fact import Fact

Key: TypeAlias = tuple[str, ...]
Values: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = Mapping[Key, Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A table of rows that are cached from an order's facts; `key` tells them apart within the order."""

    table: Table
    key: Key
    rest: Key

    @property
    def columns(self) -> Key:
        """All columns but the order's id, the key first: the sequence of a row's values."""
        return (*self.key, *self.rest)

    def by_key(self, rows: Iterable[Values]) -> Rows:
        """Rows by their key."""
        width = len(self.key)
        return {values[:width]: values for values in rows}

    def named(self, values: Values) -> dict[str, Any]:
        """A row's values by column."""
        return dict(zip(self.columns, values, strict=True))


ORDERS: Final = table_of(OrderRow)
DEADLINES: Final = Shelf(
    table=table_of(DeadlineRow),
    key=("rule", "about"),
    rest=(
        "state", "start_at", "due_at", "warn_level", "stated", "breached_at", "met_at", "withdrawn", "fault",
        "extended_by", "shop_id", "detected_at", "policy",
    ),
)  # fmt: skip
CASES: Final = Shelf(
    table=table_of(CaseRow),
    key=("case_id",),
    rest=("kind", "open", "reason", "next_step", "waiting", "outcome", "opened_at", "closed_at", "steps_done"),
)
TODOS: Final = Shelf(
    table=table_of(TodoRow),
    key=("kind", "about"),
    rest=("rule", "case_id", "command", "due_at", "priority", "since"),
)
STEPS: Final = Shelf(
    table=table_of(StepRow),
    key=STEP_COLUMNS[:1],
    rest=STEP_COLUMNS[1:],
)
SHELVES: Final = (DEADLINES, CASES, TODOS, STEPS)
OBSERVED: Final = FACT_COLUMNS.index("observed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One order's rows: its own columns by name, its facts as told, and the rows of each of SHELVES by key."""

    order: Mapping[str, Any]
    told: Sequence[Values]
    shelves: tuple[Rows, ...]

    @property
    def id(self) -> str:
        """The order's row id."""
        return str(self.order["id"])

    @property
    def number(self) -> tuple[str, str]:
        """Its shop and its number there."""
        return self.order["shop_id"], self.order["order_no"]

    @property
    def shop_id(self) -> str:
        """Its shop."""
        return str(self.order["shop_id"])

    @property
    def policy(self) -> str:
        """The key of the policy that its clocks are made with."""
        return str(self.order["policy"])

    @property
    def computed_at(self) -> datetime:
        """As of when its rows were computed (UTC)."""
        computed_at: datetime = self.order["updated_at"]
        return computed_at

    @property
    def facts(self) -> list[Fact]:
        """The facts, in no particular order. Raises ValueError for a row that is no fact."""
        return [fact_from(told) for told in self.told]

    def unseen_at(self, now: datetime) -> datetime | None:
        """When the next fact counts that was observed after `now`: our own clock was set back, say."""
        return min((told[OBSERVED] for told in self.told if told[OBSERVED] > now), default=None)


def of_shops(shops: Iterable[str]) -> ColumnElement[bool]:
    """The condition for the orders of these shops.

    Written so that no index serves it: SQLite would rather sort all orders of a shop than take the due ones.
    """
    return ORDERS.c.shop_id.concat("").in_(list(shops))


class Lock(Enum):
    """How to take orders until the transaction ends: wait for who has them, or leave those out.

    SQLite locks the whole file anyway. The order's key stays free: whoever stores a fact holds it, and two that did
    so for one order would wait for each other.
    """

    WAIT = False
    SKIP = True


def read_orders(
    session: Session, *where: ColumnElement[bool], lock: Lock | None = None, new: Container[str] = ()
) -> list[Stored]:
    """Give the orders that the conditions choose, by id; of the `new` ones nothing can have been cached yet."""
    query = select(ORDERS).where(*where).order_by(ORDERS.c.id)
    if lock is not None:
        query = query.with_for_update(skip_locked=lock.value, key_share=True)
    names = ORDERS.c.keys()
    orders = {row.id: dict(zip(names, row, strict=True)) for row in session.execute(query).all()}
    told = _by_order(session, FACTS, FACT_COLUMNS, list(orders))
    known = [key for key in orders if key not in new]
    shelves = [_by_order(session, shelf.table, shelf.columns, known) for shelf in SHELVES]
    return [
        Stored(
            order=order,
            told=told[key],
            shelves=tuple(shelf.by_key(rows.get(key, ())) for shelf, rows in zip(SHELVES, shelves, strict=True)),
        )
        for key, order in orders.items()
    ]


def _by_order(session: Session, table: Table, columns: Iterable[str], keys: Sequence[str]) -> dict[str, list[Values]]:
    query = select(table.c.order_id, *(table.c[name] for name in columns)).where(table.c.order_id.in_(keys))
    found: dict[str, list[Values]] = {key: [] for key in keys}
    for row in session.execute(query).all() if keys else ():
        found[row[0]].append(tuple(row[1:]))
    return found
