"""Each call as it goes over the wire, and what is made of its answer."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.office import Office
from flows.shop import client as client_module
from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.client import ShopClient, open_client
from flows.shop.endpoint import endpoints
from flows.shop.schema import Slot
from models.home import Home
from models.settings import Settings, ShopSettings, TikTokSettings
from tests.flows.shop.clients import NOW, SHOP, Place, a_place
from tests.flows.shop.wire_server import APP_KEY, CIPHER, REQUEST_ID, SECRET, Answer, done, failed, sample
from tests.planted import search_bytes, search_files

ORDER = "580000000000000001"
PACKAGE = "1150000000000000001"
BUYER = "7000000000000000001"
MARK = "Nguyen-Van-A-0901234567"
SINCE = datetime(2025, 10, 9, 8, 53, 20, 700_000, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as made:
        yield made


@pytest.fixture
def client(place: Place) -> Iterator[ShopClient]:
    with place.client() as opened:
        yield opened


def page(key: str, ids: list[str], token: str, *, name: str = "id"):
    return done(
        {key: [{name: one, "order_id": "9", "update_time": 1760000000} for one in ids], "next_page_token": token}
    )


def test_orders_are_walked_page_by_page_to_the_empty_token(place, client):
    place.server.script("/orders/search", page("orders", ["1", "2"], "a+/="), page("orders", ["3"], ""))
    assert [order.id for order in client.orders_updated(SINCE, SINCE + timedelta(hours=1))] == ["1", "2", "3"]
    first, second = place.server.requests
    assert first.json == {"update_time_ge": 1760000000, "update_time_lt": 1760003601}
    assert second.json == first.json
    asked = {name: first.query[name] for name in ("page_size", "sort_field", "sort_order")}
    assert asked == {"page_size": "100", "sort_field": "update_time", "sort_order": "ASC"}
    assert (first.query.get("page_token"), second.query["page_token"]) == (None, "a+/=")


def test_a_token_that_comes_again_is_the_end(place, client):
    place.server.script(
        "/orders/search", page("orders", ["1"], "a"), page("orders", ["2"], "b"), page("orders", ["3"], "a")
    )
    assert [order.id for order in client.orders_updated(SINCE)] == ["1", "2", "3"]


def test_what_moves_between_pages_comes_once(place, client):
    place.server.script("/orders/search", page("orders", ["1", "2"], "a"), page("orders", ["2", "3"], ""))
    assert [order.id for order in client.orders_updated(SINCE)] == ["1", "2", "3"]


def test_an_order_that_changed_again_while_it_was_read_comes_again(place, client):
    rows = [{"id": "1", "update_time": 1760000000}, {"id": "1", "update_time": 1760000009}]
    place.server.script("/orders/search", done({"orders": rows}))
    assert len(list(client.orders_updated(SINCE))) == 2


def test_the_next_page_is_asked_for_only_when_it_is_wanted(place, client):
    place.server.script("/orders/search", page("orders", ["1"], "a"), page("orders", ["2"], ""))
    walk = client.orders_updated(SINCE)
    assert next(walk).id == "1"
    assert len(place.server.requests) == 1


@pytest.mark.parametrize(
    ("ask", "path", "key", "name", "size"),
    [
        ("packages_updated", "/packages/search", "packages", "id", "50"),
        ("cancellations_updated", "/cancellations/search", "cancellations", "cancel_id", "50"),
        ("returns_updated", "/returns/search", "return_orders", "return_id", "50"),
    ],
)
def test_the_other_searches_walk_alike(place, client, ask, path, key, name, size):
    place.server.script(path, page(key, ["1", "2"], "a", name=name), page(key, ["2", "3"], "", name=name))
    assert [getattr(row, name) for row in getattr(client, ask)(SINCE)] == ["1", "2", "3"]
    assert place.server.requests[0].query["page_size"] == size


def test_orders_are_looked_up_fifty_a_call_with_their_ids_in_one_value(place, client):
    place.server.always("/order/202507/orders", sample("order_detail_202507"))
    assert [order.id for order in client.orders([str(number) for number in range(51)])] == [ORDER, ORDER]
    first, second = place.server.requests
    assert (first.query["ids"].count(","), second.query["ids"]) == (49, "50")


def test_no_order_asked_for_is_no_call(place, client):
    assert client.orders([]) == []
    assert place.server.requests == []


def test_a_package_its_windows_and_its_scans_are_read(place, client):
    place.server.script(f"/packages/{PACKAGE}", sample("package_detail_202309"))
    place.server.script("/handover_time_slots", sample("handover_time_slots"))
    place.server.script("/tracking", sample("tracking_202309"))
    assert client.package(PACKAGE).order_ids == (ORDER,)
    assert [slot.available for slot in client.slots(PACKAGE).pickup_slots] == [True, False]
    events = client.tracking(ORDER)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert len(events) == 3


def test_a_package_that_the_answer_does_not_name_is_an_error(place, client):
    place.server.script(f"/packages/{PACKAGE}", done({}))
    with pytest.raises(ApiError):
        client.package(PACKAGE)


def test_the_cancellations_and_returns_of_one_order_are_asked_for_by_its_number(place, client):
    place.server.script("/cancellations/search", sample("cancellations_search_pending"))
    place.server.script("/returns/search", page("return_orders", ["1"], "", name="return_id"))
    (found,) = client.cancellations_of(ORDER)
    assert found.answer_by == datetime.fromtimestamp(1760180000, UTC)
    assert len(client.returns_of(ORDER)) == 1
    assert [request.json for request in place.server.requests] == [{"order_ids": [ORDER]}] * 2


def test_the_carriers_of_a_delivery_option_are_listed(place, client):
    rows = [{"id": "66", "name": "DHL"}, {"id": "67", "name": "DHL eCommerce"}]
    place.server.script("/delivery_options/71/shipping_providers", done({"shipping_providers": rows}))
    assert [(row.id, row.name) for row in client.providers("71")] == [("66", "DHL"), ("67", "DHL eCommerce")]


def test_where_the_platform_ships_itself_there_are_no_carriers(place, client):
    place.server.script("/shipping_providers", failed(21008117))
    assert client.providers("71") == []


def test_a_label_comes_with_its_packing_slip(place, client):
    place.server.script("/shipping_documents", sample("ship_package", "shipping_document"))
    assert client.document(PACKAGE).doc_url == "https://example.invalid/label.pdf"
    assert place.server.requests[0].query["document_type"] == "SHIPPING_LABEL_AND_PACKING_SLIP"


def test_where_there_is_no_such_form_the_label_comes_alone(place, client):
    place.server.script(
        "/shipping_documents", failed(36009004, "document_type"), sample("ship_package", "shipping_document")
    )
    assert client.document(PACKAGE).tracking_number == "FAKE0000000002"
    assert place.server.requests[1].query["document_type"] == "SHIPPING_LABEL"


def test_a_label_that_is_not_ready_is_told(place, client):
    place.server.script("/shipping_documents", failed(11034037))
    with pytest.raises(ApiError) as told:
        client.document(PACKAGE)
    assert told.value.kind is ErrorKind.NOT_READY


def line(*names: str, eligible: bool = True, kind: str = "CANCEL") -> dict[str, object]:
    return {"request_type": kind, "eligible": eligible, "available_reason_names": list(names)}


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ([line("a", "b")], ("a", "b")),
        ([line("a", "b"), line("b", "c")], ("b",)),
        ([line("a"), line("a", eligible=False)], ()),
        ([line("a", kind="REFUND")], ()),
        ([line("a"), line("b", kind="REFUND")], ("a",)),
        ([], ()),
    ],
)
def test_the_seller_may_cancel_for_the_reasons_that_all_units_of_the_order_have(place, client, lines, reasons):
    place.server.script("/aftersale_eligibility", done({"sku_eligibility": [{"line_item_eligibility": lines}]}))
    assert client.cancel_reasons(ORDER) == reasons
    asked = place.server.requests[0].query
    assert (asked["initiate_aftersale_user"], asked["request_types"]) == ("SELLER", "CANCEL")


def test_reasons_to_reject_are_asked_for_by_the_request(place, client):
    place.server.script("/reject_reasons", done({"reasons": [{"name": "a", "text": "A"}, {"text": "?"}]}))
    assert client.reject_reasons("403") == ("a",)
    assert place.server.requests[0].query["return_or_cancel_id"] == "403"


def test_a_package_is_shipped_with_way_and_window(place, client):
    place.server.script(f"/packages/{PACKAGE}/ship", sample("ship_package", "ship_package_ok"))
    slot = Slot(start_time=1760070000, end_time=1760080800)
    assert client.ship(PACKAGE, method="PICKUP", slot=slot) == REQUEST_ID
    window = b'{"handover_method":"PICKUP","pickup_slot":{"start_time":1760070000,"end_time":1760080800}}'
    assert place.server.requests[0].body == window


def test_a_package_is_shipped_with_ones_own_carrier(place, client):
    place.server.script("/ship", sample("ship_package", "ship_package_ok"))
    client.ship_own(PACKAGE, tracking_no="VN1", provider_id="66")
    assert place.server.requests[0].json == {"self_shipment": {"tracking_number": "VN1", "shipping_provider_id": "66"}}


def test_a_batch_tells_which_packages_were_not_shipped(place, client):
    place.server.script("/packages/ship", sample("ship_package", "batch_ship_partial_failure"), done({}))
    asked = [*(str(number) for number in range(20)), "1150000000000000004"]
    assert client.batch_ship(asked, method="PICKUP") == {"1150000000000000004": 21011007}
    first, second = (request.json["packages"] for request in place.server.requests)
    assert (len(first), second) == (20, [{"id": "1150000000000000004", "handover_method": "PICKUP"}])


def test_a_failure_of_a_batch_that_names_no_package_may_be_that_of_any(place, client):
    rows = [{"code": 36009003, "message": "?"}, {"code": 21011007, "detail": {"package_id": "2"}}]
    place.server.script("/packages/ship", done({"errors": rows}))
    assert client.batch_ship(["1", "2"]) == {"1": 36009003, "2": 21011007}


def test_an_order_is_marked_as_shipped_and_a_warning_is_told(place, client):
    place.server.script(f"/orders/{ORDER}/packages", done({"warning": {"message": "Doubtful number."}}), done({}))
    told = [client.mark_shipped(ORDER, tracking_no="T1", provider_id="66", line_item_ids=["1"]) for _ in range(2)]
    assert told == [(REQUEST_ID, "Doubtful number."), (REQUEST_ID, "")]
    assert place.server.requests[0].json == {
        "tracking_number": "T1", "shipping_provider_id": "66", "order_line_item_ids": ["1"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("services", "chosen"),
    [
        ([{"id": "1"}, {"id": "2", "is_default": True}], {"shipping_service_id": "2"}),
        ([{"id": "1"}, {"id": "2"}], {"shipping_service_id": "1"}),
        ([], {}),
    ],
)
def test_a_label_is_bought_with_the_service_that_the_platform_takes_by_itself(place, client, services, chosen):
    place.server.script("/shipping_services/query", done({"shipping_services": services}))
    place.server.script("/fulfillment/202309/packages", done({"package_id": PACKAGE}))
    assert client.create_package(ORDER, line_item_ids=["1", "2"]) == (REQUEST_ID, PACKAGE)
    asked, bought = place.server.requests
    assert asked.json == {"order_line_item_ids": ["1", "2"]}
    assert bought.json == {"order_id": ORDER, "order_line_item_ids": ["1", "2"], **chosen}


def test_an_order_is_cancelled_with_a_reason(place, client):
    place.server.script("/return_refund/202309/cancellations", sample("ship_package", "cancel_order_ok"))
    assert client.cancel(ORDER, reason="out", line_item_ids=["1"]) == (REQUEST_ID, "4030000000000000002")
    assert place.server.requests[0].json == {"order_id": ORDER, "cancel_reason": "out", "order_line_item_ids": ["1"]}


@pytest.mark.parametrize(
    ("answered", "path", "body"),
    [
        (lambda client: client.approve_cancellation("4", key="k"), "/cancellations/4/approve", None),
        (
            lambda client: client.reject_cancellation("4", reason="packed", key="k"),
            "/cancellations/4/reject",
            {"reject_reason": "packed"},
        ),
        (
            lambda client: client.approve_return("4", decision="APPROVE_REFUND", key="k"),
            "/returns/4/approve",
            {"decision": "APPROVE_REFUND"},
        ),
        (
            lambda client: client.reject_return("4", decision="REJECT_REFUND", reason="why", key="k"),
            "/returns/4/reject",
            {"decision": "REJECT_REFUND", "reject_reason": "why"},
        ),
    ],
)
def test_an_answer_to_the_buyer_carries_its_idempotency_key(place, client, answered, path, body):
    place.server.script(path, done({}))
    assert answered(client) == REQUEST_ID
    (asked,) = place.server.requests
    assert (asked.query["idempotency_key"], asked.json if asked.body else None) == ("k", body)


def test_a_buyer_is_written_to_and_forgotten(place, client):
    place.server.script("/order/202507/orders", sample("order_detail_202507"))
    place.server.script("/conversations", done({"conversation_id": "77"}))
    place.server.script("/conversations/77/messages", done({"message_id": "78"}))
    assert client.message_buyer(ORDER, "Xin chào: hết hàng") == "78"
    _, opened, sent = place.server.requests
    assert opened.json == {"buyer_user_id": BUYER}
    assert sent.json == {"type": "TEXT", "content": '{"content": "Xin chào: hết hàng"}'}
    assert BUYER not in repr(vars(client)) + repr(vars(client.transport))


def test_a_buyer_who_may_not_be_written_to_is_told(place, client):
    place.server.script("/order/202507/orders", sample("order_detail_202507"))
    place.server.script("/conversations", failed(45109003, f"Buyer {BUYER} ..."))
    with pytest.raises(ApiError) as told:
        client.message_buyer(ORDER, "Hello")
    assert told.value.kind is ErrorKind.CONVERSATION
    assert BUYER not in str(told.value)


def test_an_order_that_is_not_answered_is_nobody_to_write_to(place, client):
    place.server.script("/order/202507/orders", done({"orders": [{"id": "1", "user_id": BUYER}]}))
    with pytest.raises(ApiError):
        client.message_buyer(ORDER, "Hello")
    assert len(place.server.requests) == 1


def test_no_buyer_no_label_and_no_token_is_left_in_files_or_logs(place, tmp_path, caplog):
    """A buyer stands in every answer, also in the platform's own words; nothing of them stays behind."""
    caplog.set_level(logging.DEBUG)
    buyer = {"user_id": BUYER, "buyer_email": MARK, "recipient_address": {"name": MARK}, "buyer_message": MARK}
    order = {"id": ORDER, "update_time": 1760000000, **buyer}
    place.server.always("/orders/search", done({"orders": [order], "next_page_token": ""}))
    place.server.always("/order/202507/orders", done({"orders": [order]}))
    place.server.always("/shipping_documents", done({"doc_url": f"https://labels.example/{MARK}"}))
    place.server.always("/conversations", failed(45109003, f"{MARK} {BUYER} cannot be written to."))
    place.server.always("/tracking", Answer(MARK.encode(), 500))
    with place.client() as client:
        kept = [*client.orders_updated(SINCE), *client.orders([ORDER]), client.document(PACKAGE)]
        for call in (lambda: client.message_buyer(ORDER, "Hello"), lambda: client.tracking(ORDER)):
            with pytest.raises(ApiError) as told:
                call()
            kept.append(traceback.format_exception(told.value))
        secrets = [MARK, BUYER, client.transport.grants.current().tokens.access, SECRET, CIPHER]
    assert search_bytes(f"{kept!r} {caplog.text}".encode(), secrets, "kept") == []
    assert search_files(tmp_path, secrets) == []


def settings_for(place: Place, app_key: str = APP_KEY) -> Settings:
    own = TikTokSettings(app_key=app_key, api_url=place.server.url, auth_url=place.server.url)
    return Settings(shop=(shop(),), tiktok=own)


def shop() -> ShopSettings:
    return ShopSettings(name=SHOP, market="VN", currency="VND", timezone="Asia/Ho_Chi_Minh", mailbox="main", api=True)


def with_secret(home: Home, secret: str) -> Home:
    environment = {"SHIPCLOCK_TIKTOK_SECRET": secret}
    return Home(path=home.path, config=home.config, database_url=home.database_url, environment=environment)


def test_a_client_is_opened_from_the_settings(place):
    place.server.always("/authorization/202309/shops", sample("auth", "authorized_shops"))
    home = with_secret(place.home, SECRET)
    office = Office(home=home, settings=settings_for(place), engine=place.engine)
    client = open_client(home, office.settings, place.engine, shop(), lambda: NOW)
    assert [found.region for found in client.authorised_shops()] == ["ID"]
    http = client.transport.http
    del client
    assert http.is_closed


@pytest.mark.parametrize(
    ("key", "secret", "lacking"), [("", SECRET, "app_key"), (APP_KEY, "", "SHIPCLOCK_TIKTOK_SECRET")]
)
def test_an_app_that_is_not_set_up_is_told_with_what_to_do(place, key, secret, lacking):
    home = with_secret(place.home, secret)
    with pytest.raises(ApiError, match=f"{lacking}.*shipclock auth tiktok --help"):
        open_client(home, settings_for(place, key), place.engine, shop(), lambda: NOW)


def test_every_row_of_the_endpoints_is_called():
    source = "".join(file.read_text(encoding="utf-8") for file in Path(client_module.__file__).parent.glob("*.py"))
    assert [name for name in endpoints() if f'"{name}"' not in source] == []
