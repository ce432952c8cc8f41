"""Cancelling by the shop's keys, and answering a buyer who wants to: with which reasons, and what became of it."""

from __future__ import annotations

import pytest

from flows.shop.cancelling import fitting, idempotency_key
from flows.shop.protocol import Outcome
from models.fact import FactKind
from tests.flows.shop.api_shop import NUMBER, Rig
from tests.flows.shop.tiny_platform import BROKEN

REQUEST = "4030000000000000001"
GRANTED, ENDED = "CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_CANCEL"
CANCEL, APPROVE = f"cancel {NUMBER}", f"approve {REQUEST}"


def bodies(rig: Rig, endpoint: str) -> list[dict[str, object]]:
    return [body for name, body in rig.platform.sent if name == endpoint]


def answer(rig: Rig, *, approve: bool, market: str = "VN", **rest: str):
    shop = rig.shop(market=market)
    return shop.answer_cancel(NUMBER, approve=approve, key="k:answer:", **{"reason": "", **rest})


@pytest.mark.parametrize("reason", ["out_of_stock", "damaged_goods"])
def test_an_order_is_cancelled_with_the_platforms_reason_for_ours(rig, reason):
    done = rig.shop().cancel(NUMBER, reason=reason, key="k")
    assert (done.outcome, done.told[0].kind) == (Outcome.OK, FactKind.CANCELLED)
    assert done.told[0].payload == {"actor": "seller", "reason_code": reason}
    (body,) = bodies(rig, "cancel_order")
    assert body["cancel_reason"] == "seller_cancel_reason_out_of_stock"
    assert body["order_line_item_ids"] == [f"{NUMBER}07"]


@pytest.mark.parametrize(
    ("reason", "allowed", "code"),
    [
        ("out_of_stock", [], "cancel_not_possible"),
        ("out_of_stock", ["seller_cancel_reason_wrong_price"], "cancel_reason_by_hand"),
        ("other", ["seller_cancel_reason_out_of_stock"], "cancel_reason_by_hand"),
        ("lost", ["seller_cancel_reason_out_of_stock"], "cancel_reason_by_hand"),
    ],
)
def test_what_the_platform_does_not_offer_is_left_to_a_person(rig, reason, allowed, code):
    rig.platform.reasons = allowed
    refused = rig.shop().cancel(NUMBER, reason=reason, key="k")
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, code)
    assert bodies(rig, "cancel_order") == []


def test_a_reason_that_no_longer_fits_is_asked_for_again_once(rig):
    rig.platform.fails("cancel_order", 25001021)
    assert rig.shop().cancel(NUMBER, reason="out_of_stock", key="k").outcome is Outcome.OK
    assert len(bodies(rig, "cancel_eligibility")) == 2


def test_a_reason_that_is_refused_twice_is_left_to_a_person(rig):
    rig.platform.fails("cancel_order", 25001020, times=2)
    assert rig.shop().cancel(NUMBER, reason="out_of_stock", key="k").code == "cancel_reason_refused"


@pytest.mark.parametrize("code", [BROKEN, 25001028])
def test_a_cancelling_whose_answer_was_lost_is_not_sent_again(rig, code):
    rig.platform.fails("cancel_order", code, after=True)
    assert rig.shop().cancel(NUMBER, reason="out_of_stock", key="k").outcome is Outcome.OK
    assert rig.platform.did[CANCEL] == 1
    assert len(bodies(rig, "cancel_order")) == 1


def test_what_another_hand_cancelled_is_told_with_whose_it_was(rig):
    rig.platform.orders[NUMBER]["status"] = "CANCELLED"
    rig.platform.a_request(NUMBER, cancel_status=GRANTED)
    done = rig.shop().cancel(NUMBER, reason="out_of_stock", key="k")
    assert (done.outcome, done.told[0].payload["actor"]) == (Outcome.OK, "buyer")
    assert bodies(rig, "cancel_order") == []


def test_what_is_shipped_meanwhile_is_refused(rig):
    rig.platform.fails("cancel_order", 25001045)
    assert rig.shop().cancel(NUMBER, reason="out_of_stock", key="k").code == "shipped_meanwhile"


def test_a_request_is_approved_with_the_effects_own_key(rig):
    rig.platform.a_request(NUMBER)
    done = answer(rig, approve=True)
    assert done.outcome is Outcome.OK
    assert [told.kind for told in done.told] == [FactKind.CANCEL_APPROVED, FactKind.CANCELLED]
    (body,) = bodies(rig, "approve_cancellation")
    assert body["idempotency_key"] == idempotency_key(f"k:answer::{REQUEST}:approve")


def test_the_platforms_key_tells_nobody_anything_and_is_short_enough():
    key = idempotency_key("A shop's name of many words:580000000000000001:answer:" + "1" * 300)
    assert len(key) <= 255
    assert "580000000000000001" not in key


def test_approving_and_rejecting_have_different_keys(rig):
    rig.platform.a_request(NUMBER)
    rig.platform.fails("approve_cancellation", 36009002, times=10)
    with pytest.raises(Exception, match="unavailable"):
        answer(rig, approve=True)
    rig.platform.faults.clear()
    assert answer(rig, approve=False).outcome is Outcome.OK
    first, last = bodies(rig, "approve_cancellation")[0], bodies(rig, "reject_cancellation")[0]
    assert first["idempotency_key"] != last["idempotency_key"]


def test_a_request_is_rejected_with_a_reason_that_is_allowed(rig):
    rig.platform.a_request(NUMBER)
    rig.platform.reject_reasons = ["something_new", "ecom_reverse_reject_cancel_reason_product_packed"]
    assert answer(rig, approve=False, reason="already_packed").outcome is Outcome.OK
    assert bodies(rig, "reject_cancellation")[0]["reject_reason"] == "ecom_reverse_reject_cancel_reason_product_packed"


def test_the_request_that_is_named_is_answered_not_another(rig):
    rig.platform.a_request(NUMBER, "1")
    rig.platform.a_request(NUMBER, "2")
    answer(rig, approve=False, request_no="1")
    assert rig.platform.did == {"reject 1": 1}


def test_a_second_request_gets_an_answer_of_its_own(rig):
    rig.platform.a_request(NUMBER, "1")
    answer(rig, approve=False)
    rig.platform.a_request(NUMBER, "2")
    answer(rig, approve=False)
    assert rig.platform.did == {"reject 1": 1, "reject 2": 1}


def test_an_approval_whose_answer_was_lost_is_read_back(rig):
    rig.platform.a_request(NUMBER)
    rig.platform.fails("approve_cancellation", BROKEN, after=True)
    assert answer(rig, approve=True).outcome is Outcome.OK
    assert rig.platform.did[APPROVE] == 1


def test_without_a_request_there_is_nothing_to_answer(rig):
    assert answer(rig, approve=True).code == "no_open_request"


def test_a_rejection_that_came_too_late_tells_that_the_order_is_cancelled(rig):
    """The platform approved for want of an answer."""
    request = rig.platform.a_request(NUMBER)

    def the_platform_approves() -> None:
        request["cancel_status"] = GRANTED
        rig.platform.orders[NUMBER]["status"] = "CANCELLED"

    rig.platform.before["reject_cancellation"] = the_platform_approves
    late = answer(rig, approve=False)
    assert (late.outcome, late.code) == (Outcome.REFUSED, "request_granted")
    assert [told.kind for told in late.told] == [FactKind.CANCEL_APPROVED, FactKind.CANCELLED]


def test_an_approval_of_what_was_withdrawn_is_refused(rig):
    rig.platform.a_request(NUMBER, cancel_status=ENDED)
    assert answer(rig, approve=True).code == "request_ended"


def test_in_the_us_a_request_is_turned_down_by_shipping(rig):
    rig.platform.a_request(NUMBER)
    done = answer(rig, approve=False, market="US")
    assert (done.outcome, done.told[0].kind) == (Outcome.OK, FactKind.MARKED_SHIPPED)
    assert bodies(rig, "reject_cancellation") == []
    assert rig.platform.did == {f"ship {NUMBER}0": 1}


def test_in_the_us_a_request_for_what_is_shipped_is_turned_down_by_its_own_call(rig):
    rig.platform.orders[NUMBER]["status"] = "AWAITING_COLLECTION"
    rig.platform.a_request(NUMBER)
    answer(rig, approve=False, market="US")
    assert rig.platform.did == {f"reject {REQUEST}": 1}


@pytest.mark.parametrize("code", ["seller_cancel_reason_out_of_stock", "seller_cancel_reason_out_of_stock_uk"])
def test_the_uks_codes_are_found_by_the_same_name(code):
    assert fitting("cancel", "out_of_stock", ["something_else", code]) == code
