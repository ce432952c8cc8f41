"""Trouble over HTTP: before, after and in place of the answer, planted for a call or drawn at random."""

from __future__ import annotations

import httpx
import pytest

from flows.shop.simulator.fault import FaultMode, let_fail, mend
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from flows.shop.simulator.web.weather import AFTER, BEFORE, Weather
from models.stage import ShippingMode
from tests.flows.shop.simulator.world import START
from tests.waiting import PATIENCE

SEARCH = "/order/202309/orders/search"
M = FaultMode


@pytest.mark.parametrize(
    ("mode", "http", "code"),
    [(M.REFUSES, 503, 36009007), (M.LIMITED, 429, 36009002), (M.INTERNAL, 200, 36009003), (M.BROKEN, 200, 21999999)],
)
def test_a_call_that_fails_before_anything_is_done_does_nothing(world, mode, http, code):
    plan = world.placed()
    let_fail(world.store, "ship", mode, order_no=plan.order_no)
    path = f"/fulfillment/202309/orders/{plan.order_no}/packages"
    answer = world.request("POST", path, {}, shop=plan.shop)
    assert (answer.status_code, answer.json()["code"]) == (http, code)
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"
    assert world.ship(plan)["code"] == 0


def test_a_write_may_be_done_although_it_is_answered_with_an_error(world):
    plan = world.placed()
    let_fail(world.store, "mark_shipped", M.INTERNAL_DONE)
    assert world.ship(plan)["code"] == 36009003
    assert world.order(plan)["status"] == "AWAITING_COLLECTION"


@pytest.mark.parametrize(("mode", "status"), [(M.CUT, "AWAITING_SHIPMENT"), (M.LOSES_ANSWER, "AWAITING_COLLECTION")])
def test_a_connection_may_end_before_or_after_the_write_was_done(world, mode, status):
    plan = world.placed()
    let_fail(world.store, "mark_shipped", mode)
    with pytest.raises(httpx.RemoteProtocolError):
        world.ship(plan)
    assert world.order(plan)["status"] == status


@pytest.mark.parametrize(("mode", "status"), [(M.SILENT, "AWAITING_SHIPMENT"), (M.SILENT_DONE, "AWAITING_COLLECTION")])
def test_an_answer_may_never_come(world, mode, status):
    plan = world.placed()
    world.provider(plan)
    let_fail(world.store, "mark_shipped", mode)
    world.http.timeout = httpx.Timeout(PATIENCE, read=0.5)
    with pytest.raises(httpx.ReadTimeout):
        world.ship(plan)
    world.http.timeout = httpx.Timeout(PATIENCE)
    assert world.order(plan)["status"] == status


def test_a_status_may_be_one_that_nobody_has_heard_of(world):
    plan = world.placed()
    let_fail(world.store, "get_orders", M.ODD_VALUES)
    assert world.order(plan)["status"] == "AWAITING_THE_TIDE"
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"


def test_a_label_may_be_late_more_than_once(in_market):
    world = in_market("uk", crowd=Crowd(orders=40, days=0))
    plan = world.placed(Story.PICKUP, ShippingMode.PLATFORM)
    world.ship(plan)
    world.after(minutes=6)
    let_fail(world.store, "shipping_document", M.NOT_READY, order_no=plan.order_no, calls=2)
    package = world.order(plan)["packages"][0]["id"]
    path = f"/fulfillment/202309/packages/{package}/shipping_documents"
    codes = [world.ask(path, plan=plan, document_type="SHIPPING_LABEL")["code"] for _ in range(3)]
    assert codes == [11034037, 11034037, 0]


def test_the_shop_that_is_down_answers_503_six_times_and_then_loses_an_answer(world):
    plan = world.placed(Story.SHOP_DOWN)
    assert [outcome(world, plan) for _ in range(7)] == [503] * 6 + ["cut"]
    assert world.order(plan)["status"] == "AWAITING_COLLECTION"


def outcome(world, plan):
    """Ship, as far as the connection holds."""
    way = f"/fulfillment/202309/packages/{world.order(plan)['packages'][0]['id']}/ship"
    try:
        return world.request("POST", way, None, shop=plan.shop).status_code
    except httpx.RemoteProtocolError:
        return "cut"


def test_the_broken_step_fails_until_it_is_mended(world):
    plan = world.placed(Story.STEP_BROKEN)
    codes = [world.ship(plan)["code"] for _ in range(3)]
    assert codes == [36009003] * 3
    assert mend(world.store, plan.order_no)
    assert world.ship(plan)["code"] == 0


def test_weather_is_the_same_for_the_same_seed_and_hits_as_many_as_it_says():
    one, same = (Weather(seed=3, rate=0.2) for _ in range(2))
    drawn = [one.next(writes=True) for _ in range(3000)]
    assert drawn == [same.next(writes=True) for _ in range(3000)]
    hit = [mode for mode in drawn if mode]
    assert len(hit) / 3000 == pytest.approx(0.2, abs=0.03)
    assert sum(mode in AFTER for mode in hit) / len(hit) == pytest.approx(1 / 3, abs=0.06)
    assert set(hit) == {*BEFORE, *AFTER}


def test_a_read_is_never_done_and_lost():
    weather = Weather(seed=3, rate=1.0)
    assert not {weather.next(writes=False) for _ in range(200)} & set(AFTER)


def test_bad_weather_hits_calls_and_is_counted(in_market):
    world = in_market("sea", crowd=Crowd(orders=5, days=0), weather=Weather(seed=1, rate=1.0))
    world.go(START)
    try:
        hit = world.request("POST", SEARCH, {}, more={"page_size": "5"}).json()["code"]
    except httpx.RemoteProtocolError:
        hit = "cut"
    assert hit != 0
    assert sum(world.served.tally()["faults"].values()) == 1
