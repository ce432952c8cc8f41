"""Values that mean nothing are refused with those that do, and nothing that may be a buyer's enters."""

from __future__ import annotations

import pytest

from models.answer import Refused
from models.fact import FactKind
from tests.models.makers import a_fact, after, answer_to, code_of, placed

NEW = placed()
ASKED = (*NEW, a_fact("cancel_requested", 3, request_no="R1"))
PACKED = after(NEW, "mark_packed", 1, checklist="all")
AWAY = (*PACKED, a_fact("marked_shipped", 2), a_fact("picked_up", 3))
SHIPPED = after(PACKED, "mark_shipped", 2, tracking_no="1234567890")
ORDER_NO = "576461413038785752"


@pytest.mark.parametrize(
    ("facts", "name", "key", "wrong", "known"),
    [
        (AWAY, "record", "attempt_no", "7", "1, 2"),
        (AWAY, "record", "attempt_no", "0", "1, 2"),
        (NEW, "seller_cancel", "reason_code", "foo", "out_of_stock, damaged_goods, other"),
        (NEW, "confirm", "stock", "banana", "ok, yes, no"),
        (NEW, "mark_packed", "checklist", "all,foo", "all, items_and_count"),
        (NEW, "mark_packed", "override", "ship_anyway", "hold"),
        (NEW, "mark_packed", "override", "HOLD", "hold"),
        (PACKED, "mark_shipped", "override", "zzz", "hold, ship_anyway"),
        (PACKED, "mark_shipped", "override", "hold,ship_anyway", "hold, ship_anyway"),
        (ASKED, "approve_cancel", "override", "hold", "parcel_recalled"),
        (NEW, "record", "handover_mode", "balloon", "pickup, drop_off"),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_those_that_do(facts, name, key, wrong, known):
    answer = answer_to(facts, name, 10, **{"kind": "delivery_attempt_failed", "reason": "other", key: wrong})
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values["key"]) == ("bad_value", key)
    assert answer.values["allowed"].startswith(known)


@pytest.mark.parametrize(
    ("facts", "name", "given"),
    [
        (NEW, "confirm", {"stock": "OK"}),
        (AWAY, "record", {"kind": "delivery_attempt_failed", "attempt_no": "2"}),
        (NEW, "mark_packed", {"checklist": "all,"}),
    ],
)
def test_a_value_that_means_something_is_taken(facts, name, given):
    assert code_of(facts, name, 10, **given) == "accepted"


@pytest.mark.row("T07")
@pytest.mark.parametrize(
    ("typed", "kept"), [("out_of_stock", "out_of_stock"), ("Damaged goods", "damaged_goods"), ("we moved", "other")]
)
def test_t07_a_reason_is_kept_as_one_of_three(typed, kept):
    started = after(NEW, "seller_cancel", 10, reason=typed)[-1]
    assert (started.kind, started.text("reason_code")) == (FactKind.SELLER_CANCEL_STARTED, kept)


@pytest.mark.parametrize("number", ["Tran Thi Lan", "+84912345678", "0912 345 678", "lan@example.com", "A" * 65, "A1;"])
def test_a_tracking_number_holds_no_name_no_phone_with_signs_and_no_address(number):
    assert code_of(PACKED, "mark_shipped", 10, tracking_no=number) == "bad_code"
    assert code_of(AWAY, "record", 10, kind="in_transit", tracking_no=number) == "bad_code"
    assert code_of(PACKED, "mark_shipped", 10, tracking_no="VN-123_a") == "accepted"


def test_what_a_case_is_called_holds_no_name():
    assert code_of(AWAY, "record", 10, kind="buyer_notified", case_id="Tran Thi Lan") == "bad_code"
    assert code_of(AWAY, "record", 10, kind="buyer_notified", case_id="claim:lost") == "accepted"
    asked = (*NEW, a_fact("delivered", 2), a_fact("return_requested", 3, return_no="no 7"))
    assert code_of(asked, "record", 10, kind="return_received", case_id="return:no 7") == "accepted"


@pytest.mark.parametrize(
    "reason",
    [
        "0912345678",
        "call 0912 345 678",
        "call 0912.345.678",
        "call (091) 234-5678",
        "call +84 912-345-678",
        "wrote from lan@example.com",
        "asked on 2026-03-01, call 0912345678",
        "576461413038785753 is another order",
    ],
)
def test_a_reason_with_what_may_be_a_phone_or_a_mail_address_is_refused(reason):
    assert code_of(ASKED, "reject_cancel", 10, reason=reason) == "names_buyer"


@pytest.mark.parametrize(
    "reason",
    [
        "already packed",
        "asked on 2026-03-01 10:30, too late",
        "asked on 01.03.2026",
        "3 of 12 in stock, 45 x 30 cm",
        f"order {ORDER_NO} is packed",
        "parcel 1234567890 is away",
    ],
)
def test_a_reason_may_hold_a_day_a_count_and_the_orders_own_numbers(reason):
    asked = (*SHIPPED, a_fact("cancel_requested", 5, request_no="R1"))
    assert code_of(asked, "reject_cancel", 10, reason=reason, order_no=ORDER_NO) == "accepted"


@pytest.mark.parametrize("key", ["carrier", "drop_off_point"])
def test_a_carrier_or_place_is_a_name_and_no_phone(key):
    assert code_of(PACKED, "mark_shipped", 10, **{key: "J&T Express, 12 Le Loi"}) == "accepted"
    assert code_of(PACKED, "mark_shipped", 10, **{key: "Lan 0912 345 678"}) == "names_buyer"


@pytest.mark.parametrize(
    ("given", "code", "key"),
    [
        ({"tracking_no": "A1;"}, "bad_code", "tracking_no"),
        ({"request_no": "A 1"}, "bad_code", "request_no"),
        ({"return_no": "A 1"}, "bad_code", "return_no"),
        ({"reason_code": "too late"}, "bad_code", "reason_code"),
        ({"case_id": "Tran Thi Lan"}, "bad_code", "case_id"),
        ({"carrier": "Lan 0912 345 678"}, "names_buyer", "carrier"),
        ({"drop_off_point": "lan@example.com"}, "names_buyer", "drop_off_point"),
        ({"reason": "call 0912345678"}, "names_buyer", "reason"),
    ],
)
def test_who_gave_what_may_be_a_buyers_is_told_which_value_it_is(given, code, key):
    answer = answer_to(AWAY, "record", 10, **{"kind": "in_transit", **given})
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values) == (code, {"key": key})
