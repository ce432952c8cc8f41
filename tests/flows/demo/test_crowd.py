"""Many orders to measure with: copies of played ones under other numbers and on other days, as the product has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlmodel import func, select

from flows.demo.home import DemoHome
from models.db.rebuild import look_through
from models.db.session import make_engine, open_session
from models.db.tables import OrderRow
from tests.dashboard.crowd import make

ORDERS = 600


def test_what_is_stored_of_a_copied_order_follows_from_its_own_facts(
    played: tuple[DemoHome, dict[str, Any], Mapping[str, str]], tmp_path: Path
):
    demo, _, _ = played
    (demo.home.path / "done").touch()
    address = f"sqlite:///{tmp_path / 'shipclock.db'}"
    make(tmp_path, demo.home.path, ORDERS, address, lambda _: None)
    engine = make_engine(address)
    with open_session(engine, read_only=True) as session:
        count, first, last = session.exec(
            select(func.count(), func.min(OrderRow.placed_at), func.max(OrderRow.placed_at))
        ).one()
    assert count == ORDERS
    assert first is not None
    assert last is not None
    assert (last - first).days > 600
    steady = {shop.name: shop for shop in demo.office.settings.shop if shop.market == "VN"}  # without summer time
    parts = list(look_through(engine, steady, demo.office.now()))
    assert sum(part.orders for part in parts) > 100
    assert [one for part in parts for one in part.differences] == []
    engine.dispose()
