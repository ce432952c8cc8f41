"""Our client against the simulated platform: every call, pages, trouble before and after the write, ends of tokens.

The two share nothing but the signature; the simulator is written from the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.client import ShopClient
from flows.shop.consent import App, exchanged
from flows.shop.endpoint import endpoints
from flows.shop.grant import Grant, Grants, store
from flows.shop.limit import Limiter
from flows.shop.schema import CancelStatus, PackageStatus
from flows.shop.simulator.buyer import secrets_of
from flows.shop.simulator.fault import FaultMode, let_fail
from flows.shop.simulator.script import Crowd, OrderPlan
from flows.shop.simulator.story import Story
from flows.shop.simulator.web.grants import AppKeys, revoke_all
from flows.shop.simulator.web.routes import CHAT, USUAL
from flows.shop.transport import Transport
from flows.shop.wire import open_http
from models.db.session import make_engine
from models.home import Home
from models.platform_status import PlatformStatus
from models.stage import ShippingMode
from tests.databases import in_folder
from tests.flows.shop.simulator.world import START, World, a_world

OWN, THEIRS = ShippingMode.SELLER, ShippingMode.PLATFORM
M = FaultMode


@dataclass(kw_only=True)
class Meeting:
    """One client at one simulated shop."""

    world: World
    client: ShopClient

    def plan(self, story: Story = Story.PICKUP, shipping: ShippingMode | None = None) -> OrderPlan:
        return self.world.plan(story, shipping)

    def package(self, plan: OrderPlan) -> str:
        (order,) = self.client.orders([plan.order_no])
        return order.packages[0].id

    def ship(self, plan: OrderPlan) -> str:
        """Ship by the call of the market; give the package's id."""
        own = {"tracking_no": plan.tracking_no, "provider_id": plan.cast.carrier_id}
        lines = [item.id for item in self.client.orders([plan.order_no])[0].line_items]
        match plan.cast.shape.ways[plan.shipping]:
            case "ship":
                self.client.ship(self.package(plan), method="DROP_OFF")
            case "ship_own":
                self.client.ship_own(self.package(plan), **own)
            case "mark":
                self.client.mark_shipped(plan.order_no, **own, line_item_ids=lines)
            case "create":
                self.client.create_package(plan.order_no, line_item_ids=lines)
        return self.package(plan)

    def request(self, number: int = 0) -> str:
        """A buyer's request that waits for an answer."""
        plan = [plan for plan in self.world.store.script.plans if plan.cancel_at][number]
        (found,) = self.client.cancellations_of(plan.order_no)
        assert found.cancel_status is CancelStatus.PENDING
        return found.cancel_id

    def wish(self, kind: str) -> str:
        """A return that waits for an answer."""
        plan = next(p for p in self.world.store.script.plans if p.return_wish == kind and p.paid)
        self.ship(plan)
        while not (found := self.client.returns_of(plan.order_no)):
            self.world.go(self.world.store.now() + timedelta(hours=12))
        return found[0].return_id


def a_client(world: World, folder: Path, http: Any) -> ShopClient:  # noqa: ANN401  # the fixture's to close
    """Open a client with a grant that was bought with a code, as `auth tiktok` does."""
    keys, url = world.served.keys, world.served.url
    home = Home(path=folder, config=folder / "shipclock.toml", database_url=in_folder(folder))
    engine = make_engine(home.database_url)
    app = App(key=keys.app_key, secret=keys.secret, api_url=url, auth_url=url)
    (name, cipher), *_ = world.served.ciphers.items()
    tokens = exchanged(http, app, world.served.code())
    store(engine, home, name, Grant(tokens=tokens, cipher=cipher, platform_id=world.plan().cast.platform_id))
    grants = Grants(engine=engine, home=home, shop=name, app=app, http=http, now=world.store.now)
    limiter = Limiter(folder / "limits.db")
    transport = Transport(app=app, grants=grants, limiter=limiter, http=http, now=world.store.now, sleep=lambda _: None)
    return ShopClient(transport)


@pytest.fixture
def meet(tmp_path: Path) -> Iterator[Any]:
    """Give meetings by market: a crowd that came all at once, five hours later."""
    ends = ExitStack()

    def come(market: str, *, orders: int = 300, hours: int = 5, **serving: Any) -> Meeting:  # noqa: ANN401  # `serve`'s
        folder = tmp_path / market
        keys = AppKeys(scopes=(*USUAL, CHAT))
        crowd = Crowd(orders=orders, days=0)
        world = ends.enter_context(a_world(folder, market=market, crowd=crowd, keys=keys, **serving))
        http = ends.enter_context(open_http())
        world.go(START + timedelta(hours=hours))
        client = a_client(world, folder, http)
        ends.callback(client.transport.limiter.close)
        return Meeting(world=world, client=client)

    with ends:
        yield come


def _sea(meeting: Meeting) -> None:
    """Make every call that a shop in South East Asia needs."""
    client, world = meeting.client, meeting.world
    plan, own = meeting.plan(shipping=THEIRS), meeting.plan(shipping=OWN)
    assert [shop.name for shop in client.authorised_shops()] == list(world.served.ciphers)
    assert len(list(client.orders_updated(START))) == 300
    assert client.orders([plan.order_no])[0].status is PlatformStatus.AWAITING_SHIPMENT
    assert client.slots(meeting.package(plan)).can_drop_off
    assert client.providers("7100000000000000001") == []
    assert plan.cast.carrier in [one.name for one in client.providers("7100000000000000002")]
    assert set(client.cancel_reasons(plan.order_no)) == set(plan.cast.shape.reasons)
    assert client.package(meeting.ship(own)).tracking_number == own.tracking_no
    assert client.batch_ship([meeting.package(plan), meeting.package(own)]) == {meeting.package(own): 21011040}
    assert client.package(meeting.package(plan)).status is PackageStatus.PROCESSING
    assert {one.id for one in client.packages_updated(world.store.now())} >= {meeting.package(plan)}
    world.go(world.store.now() + timedelta(minutes=6))
    assert client.document(meeting.package(plan)).doc_url.startswith(world.served.url)
    first, second = meeting.request(0), meeting.request(1)
    assert len(list(client.cancellations_updated(START))) > 2
    client.approve_cancellation(first, key="a")
    client.reject_cancellation(second, reason=client.reject_reasons(second)[0], key="b")
    gone = meeting.plan(Story.OUT_OF_STOCK)
    lines = [item.id for item in client.orders([gone.order_no])[0].line_items]
    client.cancel(gone.order_no, reason=client.cancel_reasons(gone.order_no)[0], line_item_ids=lines)
    assert client.orders([gone.order_no])[0].status is PlatformStatus.CANCELLED
    assert client.message_buyer(gone.order_no, "It is out of stock, your money comes back.")
    client.approve_return(meeting.wish("RETURN_AND_REFUND"), decision="APPROVE_RETURN", key="c")
    assert [event.action_code for event in client.tracking(own.order_no)][-1] == 601
    assert list(client.returns_updated(START))


def _refused_return(meeting: Meeting) -> None:
    meeting.client.reject_return(meeting.wish("REFUND"), decision="REJECT_REFUND", reason="fine", key="d")


def _ship_both_ways(meeting: Meeting) -> None:
    for shipping in (OWN, THEIRS):
        meeting.ship(meeting.plan(shipping=shipping))


def test_every_call_that_we_make_is_understood_and_answered(meet):
    made = set()
    for market, calls in (("sea", _sea), ("eu", _refused_return), ("uk", _ship_both_ways), ("us", _ship_both_ways)):
        meeting = meet(market)
        calls(meeting)
        made |= {row["endpoint"] for row in meeting.world.served.tally()["rates"]}
        assert meeting.world.served.tally()["refused"].keys() <= {"shipped", "no_providers"}
    same = {"cancel_eligibility": "eligibility"}
    assert {same.get(name, name) for name in endpoints()} == made


def test_nothing_of_a_buyer_comes_through(meet):
    meeting = meet("sea")
    told = repr(list(meeting.client.orders_updated(START)))
    plans = meeting.world.store.script.plans
    assert plans[0].order_no in told
    assert not [text for plan in plans for text in secrets_of(plan) if text in told]


@pytest.mark.parametrize("mode", [M.REFUSES, M.LIMITED, M.INTERNAL, M.CUT])
def test_a_read_is_asked_again_until_it_is_answered(meet, mode):
    meeting = meet("sea", orders=20)
    let_fail(meeting.world.store, "search_orders", mode, calls=2)
    assert len(list(meeting.client.orders_updated(START))) == 20


@pytest.mark.parametrize("mode", [M.INTERNAL, M.INTERNAL_DONE, M.LOSES_ANSWER, M.CUT])
def test_a_write_whose_answer_does_not_tell_is_sent_once_and_left_to_be_read_back(meet, mode):
    meeting = meet("sea", orders=60)
    plan = meeting.plan(shipping=OWN)
    let_fail(meeting.world.store, "ship", mode)
    with pytest.raises(ApiError) as raised:
        meeting.ship(plan)
    assert raised.value.kind is ErrorKind.INTERNAL
    tally = meeting.world.served.tally()
    assert [row["total"] for row in tally["rates"] if row["endpoint"] == "ship_package"] == [1]
    done = mode in {M.INTERNAL_DONE, M.LOSES_ANSWER}
    assert tally["ships"] == {"applied": int(done), "twice": 0, "repeated": 0}


@pytest.mark.parametrize("mode", [M.REFUSES, M.LIMITED])
def test_a_write_that_was_surely_not_done_is_sent_again(meet, mode):
    meeting = meet("sea", orders=60)
    let_fail(meeting.world.store, "ship", mode, calls=2)
    meeting.ship(meeting.plan(shipping=OWN))
    assert meeting.world.served.tally()["ships"] == {"applied": 1, "twice": 0, "repeated": 0}


@pytest.mark.parametrize("days", [7, 30])
def test_an_ended_token_is_renewed_on_the_way(meet, days):
    meeting = meet("sea", orders=20)
    meeting.world.go(meeting.world.store.now() + timedelta(days=days))
    assert len(list(meeting.client.orders_updated(START))) == 20


def test_a_consent_that_was_taken_back_is_told(meet):
    meeting = meet("sea", orders=20)
    revoke_all(meeting.world.store)
    with pytest.raises(ApiError, match="auth tiktok"):
        list(meeting.client.orders_updated(START))


def test_a_clock_that_goes_wrong_is_learned_from_the_platforms(meet):
    meeting = meet("sea", orders=20)
    ours = meeting.world.store.now() - timedelta(hours=3)
    meeting.client.transport.now = lambda: ours
    assert len(list(meeting.client.orders_updated(START))) == 20
