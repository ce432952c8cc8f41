"""A command that says something new is not taken for a repetition, and neither is a thing that is another one."""

from __future__ import annotations

import pytest

from models.answer import Refused
from models.fact import FactKind
from models.guard import ONLY_BY_COMMAND
from models.stage import HandoverMode
from tests.models.makers import a_fact, after, an_order, answer_to, code_of, placed, t

NEW = placed()
TICKED = {"checklist": "all"}
CONFIRMED = after(NEW, "confirm", 1)
PACKED = after(CONFIRMED, "mark_packed", 2, **TICKED)
TOLD = {"tracking_no": "A1", "carrier": "J&T", "drop_off_point": "Le Loi", "handover_mode": "pickup"}
SHIPPED = after(PACKED, "mark_shipped", 3, **TOLD)
DROP_OFF = {"handover": HandoverMode.DROP_OFF}


@pytest.mark.row("T12")
@pytest.mark.parametrize(
    ("key", "value"),
    [("tracking_no", "B2"), ("carrier", "GHN"), ("drop_off_point", "Hang Bai"), ("handover_mode", "drop_off")],
)
def test_t12_a_repeated_command_that_tells_news_is_no_repetition(key, value):
    again = answer_to(SHIPPED, "mark_shipped", 4, **{**TOLD, key: value})
    assert isinstance(again, Refused)
    assert (again.code, again.already, again.instead) == ("already_shipped", False, ("record",))


@pytest.mark.row("T12")
def test_t12_a_repeated_command_that_tells_the_same_is_a_repetition():
    again = answer_to(SHIPPED, "mark_shipped", 4, **TOLD)
    assert isinstance(again, Refused)
    assert (again.already, again.instead) == (True, ())


@pytest.mark.row("T12")
def test_t12_each_of_two_numbers_that_were_told_is_known():
    both = after(SHIPPED, "record", 4, kind="marked_shipped", tracking_no="B2")
    for number, known in (("A1", True), ("B2", True), ("C3", False)):
        again = answer_to(both, "mark_shipped", 5, tracking_no=number)
        assert isinstance(again, Refused)
        assert again.already is known


@pytest.mark.row("T06")
@pytest.mark.parametrize("stock", ["ok", "OK", "yes", "Yes", ""])
def test_t06_stock_that_is_there_is_confirmed_however_it_is_typed(stock):
    assert code_of(NEW, "confirm", 1, stock=stock) == "accepted"
    again = answer_to(CONFIRMED, "confirm", 2, stock=stock)
    assert isinstance(again, Refused)
    assert again.already


@pytest.mark.row("T12")
def test_t12_only_shipping_goes_on_anyway_when_the_buyer_wants_to_cancel():
    asked = (*PACKED, a_fact("cancel_requested", 3, request_no="R1"))
    assert code_of(asked, "mark_shipped", 4, override="ship_anyway") == "accepted"
    assert code_of(asked, "mark_shipped", 4, override="hold", reason="r") == "cancel_requested"
    unpacked = (*NEW, asked[-1])
    assert code_of(unpacked, "mark_packed", 4, override="hold", reason="r", **TICKED) == "cancel_requested"


@pytest.mark.row("T10")
def test_t10_a_hold_is_overridden_with_a_reason_as_text_or_as_a_code():
    held = after(CONFIRMED, "hold", 2, hold="fraud_check", reason="odd")
    assert code_of(held, "mark_packed", 3, override="hold", **TICKED) == "on_hold"
    assert code_of(held, "mark_packed", 3, override="hold", reason=" ", **TICKED) == "on_hold"
    assert code_of(held, "mark_packed", 3, reason="checked", **TICKED) == "on_hold"
    assert code_of(held, "mark_packed", 3, override="hold", reason="checked", **TICKED) == "accepted"
    assert code_of(held, "mark_packed", 3, override="hold", reason_code="checked", **TICKED) == "accepted"


@pytest.mark.row("T14")
def test_t14_what_the_carrier_scanned_is_not_dropped_off_again():
    facts = (*after(PACKED, "mark_shipped", 3, shop=DROP_OFF), a_fact("in_transit", 5))
    assert code_of(facts, "drop_off", 6, shop=DROP_OFF) == "already_dropped_off"


SAID = {"kind": "in_transit", "at": t(5).isoformat()}


@pytest.mark.row("T40b")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tracking_no", "B2"),
        ("case_id", "claim:lost"),
        ("request_no", "R2"),
        ("return_no", "B2"),
        ("attempt_no", "2"),
        ("at", t(4.9).isoformat()),
        ("kind", "picked_up"),
    ],
)
def test_t40b_another_number_time_or_kind_is_another_word(key, value):
    said = after(SHIPPED, "record", 6, **SAID)
    assert code_of(said, "record", 7, **SAID) == "already_recorded"
    assert code_of(said, "record", 7, **{**SAID, key: value}) == "accepted"


@pytest.mark.row("T40b")
@pytest.mark.parametrize("key", ["tracking_no", "case_id", "request_no", "return_no", "attempt_no"])
def test_t40b_a_number_that_is_left_out_the_second_time_is_another_word(key):
    with_number = after(SHIPPED, "record", 6, **{**SAID, key: "1"})
    assert code_of(with_number, "record", 7, **SAID) == "accepted"
    assert code_of(with_number, "record", 7, **{**SAID, key: "1"}) == "already_recorded"


@pytest.mark.row("T40b")
def test_t40b_what_the_platform_told_may_still_be_a_persons_word():
    assert code_of((*SHIPPED, a_fact("in_transit", 5)), "record", 7, **SAID) == "accepted"


@pytest.mark.row("T40b")
@pytest.mark.parametrize("kind", FactKind)
def test_t40b_what_is_derived_or_has_a_command_of_its_own_is_not_recorded(kind):
    answer = answer_to(SHIPPED, "record", 7, kind=kind.value)
    refused = isinstance(answer, Refused) and answer.code == "bad_value"
    assert refused is (kind in ONLY_BY_COMMAND)


@pytest.mark.row("T40b")
def test_t40b_who_records_an_unknown_kind_is_told_those_there_are():
    answer = answer_to(SHIPPED, "record", 7, kind="eaten")
    assert isinstance(answer, Refused)
    assert answer.values["key"] == "kind"
    assert answer.values["allowed"].split(", ") == [kind.value for kind in FactKind if kind not in ONLY_BY_COMMAND]


@pytest.mark.row("T40b")
def test_t40b_what_happens_this_moment_is_not_to_come():
    assert code_of(SHIPPED, "record", 7, kind="in_transit", at=t(7).isoformat()) == "accepted"


@pytest.mark.row("T39")
def test_t39_a_hold_without_a_name_is_held_by_hand():
    held = after(NEW, "hold", 3, reason="r")
    assert held[-1].text("hold") == "manual"
    assert code_of(held, "hold", 4, reason="r") == "already_on_hold"
    assert code_of(held, "hold", 4, hold="stock_check", reason="r") == "accepted"
    assert code_of(held, "release", 4) == "accepted"


@pytest.mark.row("T39")
def test_t39_the_highest_role_that_placed_a_hold_says_who_may_release_it():
    twice = (
        *NEW,
        a_fact("hold_placed", 3, by="human", hold="fraud_check", role="manager"),
        a_fact("hold_placed", 4, by="human", hold="fraud_check", role="packer"),
    )
    assert code_of(twice, "release", 5, hold="fraud_check") == "role_too_low"
    assert code_of(twice, "release", 5, hold="fraud_check", role="manager") == "accepted"


@pytest.mark.row("T39")
def test_t39_a_hold_whose_role_nobody_told_is_a_packers():
    held = (*NEW, a_fact("hold_placed", 3, by="human", hold="fraud_check"))
    assert code_of(held, "release", 5, hold="fraud_check") == "accepted"


@pytest.mark.row("T39")
def test_t39_the_hold_of_our_own_cancelling_does_not_keep_another_one():
    both = after(after(NEW, "hold", 3, hold="fraud_check", reason="r"), "seller_cancel", 4, reason="other")
    assert code_of(both, "release", 5, hold="fraud_check") == "accepted"


@pytest.mark.row("T39")
def test_t39_who_held_again_after_a_release_is_named():
    held = after(NEW, "hold", 3, hold="fraud_check", reason="r")
    again = after(after(held, "release", 4, hold="fraud_check"), "hold", 5, hold="fraud_check", reason="r", actor="mai")
    answer = answer_to(again, "mark_packed", 6, **TICKED)
    assert isinstance(answer, Refused)
    assert answer.values == {"holds": "fraud_check", "held_by_fraud_check": "mai"}


@pytest.mark.row("T39")
def test_t39_that_one_hold_was_released_does_not_say_so_of_another():
    released = after(after(NEW, "hold", 3, hold="stock_check", reason="r"), "release", 4, hold="stock_check")
    assert code_of(released, "release", 5, hold="stock_check") == "already_released"
    assert code_of(released, "release", 5, hold="fraud_check") == "no_hold"


@pytest.mark.row("T10")
def test_t10_what_the_carrier_collected_is_packed_though_nobody_said_so():
    shipped = (*CONFIRMED, a_fact("marked_shipped", 3))
    assert code_of(shipped, "mark_packed", 5, **TICKED) == "accepted"
    assert code_of((*shipped, a_fact("picked_up", 4)), "mark_packed", 5, **TICKED) == "already_packed"


@pytest.mark.row("T18")
def test_t18_who_switched_to_the_way_that_counts_is_named_and_not_who_switched_back():
    switched = after(SHIPPED, "switch_handover", 4, handover_mode="drop_off", reason="r")
    back = after(switched, "switch_handover", 5, handover_mode="pickup", reason="r", actor="minh")
    seen = (*back, a_fact("dropped_off", 6, by="human"))
    assert an_order(7, *seen).handover_mode == "drop_off"
    answer = answer_to(seen, "switch_handover", 7, handover_mode="drop_off", reason="r")
    assert isinstance(answer, Refused)
    assert answer.values == {"handover_mode": "drop_off", "by": "lan", "at": t(4).isoformat()}
