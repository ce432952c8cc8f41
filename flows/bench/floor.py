"""A floor to measure on: a home with simulated shops behind HTTP, their mail in a Maildir, and people who pack.

All orders are ordinary ones that the platform transports; some of them cannot be shipped on the day they come.
Time is virtual: the platform plays up to a moment, then Shipclock works as long as it has to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import tomlkit
from sqlmodel import col, select

from flows import clock
from flows.bench.figure import BenchError
from flows.commands import Performed, packing_of, perform
from flows.demo.home import agree
from flows.office import Office, open_office
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.fault import FaultMode, let_fail, mend
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd, OrderPlan
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.store import Store
from flows.shop.simulator.story import Story
from models.command import Command
from models.command_name import CommandName
from models.db.packing_rules import record_reading
from models.db.session import open_session
from models.db.tables import OrderRow, StepRow, TodoRow
from models.db.wake import note_awake
from models.home import CONFIG_NAME, TIKTOK_SECRET, find_home
from models.stage import Role, ShippingMode
from models.todo import TodoKind

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
SEED: Final = 7
PACKER: Final = "packer"
MAILBOX: Final = "measured"
CHOSEN_OF: Final = 4  # a crowd of so many times as many orders surely holds enough ordinary ones
SPARE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What is measured: the office, its platform, and the orders that come."""

    office: Office
    shop: Served
    platform: Platform
    plans: tuple[OrderPlan, ...]
    failing: frozenset[str]  # order numbers

    @property
    def environment(self) -> dict[str, str]:
        """What tells processes where this floor is."""
        home = self.office.home
        return {
            "SHIPCLOCK_HOME": str(home.path),
            "SHIPCLOCK_CONFIG": str(home.path / CONFIG_NAME),
            "SHIPCLOCK_DATABASE_URL": home.database_url,
            TIKTOK_SECRET: self.shop.keys.secret,
        }

    def play_to(self, moment: datetime) -> None:
        """Let the platform, its buyers and carriers act up to a moment; nobody has slept over it."""
        self._mend_failed()
        self.platform.advance(moment)
        clock.set_virtual(self.office.engine, moment)
        with open_session(self.office.engine) as session:
            note_awake(session, moment)
            shops = [
                one for one in self.office.settings.shop if not packing_of(session, one, PACKER).read_until(moment)
            ]
            record_reading(session, [one.name for one in shops], PACKER, moment)
            session.commit()

    def _mend_failed(self) -> None:
        """Let the orders go through from now on whose step has failed."""
        failed = select(OrderRow.order_no).join(StepRow, col(StepRow.order_id) == col(OrderRow.id))
        with open_session(self.office.engine, read_only=True) as session:
            for order_no in session.exec(failed.where(col(StepRow.first_failed_at).is_not(None))).all():
                mend(self.shop.store, order_no)

    def pack(self) -> int:
        """Let the packers pack whatever waits for them, each order by a command; give how many."""
        waiting = select(OrderRow.shop_id, OrderRow.order_no).join(TodoRow, col(TodoRow.order_id) == col(OrderRow.id))
        with open_session(self.office.engine, read_only=True) as session:
            orders = session.exec(waiting.where(TodoRow.kind == TodoKind.PACK.value)).all()
        command = Command(name=CommandName.MARK_PACKED, actor=PACKER, role=Role.PACKER, at=self.office.now())
        for shop, order_no in orders:
            answer = perform(self.office, shop, order_no, command)
            if not isinstance(answer, Performed):
                raise BenchError(f"order {order_no} could not be packed: {answer.code}")
        return len(orders)

    def stages(self) -> dict[str, int]:
        """Count our orders by stage."""
        with open_session(self.office.engine, read_only=True) as session:
            rows = session.exec(select(OrderRow.stage)).all()
        return {stage: rows.count(stage) for stage in sorted(set(rows))}


@contextmanager
def open_floor(
    folder: Path, orders: int, days: int, *, failing: int = 0, database_url: str | None = None
) -> Iterator[Floor]:
    """Make a floor for so many orders, placed over so many days, and serve its shops while the block lasts.

    Of `failing` orders the step that ships them fails until the day is over. Its database is a file, unless
    `database_url` names another that is the floor's alone.
    """
    folder.mkdir(parents=True)
    play, plans = _play(folder / "platform.db", orders, days)
    drop = MaildirDrop(folder / "Maildir")
    with serve(play) as shop:
        (folder / CONFIG_NAME).write_text(_settings(shop, drop.path), encoding="utf-8")
        given = {"SHIPCLOCK_DATABASE_URL": database_url} if database_url else {}
        here = {"SHIPCLOCK_HOME": str(folder), TIKTOK_SECRET: shop.keys.secret}
        home = find_home({**here, **given, **_plain_environment()})
        office = open_office(home)
        clock.set_virtual(office.engine, START)
        agree(office, shop)
        broken = frozenset(plan.order_no for plan in plans[:: -(-orders // failing)]) if failing else frozenset[str]()
        for order_no in broken:
            let_fail(play, "ship", FaultMode.REFUSES, order_no=order_no, calls=None)
        try:
            yield Floor(office=office, shop=shop, platform=Platform(play, drop), plans=plans, failing=broken)
        finally:
            office.engine.dispose()


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SHIPCLOCK_")}


def _play(path: Path, orders: int, days: int) -> tuple[Store, tuple[OrderPlan, ...]]:
    """Begin a play in which only ordinary orders happen, so many of them."""
    play = begin_play(path, seed=SEED, start=START, crowd=Crowd(orders=orders * CHOSEN_OF + SPARE, days=days))
    ordinary = [plan for plan in play.script.plans if _is_ordinary(plan)]
    every = len(ordinary) / orders  # from all days alike
    chosen = tuple(ordinary[int(number * every)] for number in range(orders))
    with play.change() as changing:
        changing.sql("create temporary table chosen (order_no text primary key)")
        for plan in chosen:
            changing.sql("insert into chosen values (?)", plan.order_no)
        changing.sql("delete from event where order_no not in (select order_no from chosen)")
        changing.sql("drop table chosen")
    return play, chosen


def _is_ordinary(plan: OrderPlan) -> bool:
    return plan.story is Story.PICKUP and plan.paid and plan.shipping is ShippingMode.PLATFORM and not plan.return_wish


def _settings(shop: Served, maildir: Path) -> str:
    box = {"name": MAILBOX, "kind": "maildir", "path": str(maildir), "authserv_id": RECEIVER}
    by_platform = {"shipping": ShippingMode.PLATFORM.value, "policy": "article", "confirms": "by_itself"}
    shops = [{**cast.settings(MAILBOX), **by_platform} for cast in casts(shop.store.script.market).values()]
    return tomlkit.dumps({"mailbox": [box], "tiktok": shop.settings, "shop": shops})
