"""The watcher: what time alone changes is recorded, and one poisoned order holds up no other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select

from flows import clock, watch
from flows.office import open_office
from models.db import orders
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import DeadlineRow
from models.db.watch import due_orders
from models.fact import Fact
from models.ids import order_id
from models.order import Order, fold
from models.terms import Terms
from tests.flows.prefect_server import a_home
from tests.models.makers import placed, t

SHOP = "Tre Viet Store"
GOOD, BAD = "576461413038785752", "576461413038785753"


def test_one_poisoned_order_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office(a_home(tmp_path))
    clock.set_virtual(office.engine, t(1))
    with open_session(office.engine) as session:
        for number in (BAD, GOOD):
            record_facts(session, office.shop(SHOP), [(number, fact) for fact in placed(0, order_no=number)], t(1))
        session.commit()
    clock.set_virtual(office.engine, t(73))

    def poisoned(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
        known = tuple(facts)
        if any(fact.text("order_no") == BAD for fact in known):
            raise ZeroDivisionError
        return fold(known, terms, now)

    monkeypatch.setattr(orders, "fold", poisoned)
    checked = watch.check_due(office)
    assert (checked.orders, checked.failed) == (1, {order_id(SHOP, BAD): "ZeroDivisionError"})
    with open_session(office.engine, read_only=True) as session:
        state = select(DeadlineRow.state).where(DeadlineRow.order_id == order_id(SHOP, GOOD), DeadlineRow.rule == "D02")
        assert session.exec(state).one() == "BREACHED"
        assert [key for key, _ in due_orders(session, t(73))] == [order_id(SHOP, BAD)]
    office.engine.dispose()
