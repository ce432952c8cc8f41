"""Shipping by the calls of each market, the guards that stop a repeat, labels and scans."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.shop.simulator.change import LABELS_LATE
from flows.shop.simulator.fault import FaultMode, let_fail
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from models.stage import ShippingMode
from tests.flows.shop.simulator.world import START

CROWD = Crowd(orders=60, days=0)
BATCH = "/fulfillment/202309/packages/ship"
OWN, THEIRS = ShippingMode.SELLER, ShippingMode.PLATFORM


@pytest.mark.parametrize("market", ["sea", "uk", "eu", "us"])
@pytest.mark.parametrize("shipping", [OWN, THEIRS])
def test_the_call_of_the_market_ships_and_a_repeat_is_stopped(in_market, market, shipping):
    world = in_market(market, crowd=CROWD)
    plan = world.placed(Story.PICKUP, shipping)
    assert world.ship(plan)["code"] == 0
    order = world.order(plan)
    assert (order["status"], order["rts_time"]) == ("AWAITING_COLLECTION", int(world.store.now().timestamp()))
    assert world.package(plan)["tracking_number"] == plan.tracking_no
    again = world.ship(plan)["code"]
    assert again in {21011040, 21011020, 21023046}
    tally = world.served.tally()["ships"]
    assert tally == {"applied": 1, "twice": 0, "repeated": 1}


@pytest.mark.parametrize(("market", "call"), [("sea", "mark"), ("us", "ship"), ("uk", "create")])
def test_the_call_of_another_market_does_not_ship(in_market, market, call):
    world = in_market(market, crowd=CROWD)
    plan = world.placed(Story.PICKUP, OWN)
    told = {
        "mark": lambda: world.ask(f"/fulfillment/202309/orders/{plan.order_no}/packages", {}, plan=plan),
        "ship": lambda: world.ask("/fulfillment/202309/packages/1100000000000000001/ship", {}, plan=plan),
        "create": lambda: world.ask("/fulfillment/202309/packages", {"order_id": plan.order_no}, plan=plan),
    }[call]()
    assert told["code"] != 0
    assert world.order(plan)["status"] == "AWAITING_SHIPMENT"


def test_in_the_us_a_package_exists_only_after_shipping(in_market):
    world = in_market("us", crowd=CROWD)
    plan = world.placed(Story.PICKUP, THEIRS)
    assert world.order(plan)["packages"] == []
    world.ship(plan)
    assert len(world.order(plan)["packages"]) == 1


def test_in_sea_the_tracking_number_is_empty_until_shipped_and_the_handover_method_is_not_heeded(in_market):
    world = in_market("sea", crowd=CROWD)
    plan = world.placed(Story.PICKUP, THEIRS)
    assert world.package(plan)["tracking_number"] == ""
    assert world.ship(plan, {"handover_method": "PICKUP"})["code"] == 0
    assert world.package(plan)["handover_method"] == "DROP_OFF"  # the warehouse's own setting


def test_elsewhere_the_handover_method_counts(in_market):
    world = in_market("uk", crowd=CROWD)
    plan = world.placed(Story.PICKUP, THEIRS)
    assert world.ship(plan, {"handover_method": "DROP_OFF"})["code"] == 0
    assert world.package(plan)["handover_method"] == "DROP_OFF"


def test_a_pickup_slot_must_be_one_that_is_free(in_market):
    world = in_market("uk", crowd=CROWD)
    plan = world.placed(Story.PICKUP, THEIRS)
    package = world.order(plan)["packages"][0]["id"]
    slots = world.data(f"/fulfillment/202309/packages/{package}/handover_time_slots", plan=plan)["pickup_slots"]
    taken = next(slot for slot in slots if not slot["avaliable"])  # the schema's own spelling
    free = next(slot for slot in slots if slot["avaliable"])
    codes = []
    for slot in (taken, {"start_time": 1, "end_time": 2}, free):
        window = {key: slot[key] for key in ("start_time", "end_time")}
        codes.append(world.ship(plan, {"handover_method": "PICKUP", "pickup_slot": window})["code"])
    assert codes == [21011053, 21011053, 0]
    assert world.package(plan)["pickup_slot"]["start_time"] == free["start_time"]


@pytest.mark.parametrize(
    ("story", "code"), [(Story.UNPAID, 21011099), (Story.CANCEL_LEFT, 21011007)], ids=["unpaid", "asked back"]
)
def test_an_order_that_waits_for_something_else_is_not_shipped(in_market, story, code):
    world = in_market("uk")
    plan = world.placed(story)
    if plan.cancel_at:
        world.go(plan.cancel_at)
    assert world.ship(plan)["code"] == code


def test_an_order_on_hold_and_a_cancelled_one_are_not_shipped(in_market):
    world = in_market("uk")
    plan = next(p for p in world.store.script.plans if p.paid)
    world.go(plan.placed_at)
    assert world.ship(plan)["code"] == 21011044
    gone = world.plan(Story.UNPAID)
    world.go(gone.placed_at + timedelta(hours=25))
    assert world.ship(gone)["code"] == 21011041


def test_in_the_us_shipping_rejects_the_buyers_request(in_market):
    world = in_market("us")
    plan = world.plan(Story.CANCEL_LEFT)
    world.go(plan.cancel_at)
    assert world.cancellations(plan)[0]["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    assert world.ship(plan)["code"] == 0
    assert world.cancellations(plan)[0]["cancel_status"].startswith("CANCELLATION_REQUEST_CANCEL")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"tracking_number": "x"}, 21011022),
        ({"shipping_provider_id": "1"}, 21011025),
        ({"order_line_item_ids": ["1"]}, 36009004),
    ],
)
def test_number_carrier_and_line_items_must_be_right(in_market, said, code):
    world = in_market("uk", crowd=CROWD)
    assert world.ship(world.placed(Story.PICKUP, OWN), said)["code"] == code


def test_a_tracking_number_serves_one_order(in_market):
    world = in_market("uk", crowd=CROWD)
    one, other = [p for p in world.store.script.stories(Story.PICKUP) if p.shipping is OWN and p.paid][:2]
    world.go(START + timedelta(hours=2))
    world.ship(one, {"tracking_number": "SAME123456"})
    assert world.ship(other, {"tracking_number": "SAME123456"})["code"] == 21011022


def test_a_doubtful_tracking_number_is_taken_with_a_warning(in_market):
    world = in_market("uk", crowd=CROWD)
    told = world.ship(world.placed(Story.PICKUP, OWN), {"tracking_number": "0000000000"})
    assert (told["code"], bool(told["data"]["warning"]["message"])) == (0, True)


def test_an_order_shipped_in_part_says_so_until_the_rest_follows(in_market):
    world = in_market("uk", crowd=CROWD)
    plan = next(p for p in world.store.script.plans if p.paid and p.shipping is OWN and len(p.lines) > 1)
    world.go(plan.placed_at + timedelta(hours=2))
    ids = [item["id"] for item in world.order(plan)["line_items"]]
    assert world.ship(plan, {"order_line_item_ids": ids[:1]})["code"] == 0
    order = world.order(plan)
    assert (order["status"], len(order["packages"])) == ("PARTIALLY_SHIPPING", 2)
    assert [item["display_status"] for item in order["line_items"]][:2] == ["AWAITING_COLLECTION", "AWAITING_SHIPMENT"]
    assert world.ship(plan, {"order_line_item_ids": ids[:1]})["code"] == 21011020
    assert world.ship(plan, {"order_line_item_ids": ids[1:]})["code"] == 0
    assert world.order(plan)["status"] == "AWAITING_COLLECTION"


def test_a_batch_succeeds_as_a_whole_and_lists_what_failed(in_market):
    world = in_market("uk", crowd=CROWD)
    world.go(START + timedelta(hours=2))
    plans = [p for p in world.store.script.stories(Story.PICKUP) if p.shipping is THEIRS and p.paid][:3]
    world.ship(plans[0])
    let_fail(world.store, "batch_item", FaultMode.INTERNAL, order_no=plans[1].order_no)
    ids = [world.order(plan)["packages"][0]["id"] for plan in plans]
    told = world.ask(BATCH, {"packages": [{"id": one} for one in ids]}, plan=plans[0])
    assert told["code"] == 0
    failed = {error["detail"]["package_id"]: error["code"] for error in told["data"]["errors"]}
    assert failed == {ids[0]: 21011040, ids[1]: 36009003}
    assert world.order(plans[2])["status"] == "AWAITING_COLLECTION"


def label(world, plan):
    package = world.order(plan)["packages"][0]["id"]
    path = f"/fulfillment/202309/packages/{package}/shipping_documents"
    return world.ask(path, plan=plan, document_type="SHIPPING_LABEL_AND_PACKING_SLIP")


def test_a_label_is_there_after_shipping_and_gone_after_the_pickup(in_market):
    world = in_market("uk", crowd=CROWD)
    plan = next(
        p
        for p in world.store.script.stories(Story.PICKUP)
        if p.shipping is THEIRS and p.paid and int(f"11{p.order_no[2:]}") % LABELS_LATE == 0
    )
    world.go(plan.placed_at + timedelta(hours=2))
    codes = [label(world, plan)["code"]]
    world.ship(plan)
    codes.append(label(world, plan)["code"])
    world.go(world.store.now() + timedelta(minutes=5))
    ready = label(world, plan)
    assert [*codes, ready["code"]] == [21042104, 11034037, 0]
    assert world.http.get(ready["data"]["doc_url"]).content.startswith(b"%PDF")
    world.go(world.store.now() + timedelta(days=2))
    assert label(world, plan)["code"] == 21042102


def test_there_is_no_label_and_there_are_carriers_only_where_the_seller_ships(in_market):
    world = in_market("uk", crowd=CROWD)
    plan = world.placed(Story.PICKUP, OWN)
    world.ship(plan)
    assert label(world, plan)["code"] == 21008017
    path = "/logistics/202309/delivery_options/7100000000000000001/shipping_providers"
    assert world.ask(path, plan=plan)["code"] == 21008117


def test_scans_move_the_order_and_are_told_in_milliseconds(world):
    plan = world.placed(Story.PICKUP)
    world.ship(plan)
    world.go(world.store.now() + timedelta(days=6))
    order, package = world.order(plan), world.package(plan)
    assert (order["status"], package["package_status"]) == ("DELIVERED", "COMPLETED")
    assert order["rts_time"] < order["collection_time"] < order["delivery_time"]
    events = world.data(f"/fulfillment/202309/orders/{plan.order_no}/tracking", plan=plan)["tracking"]
    assert events[0]["update_time_millis"] == order["delivery_time"] * 1000
    assert {"description", "action_code"} <= events[0].keys()


def test_the_services_that_a_us_label_is_bought_of_are_listed(in_market):
    world = in_market("us", crowd=CROWD)
    plan = world.placed(Story.PICKUP, THEIRS)
    path = f"/fulfillment/202309/orders/{plan.order_no}/shipping_services/query"
    (service,) = world.data(path, {}, plan=plan)["shipping_services"]
    assert service["is_default"] is True


def test_packages_are_listed_by_their_changes(world):
    plan = world.placed(Story.PICKUP)
    world.ship(plan)
    body = {"update_time_ge": int(world.store.now().timestamp())}
    (found,) = world.data("/fulfillment/202309/packages/search", body, plan=plan, page_size="50")["packages"]
    assert (found["status"], found["orders"][0]["id"]) == ("PROCESSING", plan.order_no)
