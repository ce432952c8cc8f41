"""Somebody else's client of the Open API, made from the platform's documents, talks to the simulator.

The package `tiktok-shop-api` 0.1.0 signs, asks and reads by itself; nothing here is ours. What it is known to do
wrong (tiktok-shop-api, section 1) is told by the test that shows it.
"""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from flows.shop.signing import webhook_sign
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.story import Story
from models.stage import ShippingMode
from tests.flows.shop.simulator.world import START, a_world

CROWD = Crowd(orders=120, days=0)


@pytest.fixture
def theirs():
    """The package; only who asks it waits for its import, which takes seconds."""
    return import_module("tiktok_shop_api")


@pytest.fixture
def bodies():
    """What the package sends."""
    return import_module("tiktok_shop_api.generated.models")


@pytest.fixture
def sea(tmp_path):
    """A crowd in SEA; its timestamps are those of this machine, for the package asks no other clock."""
    with a_world(tmp_path, market="sea", crowd=CROWD, real_stamps=True) as world:
        world.go(START.replace(hour=5))
        yield world


@pytest.fixture
def client(sea, theirs):
    """The package's client, for the shop of that crowd."""
    (cipher,) = sea.served.ciphers.values()
    keys = sea.served.keys
    with theirs.TikTokShop(keys.app_key, keys.secret, sea.token, cipher, base_url=sea.served.url) as one:
        yield one


def plan_of(sea):
    return sea.plan(Story.PICKUP, ShippingMode.PLATFORM)


def test_it_exchanges_a_code_and_refreshes(sea, theirs):
    keys = sea.served.keys
    auth = theirs.TikTokShopAuth(keys.app_key, keys.secret, base_url=sea.served.url)
    tokens = auth.exchange_code(sea.served.code())
    assert auth.refresh(tokens.refresh_token).access_token != tokens.access_token


def test_it_finds_the_shop(sea, client):
    shops = client.authorization.get_authorized_shops().to_dict()["data"]["shops"]
    assert {shop["name"]: shop["cipher"] for shop in shops} == dict(sea.served.ciphers)


def test_it_turns_the_pages_of_the_order_list_and_understands_each_order(sea, client, bodies):
    found, token = [], None
    while token != "":
        more: dict[str, str] = {"page_token": token} if token else {}
        told = client.orders.get_order_list(
            page_size=50,
            sort_field=bodies.GetOrderListSortField.UPDATE_TIME,
            sort_order=bodies.GetOrderListSortOrder.ASC,
            body=bodies.GetOrderListRequest(update_time_ge=int(START.timestamp())),
            **more,
        ).to_dict()["data"]
        found += told["orders"]
        token = told["next_page_token"]
    assert {order["id"] for order in found} == {plan.order_no for plan in sea.store.script.plans}


def test_it_reads_an_order_and_its_list_parameter_which_it_repeats_is_refused(sea, client, theirs):
    one, other = (plan.order_no for plan in sea.store.script.plans[:2])
    (order,) = client.orders.get_order_detail(ids=[one]).to_dict()["data"]["orders"]
    assert order["id"] == one
    # Its mistake: `ids=1&ids=2`, of which the platform reads the first.
    with pytest.raises(theirs.TikTokShopError) as raised:
        client.orders.get_order_detail(ids=[one, other])
    assert raised.value.code == 106001
    both = client.orders.get_order_detail(ids=[f"{one},{other}"]).to_dict()["data"]["orders"]
    assert {order["id"] for order in both} == {one, other}


def test_it_ships_and_understands_that_a_repeat_is_stopped(sea, client, theirs, bodies):
    package = package_of(client, plan_of(sea))
    client.fulfillment.ship_package(package, body=bodies.ShipPackageRequest())
    with pytest.raises(theirs.TikTokShopError) as raised:
        client.fulfillment.ship_package(package, body=bodies.ShipPackageRequest())
    assert raised.value.code == 21011040
    assert client.fulfillment.get_package_detail(package).to_dict()["data"]["package_status"] == "PROCESSING"


def package_of(client, plan):
    (order,) = client.orders.get_order_detail(ids=[plan.order_no]).to_dict()["data"]["orders"]
    return order["packages"][0]["id"]


def request_of(client, plan, bodies):
    body = bodies.SearchCancellationsRequest(order_ids=[plan.order_no])
    (found,) = client.return_and_refund.search_cancellations(body=body).to_dict()["data"]["cancellations"]
    return found


def test_it_finds_approves_and_rejects_requests_of_buyers(sea, client, bodies):
    approved, rejected = [plan for plan in sea.store.script.plans if plan.cancel_at][:2]
    calls = client.return_and_refund
    request = request_of(client, approved, bodies)
    assert request["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    calls.approve_cancellation(request["cancel_id"], body=bodies.ApproveCancellationRequest(), idempotency_key="a")
    assert request_of(client, approved, bodies)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    reason = bodies.RejectCancellationRequest(reject_reason="seller_reject_apply_product_has_been_packed")
    calls.reject_cancellation(request_of(client, rejected, bodies)["cancel_id"], body=reason, idempotency_key="b")
    assert request_of(client, rejected, bodies)["cancel_status"].startswith("CANCELLATION_REQUEST_CANCEL")


def test_it_cancels_as_the_seller(sea, client, bodies):
    plan = plan_of(sea)
    body = bodies.CancelOrderRequest(order_id=plan.order_no, cancel_reason="seller_cancel_reason_out_of_stock")
    told = client.return_and_refund.cancel_order(body=body).to_dict()["data"]
    assert told["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert request_of(client, plan, bodies)["role"] == "SELLER"


def test_it_believes_the_signature_of_a_webhook(sea, theirs):
    raw = json.dumps({"type": 1, "data": {"order_id": "1"}}).encode()
    keys = sea.served.keys
    sign = webhook_sign(keys.app_key, raw, keys.secret)
    assert theirs.Webhooks.verify(app_key=keys.app_key, app_secret=keys.secret, raw_body=raw, signature=sign)
