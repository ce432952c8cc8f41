"""A step whose shop answers 503 over HTTP: retried, failed, shown; each way of running it again finishes it, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest
import tomlkit

from flows.office import Office, open_office
from flows.rerun import Where, rerun_step
from flows.shop.consent import app_of, exchanged
from flows.shop.grant import Grant, Grants, store
from flows.shop.simulator.buyer import secrets_of
from flows.shop.simulator.cast import casts
from flows.shop.simulator.fault import FaultMode, let_fail
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.tally import double_effects
from flows.shop.wire import open_http
from flows.stack import Stack
from models.db.audit import note
from models.db.orders import record_facts
from models.db.reading import problems
from models.db.session import open_session
from models.db.tables import StepRow
from models.fact import Authority, Fact, FactKind
from models.home import TIKTOK_SECRET, Home
from models.ids import order_id
from models.platform_status import PlatformStatus
from models.stage import ShippingMode, Step
from tests.flows.prefect_server import run_again, run_to_end, start_run, wait_for_end
from tests.planted import search_files
from tests.waiting import PATIENCE, wait_for

SHOP: Final = casts()["vi"]
CONTROL: Final = "control-marker-of-the-search"
READY: Final = (FactKind.ORDER_PLACED, FactKind.ORDER_PAID, FactKind.STOCK_CONFIRMED, FactKind.PACKED)
SHIPS: Final = "select count(*) from deed where order_no = ? and endpoint = 'ship_package' and applied = 1"


@dataclass(frozen=True)
class Floor:
    """A shop whose simulated platform can be made to answer 503 when an order is to be shipped."""

    stack: Stack
    office: Office
    shop: Served
    orders: tuple[str, ...]

    def breaks_down(self, order_no: str) -> None:
        let_fail(self.shop.store, "ship", FaultMode.REFUSES, order_no=order_no, calls=1000)

    def recovers(self, order_no: str) -> None:
        with self.shop.store.change() as play:
            play.sql("delete from fault where order_no = ?", order_no)

    def ships(self, order_no: str) -> int:
        with self.shop.store.look() as play:
            return int(play.sql(SHIPS, order_no).fetchone()[0])

    def step(self, order_no: str) -> StepRow:
        with open_session(self.office.engine, read_only=True) as session:
            return session.get_one(StepRow, (order_id(SHOP.name, order_no), Step.HAND_OVER.value))

    def problem_orders(self) -> set[str]:
        with open_session(self.office.engine, read_only=True) as session:
            return {problem.order_no for problem in problems(session)}


@pytest.fixture
def floor(prefect_stack: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Floor]:
    """Three packed orders that the platform transports, and which it does not let be shipped."""
    home = prefect_stack.home
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    play = begin_play(
        tmp_path / "simulator.db", seed=len(request.node.name), start=start, crowd=Crowd(orders=40, days=0)
    )
    Platform(play).advance(start + timedelta(hours=1))
    with serve(play, real_stamps=True) as shop:
        _set_up(home, shop)
        office = open_office(replace(home, environment={**home.environment, TIKTOK_SECRET: shop.keys.secret}))
        _agree(office, shop)
        made = Floor(prefect_stack, office, shop, _to_ship(shop))
        for order_no in made.orders:
            made.breaks_down(order_no)
        _arrive(office, made.orders[:2])
        yield made
        office.engine.dispose()


def _set_up(home: Home, shop: Served) -> None:
    settings = tomlkit.parse(home.config.read_text(encoding="utf-8"))
    settings["tiktok"] = {"app_key": shop.keys.app_key, "api_url": shop.url, "auth_url": shop.url}
    others = [shop for shop in settings["shop"] if shop["name"] != SHOP.name]  # another test's
    settings["shop"] = tomlkit.aot()
    settings["shop"].extend(others)
    settings["shop"].append(
        {
            "name": SHOP.name,
            "market": SHOP.market,
            "currency": SHOP.currency,
            "timezone": SHOP.timezone,
            "policy": "article",
            "mailbox": "main",
            "shipping": "platform",
            "handover": "drop_off",
            "api": True,
        }
    )
    home.config.write_text(tomlkit.dumps(settings), encoding="utf-8")
    home.dotenv.write_text(f"{TIKTOK_SECRET}={shop.keys.secret}\n", encoding="utf-8")


def _agree(office: Office, shop: Served) -> None:
    with closing(open_http()) as http:
        tokens = exchanged(http, app_of(office.home, office.settings), shop.code())
    grant = Grant(tokens=tokens, cipher=shop.ciphers[SHOP.name], platform_id=SHOP.platform_id)
    store(office.engine, office.home, SHOP.name, grant)


def _to_ship(shop: Served) -> tuple[str, ...]:
    waiting = "select order_no from orders where status = ?"
    with shop.store.look() as play:
        ready = {order_no for (order_no,) in play.sql(waiting, PlatformStatus.AWAITING_SHIPMENT.value)}
    plans = [plan for plan in shop.store.script.plans if plan.order_no in ready and plan.shop == SHOP.name]
    return tuple(plan.order_no for plan in plans if plan.shipping is ShippingMode.PLATFORM)[:3]


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
        for kind in READY
    ]
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP.name), told, now)
        session.commit()


@pytest.mark.row("T41")
def test_a_step_that_answers_503_fails_visibly_and_each_way_of_running_it_again_finishes_it(floor: Floor) -> None:
    by_button, by_retry, by_command = floor.orders

    ended = run_to_end(floor.stack, "drive-orders")
    assert ended.is_failed()
    assert "unavailable x2" in (ended.message or "")
    assert floor.problem_orders() == {by_button, by_retry}
    assert floor.step(by_button).error_code == "unavailable"
    assert tries_of_task(floor.stack, f"hand_over-{by_button}") == 3

    by_hand = start_run(floor.stack, "order-stage", shop=SHOP.name, order_no=by_retry, step="hand_over")
    assert wait_for_end(floor.stack, by_hand).is_failed()

    _arrive(floor.office, (by_command,))
    with no_server(floor.stack):
        report = rerun_step(floor.office, SHOP.name, by_command, Step.HAND_OVER, by="Lan")
    assert (report.where, report.result) == (Where.HERE, "transient")
    assert floor.problem_orders() == set(floor.orders)

    for order_no in floor.orders:
        floor.recovers(order_no)
    report = rerun_step(floor.office, SHOP.name, by_button, Step.HAND_OVER, by="Lan", reason="shop is back")
    assert report.where is Where.PREFECT
    assert report.flow_run_id is not None
    run_again(floor.stack, by_hand)
    mended = (by_button, by_retry)
    wait_for(lambda: all(map(floor.ships, mended)), "button and Retry to finish their steps")
    assert floor.problem_orders() == {by_command}

    with no_server(floor.stack):
        report = rerun_step(floor.office, SHOP.name, by_command, Step.HAND_OVER, by="Lan")
    assert (report.where, report.result) == (Where.HERE, "ok")

    assert floor.problem_orders() == set()
    assert [floor.ships(order_no) for order_no in floor.orders] == [1, 1, 1]
    assert double_effects(floor.shop.store) == 0


def test_reading_and_acting_at_a_shop_leave_no_buyer_no_token_and_no_secret_anywhere(floor: Floor) -> None:
    for order_no in floor.orders:
        floor.recovers(order_no)
    assert run_to_end(floor.stack, "sync-shop", shop=SHOP.name).is_completed()
    assert run_to_end(floor.stack, "drive-orders").is_final()
    assert floor.ships(floor.orders[0]) == 1
    home, folder = floor.office.home, floor.stack.home.path
    tokens = Grants(
        engine=floor.office.engine,
        home=home,
        shop=SHOP.name,
        app=app_of(home, floor.office.settings),
        http=httpx.Client(),
        now=floor.office.now,
    ).current()
    buyers = {text for plan in floor.shop.store.script.plans for text in secrets_of(plan)}
    planted = (*buyers, tokens.tokens.access, tokens.tokens.refresh, floor.shop.keys.secret)
    with open_session(floor.office.engine) as session:
        note(session, at=floor.office.now(), actor="test", action="control", reason=CONTROL)
        session.commit()
    floor.office.engine.dispose()  # as in test_privacy: the search ends every lock on the file
    own = (folder / "mail", home.dotenv)  # the mailbox itself, and the seller's own .env
    assert {found.marker for found in search_files(folder, (CONTROL,), leave_out=own)} == {CONTROL}
    assert search_files(folder, planted, leave_out=own) == []


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
        found = httpx.post(f"{stack.api_url}/task_runs/filter", json=wanted, timeout=PATIENCE).json()
        over = [one["run_count"] for one in found if one["state"] and one["state"]["type"] == "FAILED"]
        return over[0] if over else None

    return wait_for(tried, f"the failed task run {name}")
