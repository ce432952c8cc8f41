"""The calls about orders: list and detail, and the shops that a token opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from flows.shop.simulator import wire
from flows.shop.simulator.buyer import person_of
from flows.shop.simulator.cast import casts
from flows.shop.simulator.state import COMPLETE, SUCCESS, Order, Package, listed
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.paging import Rules, one_of, turn
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire
from models.platform_status import PlatformStatus

ORDERS: Final = Rules(most=100, descending=True)
IDS: Final = 50  # orders in one call of the detail
SHIPPING_TYPES: Final = frozenset(wire.SHIPPING_TYPES.values())


def authorised_shops(ask: Ask) -> Wire:
    """List the shops that the token opens."""
    shops = [
        {
            "id": cast.platform_id,
            "name": cast.name,
            "region": cast.market,
            "seller_type": "LOCAL",
            "cipher": cast.cipher,
            "code": f"{cast.market}FAKE{cast.platform_id[-4:]}",
        }
        for cast in casts(ask.script.market).values()
    ]
    return {"shops": shops}


def search_orders(ask: Ask) -> Wire:
    """List orders, whole."""
    page = turn(ask, Order, ORDERS, _filters(ask))
    return {
        "orders": whole_orders(ask, page.rows),
        "next_page_token": page.next_token,
        "total_count": page.total,
    }


def get_orders(ask: Ask) -> Wire:
    """Give these orders; those that are not this shop's are left out."""
    ids = [one for one in ask.query.get("ids", "").split(",") if one]
    if not ids or len(ids) > IDS or not all(one.isdecimal() for one in ids):
        raise Refusal("parameter", f"'ids' must be 1 to {IDS} order ids")
    ((clause, values),) = one_of("order_no", ids)
    rows = listed(ask.play, Order, f"where shop = ? and {clause}", ask.cast.name, *values)
    return {"orders": whole_orders(ask, rows)}


def whole_orders(ask: Ask, rows: Sequence[Order]) -> list[Wire]:
    """Write orders as the API does, with two questions to the store for all of them."""
    if not rows:
        return []
    numbers = [row.order_no for row in rows]
    ((clause, values),) = one_of("order_no", numbers)
    packages: dict[str, list[Package]] = defaultdict(list)
    for package in listed(ask.play, Package, f"where {clause} order by package_id", *values):
        packages[package.order_no].append(package)
    cancelled: dict[str, list[str]] = defaultdict(list)
    for order_no, line in ask.play.sql(
        f"select order_no, value from cancellation, json_each(lines) where {clause} and status in (?, ?)",  # noqa: S608  # our own names
        *values,
        SUCCESS,
        COMPLETE,
    ):
        cancelled[order_no].append(line)
    by_no = ask.script.by_no
    return [wire.order(row, by_no[row.order_no], packages[row.order_no], cancelled[row.order_no]) for row in rows]


def _filters(ask: Ask) -> list[tuple[str, list[object]]]:
    filters: list[tuple[str, list[object]]] = []
    if status := ask.body.get("order_status"):
        if status not in set(PlatformStatus):
            raise Refusal("parameter", "'order_status'")
        filters.append(("status = ?", [status]))
    if (asked := ask.body.get("is_buyer_request_cancel")) is not None:
        filters.append(("cancel_open = ?", [bool(asked)]))
    if kind := ask.body.get("shipping_type"):
        if kind not in SHIPPING_TYPES:
            raise Refusal("parameter", "'shipping_type'")
        filters += _among(ask, lambda plan: wire.SHIPPING_TYPES[plan.shipping] == kind)
    if buyer := ask.body.get("buyer_user_id"):
        filters += _among(ask, lambda plan: person_of(plan).user_id == buyer)
    ask.texts("warehouse_ids")
    return filters


def _among(ask: Ask, fits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # a test of a plan
    numbers = [plan.order_no for plan in ask.script.plans if fits(plan)]
    return [("order_no in (select value from json_each(?))", [str(numbers).replace("'", '"')])]
