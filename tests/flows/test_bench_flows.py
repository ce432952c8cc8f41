"""The parts of `bench flows` without its Prefect server: what is measured is whole orders, from mail to delivered.

The long form is the command itself.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flows.bench.floor import START, Floor, open_floor
from flows.claiming import Claiming
from flows.handful import carry_out_all, plainly
from flows.look import look
from flows.shop.simulator.tally import double_effects
from flows.sync_shop import sync_one
from ingest.poll import poll_mailbox

ORDERS = 8
DAY, EARLY = timedelta(days=1), timedelta(hours=2)


def work(floor: Floor) -> None:
    """Do what has work, in this process."""
    office = floor.office.keeping_shops()
    for one in look(office).work:
        if one.deployment == "poll-mailbox":
            poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)
        elif one.deployment == "sync-shop":
            sync_one(office, office.shop(one.parameters["shop"]))
        elif one.deployment == "drive-orders":
            drive(floor)


def drive(floor: Floor) -> None:
    office = floor.office.keeping_shops()
    claiming = Claiming(office=office, by="test")
    for due in claiming.lists():
        for done in carry_out_all(claiming, due, plainly, run=None, by="test"):
            assert done.fault is None


def test_every_order_of_the_floor_comes_from_mail_to_delivered_by_the_four_steps_and_once(tmp_path: Path):
    with open_floor(tmp_path / "floor", ORDERS, 1) as floor:
        packed = 0
        for number in range(1, 9):
            floor.play_to(START + number * DAY + EARLY)
            for _ in range(3):
                work(floor)
                packed += floor.pack()
        assert set(floor.stages()) <= {"DELIVERED", "COMPLETED"}
        assert sum(floor.stages().values()) == packed == len(floor.plans) == ORDERS
        assert double_effects(floor.shop.store) == 0


def test_the_failing_orders_are_some_of_all(tmp_path: Path):
    with open_floor(tmp_path / "floor", ORDERS, 1, failing=4) as floor:
        assert len(floor.failing) == 4
        assert floor.failing < {plan.order_no for plan in floor.plans}
