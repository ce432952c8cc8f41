"""How an order's stored rows differ from what follows from its facts: row by row to mend, column by column to tell.

Pure. What is written and what `rebuild --check` reports is the same comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.db.derived import Derived
from models.db.insert import plain
from models.db.stored import ORDERS, SHELVES, Key, Shelf, Values
from models.fact import Json
from models.ids import order_id

ROW: Final = "row"  # in place of a column: the whole row is missing or too many
COMPUTATION: Final = "computation"  # in place of a column: it failed
UNREADABLE: Final = "unreadable"  # in place of a column: what is cached is spoiled, its facts are not
STAMPS: Final = frozenset({"updated_at"})  # when a row was written follows from no fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row that must change: it comes when there is no `before`, and goes when there is no `after`."""

    shelf: Shelf
    key: Key
    before: Values | None
    after: Values | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stored value that does not follow from the facts, both as JSON; `key` tells the row within the order."""

    shop_id: str
    order_no: str
    table: str
    key: str
    column: str
    stored: Json
    computed: Json

    @property
    def place(self) -> str:
        """Which value of the order it is: "deadline D02 state"."""
        return " ".join(filter(None, (self.table, self.key, self.column)))

    @property
    def mendable(self) -> bool:
        """Whether a rebuild puts it right; rows that hang loose and orders that cannot be computed need a person."""
        return bool(self.key) or (self.table == ORDERS.name and self.column not in {COMPUTATION, "id"})


def row_changes(derived: Derived) -> Iterator[RowChange]:
    """Give the rows of the shelves that differ from what is stored."""
    for shelf, before, after in zip(SHELVES, derived.stored.shelves, derived.shelves, strict=True):
        if before == after:
            continue
        for key, values in after.items():
            if (old := before.get(key)) != values:
                yield RowChange(shelf=shelf, key=key, before=old, after=values)
        for key in before.keys() - after.keys():
            yield RowChange(shelf=shelf, key=key, before=before[key], after=None)


def differences(derived: Derived) -> Iterator[Difference]:
    """Give each stored value that differs from the computed one."""
    stored = derived.stored.order
    if derived.stored.id != (key := order_id(*derived.stored.number)):
        yield _difference(derived, ORDERS.name, "", "id", derived.stored.id, key)
    for name, value in derived.columns.items():
        if stored[name] != value:
            yield _difference(derived, ORDERS.name, "", name, stored[name], value)
    for change in row_changes(derived):
        about = ":".join(filter(None, change.key))
        if change.before is None or change.after is None:
            found, wanted = ("there" if values else None for values in (change.before, change.after))
            yield _difference(derived, change.shelf.table.name, about, ROW, found, wanted)
            continue
        for name, old, new in zip(change.shelf.columns, change.before, change.after, strict=True):
            if old != new and name not in STAMPS:
                yield _difference(derived, change.shelf.table.name, about, name, old, new)


def _difference(  # a difference's parts
    derived: Derived, table: str, key: str, column: str, stored: object, computed: object
) -> Difference:
    order = derived.stored.order
    return Difference(
        shop_id=order["shop_id"],
        order_no=order["order_no"],
        table=table,
        key=key,
        column=column,
        stored=_json(stored),
        computed=_json(computed),
    )


def _json(value: Any) -> Json:  # noqa: ANN401  # any column's value
    """Moments as text; a list or object is told by its size, for an item's title is long."""
    match value:
        case datetime():
            return value.isoformat()
        case list() | dict():
            return f"{len(value)} entries"
    return plain(value)  # type: ignore[no-any-return]  # a number, a text or None
