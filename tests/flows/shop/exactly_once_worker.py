"""One worker of the exactly-once run: drives steps and plays the people, until it is killed.

The product's own code, with shorter leases and waits, so that what a killed worker held comes back within seconds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import Final

from sqlmodel import select

from flows.commands import Performed, perform
from flows.office import Office, open_office
from flows.shop.client import ShopClient, open_client
from flows.shop.desk import Desk
from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import Shop, ShopError
from flows.steps import attempt, carry_out
from models.case import CaseKind, CaseStep
from models.command import Command, CommandName, Refused
from models.db import steps as step_rows
from models.db.orders import folded
from models.db.session import DatabaseError, open_session
from models.db.tables import OrderRow
from models.home import Home
from models.ids import order_id
from models.order import Order
from models.settings import ShopSettings
from models.stage import RANK, Role, Stage
from tests.flows.claims import claim_due

LEASE: Final = timedelta(seconds=20)  # longer than an answer takes, also on a machine that has much else to do
WAIT: Final = timedelta(milliseconds=300)
LONGEST: Final = timedelta(seconds=20)  # an order with much bad luck would wait as long as the whole run
QUICKER: Final = 20  # times: waits between tries of one call
AT_ONCE: Final = 4  # steps that are taken together
TASKS: Final = "tasks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to become of one order: `ship`, `ship_own` (a person gives the number) or `cancel`."""

    shop: str
    order_no: str
    what: str
    tracking_no: str = ""

    @property
    def order_id(self) -> str:
        """The order's id here."""
        return order_id(self.shop, self.order_no)


def write_tasks(folder: Path, tasks: Sequence[Task]) -> None:
    """Leave the tasks for the workers."""
    rows = [[task.shop, task.order_no, task.what, task.tracking_no] for task in tasks]
    (folder / TASKS).write_text(json.dumps(rows), encoding="utf-8")


def read_tasks(folder: Path) -> list[Task]:
    """Read the tasks."""
    rows = json.loads((folder / TASKS).read_text(encoding="utf-8"))
    return [Task(shop=shop, order_no=number, what=what, tracking_no=tracking) for shop, number, what, tracking in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickOffice(Office):
    """The office, with each shop opened once and a short lease."""

    opened: dict[str, OpenApiShop] = field(default_factory=dict)

    def open_shop(self, name: str) -> Shop:
        """Open a shop by its keys."""
        if name not in self.opened:
            shop = self.shop(name)
            opening = partial(self._open, shop)
            desk = Desk(opening=opening, shop=shop, engine=self.engine, now=self.now, lease=LEASE)
            self.opened[name] = OpenApiShop(desk)
        return self.opened[name]

    def _open(self, shop: ShopSettings) -> ShopClient:
        client = open_client(self.home, self.settings, self.engine, shop, self.now)
        client.transport.sleep = lambda seconds: sleep(seconds / QUICKER)
        return client


def drive_steps(office: QuickOffice, by: str) -> int:
    """Carry out some of the steps that are due; give how many."""
    claims = claim_due(office, by=by, limit=AT_ONCE)
    for claimed in claims:
        doing = partial(carry_out, office, claimed.shop_id, claimed.order_no, claimed.step)
        attempt(office, claimed, doing, run=None, by=by)
    return len(claims)


def play_the_person(office: QuickOffice, task: Task) -> bool:
    """Do for one order the next that a person would; whether anything is left to do for it."""
    order = _order(office, task)
    if task.what == "ship_own" and order.rank < RANK[Stage.AWAITING_HANDOVER]:
        _do(office, task, CommandName.MARK_SHIPPED, tracking_no=task.tracking_no)
        return True
    if task.what == "cancel" and order.stage is not Stage.CANCELLED:
        _cancel(office, task, order)
        return True
    return False


def _cancel(office: QuickOffice, task: Task, order: Order) -> None:
    case = next((one for one in order.open_cases if one.kind is CaseKind.SELLER_CANCEL), None)
    if case is None:
        _do(office, task, CommandName.SELLER_CANCEL, reason_code="out_of_stock")
        return
    step = str(case.next_step)
    done = _do(office, task, CommandName.CLAIM_STEP, step=step, case_id=case.case_id)
    if isinstance(done, Refused) and done.code == "message_unsure" and step == CaseStep.NOTIFY:
        # A person has looked into the chat.
        _do(office, task, CommandName.RECORD, kind="buyer_notified", case_id=case.case_id)


def _do(office: QuickOffice, task: Task, name: CommandName, **values: str) -> Performed | Refused | None:
    given = {key: value for key, value in values.items() if value}
    asked = Command(name=name, actor="Lan", role=Role.MANAGER, at=office.now(), reason=None, values=given)
    try:
        return perform(office, task.shop, task.order_no, asked)
    except ShopError:
        return None


def _order(office: QuickOffice, task: Task) -> Order:
    with open_session(office.engine, read_only=True) as session:
        row = session.get_one(OrderRow, task.order_id)
        return folded(session, office.shop(task.shop), row, office.now())


def unfinished(office: Office, tasks: Sequence[Task]) -> list[Task]:
    """Give the tasks whose order is not where it should be, by what we know."""
    with open_session(office.engine, read_only=True) as session:
        stages = dict(iter(session.exec(select(OrderRow.id, OrderRow.stage))))
    wanted = {"cancel": Stage.CANCELLED}
    return [task for task in tasks if stages[task.order_id] != wanted.get(task.what, Stage.AWAITING_HANDOVER)]


def work(home: Home, number: int, workers: int) -> None:
    """Work until killed."""
    step_rows.LEASE, step_rows.SHORTEST_WAIT, step_rows.LONGEST_WAIT = LEASE, WAIT, LONGEST  # type: ignore[misc]  # shorter for a run
    plain = open_office(home)
    office = QuickOffice(home=plain.home, settings=plain.settings, engine=plain.engine)
    tasks = read_tasks(office.home.path)
    mine = [task for place, task in enumerate(tasks) if place % workers == number and task.what != "ship"]
    while True:
        try:
            done = drive_steps(office, f"worker-{os.getpid()}")
            left = [task for task in mine[:AT_ONCE] if play_the_person(office, task)]
            mine = [*mine[AT_ONCE:], *left]  # one that must wait holds up none
        except DatabaseError:
            done = 0
        if not done and not mine:
            sleep(WAIT.total_seconds())
