"""How a call travels: signed, mended once, tried again where that is safe, and silent about what it carries."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.grant import grant_row
from flows.shop.transport import TRIES
from flows.shop.wire import open_http
from tests.flows.shop.clients import SHOP, Place, a_place
from tests.flows.shop.wire_server import LOST, SECRET, Answer, done, failed, sample

SEARCH = "/order/202309/orders/search"
METHOD = "PICK" + "UP"
SHIP = "/packages/115/ship"
SHOPS = "/authorization/202309/shops"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as made:
        made.server.always(SEARCH, done({"orders": [], "next_page_token": ""}))
        made.server.always(SHIP, done({}))
        made.server.always(SHOPS, sample("auth", "authorized_shops"))
        yield made


def test_a_call_is_accepted_by_a_server_that_checks_signature_time_token_and_cipher(place):
    with place.client() as client:
        reply = client.transport.call("search_orders", query={"page_token": "a+/b=="}, body={"text": "hết hàng"})
    (asked,) = place.server.requests
    assert reply.data == {"orders": [], "next_page_token": ""}
    assert (asked.query["page_token"], asked.body) == ("a+/b==", '{"text":"hết hàng"}'.encode())
    assert asked.headers["content-type"] == "application/json"


def test_a_post_without_fields_sends_no_body(place):
    with place.client() as client:
        client.ship("115")
    assert place.server.requests[0].body == b""


def test_http_200_is_no_success(place):
    place.server.script(SHIP, failed(21011040))
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert (told.value.kind, told.value.code) == (ErrorKind.ALREADY_DONE, 21011040)
    assert (told.value.call, told.value.transient) == ("ship_package", False)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(b"<html>", 429), ErrorKind.RETRY, 429),
        (Answer(b"", 503), ErrorKind.RETRY, 503),
        (Answer(b"", 500), ErrorKind.INTERNAL, 500),
        (Answer(b"not json", 200), ErrorKind.INTERNAL, 200),
        (Answer([], 200), ErrorKind.INTERNAL, 200),
        (Answer({"code": 0, "data": {}}, 502), ErrorKind.INTERNAL, 502),
        (Answer({"code": "0"}, 404), ErrorKind.UNKNOWN, 404),
        (failed(12345678), ErrorKind.UNKNOWN, 12345678),
        (LOST, ErrorKind.INTERNAL, 0),
    ],
)
def test_an_odd_answer_is_of_the_kind_that_its_http_status_tells(place, answer, kind, code):
    place.server.script(SHIP, *[answer] * TRIES)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert (told.value.kind, told.value.code) == (kind, code)


@pytest.mark.parametrize("answer", [failed(36009002, status=429), Answer(b"", 503), failed(36009003), LOST])
def test_a_read_is_tried_again_after_growing_waits(place, answer):
    place.server.script(SEARCH, *[answer] * (TRIES - 1))
    with place.client() as client:
        client.transport.call("search_orders")
    assert len(place.server.requests) == TRIES
    assert place.slept == [0.5, 1.0, 2.0]


def test_trying_again_has_an_end(place):
    place.server.script(SEARCH, *[Answer(b"", 503)] * 10)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.transport.call("search_orders")
    assert told.value.transient
    assert len(place.server.requests) == TRIES


@pytest.mark.parametrize("answer", [failed(36009002, status=429), Answer(b"", 503), failed(36009007, status=503)])
def test_a_write_of_which_surely_nothing_was_done_is_tried_again(place, answer):
    place.server.script(SHIP, answer)
    with place.client() as client:
        client.ship("115")
    assert len(place.server.requests) == 2


@pytest.mark.parametrize("answer", [failed(36009003), failed(36009007), failed(25001028), Answer(b"", 500), LOST])
def test_a_write_that_may_have_been_done_is_never_repeated(place, answer):
    place.server.script(SHIP, answer)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert (told.value.kind, told.value.transient) == (ErrorKind.INTERNAL, True)
    assert len(place.server.requests) == 1


def test_where_nobody_listens_nothing_was_sent(tmp_path):
    with a_place(tmp_path) as place:
        pass  # the server is gone
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert (told.value.kind, told.value.code) == (ErrorKind.RETRY, 0)
    assert len(place.slept) == TRIES - 1


def test_an_ended_token_is_renewed_once_and_the_call_repeated(place):
    place.server.token = "ROW_FAKEACCESSTOKEN"
    place.server.script("/token/refresh", sample("auth", "token_get_or_refresh"))
    place.now = place.now.replace(year=2025, month=10, day=10)
    place.consent()
    with place.client() as client:
        client.ship("115")
        client.ship("115")
    assert len(place.server.asked("/token/refresh")) == 1
    assert len(place.server.asked(SHIP)) == 3


def test_a_token_that_is_not_known_any_more_is_replaced_by_what_another_process_got(place):
    place.server.script(SHIP, failed(36009004, "Invalid credentials. The 'x-tts-access-token' header is invalid."))
    with place.client() as client:
        client.transport.grants.current()
        place.consent(access="ROW_access_2")
        place.server.token = "ROW_access_2"
        client.ship("115")
    assert place.server.asked("/token/refresh") == []


def test_a_consent_that_was_taken_back_is_noted(place):
    words = "Invalid credentials. The 'x-tts-access-token' header is invalid."
    place.server.script(SHIP, failed(36009004, words))
    place.server.script("/token/refresh", failed(36004005, "The refresh token is invalid."))
    with place.client() as client, pytest.raises(ApiError, match="shipclock auth tiktok") as told:
        client.ship("115")
    assert told.value.kind is ErrorKind.TOKEN_EXPIRED
    row = grant_row(place.engine, SHOP)
    assert row is not None
    assert row.refused_at == place.now


def test_a_new_token_that_is_refused_too_ends_the_call(place):
    place.server.token = "another"
    place.server.script("/token/refresh", sample("auth", "token_get_or_refresh"))
    place.now = place.now.replace(year=2025, month=10, day=10)
    place.consent()
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert told.value.kind is ErrorKind.TOKEN_EXPIRED
    assert len(place.server.asked(SHIP)) == 2


def test_a_busy_token_server_leaves_a_write_surely_undone(place):
    place.server.token = "another"
    place.server.script("/token/refresh", *[LOST] * 20)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert told.value.kind is ErrorKind.RETRY


@pytest.mark.parametrize("code", [101000, 106013])
def test_a_cipher_that_does_not_fit_is_fetched_once_and_kept(place, code):
    place.server.script(SHIP, failed(code))
    place.server.always(
        SHOPS, done({"shops": [{"id": "1", "cipher": "x"}, {"id": "7490000000000000001", "cipher": "NEW"}]})
    )
    place.server.cipher = "NEW"
    with place.client() as client:
        client.ship("115")
    with place.client() as client:
        client.ship("115")
    assert len(place.server.asked(SHOPS)) == 1
    assert [request.query["shop_cipher"] for request in place.server.asked(SHIP)][1:] == ["NEW", "NEW"]
    assert "shop_cipher" not in place.server.asked(SHOPS)[0].query


def test_a_fresh_cipher_that_does_not_fit_either_ends_the_call(place):
    place.server.cipher = "of somebody else"
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert told.value.kind is ErrorKind.CIPHER
    assert len(place.server.asked(SHIP)) == 2


@pytest.mark.parametrize("off", [timedelta(minutes=-10), timedelta(minutes=-2), timedelta(days=3)])
def test_a_clock_that_goes_wrong_is_learned_from_the_platforms_date(place, off):
    theirs = place.now + off
    place.server.now = lambda: theirs
    with place.client() as client:
        client.ship("115")
        client.ship("115")
        assert client.transport.skew == off
    assert len(place.server.asked(SHIP)) == 3


def test_a_timestamp_refused_though_the_clocks_agree_ends_the_call(place):
    place.server.script(SHIP, failed(36009004, "Invalid timestamp."))
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert told.value.kind is ErrorKind.REQUEST_REFUSED


def test_another_refused_field_is_nothing_to_mend(place):
    place.server.script(SHIP, failed(36009004, "Missing field."))
    with place.client() as client, pytest.raises(ApiError):
        client.ship("115")
    assert len(place.server.requests) == 1


@pytest.mark.parametrize("odd", ["", "../orders", "1/2", "1?x=1", "1 2", "%2e"])
def test_an_id_that_could_mean_another_path_is_not_sent(place, odd):
    with place.client() as client, pytest.raises(ApiError):
        client.package(odd)
    assert place.server.requests == []


def test_a_redirect_is_not_followed_with_tokens(place):
    place.server.script(SEARCH, *[Answer(b"", 302, headers={"Location": place.server.url + SHOPS})] * TRIES)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.transport.call("search_orders")
    assert told.value.code == 302
    assert place.server.asked(SHOPS) == []


@pytest.mark.parametrize("answer", [LOST, failed(21011040, "Of Nguyen Van A"), Answer(b"Nguyen Van A", 500)])
def test_no_error_and_no_log_tells_an_address_a_token_or_the_platforms_words(place, caplog, answer):
    caplog.set_level(logging.DEBUG)
    place.server.script(SHIP, answer)
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115", method=METHOD)
    said = "".join(traceback.format_exception(told.value)) + repr(told.value) + caplog.text
    assert told.value.__cause__ is None
    assert told.value.__context__ is None
    assert "ship_package" in caplog.text
    for secret in (SECRET, "ROW_", "127.0.0.1", "sign=", "Nguyen", METHOD):
        assert secret not in said


def test_what_the_platform_calls_its_request_is_told_without_odd_signs(place):
    place.server.script(SHIP, Answer({"code": 21011040, "request_id": "2026<script>\n" + "x" * 100}))
    with place.client() as client, pytest.raises(ApiError) as told:
        client.ship("115")
    assert told.value.request_id == ("2026script" + "x" * 100)[:64]


def test_a_client_has_a_time_limit():
    with open_http() as http:
        assert http.timeout.read == 30.0
