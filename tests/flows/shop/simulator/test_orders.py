"""Orders as the API writes them: fields and forms of the samples, pages, windows, and what a buyer gives away."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from flows.shop.simulator.buyer import person_of
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from models.stage import ShippingMode
from tests.flows.shop.simulator.world import START

SEARCH = "/order/202309/orders/search"
ABSENT = {
    "tts_sla_time",
    "cancel_order_sla_time",
    "shipping_due_time",
    "collection_due_time",
}  # article: the platform sets none
SAMPLE = json.loads((Path(__file__).parents[1] / "samples" / "order_detail_202507.json").read_text())


def test_an_order_has_every_field_of_the_sample_and_some_that_nobody_knows(world):
    sample = SAMPLE["data"]["orders"][0]
    order = world.order(world.placed())
    assert sample.keys() - order.keys() <= ABSENT
    assert sample["payment"].keys() == order["payment"].keys()
    assert sample["line_items"][0].keys() - order["line_items"][0].keys() == set()
    assert sample["recipient_address"].keys() - order["recipient_address"].keys() == set()
    assert "loyalty_wave" in order


def test_ids_and_amounts_are_text_and_times_are_seconds(world):
    plan = world.placed()
    order = world.order(plan)
    assert order["create_time"] == int(plan.placed_at.timestamp())
    assert order["payment"]["total_amount"] == str(plan.total)
    assert {type(order[key]) for key in ("id", "user_id", "warehouse_id")} == {str}
    assert order["delivery_due_time"] == 0  # not set


def test_each_unit_is_a_line_item(world):
    plan = next(p for p in world.store.script.plans if any(line.quantity > 1 for line in p.lines))
    world.go(plan.placed_at)
    items = world.order(plan)["line_items"]
    assert len(items) == sum(line.quantity for line in plan.lines)
    assert len({item["id"] for item in items}) == len(items)
    assert [item["seller_sku"] for item in items] == [
        line.good.sku for line in plan.lines for _ in range(line.quantity)
    ]


@pytest.mark.parametrize("market", ["uk", "eu", "us"])
def test_an_order_is_on_hold_for_an_hour_and_has_no_address_then(in_market, market):
    world = in_market(market)
    plan = next(p for p in world.store.script.plans if p.paid)
    world.go(plan.placed_at)
    held = world.order(plan)
    assert (held["status"], held["is_on_hold_order"]) == ("ON_HOLD", True)
    assert not any(held.get("recipient_address", {}).values())
    world.go(plan.placed_at + timedelta(hours=1))
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"


def test_an_unpaid_order_has_no_address_and_no_package(world):
    order = world.order(world.placed(Story.UNPAID))
    assert (order["status"], order["packages"]) == ("UNPAID", [])
    assert not any(order.get("recipient_address", {}).values())


def test_the_address_is_clear_for_own_carriers_and_masked_where_the_platform_ships(in_market):
    world = in_market("sea", crowd=Crowd(orders=30, days=0))
    for mode, clear in ((ShippingMode.SELLER, True), (ShippingMode.PLATFORM, False)):
        plan = world.placed(Story.PICKUP, mode)
        person, address = person_of(plan), world.order(plan)["recipient_address"]
        assert (address["name"] == person.name) is clear
        assert (person.phone in address["phone_number"]) is clear
        assert (person.street in json.dumps(address, ensure_ascii=False)) is clear


def test_the_buyer_is_given_away_in_each_way_the_platform_has(world):
    plan = world.placed(Story.DROP_OFF)
    person, order = person_of(plan), world.order(plan)
    given = (order["user_id"], order["buyer_email"], order["buyer_nickname"], order["buyer_message"])
    assert given == (person.user_id, person.email, person.nickname, person.message)
    assert any(person_of(p).message for p in world.store.script.plans)


def test_now_and_then_a_value_is_new(in_market):
    world = in_market("sea", crowd=Crowd(orders=200, days=0))
    world.go(START + timedelta(hours=1))
    orders = pages(world, {"page_size": "100"})
    kinds = [order["order_type"] for order in orders]
    assert kinds.count("NORMAL") > kinds.count("FLASH_MOONLIGHT") > 0


def pages(world, query, body=None):
    """Turn all pages of the order list."""
    found, more = [], dict(query)
    while True:
        told = world.data(SEARCH, body or {}, **more)
        found += told["orders"]
        if not told["next_page_token"]:
            return found
        more["page_token"] = told["next_page_token"]


@pytest.mark.parametrize("field", ["create_time", "update_time"])
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_pages_hold_each_order_once_in_the_order_asked_for(in_market, field, order):
    world = in_market("sea", crowd=Crowd(orders=40, days=0))
    world.go(START + timedelta(hours=2))
    found = pages(world, {"page_size": "7", "sort_field": field, "sort_order": order})
    assert len({one["id"] for one in found}) == 40
    times = [one[field] for one in found]
    assert times == sorted(times, reverse=order == "DESC")


def test_a_page_token_carries_what_must_be_encoded(in_market):
    world = in_market("sea", crowd=Crowd(orders=5, days=0))
    world.go(START + timedelta(hours=2))
    token = world.data(SEARCH, {}, page_size="2")["next_page_token"]
    assert {"+", "/", "="} <= set(token)
    assert world.ask(SEARCH, {}, page_size="2", page_token=token[:-2])["code"] == 36009004


@pytest.mark.parametrize("size", ["", "0", "101", "ten"])
def test_a_page_has_one_to_a_hundred_orders_and_the_caller_says_how_many(world, size):
    assert world.ask(SEARCH, {}, **({"page_size": size} if size else {}))["code"] == 36009004


def test_a_window_begins_with_its_first_second_and_ends_before_its_last(world):
    plan = world.placed()
    at = int(plan.placed_at.timestamp())
    body = {"create_time_ge": at, "create_time_lt": at + 1}
    assert [one["id"] for one in pages(world, {"page_size": "50"}, body)] == [plan.order_no]
    assert pages(world, {"page_size": "50"}, {"create_time_ge": at + 1, "create_time_lt": at + 2}) == []
    assert pages(world, {"page_size": "50"}, {"create_time_ge": at - 1, "create_time_lt": at}) == []


def test_orders_are_chosen_by_status_shipping_type_and_buyer(in_market):
    world = in_market("sea", crowd=Crowd(orders=100, days=0))
    plan = world.placed(Story.UNPAID)
    unpaid = pages(world, {"page_size": "50"}, {"order_status": "UNPAID"})
    assert {one["status"] for one in unpaid} == {"UNPAID"}
    assert plan.order_no in {one["id"] for one in unpaid}
    own = pages(world, {"page_size": "50"}, {"shipping_type": "SELLER"})
    assert {one["shipping_type"] for one in own} == {"SELLER"}
    hers = pages(world, {"page_size": "50"}, {"buyer_user_id": person_of(plan).user_id})
    assert {one["user_id"] for one in hers} == {person_of(plan).user_id}
    assert world.ask(SEARCH, {"order_status": "LOST"}, page_size="5")["code"] == 36009004


def test_the_detail_takes_fifty_ids_joined_by_commas(world):
    plan = world.placed()
    path, ids = "/order/202507/orders", [plan.order_no, *("9" * 17 for _ in range(49))]
    assert [one["id"] for one in world.data(path, ids=",".join(ids))["orders"]] == [plan.order_no]
    assert world.ask(path, ids=",".join([*ids, "1"]))["code"] == 36009004


def test_of_a_name_that_comes_twice_in_a_query_only_the_first_value_counts(world):
    one, other = world.placed(), next(p for p in world.store.script.stories(Story.PICKUP) if p != world.plan())
    world.go(other.placed_at)
    answer = world.request("GET", "/order/202507/orders", more={"ids": one.order_no})
    doubled = world.http.get(f"{answer.request.url}&ids={other.order_no}", headers=answer.request.headers)
    assert [row["id"] for row in doubled.json()["data"]["orders"]] == [one.order_no]


def test_a_shop_does_not_see_the_orders_of_another(world):
    plan = world.placed(Story.DROP_OFF)
    assert world.data("/order/202507/orders", ids=plan.order_no)["orders"] == []
    assert world.order(plan)["id"] == plan.order_no
