"""What the platform does by itself when time passes: in each market at its own moments, with its own reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.shop.simulator.aftersale import TIMER_RUNS
from flows.shop.simulator.market import Term
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from models.stage import ShippingMode
from tests.flows.shop.simulator.world import START

SAIGON, WEEK = ZoneInfo("Asia/Ho_Chi_Minh"), (0, 1, 2, 3, 4, 5)
FRIDAY = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)
CROWD = Crowd(orders=400, days=0)


@pytest.mark.parametrize(
    ("term", "due"),
    [
        (Term(hours=72), datetime(2026, 3, 9, 3, 0, tzinfo=UTC)),
        (Term(days=1), datetime(2026, 3, 7, 16, 59, 59, tzinfo=UTC)),
        (Term(days=2), datetime(2026, 3, 9, 16, 59, 59, tzinfo=UTC)),  # Sunday does not count
        (Term(calendar=2), datetime(2026, 3, 8, 16, 59, 59, tzinfo=UTC)),
    ],
    ids=["hours", "a working day", "over Sunday", "calendar days"],
)
def test_a_term_of_days_ends_with_the_last_second_of_a_day_in_the_shops_zone(term, due):
    assert term.due(FRIDAY, SAIGON, WEEK) == due


@pytest.mark.parametrize(("market", "hours"), [("article", 48), ("uk", 24), ("sea", 48)])
def test_an_unpaid_order_is_cancelled_when_its_time_is_over(in_market, market, hours):
    world = in_market(market, crowd=CROWD)
    plan = world.placed(Story.UNPAID)
    world.go(plan.placed_at + timedelta(hours=hours))
    assert world.order(plan)["status"] == "UNPAID"
    world.go(plan.placed_at + timedelta(hours=hours) + TIMER_RUNS)
    assert reason(world, plan) == ("SYSTEM", "system_cancel_unpaid_time_out")


def reason(world, plan):
    assert world.order(plan)["status"] == "CANCELLED"
    (found,) = world.cancellations(plan)
    return found["role"], found["cancel_reason"]


def stated(world, plan, field):
    return datetime.fromtimestamp(world.order(plan)[field], UTC)


def test_what_is_not_shipped_by_the_stated_time_is_cancelled_by_the_platform(in_market):
    world = in_market("sea", crowd=CROWD)
    plan = world.placed()
    due = stated(world, plan, "shipping_due_time")
    assert due == plan.due("shipping_due")
    world.go(due)
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"
    world.go(due + TIMER_RUNS)
    assert reason(world, plan) == ("SYSTEM", "system_cancel_order_reason_shipping_timeout")


def test_what_no_carrier_has_seen_by_the_stated_time_is_cancelled_by_the_platform(in_market):
    world = in_market("sea", crowd=CROWD)
    plan = world.plan(Story.CARRIER_LATE)
    world.go(plan.placed_at)
    world.ship(plan)
    with world.store.change() as play:
        play.void(plan.order_no, "scanned")  # the carrier never comes
    world.go(stated(world, plan, "collection_due_time") + TIMER_RUNS)
    assert reason(world, plan) == ("SYSTEM", "system_cancel_order_untracked")


def test_by_the_sellers_own_rules_nothing_is_cancelled_for_being_late(world):
    plan = world.placed(Story.SHIPPED_LATE)
    world.after(days=20)
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"


@pytest.mark.parametrize(
    ("story", "exception", "code"),
    [
        (Story.LOST, "PACKAGE_LOST", "package_lost"),
        (Story.DAMAGED, "PACKAGE_DAMAGAED", "package_damaged"),  # the schema's own spelling
        (Story.TWO_ATTEMPTS, "RETURNED_TO_SHIPPER", "returned_to_shipper_refused"),
    ],
)
def test_what_does_not_arrive_is_reported_and_then_cancelled(in_market, story, exception, code):
    world = in_market("uk", crowd=CROWD)
    plan = world.placed(story)
    world.ship(plan)
    seen = set()
    while world.order(plan)["status"] != "CANCELLED":
        world.after(hours=12)
        seen.add(world.package(plan).get("ship_exception_reason"))
    assert seen == {None, exception}
    assert reason(world, plan) == ("SYSTEM", code)


def test_a_lost_parcel_is_the_sellers_own_finding_where_the_market_says_nothing(world):
    plan = world.placed(Story.LOST)
    world.ship(plan)
    world.after(days=30)
    assert (world.order(plan)["status"], world.package(plan)["package_status"]) == ("IN_TRANSIT", "FULFILLING")
    assert "ship_exception_reason" not in world.package(plan)


def test_a_delivered_order_is_complete_when_nothing_can_be_sent_back_any_more(world):
    plan = world.placed()
    world.ship(plan)
    world.after(days=6)
    delivered = stated(world, plan, "delivery_time")
    world.go(delivered + timedelta(days=7) - timedelta(seconds=1))
    world.token = world.served.token()["access_token"]
    assert world.order(plan)["status"] == "DELIVERED"
    world.go(delivered + timedelta(days=7))
    assert world.order(plan)["status"] == "COMPLETED"


def test_a_buyer_may_cancel_freely_while_the_order_is_on_hold(in_market):
    world = in_market("uk")
    plan = world.plan(Story.CANCEL_LEFT)
    world.go(plan.placed_at)
    with world.store.change() as play:
        play.sql("update event set at = ? where order_no = ? and kind = 'cancel_asked'", early(plan), plan.order_no)
    world.go(plan.placed_at + timedelta(minutes=30))
    assert reason(world, plan)[0] == "BUYER"


def early(plan):
    return (plan.placed_at + timedelta(minutes=20)).isoformat(timespec="seconds")


def test_in_sea_a_buyer_may_ask_until_the_carrier_has_come(in_market):
    world = in_market("sea")
    plan = world.plan(Story.CANCEL_LEFT)
    world.go(plan.placed_at)
    world.ship(plan)
    world.go(plan.cancel_at)
    (request,) = world.cancellations(plan)
    assert request["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    world.after(days=2)
    (request,) = world.cancellations(plan)
    assert request["cancel_status"].startswith("CANCELLATION_REQUEST_CANCEL")  # the carrier was first
    assert world.order(plan)["status"] != "CANCELLED"


def test_the_clock_moves_with_the_play_and_never_back(world):
    world.go(START + timedelta(days=1))
    world.go(START)
    assert world.store.now() == START + timedelta(days=1)


def test_a_crowd_is_drawn_from_its_seed_and_is_larger_at_will(in_market):
    few, many = (in_market("sea", crowd=Crowd(orders=count, days=30)).store.script for count in (20, 200))
    assert {plan.order_no for plan in few.plans} < {plan.order_no for plan in many.plans}
    assert len({plan.order_no for plan in many.plans}) == 200
    assert {plan.shipping for plan in many.plans} == set(ShippingMode)
    assert max(plan.placed_at for plan in many.plans) <= START + timedelta(days=30)
    assert len({plan.story for plan in many.plans}) > 8
