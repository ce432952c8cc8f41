"""The border that a buyer does not cross: what is taken from each sample, and that nothing else survives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from flows.shop.schema import (
    ApiOrder,
    AuthorisedShop,
    Cancellation,
    CancelStatus,
    Document,
    Initiator,
    Package,
    PackageStatus,
    Provider,
    Return,
    ShipException,
    ShippingType,
    Slots,
    Taken,
    TrackingEvent,
    raw_list,
    taken,
)
from models.platform_status import PlatformStatus
from tests.flows.shop.wire_server import SAMPLES

BUYERS = {  # section 7's fields, and one that comes tomorrow
    "recipient_address": {
        "name": "X",
        "phone_number": "X",
        "full_address": "X",
        "district_info": [{"address_name": "X"}],
    },
    "sender_address": {"name": "X"},
    "buyer_email": "X",
    "buyer_message": "X",
    "buyer_nickname": "X",
    "buyer_avatar": "X",
    "user_id": "X",
    "cpf": "X",
    "cpf_name": "X",
    "last_name_katakana": "X",
    "cancel_reason_text": "X",
    "return_reason": "X",
    "return_reason_text": "X",
    "seller_note": "X",
    "description": "X",
    "doc_url": "X",
    "cipher": "X",
    "a_field_of_tomorrow": {"deep": ["X"]},
}
OURS = {  # the platform's, the carrier's or the seller's own words: no buyer writes into these
    "id", "package_id", "order_id", "cancel_id", "return_id", "sku_id", "seller_sku", "sku_name", "product_name",
    "tracking_number", "currency", "fulfillment_type", "delivery_option_id", "shipping_provider", "warehouse_id",
    "shipping_provider_id", "shipping_provider_name", "order_type", "handover_method", "sub_status", "order_ids",
    "order_line_item_id", "order_line_item_ids", "cancel_type", "action", "name", "region", "seller_type",
}  # fmt: skip


def sample(name: str, *keys: str) -> Any:  # noqa: ANN401  # any JSON
    body = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    for key in keys:
        body = body[key]
    return body["data"]


TAKEN: dict[str, tuple[type[Taken], list[dict[str, Any]]]] = {
    "order list": (ApiOrder, raw_list(sample("order_list_search_202309"), "orders")),
    "order detail": (ApiOrder, raw_list(sample("order_detail_202507"), "orders")),
    "a real order": (ApiOrder, raw_list(sample("order_list_real_fr_cancelled"), "orders")),
    "package detail": (Package, [sample("package_detail_202309")]),
    "cancellations": (Cancellation, raw_list(sample("cancellations_search_pending"), "cancellations")),
    "returns": (Return, [{"return_id": "1", "order_id": "2", "return_status": "AWAITING_BUYER_SHIP"}]),
    "slots": (Slots, [sample("handover_time_slots")]),
    "tracking": (TrackingEvent, raw_list(sample("tracking_202309"), "tracking")),
    "document": (Document, [sample("ship_package", "shipping_document")]),
    "shops": (AuthorisedShop, raw_list(sample("auth", "authorized_shops"), "shops")),
    "providers": (Provider, [{"id": "66", "name": "Example Logistics"}]),
}


def planted(given: Any, marker: str) -> Any:  # noqa: ANN401  # any JSON
    """Write a buyer into each text of an answer, and add every field of a buyer to each object."""
    if isinstance(given, dict):
        own = {name: planted(value, marker) for name, value in given.items()}
        return {**own, **json.loads(json.dumps(BUYERS).replace("X", marker))}
    if isinstance(given, list):
        return [planted(value, marker) for value in given]
    return marker if isinstance(given, str) else given


def texts(dumped: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any JSON
    """Give each text of a dump with the name of its field."""
    if isinstance(dumped, dict):
        for inner, value in dumped.items():
            yield from texts(value, inner)
    elif isinstance(dumped, list):
        for value in dumped:
            yield from texts(value, name)
    elif isinstance(dumped, str):
        yield name, dumped


@pytest.mark.parametrize("name", TAKEN)
def test_each_row_of_a_sample_is_taken(name):
    kind, rows = TAKEN[name]
    assert rows
    assert len(taken(kind, rows)) == len(rows)


@pytest.mark.parametrize("name", TAKEN)
def test_no_field_of_a_buyer_is_in_what_is_taken(name):
    """The fields that Shipclock names keep the sample's values; the buyer stands in all others."""
    kind, rows = TAKEN[name]
    extra = json.loads(json.dumps(BUYERS).replace("X", "Nguyễn Văn A"))
    for row in taken(kind, [{**extra, **row} for row in rows]) + taken(kind, [{**row, **extra} for row in rows]):
        assert "Nguyễn" not in repr(row)
        assert "Nguyễn" not in row.model_dump_json()
        assert "Nguyễn" not in str(row.model_dump())


@pytest.mark.parametrize("name", TAKEN)
def test_only_fields_that_no_buyer_writes_hold_free_text(name):
    kind, rows = TAKEN[name]
    found = taken(kind, [planted(row, "Nguyễn Văn A") for row in rows])
    assert {field for row in found for field, text in texts(row.model_dump(mode="json")) if "Nguyễn" in text} <= OURS


def test_what_must_be_at_hand_once_is_in_no_dump_and_no_repr():
    document = Document.model_validate(sample("ship_package", "shipping_document"))
    shop = AuthorisedShop.model_validate(sample("auth", "authorized_shops")["shops"][0])
    event = TrackingEvent.model_validate(sample("tracking_202309")["tracking"][0])
    hidden = {document: document.doc_url, shop: shop.cipher, event: event.description}
    for row, secret in hidden.items():
        assert secret
        assert secret not in repr(row)
        assert secret not in row.model_dump_json()


def test_an_order_is_taken_with_its_times_money_and_units():
    order = ApiOrder.model_validate(sample("order_detail_202507")["orders"][0])
    assert (order.id, order.status) == ("580000000000000001", PlatformStatus.AWAITING_SHIPMENT)
    assert order.rts_sla_time == datetime(2025, 10, 11, 8, 53, 20, tzinfo=UTC)
    assert (order.payment.total_amount, order.payment.currency) == (Decimal(160000), "IDR")
    assert [package.id for package in order.packages] == ["1150000000000000001"]
    assert order.line_items[0].seller_sku == "MUG-BLUE"
    assert order.shipping_type is ShippingType.PLATFORM


def test_a_real_order_lacks_fields_and_is_taken():
    order = ApiOrder.model_validate(sample("order_list_real_fr_cancelled")["orders"][0])
    assert (order.status, order.update_time, order.rts_sla_time) == (None, None, None)
    assert (order.cancellation_initiator, order.is_on_hold_order) == (Initiator.BUYER, True)


def test_a_package_is_the_same_from_search_and_from_detail():
    """A search says id and status, the detail package_id and package_status; both name their orders in rows."""
    detail = sample("package_detail_202309")
    search = {**detail, "id": detail["package_id"], "status": detail["package_status"]}
    del search["package_id"], search["package_status"]
    found, looked_up = Package.model_validate(search), Package.model_validate(detail)
    assert found == looked_up
    assert (found.id, found.status) == ("1150000000000000001", PackageStatus.PROCESSING)
    assert (found.sub_status, found.order_ids) == ("RTS", ("580000000000000001",))


@pytest.mark.parametrize("orders", [["1", "2"], [{"id": "1"}, {"id": "2"}], [{"id": 1}, None, {}, {"id": "2"}]])
def test_the_orders_of_a_package_are_taken_from_rows_and_from_ids(orders):
    assert Package.model_validate({"id": "9", "orders": orders}).order_ids == ("1", "2")


@pytest.mark.parametrize("said", ["CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED"])
def test_both_spellings_are_the_same(said):
    row = {"cancel_id": "1", "order_id": "2", "cancel_status": said}
    assert Cancellation.model_validate(row).cancel_status is CancelStatus.CANCEL


@pytest.mark.parametrize("said", ["PACKAGE_DAMAGAED", "PACKAGE_DAMAGED"])
def test_a_misspelt_damage_is_one(said):
    assert (
        Package.model_validate({"id": "1", "ship_exception_reason": said}).ship_exception_reason
        is ShipException.DAMAGED
    )


@pytest.mark.parametrize("said", ["SELLER_RESPOND_BUYER_CANCEL", "SELLER_RESPOND_CANCEL"])
def test_the_answer_by_time_is_found_under_either_name(said):
    asked = [{"action": said, "deadline": 1760180000}]
    row = Cancellation.model_validate({"cancel_id": "1", "order_id": "2", "seller_next_action_response": asked})
    assert row.seller_next_action_response[0].action == "SELLER_RESPOND_CANCEL"
    assert row.answer_by == datetime.fromtimestamp(1760180000, UTC)


@pytest.mark.parametrize(
    ("said", "kept"), [("seller_cancel_reason_out_of_stock", True), ("Autre", False), ("vì tôi đổi ý", False)]
)
def test_a_reason_is_kept_as_a_code_never_as_words(said, kept):
    row = Cancellation.model_validate({"cancel_id": "1", "order_id": "2", "cancel_reason": said})
    assert row.cancel_reason == (said if kept else "")


ODD: tuple[Any, ...] = (None, 0, "", "0", -1, 10**30, 1.5, True, "soon", [], {}, [None], {"a": None})


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("field", [name for name in ApiOrder.model_fields if name != "id"])
def test_an_odd_value_in_any_field_never_costs_the_order(field, odd):
    (order,) = taken(ApiOrder, [{"id": "1", "status": "UNPAID", field: odd}])
    assert order.id == "1"
    json.loads(order.model_dump_json())


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("kind", [Package, Cancellation, Return, Slots])
def test_odd_values_in_other_rows_cost_nothing_either(kind: type[Taken], odd):
    named = {"id": "1", "cancel_id": "1", "order_id": "1", "return_id": "1"}
    odds = {str(info.validation_alias or info.alias or name): odd for name, info in kind.model_fields.items()}
    plain = dict.fromkeys((*kind.model_fields, *odds, "orders", "package_status", "avaliable"), odd)
    assert len(taken(kind, [{**plain, **named}])) == 1


def test_a_row_that_nothing_names_is_left_out_alone():
    rows: list[dict[str, Any]] = [{"id": "1"}, {"status": "UNPAID"}, {"id": None}, {"id": ""}, {"id": "2"}]
    assert [order.id for order in taken(ApiOrder, rows)] == ["1", "2"]


def test_a_scan_without_a_time_is_left_out_alone():
    rows: list[dict[str, Any]] = [
        {"update_time_millis": 1760400000000},
        {"update_time_millis": None},
        {"description": "x"},
    ]
    assert len(taken(TrackingEvent, rows)) == 1


def test_a_window_without_ends_is_left_out_alone():
    slots = Slots.model_validate(
        {"pickup_slots": [{"start_time": 1, "end_time": 2, "avaliable": False}, {"start_time": None}]}
    )
    assert [(slot.start_time, slot.available) for slot in slots.pickup_slots] == [(1, False)]


def test_an_error_about_an_answer_does_not_hold_it():
    with pytest.raises(ValueError, match="id") as told:
        ApiOrder.model_validate({"id": "", "buyer_email": "Nguyen"})
    assert "Nguyen" not in str(told.value)
