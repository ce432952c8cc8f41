"""The platform's own state of an order: its row, packages, cancellations and returns, as the API has them.

Reads and writes rows within a transaction of the store; what a change brings along is `change`'s.
Moments are Unix seconds. A change of an order's status moves its `update_time`, nothing else does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, Final, TypeVar

from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.store import Play
from models.platform_status import PlatformStatus

PENDING: Final = "CANCELLATION_REQUEST_PENDING"
SUCCESS: Final = "CANCELLATION_REQUEST_SUCCESS"
CLOSED: Final = "CANCELLATION_REQUEST_CANCEL"  # withdrawn or rejected
COMPLETE: Final = "CANCELLATION_REQUEST_COMPLETE"  # the money is back


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, but for what the script has of it."""

    order_no: str
    shop: str
    status: PlatformStatus
    create_time: int
    update_time: int
    paid_time: int | None = None
    rts_time: int | None = None
    collection_time: int | None = None
    delivery_time: int | None = None
    cancel_time: int | None = None
    request_cancel_time: int | None = None
    cancel_reason: str | None = None
    cancel_by: str | None = None
    cancel_open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package; `lines` are ids of line items, `label_time` is when its label can be had."""

    package_id: str
    order_no: str
    shop: str
    status: str
    sub_status: str
    create_time: int
    update_time: int
    lines: tuple[str, ...]
    tracking_no: str = ""
    provider_id: str = ""
    exception: str | None = None
    handover_method: str | None = None
    slot_start: int | None = None
    slot_end: int | None = None
    label_time: int | None = None

    @property
    def shipped(self) -> bool:
        """Whether the seller has arranged it."""
        return self.status != "TO_FULFILL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A request to cancel, or a cancellation; `deadline`: the seller's answer-by time while it is open."""

    cancel_id: str
    order_no: str
    shop: str
    cancel_type: str
    status: str
    role: str
    reason: str
    create_time: int
    update_time: int
    deadline: int | None = None
    lines: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return or refund that the buyer wants; `action`: what the seller has to do next, empty: nothing."""

    return_id: str
    order_no: str
    shop: str
    return_type: str
    status: str
    role: str
    reason: str
    create_time: int
    update_time: int
    deadline: int | None = None
    action: str = ""


Row = TypeVar("Row", Order, Package, Cancellation, Return)

TABLES: Final[dict[type, tuple[str, str]]] = {
    Order: ("orders", "order_no"),
    Package: ("package", "package_id"),
    Cancellation: ("cancellation", "cancel_id"),
    Return: ("return_order", "return_id"),
}
_COLUMNS: Final = {kind: tuple(column.name for column in fields(kind)) for kind in TABLES}
_VALUES: Final = {kind: attrgetter(*names) for kind, names in _COLUMNS.items()}
_SELECT: Final = {kind: f"select {', '.join(_COLUMNS[kind])} from {TABLES[kind][0]}" for kind in TABLES}  # noqa: S608  # our own names
_PUT: Final = {
    kind: f"replace into {TABLES[kind][0]} ({', '.join(names)}) values ({', '.join('?' * len(names))})"  # noqa: S608  # the same
    for kind, names in _COLUMNS.items()
}


def find(play: Play, kind: type[Row], key: str) -> Row | None:
    """Find a row by its id."""
    found = listed(play, kind, f"where {TABLES[kind][1]} = ?", key)
    return found[0] if found else None


def listed(play: Play, kind: type[Row], clause: str, *values: object) -> list[Row]:
    """List the rows that a clause of SQL chooses."""
    columns = _COLUMNS[kind]
    return [_row(kind, dict(zip(columns, row, strict=True))) for row in play.sql(f"{_SELECT[kind]} {clause}", *values)]


def of_order(play: Play, kind: type[Row], order_no: str) -> list[Row]:
    """List what belongs to an order, oldest first."""
    return listed(play, kind, f"where order_no = ? order by create_time, {TABLES[kind][1]}", order_no)


def put(play: Play, row: Row) -> Row:
    """Write a row, or write it anew."""
    values = (json.dumps(value) if isinstance(value, tuple) else value for value in _VALUES[type(row)](row))
    play.sql(_PUT[type(row)], *values)
    return row


def move(play: Play, order_no: str, status: PlatformStatus, at: int, **times: Any) -> Order:  # noqa: ANN401  # columns
    """Bring an order to another status, with the times that go with it."""
    order = the_order(play, order_no)
    return put(play, replace(order, status=status, update_time=max(at, order.update_time), **times))


def move_packages(play: Play, order_no: str, status: str, sub_status: str, at: int, **more: Any) -> None:  # noqa: ANN401  # columns
    """Bring all packages of an order to another status."""
    for package in of_order(play, Package, order_no):
        put(play, replace(package, status=status, sub_status=sub_status, update_time=at, **more))


def the_order(play: Play, order_no: str) -> Order:
    """Give an order that was placed. Raises LookupError for one that was not."""
    order = find(play, Order, order_no)
    if order is None:
        raise LookupError(order_no)
    return order


def status_of(play: Play, order_no: str) -> PlatformStatus | None:
    """Where the platform has the order; None before it is placed."""
    row = play.sql("select status from orders where order_no = ?", order_no).fetchone()
    return PlatformStatus(row[0]) if row else None


def open_request(play: Play, order_no: str) -> Cancellation | None:
    """Find the buyer's request that waits for an answer."""
    found = listed(play, Cancellation, "where order_no = ? and status = ?", order_no, PENDING)
    return found[0] if found else None


def line_ids(plan: OrderPlan) -> tuple[str, ...]:
    """Give the ids of an order's line items: one a unit."""
    first = int(plan.order_no) * 10
    return tuple(str(first + unit) for unit in range(sum(line.quantity for line in plan.lines)))


def new_id(play: Play, kind: type[Row], family: str, order_no: str) -> str:
    """Give an id for something new of an order: the same in every play of the same script."""
    table = TABLES[kind][0]
    number = play.sql(f"select count(*) from {table} where order_no = ?", order_no).fetchone()[0]  # noqa: S608  # our own name
    return f"{family}{order_no[2:]}{number + 1}"


def _row(kind: type[Row], values: dict[str, Any]) -> Row:
    if "lines" in values:
        values["lines"] = tuple(json.loads(values["lines"]))
    if kind is Order:
        values["status"] = PlatformStatus(values["status"])
    return kind(**values)
