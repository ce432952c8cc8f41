"""A step whose shop answers 503: retried, failed, shown; each way of running it again finishes it, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import pytest
import tomlkit

from flows.office import SIMULATOR, Office, open_office
from flows.rerun import Where, rerun_step
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.store import Store
from flows.shop.simulator.story import Story
from flows.shop.simulator.tally import double_effects
from flows.stack import Stack
from models.db.orders import record_facts
from models.db.reading import problems
from models.db.session import open_session
from models.db.tables import StepRow
from models.fact import Authority, Fact, FactKind
from models.ids import order_id
from models.stage import Step
from tests.flows.prefect_server import run_again, run_to_end, start_run, wait_for, wait_for_end

pytestmark = pytest.mark.timeout(400)  # four runs on a worker, each a new process

LONG_AGO: Final = datetime(2026, 3, 2, tzinfo=UTC)
SHOP: Final = casts()["en"]


@dataclass(frozen=True)
class Floor:
    """A shop whose simulated platform can be made to answer 503."""

    stack: Stack
    office: Office
    store: Store
    orders: tuple[str, ...]

    def breaks_down(self, order_no: str) -> None:
        with self.store.change() as play:
            play.sql(
                "insert into fault (order_no, effect, mode, remaining) values (?, 'confirm', 'refuses', 1000)", order_no
            )

    def recovers(self, order_no: str) -> None:
        with self.store.change() as play:
            play.sql("delete from fault where order_no = ?", order_no)

    def confirmations(self, order_no: str) -> int:
        with self.store.look() as play:
            query = "select count(*) from effect where order_no = ? and effect = 'confirm' and applied = 1"
            return int(play.sql(query, order_no).fetchone()[0])

    def step(self, order_no: str) -> StepRow:
        with open_session(self.office.engine, read_only=True) as session:
            return session.get_one(StepRow, (order_id(SHOP.name, order_no), Step.CONFIRM.value))

    def problem_orders(self) -> set[str]:
        with open_session(self.office.engine, read_only=True) as session:
            return {problem.order_no for problem in problems(session)}


@pytest.fixture
def floor(prefect_stack: Stack) -> Floor:
    """Three paid orders whose stock check answers 503."""
    home = prefect_stack.home
    settings = tomlkit.parse(home.config.read_text(encoding="utf-8"))
    settings["shop"].append(
        {
            "name": SHOP.name,
            "market": SHOP.market,
            "currency": SHOP.currency,
            "timezone": SHOP.timezone,
            "policy": "article",
            "mailbox": "main",
        }
    )
    home.config.write_text(tomlkit.dumps(settings), encoding="utf-8")
    store = begin_play(home.path / SIMULATOR, seed=7, start=LONG_AGO)
    Platform(store, MaildirDrop(home.path / "played")).advance(LONG_AGO + timedelta(days=20))
    orders = tuple(plan.order_no for plan in store.script.stories(Story.PICKUP) if plan.paid)[:3]
    made = Floor(prefect_stack, open_office(home), store, orders)
    for order_no in orders:
        made.breaks_down(order_no)
    _arrive(made.office, orders[:2])
    return made


def _arrive(office: Office, orders: tuple[str, ...]) -> None:
    now = office.now()
    told = [
        (
            order_no,
            Fact(
                kind=kind,
                occurred_at=now - timedelta(hours=1),
                observed_at=now,
                authority=Authority.PLATFORM,
                source_key=f"mail:{order_no}:{kind}",
            ),
        )
        for order_no in orders
        for kind in (FactKind.ORDER_PLACED, FactKind.ORDER_PAID)
    ]
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP.name), told, now)
        session.commit()


@pytest.mark.row("T41")
def test_a_step_that_answers_503_fails_visibly_and_each_way_of_running_it_again_finishes_it(floor: Floor) -> None:
    by_button, by_retry, by_command = floor.orders

    ended = run_to_end(floor.stack, "drive-orders")
    assert ended.is_failed()
    assert "503 x2" in (ended.message or "")
    assert floor.problem_orders() == {by_button, by_retry}
    assert floor.step(by_button).error_code == "503"
    assert tries_of_task(floor.stack, f"confirm-{by_button}") == 3

    by_hand = start_run(floor.stack, "order-stage", shop=SHOP.name, order_no=by_retry, step="confirm")
    assert wait_for_end(floor.stack, by_hand).is_failed()

    _arrive(floor.office, (by_command,))
    with no_server(floor.stack):
        report = rerun_step(floor.office, SHOP.name, by_command, Step.CONFIRM, by="Lan")
    assert (report.where, report.result) == (Where.HERE, "transient")
    assert floor.problem_orders() == set(floor.orders)

    for order_no in floor.orders:
        floor.recovers(order_no)
    report = rerun_step(floor.office, SHOP.name, by_button, Step.CONFIRM, by="Lan", reason="shop is back")
    assert report.where is Where.PREFECT
    assert report.flow_run_id is not None
    run_again(floor.stack, by_hand)
    mended = (by_button, by_retry)
    wait_for(lambda: all(map(floor.confirmations, mended)), "button and Retry to finish their steps")
    assert floor.problem_orders() == {by_command}

    with no_server(floor.stack):
        report = rerun_step(floor.office, SHOP.name, by_command, Step.CONFIRM, by="Lan")
    assert (report.where, report.result) == (Where.HERE, "ok")

    assert floor.problem_orders() == set()
    assert [floor.confirmations(order_no) for order_no in floor.orders] == [1, 1, 1]
    assert double_effects(floor.store) == 0


@contextmanager
def no_server(stack: Stack) -> Iterator[None]:
    """Let nobody find the server while the block lasts."""
    told, away = stack.home.run_file, stack.home.run_file.with_suffix(".away")
    told.rename(away)
    yield
    away.rename(told)


def tries_of_task(stack: Stack, name: str) -> int | None:
    """How often Prefect tried a task run; it records them a little later."""

    def tried() -> int | None:
        wanted = {"task_runs": {"name": {"any_": [name]}}}
        found = httpx.post(f"{stack.api_url}/task_runs/filter", json=wanted, timeout=10).json()
        over = [one["run_count"] for one in found if one["state"] and one["state"]["type"] == "FAILED"]
        return over[0] if over else None

    return wait_for(tried, f"the failed task run {name}")
