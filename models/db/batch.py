"""Writing what follows from the facts of many orders: only rows that differ, a few statements in all.

In the caller's transaction; nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError
from sqlmodel import Session

from models.db.alerts import raise_alerts, silence_orders
from models.db.columns import table_of
from models.db.derived import Derived
from models.db.difference import RowChange, row_changes
from models.db.insert import execute_all, plain
from models.db.stored import ORDERS, SHELVES, Shelf
from models.db.tables import AuditRow

SHIPCLOCK: Final = "shipclock"


class StaleOrderError(Exception):
    """Another run changed an order in the meantime; whoever asked looks again."""


class RefusedRowError(Exception):
    """The database does not take what follows from an order's facts: that order is at fault, not the database."""


def write(session: Session, orders: Sequence[Derived], now: datetime, *, quietly: bool = False) -> None:
    """Store what was derived at `now`. `quietly`: its alerts count as told and are never sent.

    Raises StaleOrderError if another run changed one of the orders since it was read, and RefusedRowError for a row
    that the database does not take.
    """
    try:
        _write(session, orders, now, quietly=quietly)
    except (DataError, IntegrityError, InterfaceError, ProgrammingError) as refused:
        raise RefusedRowError(type(refused).__name__) from None


def _write(session: Session, orders: Sequence[Derived], now: datetime, *, quietly: bool) -> None:
    _write_orders(session, orders)
    changes = [(derived.stored.id, change) for derived in orders for change in row_changes(derived)]
    for shelf in SHELVES:
        _write_shelf(session, shelf, [(key, change) for key, change in changes if change.shelf is shelf])
    silence_orders(session, [derived.stored.number for derived in orders if derived.silenced])
    raise_alerts(session, [alert for derived in orders for alert in derived.alerts], now, quietly=quietly)
    lines = [line for derived in orders for line in _lines(derived, now)]
    execute_all(session, insert(table_of(AuditRow)), lines)
    session.expire_all()


def _write_orders(session: Session, orders: Sequence[Derived]) -> None:
    """Each order's own columns, if its version is still the one that was read; those that differ in none are left out.

    One statement for all of them: to make one for each set of columns costs more than to write some as they were.
    """
    seen = (ORDERS.c.id == bindparam("at_id"), ORDERS.c.version == bindparam("at_version"))
    differing = {name for one in orders for name, value in one.columns.items() if one.stored.order[name] != value}
    rows = [_order_row(one, sorted(differing)) for one in orders]
    changed = execute_all(session, update(ORDERS).where(*seen), rows)
    if changed != len(orders):
        raise StaleOrderError(f"{len(orders) - changed} of {len(orders)} orders")


def _order_row(derived: Derived, names: Sequence[str]) -> dict[str, Any]:
    stored = derived.stored.order
    row = {name: plain(derived.columns[name]) for name in names}
    place = {"at_id": derived.stored.id, "at_version": stored["version"]}
    return row | place | {"version": stored["version"] + 1, "updated_at": derived.as_of}


def _write_shelf(session: Session, shelf: Shelf, changes: Sequence[tuple[str, RowChange]]) -> None:
    table = shelf.table
    this = [table.c[name] == bindparam(f"at_{name}") for name in ("order_id", *shelf.key)]
    gone = [_place(key, change) for key, change in changes if change.after is None]
    other = [_values(change) | _place(key, change) for key, change in changes if change.before and change.after]
    come = [_values(change) | {"order_id": key} for key, change in changes if change.before is None]
    execute_all(session, delete(table).where(*this), gone)
    execute_all(session, update(table).where(*this), other)
    execute_all(session, insert(table), come)


def _place(order_id: str, change: RowChange) -> dict[str, Any]:
    """Which row it is."""
    key = zip(change.shelf.key, change.key, strict=True)
    return {"at_order_id": order_id} | {f"at_{name}": plain(value) for name, value in key}


def _values(change: RowChange) -> dict[str, Any]:
    """The row as it will be."""
    values = change.after or ()
    return {name: plain(value) for name, value in zip(change.shelf.columns, values, strict=True)}


def _lines(derived: Derived, now: datetime) -> Iterator[dict[str, Any]]:
    for line in derived.lines:
        yield {
            "at": now,
            "actor": SHIPCLOCK,
            "action": line.action,
            "order_id": derived.stored.id,
            "before": line.before,
            "after": line.after,
        }
