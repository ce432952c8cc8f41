"""500 steps that one outage failed: counted, then finished by one run, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, Never

import pytest
import tomlkit
from sqlmodel import select

from flows.__main__ import run
from flows.office import Office, open_office
from flows.shop.consent import app_of, exchanged
from flows.shop.grant import Grant, store
from flows.shop.simulator.cast import casts
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.tally import double_effects
from flows.shop.wire import open_http
from flows.steps import StepFault, attempt, claim_due
from models.db.orders import record_facts
from models.db.reading import Problem, problems
from models.db.session import open_session
from models.db.steps import Claim
from models.db.tables import AttemptRow, AuditRow
from models.fact import Authority, Fact, FactKind
from models.home import TIKTOK_SECRET
from models.platform_status import PlatformStatus
from models.stage import ShippingMode, Step
from tests.flows.prefect_server import a_home

pytestmark = pytest.mark.timeout(300)  # a play of 1,150 orders, then 500 of them set to shipped over HTTP

MANY: Final = 500
READY: Final = (FactKind.ORDER_PLACED, FactKind.ORDER_PAID, FactKind.STOCK_CONFIRMED, FactKind.PACKED)
SHIPS: Final = "select order_no, count(*) from deed where endpoint = 'ship_package' and applied = 1 group by order_no"


@dataclass(frozen=True)
class Floor:
    """Two shops whose simulated platform answers, with 500 orders to be set to shipped."""

    office: Office
    shop: Served

    def ships(self) -> Counter[str]:
        """How often each order was set to shipped."""
        with self.shop.store.look() as play:
            return Counter(dict(play.sql(SHIPS)))


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    play = begin_play(tmp_path / "play.db", seed=3, start=start, crowd=Crowd(orders=1150, days=0))
    Platform(play).advance(start + timedelta(hours=1))
    with serve(play, real_stamps=True) as shop:
        office = _office(tmp_path / "home", shop, monkeypatch)
        _arrive(office, shop)
        yield Floor(office, shop)
        office.engine.dispose()


def _office(folder: Path, shop: Served, monkeypatch: pytest.MonkeyPatch) -> Office:
    home = replace(a_home(folder), environment={TIKTOK_SECRET: shop.keys.secret})
    settings = tomlkit.parse(home.config.read_text(encoding="utf-8"))
    settings["tiktok"] = {"app_key": shop.keys.app_key, "api_url": shop.url, "auth_url": shop.url}
    settings["shop"] = tomlkit.aot()
    for cast in casts().values():
        own = {"name": cast.name, "market": cast.market, "currency": cast.currency, "timezone": cast.timezone}
        settings["shop"].append({**own, "policy": "article", "mailbox": "main", "shipping": "platform", "api": True})
    home.config.write_text(tomlkit.dumps(settings), encoding="utf-8")
    for name, value in {
        "SHIPCLOCK_HOME": folder,
        "SHIPCLOCK_CONFIG": home.config,
        TIKTOK_SECRET: shop.keys.secret,
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    office = open_office(home)
    with closing(open_http()) as http:
        for cast in casts().values():
            tokens = exchanged(http, app_of(home, office.settings), shop.code())
            grant = Grant(tokens=tokens, cipher=shop.ciphers[cast.name], platform_id=cast.platform_id)
            store(office.engine, home, cast.name, grant)
    return office


def _arrive(office: Office, shop: Served) -> None:
    """Let 500 packed orders that the platform transports be known."""
    with shop.store.look() as play:
        waiting = play.sql("select order_no from orders where status = ?", PlatformStatus.AWAITING_SHIPMENT.value)
        ready = {order_no for (order_no,) in waiting}
    plans = (plan for plan in shop.store.script.plans if plan.order_no in ready)
    chosen = list(islice((plan for plan in plans if plan.shipping is ShippingMode.PLATFORM), MANY))
    with open_session(office.engine) as session:
        for name in {plan.shop for plan in chosen}:
            told = [(plan.order_no, fact) for plan in chosen if plan.shop == name for fact in _ready(office.now())]
            record_facts(session, office.shop(name), told, office.now())
        session.commit()


def _ready(now: datetime) -> Iterator[Fact]:
    for kind in READY:
        yield Fact(
            kind=kind,
            occurred_at=now - timedelta(hours=1),
            observed_at=now,
            authority=Authority.PLATFORM,
            source_key=f"mail:{kind}",
        )


def _does_not_answer(claimed: Claim) -> Never:
    raise StepFault(claimed.step, claimed.order_no, "unavailable", transient=True)


def fail_all(office: Office) -> None:
    """Let all due steps fail as they do while the shop does not answer."""
    for claimed in claim_due(office, by="outage", limit=2 * MANY):
        attempt(office, claimed, partial(_does_not_answer, claimed), run="run-of-the-outage", by="schedule")


def test_500_steps_that_one_outage_failed_are_counted_and_then_finished_by_one_run_each_once(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_all(floor.office)
    assert run(("rerun", "--all", "--class", "shop_unavailable", "--dry-run")) == 0
    assert f"{MANY} failed steps would run again" in capsys.readouterr().out
    assert len(failing(floor.office)) == MANY
    assert floor.ships() == Counter()

    assert run(("rerun", "--all", "--class", "shop_unavailable", "--reason", "shop is back")) == 0
    assert f"{MANY} steps were queued again" in capsys.readouterr().out
    assert failing(floor.office) == []
    assert run(("rerun", "--all", "--class", "shop_unavailable")) == 0
    assert "No failed step is like that" in capsys.readouterr().out

    tried = select(AttemptRow.result, AttemptRow.error_class).where(AttemptRow.step == Step.HAND_OVER)
    asked = select(AuditRow.reason).where(AuditRow.action == "rerun hand_over")
    with open_session(floor.office.engine, read_only=True) as session:
        assert Counter(session.exec(tried).all()) == {("transient", "shop_unavailable"): MANY, ("ok", None): MANY}
        assert session.exec(asked).all() == ["shop is back"] * MANY
    assert floor.ships().total() == len(floor.ships()) == MANY
    assert double_effects(floor.shop.store) == 0


def failing(office: Office) -> list[Problem]:
    """The steps that stand on Problems."""
    with open_session(office.engine, read_only=True) as session:
        return problems(session, limit=2 * MANY)
