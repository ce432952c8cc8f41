"""The watcher's run: what time alone changes is recorded, and a poisoned order is told after all the others."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update
from sqlmodel import select

from flows import clock, watch
from flows.office import open_office
from models.db.facts import FACTS
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import DeadlineRow
from models.db.watch import due_orders
from models.ids import order_id
from tests.flows.prefect_server import a_home
from tests.models.makers import placed, t

SHOP = "Tre Viet Store"
GOOD, BAD = "576461413038785752", "576461413038785753"


def test_one_poisoned_order_holds_up_no_other(tmp_path: Path, database: str) -> None:
    office = open_office(a_home(tmp_path, database))
    clock.set_virtual(office.engine, t(1))
    with open_session(office.engine) as session:
        for number in (BAD, GOOD):
            record_facts(session, office.shop(SHOP), [(number, fact) for fact in placed(0, order_no=number)], t(1))
        session.execute(update(FACTS).where(FACTS.c.order_id == order_id(SHOP, BAD)).values(kind="eaten"))
        session.commit()
    clock.set_virtual(office.engine, t(73))
    checked = watch.check_due(office)
    assert (checked.orders, checked.failed) == (1, {order_id(SHOP, BAD): "KeyError"})
    with open_session(office.engine, read_only=True) as session:
        state = select(DeadlineRow.state).where(DeadlineRow.order_id == order_id(SHOP, GOOD), DeadlineRow.rule == "D02")
        assert session.exec(state).one() == "BREACHED"
        assert due_orders(session, t(73)) == []
    office.engine.dispose()
