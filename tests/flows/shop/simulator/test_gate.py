"""Who may come in: signature over the raw bytes, timestamp window, token, scope, cipher, version."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from flows.shop.signing import sign
from flows.shop.simulator.web.grants import AppKeys, revoke_all
from flows.shop.simulator.web.routes import ORDER_INFO

SHOPS = "/authorization/202309/shops"
SEARCH = "/order/202309/orders/search"


def stamp(world, seconds):
    return {"timestamp": str(int((world.store.now() + timedelta(seconds=seconds)).timestamp()))}


@pytest.mark.parametrize(
    ("seconds", "code"), [(-300, 0), (-301, 36009004), (30, 0), (31, 36009004)], ids=["-300", "-301", "30", "31"]
)
def test_a_timestamp_counts_from_five_minutes_before_to_thirty_seconds_after(world, seconds, code):
    assert world.request("GET", SHOPS, shop=None, more=stamp(world, seconds)).json()["code"] == code


def test_a_wrong_signature_is_refused_with_401(world):
    answer = world.request("GET", SHOPS, shop=None, more={"sign": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (401, 106001)


def test_what_is_signed_are_the_bytes_that_come_not_what_they_mean(world):
    query = {
        "app_key": world.served.keys.app_key,
        "shop_cipher": next(iter(world.served.ciphers.values())),
        "page_size": "5",
        **stamp(world, 0),
    }
    spaced = b'{ "order_status" :  "UNPAID" }'
    query["sign"] = sign(SEARCH, query, spaced, world.served.keys.secret)
    headers = {"x-tts-access-token": world.token}
    compact = json.dumps(json.loads(spaced), separators=(",", ":")).encode()
    codes = [
        world.http.post(world.served.url + SEARCH, params=query, content=raw, headers=headers).json()["code"]
        for raw in (spaced, compact)
    ]
    assert codes == [0, 106001]


def test_an_empty_object_is_signed_as_it_is_sent(world):
    plan = world.placed()
    assert world.ask(SEARCH, {}, plan=plan, page_size="5")["code"] == 0


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/order/209912/orders/search", "POST", 36009014),
        ("/order/202309/orders/lookup", "POST", 36009009),
        (SEARCH, "GET", 36009010),
    ],
    ids=["version", "path", "method"],
)
def test_a_path_a_method_and_a_version_must_exist(world, path, method, code):
    assert world.request(method, path).json()["code"] == code


@pytest.mark.parametrize("missing", ["app_key", "timestamp", "sign"])
def test_what_every_call_needs_is_missed_by_name(world, missing):
    told = world.request("GET", SHOPS, shop=None, more={missing: ""}).json()
    assert told["code"] == 36009004
    assert missing in told["message"]


def test_a_call_about_a_shop_needs_its_cipher_and_one_above_shops_must_not_have_it(world):
    page = {"page_size": "5"}
    wrong = {**page, "shop_cipher": "ROW_of-somebody-else"}
    codes = [
        world.request("POST", SEARCH, {}, shop=None, more=page).json()["code"],
        world.request("POST", SEARCH, {}, shop=None, more=wrong).json()["code"],
        world.request("GET", SHOPS).json()["code"],
    ]
    assert codes == [106013, 101000, 36009004]


def test_a_token_ends_after_seven_days_and_a_new_one_opens_again(world):
    world.go(world.store.now() + timedelta(days=7) - timedelta(seconds=1))
    assert world.request("GET", SHOPS, shop=None).json()["code"] == 0
    world.go(world.store.now() + timedelta(seconds=1))
    answer = world.request("GET", SHOPS, shop=None)
    assert (answer.status_code, answer.json()["code"]) == (401, 105002)
    world.token = world.served.token()["access_token"]
    assert world.request("GET", SHOPS, shop=None).json()["code"] == 0


def test_a_token_opens_only_what_was_granted(world):
    world.token = world.served.token((ORDER_INFO,))["access_token"]
    assert world.ask(SEARCH, {}, page_size="5")["code"] == 0
    assert world.ask("/return_refund/202309/cancellations/search", {})["code"] == 105005


def test_without_a_token_and_after_the_seller_took_it_back_nothing_opens(world):
    revoke_all(world.store)
    assert world.ask(SEARCH, {}, page_size="5")["code"] == 36009004


def test_the_shops_of_a_token_come_with_their_ciphers(world):
    shops = world.request("GET", SHOPS, shop=None).json()["data"]["shops"]
    assert {shop["name"]: shop["cipher"] for shop in shops} == dict(world.served.ciphers)
    assert {shop["region"] for shop in shops} == {"GB", "VN"}


def exchange(world, what="get", **query: str):
    secrets = {"app_key": world.served.keys.app_key, "app_secret": world.served.keys.secret}
    return world.http.get(f"{world.served.url}/api/v2/token/{what}", params={**secrets, **query}).json()


def by_code(world, code):
    return exchange(world, auth_code=code, grant_type="authorized_code")


def test_a_code_gives_tokens_once_and_for_thirty_minutes(world):
    code, late = world.served.code(), world.served.code()
    told = by_code(world, code)["data"]
    assert told["access_token_expire_in"] == int(world.store.now().timestamp()) + 7 * 86400  # a moment, not a duration
    assert by_code(world, code)["code"] != 0
    world.go(world.store.now() + timedelta(minutes=30))
    assert by_code(world, late)["code"] != 0


def test_the_wrong_app_secret_gets_nothing(world):
    assert exchange(world, auth_code=world.served.code(), grant_type="authorized_code", app_secret="x")["code"] != 0


def test_a_refresh_gives_new_tokens_and_the_old_refresh_token_dies_when_they_are_used(world):
    first = by_code(world, world.served.code())["data"]
    renewed = exchange(world, "refresh", refresh_token=first["refresh_token"], grant_type="refresh_token")["data"]
    again = exchange(world, "refresh", refresh_token=first["refresh_token"], grant_type="refresh_token")
    assert again["code"] == 0  # the answer may have been lost
    world.token = renewed["access_token"]
    assert world.request("GET", SHOPS, shop=None).json()["code"] == 0
    over = exchange(world, "refresh", refresh_token=first["refresh_token"], grant_type="refresh_token")
    assert over["code"] != 0


def test_the_consent_page_sends_the_seller_back_with_a_code_or_with_their_refusal(in_market):
    world = in_market("article", keys=AppKeys(redirect="https://shop.example/back"))
    page, service = f"{world.served.url}/open/authorize", world.served.keys.service_id
    agreed = world.http.get(page, params={"service_id": service, "state": "s 1"})
    back = httpx.URL(agreed.headers["location"])
    assert (agreed.status_code, back.host, back.params["state"]) == (302, "shop.example", "s 1")
    assert by_code(world, back.params["code"])["code"] == 0
    refused = world.http.get(page, params={"service_id": service, "refuse": "1"})
    assert "code=null&error=auth_denied" in refused.headers["location"]


def test_its_date_is_that_of_the_play(world):
    world.go(world.store.now() + timedelta(hours=5))
    assert world.request("GET", SHOPS, shop=None).headers["date"] == "Mon, 02 Mar 2026 05:00:00 GMT"


def test_who_asks_faster_than_the_platform_allows_is_told_so_with_429(in_market):
    world = in_market("article", limit=0)
    answer = world.request("POST", SEARCH, {}, more={"page_size": "1"})
    assert (answer.status_code, answer.json()["code"]) == (429, 36009002)


def test_what_was_refused_is_counted_by_reason(world):
    world.request("GET", SHOPS, shop=None, more={"sign": "0"})
    world.request("GET", SHOPS)
    tally = world.http.get(f"{world.served.url}/simulator/tally").json()
    assert tally["refused"] == {"sign": 1, "cipher_unexpected": 1}
