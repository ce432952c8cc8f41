"""Cancelling, being asked to cancel, and goods that come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.shop.simulator.aftersale import TIMER_RUNS
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from tests.flows.shop.simulator.world import START

CANCEL = "/return_refund/202309/cancellations"
NONE_LEFT = "seller_cancel_reason_out_of_stock"
PACKED = "seller_reject_apply_product_has_been_packed"


def cancel(world, plan, reason=NONE_LEFT, items=None):
    return world.ask(
        CANCEL, {"order_id": plan.order_no, "cancel_reason": reason, "order_line_item_ids": items or []}, plan=plan
    )


def asked(world, story=Story.CANCEL_LEFT):
    """A request of a buyer that waits for an answer."""
    plan = world.plan(story)
    world.go(plan.cancel_at)
    (request,) = world.cancellations(plan)
    return plan, request


def answer(world, plan, request, what, key="", reason=""):
    more = {"idempotency_key": key} if key else {}
    body = {"reject_reason": reason} if reason else {}
    return world.ask(f"{CANCEL}/{request['cancel_id']}/{what}", body, plan=plan, **more)


def test_a_seller_cancels_once_and_the_goods_are_in_stock_again(in_market):
    world = in_market("sea")
    plan = world.plan()
    world.go(plan.placed_at - timedelta(seconds=1))
    before = stock(world)
    world.go(plan.placed_at)
    assert stock(world) < before
    told = cancel(world, plan)
    assert (told["code"], told["data"]["cancel_status"]) == (0, "CANCELLATION_REQUEST_SUCCESS")
    order = world.order(plan)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "SELLER")
    assert order["cancel_reason"] != NONE_LEFT  # words, not the code
    assert cancel(world, plan)["code"] == 25001011
    assert world.served.tally()["cancels"] == {"applied": 1, "twice": 0, "repeated": 1}
    assert stock(world) == before


def stock(world):
    with world.store.look() as play:
        plan = world.plan()
        row = play.sql("select pieces from stock where shop = ? and sku = ?", plan.shop, plan.lines[0].good.sku)
        return row.fetchone()[0]


def test_a_reason_must_be_one_of_the_market_and_of_the_orders_status(in_market):
    world = in_market("uk")
    plan = world.placed()
    codes = [cancel(world, plan, reason)["code"] for reason in ("bored", NONE_LEFT, f"{NONE_LEFT}_uk")]
    assert codes == [25001014, 25001021, 0]


def test_what_may_be_cancelled_is_said_before(in_market):
    world = in_market("uk")
    plan = world.placed()
    assert offered(world, plan) == {f"{NONE_LEFT}_uk", *offered(world, plan)}
    world.ship(plan)
    assert offered(world, plan) == set()
    assert cancel(world, plan, f"{NONE_LEFT}_uk")["code"] == 25001045


def offered(world, plan):
    path = f"/return_refund/202602/orders/{plan.order_no}/aftersale_eligibility"
    told = world.data(path, plan=plan, initiate_aftersale_user="SELLER")["sku_eligibility"]
    return {name for sku in told for line in sku["line_item_eligibility"] for name in line["available_reason_names"]}


def test_by_the_sellers_own_rules_a_parcel_that_is_away_may_be_given_up(world):
    plan = world.placed(Story.LOST)
    world.ship(plan)
    world.after(days=16)
    assert world.order(plan)["status"] == "IN_TRANSIT"
    assert cancel(world, plan, next(iter(offered(world, plan))))["code"] == 0


def test_an_order_is_cancelled_only_when_all_of_its_items_are(in_market):
    world = in_market("us")
    plan = next(p for p in world.store.script.plans if p.paid and len(p.lines) > 1)
    world.go(plan.placed_at + timedelta(hours=2))
    ids = [item["id"] for item in world.order(plan)["line_items"]]
    assert cancel(world, plan, items=ids[:1])["code"] == 0
    order = world.order(plan)
    assert order["status"] == "AWAITING_SHIPMENT"
    assert [item["display_status"] for item in order["line_items"]][:2] == ["CANCELLED", "AWAITING_SHIPMENT"]
    assert cancel(world, plan, items=ids[1:])["code"] == 0
    assert world.order(plan)["status"] == "CANCELLED"


def test_where_the_market_does_not_cancel_in_part_it_is_refused(in_market):
    world = in_market("sea")
    plan = next(p for p in world.store.script.plans if p.paid and len(p.lines) > 1)
    world.go(plan.placed_at)
    first = world.order(plan)["line_items"][0]["id"]
    assert cancel(world, plan, items=[first])["code"] == 25001021


@pytest.mark.parametrize(("market", "hours"), [("article", 48), ("us", 24), ("sea", 48)])
def test_a_request_says_by_when_to_answer_and_is_granted_after_it(in_market, market, hours):
    world = in_market(market)
    plan, request = asked(world)
    assert (request["cancel_type"], request["role"]) == ("BUYER_CANCEL", "BUYER")
    assert world.order(plan)["is_buyer_request_cancel"] is True
    (act,) = request["seller_next_action_response"]
    deadline = plan.cancel_at + timedelta(hours=hours)
    assert act["deadline"] == int(deadline.timestamp())
    assert act["action"] in {"SELLER_RESPOND_CANCEL", "SELLER_RESPOND_BUYER_CANCEL"}
    world.go(deadline)
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"
    world.go(deadline + TIMER_RUNS)
    order = world.order(plan)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "BUYER")


def test_an_approved_request_cancels_and_is_complete_when_the_money_is_back(world):
    plan, request = asked(world)
    assert answer(world, plan, request, "approve")["code"] == 0
    assert world.cancellations(plan)[0]["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert "seller_next_action_response" not in world.cancellations(plan)[0]
    world.after(hours=28)
    assert world.cancellations(plan)[0]["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"


def test_the_same_key_again_changes_nothing_and_another_one_comes_too_late(world):
    plan, request = asked(world)
    told = [answer(world, plan, request, "approve", key)["code"] for key in ("one", "one", "two")]
    assert told == [0, 0, 25001003]
    assert world.served.tally()["answers"] == {"applied": 1, "twice": 0, "repeated": 1}


def test_a_rejected_request_leaves_the_order_as_it_was(in_market):
    world = in_market("sea")
    plan, request = asked(world)
    reasons = world.data("/return_refund/202309/reject_reasons", plan=plan, return_or_cancel_id=request["cancel_id"])
    assert PACKED in {reason["name"] for reason in reasons["reasons"]}
    assert answer(world, plan, request, "reject", reason="no")["code"] == 25001015
    assert answer(world, plan, request, "reject", reason=PACKED)["code"] == 0
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"
    assert world.order(plan)["is_buyer_request_cancel"] is False
    assert world.ship(plan)["code"] == 0


def test_a_seller_who_cancels_first_closes_the_buyers_request(in_market):
    world = in_market("sea")
    plan, request = asked(world)
    assert cancel(world, plan)["code"] == 0
    told = {one["cancel_id"]: one["cancel_status"] for one in world.cancellations(plan)}
    assert told.pop(request["cancel_id"]).startswith("CANCELLATION_REQUEST_CANCEL")
    assert list(told.values()) == ["CANCELLATION_REQUEST_SUCCESS"]
    assert world.order(plan)["cancellation_initiator"] == "SELLER"


def test_in_the_us_nobody_rejects_by_a_call(in_market):
    world = in_market("us")
    plan, request = asked(world)
    assert answer(world, plan, request, "reject", reason=PACKED)["code"] == 36009009


def test_a_closed_request_is_spelt_in_two_ways(in_market):
    world = in_market("us", crowd=Crowd(orders=400, days=0))
    world.go(START + timedelta(hours=5))
    plans = [p for p in world.store.script.plans if p.cancel_at]
    for plan in plans:
        world.ship(plan)
    told = {world.cancellations(plan)[0]["cancel_status"] for plan in plans}
    assert told == {"CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED"}


def test_cancellations_are_ten_a_page_unless_asked_otherwise_and_fifty_at_most(world):
    path = f"{CANCEL}/search"
    assert world.data(path, {}) == {"cancellations": [], "next_page_token": "", "total_count": 0}
    assert world.ask(path, {}, page_size="51")["code"] == 36009004


def test_what_the_buyer_sends_back_goes_stage_by_stage_and_ends_with_the_money(in_market):
    world = in_market("sea", crowd=Crowd(orders=300, days=0))
    plan = a_wish(world, "RETURN_AND_REFUND")
    assert decide(world, plan, "approve", "APPROVE_RETURN") == "AWAITING_BUYER_SHIP"
    world.after(hours=30)
    assert wanted(world, plan)["return_status"] == "BUYER_SHIPPED_ITEM"
    assert decide(world, plan, "approve", "APPROVE_RECEIVED_PACKAGE") == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    world.after(hours=28)
    assert wanted(world, plan)["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert world.order(plan)["status"] == "COMPLETED"


def test_a_refund_may_be_turned_down(in_market):
    world = in_market("sea", crowd=Crowd(orders=300, days=0))
    plan = a_wish(world, "REFUND")
    assert decide(world, plan, "reject", "REJECT_REFUND") == "REFUND_OR_RETURN_REQUEST_REJECT"


def a_wish(world, kind):
    """An order whose buyer has just asked for their money."""
    plan = next(p for p in world.store.script.plans if p.return_wish == kind and p.paid)
    world.go(plan.placed_at)
    world.ship(plan)
    while not returns(world, plan):
        world.after(hours=12)
    return plan


def returns(world, plan):
    return world.data("/return_refund/202309/returns/search", {"order_ids": [plan.order_no]}, plan=plan)[
        "return_orders"
    ]


def wanted(world, plan):
    return returns(world, plan)[0]


def decide(world, plan, what, decision):
    path = f"/return_refund/202309/returns/{wanted(world, plan)['return_id']}/{what}"
    told = world.ask(path, {"decision": decision, "reject_reason": "fine"}, plan=plan, idempotency_key=decision)
    assert told["code"] == 0, told
    return wanted(world, plan)["return_status"]


def test_messages_go_to_buyers_of_the_shop_and_the_same_again_is_counted(world):
    plan = world.placed()
    talks = "/customer_service/202309/conversations"
    buyer = world.order(plan)["user_id"]
    talk = world.data(talks, {"buyer_user_id": buyer}, plan=plan)["conversation_id"]
    assert world.data(talks, {"buyer_user_id": buyer}, plan=plan)["conversation_id"] == talk
    assert world.ask(talks, {"buyer_user_id": "7490000000000000000"}, plan=plan)["code"] == 45109003
    said = {"type": "TEXT", "content": '{"content": "it is out of stock"}'}
    for _ in range(2):
        world.data(f"{talks}/{talk}/messages", said, plan=plan)
    assert world.served.tally()["messages_twice"] == 1
    assert world.ask(f"{talks}/{talk}/messages", {"type": "TEXT", "content": "plain"}, plan=plan)["code"] == 36009004


def test_without_the_platforms_approval_no_message_goes(world):
    world.token = world.served.token()["access_token"]
    assert world.ask("/customer_service/202309/conversations", {"buyer_user_id": "1"})["code"] == 105005
