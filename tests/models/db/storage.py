"""Telling a database facts and reading everything back that is cached from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import select

from models.db.columns import Table
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.stored import ORDERS, read_orders
from models.fact import Fact
from models.settings import ShopSettings
from tests.models.makers import t

RowT = TypeVar("RowT", bound=Table)

NO = "576461413038785752"


def tell(engine: Engine, shop: ShopSettings, now: float, *facts: Fact, order_no: str = NO) -> None:
    """Record facts of one order so many hours after T0."""
    with open_session(engine) as session:
        record_facts(session, shop, [(order_no, fact) for fact in facts], t(now))
        session.commit()


def rows(engine: Engine, table: type[RowT]) -> Sequence[RowT]:
    """All rows of a table."""
    with open_session(engine, read_only=True) as session:
        return session.exec(select(table)).all()


def dump(engine: Engine, *without: str, shop: str = "Shop A") -> list[Any]:
    """Everything cached of a shop's orders, but the version and columns of the order that are left out."""
    left_out = {"version", *without}
    with open_session(engine, read_only=True) as session:
        return [
            ({name: value for name, value in one.order.items() if name not in left_out}, one.shelves)
            for one in read_orders(session, ORDERS.c.shop_id == shop)
        ]
