"""Two drivers at one database, each a process of its own, and a shop that notes whatever it is asked to do.

The shop has no guard: what is asked twice is noted twice. Its notes are in a database of their own, with the driver
that asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Final, cast

import psycopg
from sqlmodel import col, select

from flows.claiming import Claiming
from flows.handful import carry_out_all, plainly
from flows.office import Office, open_office
from flows.shop.protocol import Answer, Outcome, Shop, Told
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.steps import StepStatus
from models.db.tables import StepRow
from models.fact import FactKind
from models.home import Home
from models.stage import Step
from tests.forks import forks
from tests.models.makers import placed

SHOP: Final = "Tre Viet Store"
EFFECTS: Final = (Step.CONFIRM, Step.PACK, Step.HAND_OVER)
NOTES: Final = "CREATE TABLE deed (key text NOT NULL, driver text NOT NULL)"


@dataclass(frozen=True)
class NotingShop:
    """Does whatever it is asked to do, and says so; where a parcel is, it never knows."""

    name: str
    notes: psycopg.Connection
    driver: str

    def look_ahead(self, **_asked: object) -> None:
        """There is nothing to read."""

    def confirm(self, _order_no: str, *, key: str) -> Answer:
        """Note it."""
        return self._done(FactKind.STOCK_CONFIRMED, key)

    def pack(self, _order_no: str, *, key: str) -> Answer:
        """Note it."""
        return self._done(FactKind.PACKED, key)

    def hand_over(self, _order_no: str, *, key: str, **_given: object) -> Answer:
        """Note it."""
        return self._done(FactKind.MARKED_SHIPPED, key)

    def track(self, _order_no: str) -> Answer:
        """No news."""
        return Answer(outcome=Outcome.WAITING)

    def _done(self, kind: FactKind, key: str) -> Answer:
        self.notes.execute("INSERT INTO deed VALUES (%s, %s)", (key, self.driver))
        return Answer(outcome=Outcome.OK, told=(Told(kind=kind, occurred_at=datetime.now(UTC)),))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotingOffice(Office):
    """An office whose shops note."""

    notes: psycopg.Connection
    driver: str

    def open_shop(self, name: str) -> Shop:
        """Open the noting one."""
        return cast("Shop", NotingShop(name, self.notes, self.driver))


def drive(home: Home, notes: str, driver: str, begin: Barrier) -> None:
    """Carry out what is due until nothing is left, as the flow does it."""
    plain = open_office(home)
    with psycopg.connect(notes, autocommit=True) as connection:
        office = NotingOffice(home=home, settings=plain.settings, engine=plain.engine, notes=connection, driver=driver)
        begin.wait()
        while _is_left(office):
            claiming = Claiming(office=office, by=driver)
            for due in claiming.lists():
                for done in carry_out_all(claiming, due, plainly, run=None, by="test"):
                    assert done.fault is None
    plain.engine.dispose()


def _is_left(office: Office) -> bool:
    open_ones = (StepStatus.QUEUED.value, StepStatus.RUNNING.value)
    with open_session(office.engine, read_only=True) as session:
        return session.exec(select(StepRow.step).where(col(StepRow.status).in_(open_ones)).limit(1)).first() is not None


def begin_orders(home: Home, count: int) -> None:
    """Let so many paid orders come in."""
    office = open_office(home)
    told = [(f"5764614130{number:08}", fact) for number in range(count) for fact in placed(0)]
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP), told, office.now())
        session.commit()
    office.engine.dispose()


def deeds(notes: str) -> dict[str, Counter[str]]:
    """How often each effect was asked for, by driver."""
    found: dict[str, Counter[str]] = {}
    with psycopg.connect(notes) as connection:
        for key, driver in connection.execute("SELECT key, driver FROM deed"):
            found.setdefault(driver, Counter())[key] += 1
    return found


def run(home: Home, notes: str, orders: int, drivers: int = 2) -> dict[str, Counter[str]]:
    """Let the drivers work on so many orders until nothing is left; give what each did."""
    begin_orders(home, orders)
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute(NOTES)
    context = forks()
    begin = context.Barrier(drivers)
    crew = [context.Process(target=drive, args=(home, notes, f"driver {n}", begin)) for n in range(drivers)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert [one.exitcode for one in crew] == [0] * drivers
    return deeds(notes)
