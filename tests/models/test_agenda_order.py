"""Which to-do comes first, what is asked once though it arises twice, and which steps our own code takes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.stage import Step
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.transition import (
    ASKED,
    CANCELLING,
    COLLECTED,
    CONFIRMED,
    DELIVERED,
    LOST,
    NEW,
    PACKED,
    PLATFORM,
    REFUND_ASKED,
    RETURNED,
    SHIPPED,
    TOLD,
    TRAVELS,
    UNPAID,
)

QUIET: Mapping[str, Given] = {"seen": {}}  # a shop that never got another kind of news than new orders
HELD = (*NEW, a_fact("hold_placed", 3, by="human", hold="fraud_check"))


def kinds(now: float, facts: Given, **shop: Given) -> list[str]:
    return [todo.kind.value for todo in an_order(now, *facts, **shop).todos]


@pytest.mark.row("T30")
def test_t30_of_two_requests_the_one_that_is_due_first_comes_first():
    two = (*NEW, a_fact("cancel_requested", 9, request_no="A"), a_fact("cancel_requested", 5, request_no="B"))
    assert [(todo.case_id, todo.due_at) for todo in an_order(10, *two).todos] == [
        ("cancel_request:B", t(53)),
        ("cancel_request:A", t(57)),
    ]


def test_of_what_is_equally_pressing_that_with_a_time_comes_first():
    both = (*ASKED, a_fact("cancel_approved", 6), a_fact("cancel_rejected", 7))
    asked_again = (*both, a_fact("cancel_requested", 9, request_no="S"))
    assert [(todo.kind, todo.priority) for todo in an_order(10, *asked_again).todos] == [
        ("answer_cancel", 1),
        ("decide_answer", 1),
    ]


def test_what_is_overdue_comes_before_what_is_not_whatever_their_times():
    facts = (*SHIPPED, a_fact("cancel_requested", 12, request_no="R"))
    assert kinds(71, facts) == ["verify_cancel", "complain"]
    assert [todo.due_at for todo in an_order(71, *facts).todos] == [t(60), t(70)]


def test_whether_a_parcel_arrived_is_asked_once_though_two_clocks_ask():
    facts = (*placed(promised_at=t(120)), *SHIPPED[2:])
    assert kinds(347, facts, **QUIET) == ["ask_collected", "ask_delivered"]


def test_a_finished_order_asks_nothing_of_its_clocks():
    assert kinds(347, (*SHIPPED, a_fact("cancelled", 300)), **QUIET) == ["recall_parcel"]
    assert kinds(110, (*TRAVELS, a_fact("cancelled", 105))) == ["recall_parcel"]


@pytest.mark.row("X01")
def test_x01_when_something_was_is_asked_of_a_clock_that_may_accuse_and_of_no_other():
    facts = (*SHIPPED, a_fact("in_transit", 100))
    assert [(todo.kind, todo.rule) for todo in an_order(101, *facts).todos] == [("state_time", "D04")]
    assert kinds(101, facts, **QUIET) == []


@pytest.mark.row("T27")
@pytest.mark.parametrize("refund", [REFUND_ASKED, a_fact("refund_done", 100)], ids=["asked for", "done"])
def test_t27_a_delivery_after_the_refund_is_settled_with_support(refund):
    assert "settle_refund" in kinds(102, (*LOST, refund, a_fact("delivered", 101)))


@pytest.mark.row("X04")
def test_x04_a_conflict_that_is_settled_asks_nothing():
    facts = (*SHIPPED, a_fact("cancelled", 20))
    settled = a_fact("case_closed", 21, by="human", case_id="conflict:X04")
    assert (kinds(22, facts), kinds(22, (*facts, settled))) == (["recall_parcel"], [])


@pytest.mark.row("T08")
@pytest.mark.parametrize(
    ("reason", "todos"), [("out_of_stock", ["check_stock"]), ("damaged_goods", ["check_stock"]), ("other", [])]
)
def test_t08_the_stock_is_looked_at_after_a_cancelling_for_want_of_sound_goods(reason, todos):
    started = (*NEW, a_fact("seller_cancel_started", 5, by="human", reason_code=reason))
    cancelled = (*started, a_fact("cancelled", 8, by="human", actor="seller", reason_code=reason))
    assert kinds(7, started) == ["tell_buyer"]
    assert kinds(9, cancelled) == todos
    assert kinds(11, (*cancelled, a_fact("case_closed", 10, by="human", case_id="stock"))) == []


@pytest.mark.row("T08")
def test_t08_another_case_that_is_closed_does_not_say_that_the_stock_was_looked_at():
    cancelled = (*TOLD, a_fact("cancelled", 8, by="human", actor="seller", reason_code="out_of_stock"))
    assert kinds(11, (*cancelled, a_fact("case_closed", 10, by="human", case_id="seller_cancel"))) == ["check_stock"]


@pytest.mark.row("T37")
def test_t37_the_stock_is_looked_at_when_a_return_came_back_and_once():
    back = (*RETURNED, a_fact("return_accepted", 52), a_fact("return_received", 60))
    refunded = (*back, a_fact("refund_done", 62, return_no="B"))
    assert kinds(63, refunded) == ["check_stock"]
    assert kinds(65, (*refunded, a_fact("case_closed", 64, by="human", case_id="stock"))) == []


@pytest.mark.row("T19")
def test_t19_the_buyer_is_asked_only_while_the_parcel_is_on_its_way():
    failed = (*COLLECTED, a_fact("delivery_attempt_failed", 60))
    assert kinds(61, failed) == ["ask_buyer"]
    assert kinds(71, (*failed, a_fact("delivered", 70))) == []


@pytest.mark.row("T23")
def test_t23_a_late_parcel_for_which_a_claim_is_chosen_is_not_decided_about_again():
    promised = (*placed(promised_at=t(50)), *SHIPPED[2:], a_fact("picked_up", 20))
    assert "decide_late" in kinds(51, promised)
    chosen = a_fact("claim_chosen", 52, by="human", case_id="claim:late", choice="claim")
    assert kinds(53, (*promised, chosen)) == ["cancel_order"]


# facts, shop, the steps
STEPS: dict[str, tuple[Given, Mapping[str, Given], tuple[Step, ...]]] = {
    "unpaid": (UNPAID, {}, ()),
    "new": (NEW, {}, (Step.CONFIRM,)),
    "confirmed": (CONFIRMED, {}, (Step.PACK,)),
    "packed": (PACKED, {}, (Step.HAND_OVER,)),
    "shipped": (SHIPPED, {}, (Step.TRACK,)),
    "collected": (COLLECTED, {}, (Step.TRACK,)),
    "on its way": (TRAVELS, {}, (Step.TRACK,)),
    "delivered": (DELIVERED, {}, ()),
    "label first, new": (NEW, PLATFORM, (Step.CONFIRM, Step.HAND_OVER)),
    "label first, confirmed": (CONFIRMED, PLATFORM, (Step.HAND_OVER, Step.PACK)),
    "label first, packed": (PACKED, PLATFORM, (Step.HAND_OVER,)),
    "label first, shipped unpacked": ((*CONFIRMED, SHIPPED[-1]), PLATFORM, (Step.PACK, Step.TRACK)),
    "label first, shipped packed": (SHIPPED, PLATFORM, (Step.TRACK,)),
    "label first, collected unpacked": ((*CONFIRMED, *COLLECTED[-2:]), PLATFORM, (Step.TRACK,)),
    "shipped unpacked": ((*CONFIRMED, SHIPPED[-1]), {}, (Step.TRACK,)),
    "held": (HELD, {}, ()),
    "asked to cancel": (ASKED, {}, ()),
    "being cancelled": (CANCELLING, {}, ()),
}


@pytest.mark.parametrize("row", STEPS.values(), ids=STEPS)
def test_the_steps_that_are_due(row):
    facts, shop, steps = row
    assert an_order(45, *facts, **shop).steps == steps


@pytest.mark.row("T39", "D02", "D06")
@pytest.mark.parametrize(
    ("facts", "now", "due", "priority"),
    [
        (HELD, 45, t(72), 3),
        (HELD, 80, t(72), 0),  # the platform's clock went on
        ((*SHIPPED, a_fact("hold_placed", 20, by="human", hold="manual")), 45, None, 3),
    ],
)
def test_a_hold_is_as_pressing_as_the_platforms_clock_that_goes_on_meanwhile(facts, now, due, priority):
    found = [todo for todo in an_order(now, *facts).todos if todo.kind == "release_hold"]
    assert [(todo.due_at, todo.priority) for todo in found] == [(due, priority)]
