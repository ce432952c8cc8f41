"""Until when, to which request and in which stage a buyer is answered; which of several cases is meant."""

from __future__ import annotations

import pytest

from models.answer import Refused
from models.policy_files import load_policy
from tests.models.makers import a_fact, after, an_order, answer_to, code_of, t
from tests.models.transition import (
    ASKED,
    ASKED_AWAY,
    CHOSEN,
    FAILED_ONCE,
    FAILED_TWICE,
    LOST,
    NEW,
    PROMISED,
    RETURNED,
    SHIPPED,
    TOLD,
)

LATER = {"due_at": t(99).isoformat()}


@pytest.mark.row("T34b")
@pytest.mark.parametrize(
    ("hours", "due", "code"),
    [
        (53, 53.01, "accepted"),
        (53.01, 60, "too_late"),
        (6, 53, "not_later"),
        (6, 53.01, "accepted"),
    ],
)
def test_t34b_an_answer_is_extended_until_its_time_is_over_and_to_a_later_one(hours, due, code):
    assert code_of(ASKED, "extend_answer", hours, due_at=t(due).isoformat()) == code


@pytest.mark.row("T34b")
def test_t34b_the_time_of_a_return_is_extended_from_its_own_clock():
    assert code_of(RETURNED, "extend_answer", 60, due_at=t(98).isoformat()) == "not_later"
    extended = after(RETURNED, "extend_answer", 60, **LATER)
    assert (extended[-1].text("rule"), extended[-1].text("case_id")) == ("D15", "return:B")


@pytest.mark.row("T34b")
def test_t34b_of_a_cancellation_and_a_return_the_cancellation_is_extended_unless_the_return_is_named():
    both = (*RETURNED, a_fact("cancel_requested", 51, request_no="R"))
    assert after(both, "extend_answer", 60, due_at=t(200).isoformat())[-1].text("rule") == "D08"
    named = after(both, "extend_answer", 60, due_at=t(200).isoformat(), case_id="return:B")
    assert (named[-1].text("rule"), named[-1].text("case_id")) == ("D15", "return:B")


@pytest.mark.row("T34b")
def test_t34b_each_request_has_its_own_time():
    two = (*ASKED, a_fact("cancel_requested", 20, request_no="S"))
    assert code_of(two, "extend_answer", 30, due_at=t(60).isoformat(), case_id="cancel_request:R") == "accepted"
    assert code_of(two, "extend_answer", 30, due_at=t(60).isoformat(), case_id="cancel_request:S") == "not_later"


@pytest.mark.row("T34b")
def test_t34b_the_time_of_a_request_without_a_number_is_extended_too():
    unnumbered = (*NEW, a_fact("cancel_requested", 5))
    assert code_of(unnumbered, "extend_answer", 53, **LATER) == "accepted"
    assert an_order(54, *after(unnumbered, "extend_answer", 53, **LATER)).presumed is False


@pytest.mark.row("T31")
def test_t31_who_cancels_what_was_approved_is_told_who_approved_it():
    answer = answer_to(after(ASKED, "approve_cancel", 6, actor="minh"), "seller_cancel", 7, reason="other")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values) == ("already_cancelled", {"by": "minh", "at": t(6).isoformat()})


@pytest.mark.row("T31")
def test_t31_a_request_that_is_presumed_approved_may_still_be_approved():
    assert an_order(60, *ASKED).presumed
    assert code_of(ASKED, "approve_cancel", 60) == "accepted"


@pytest.mark.row("T31")
def test_t31_where_the_market_lets_cancel_until_collected_a_parcel_that_waits_is_at_hand():
    american = {"policy": load_policy("us-2026")}
    assert code_of(ASKED_AWAY, "approve_cancel", 13) == "parcel_away"
    assert code_of(ASKED_AWAY, "approve_cancel", 13, shop=american) == "accepted"
    collected = (*ASKED_AWAY, a_fact("picked_up", 13))
    assert code_of(collected, "approve_cancel", 14, shop=american) == "parcel_away"
    assert code_of(collected, "approve_cancel", 14, shop=american, override="parcel_recalled") == "accepted"


@pytest.mark.row("T32")
def test_t32_the_named_request_is_answered_and_the_other_stays_open():
    two = (*ASKED, a_fact("cancel_requested", 20, request_no="S"))
    named = an_order(30, *after(two, "reject_cancel", 30, reason="r", case_id="cancel_request:S"))
    assert [case.case_id for case in named.open_cases] == ["cancel_request:R"]
    first = an_order(30, *after(two, "reject_cancel", 30, reason="r"))
    assert [case.case_id for case in first.open_cases] == ["cancel_request:S"]
    assert code_of(two, "reject_cancel", 30, reason="r", case_id="cancel_request:T") == "no_open_request"


@pytest.mark.row("T24")
def test_t24_the_named_claim_is_stepped():
    assert code_of(LOST, "claim_step", 61, step="cancel", case_id="claim:lost") == "accepted"
    assert code_of(LOST, "claim_step", 61, step="cancel", case_id="claim:late") == "no_such_case"
    assert code_of(TOLD, "claim_step", 7, step="cancel", case_id="seller_cancel") == "accepted"


@pytest.mark.row("T24")
def test_t24_a_step_done_for_one_case_is_not_done_for_another_that_is_named():
    cancelled = after(TOLD, "claim_step", 7, step="cancel")
    assert code_of(cancelled, "claim_step", 8, step="cancel") == "step_done"
    assert code_of(cancelled, "claim_step", 8, step="cancel", case_id="seller_cancel") == "step_done"
    assert code_of(cancelled, "claim_step", 8, step="cancel", case_id="claim:lost") == "no_open_case"
    assert code_of(cancelled, "claim_step", 8, step="request_refund") == "no_open_case"


@pytest.mark.row("T23")
def test_t23_the_named_late_claim_is_decided_about():
    assert code_of(PROMISED, "choose_claim", 121, choice="chase", case_id="claim:late") == "accepted"
    assert code_of(PROMISED, "choose_claim", 121, choice="chase", case_id="claim:lost") == "no_such_case"


@pytest.mark.row("T17")
def test_t17_a_complaint_that_was_answered_by_a_collection_is_no_more_filed():
    assert code_of((*SHIPPED, a_fact("picked_up", 60)), "file_complaint", 61) == "no_complaint_case"
    assert code_of(SHIPPED, "file_complaint", 58.01) == "accepted"


def test_a_conflict_that_is_settled_is_not_closed_again():
    cancelled = (*SHIPPED, a_fact("cancelled", 20))
    assert code_of(cancelled, "close_case", 21, reason="r", case_id="conflict:X04") == "accepted"
    settled = after(cancelled, "close_case", 21, reason="r")
    assert settled[-1].text("case_id") == "conflict:X04"
    assert code_of(settled, "close_case", 22, reason="r", case_id="conflict:X04") == "case_closed"


@pytest.mark.row("T08")
def test_t08_the_stock_to_look_at_is_closed_once():
    cancelled = after(TOLD, "claim_step", 7, step="cancel")
    looked = after(cancelled, "close_case", 8, reason="counted")
    assert looked[-1].text("case_id") == "stock"
    assert code_of(looked, "close_case", 9, reason="counted", case_id="stock") == "case_closed"


def test_of_several_things_to_close_the_stock_is_told_too():
    returned = (*RETURNED, a_fact("return_accepted", 51), a_fact("return_received", 60))
    again = (*returned, a_fact("return_requested", 61, return_no="C"))
    assert code_of(again, "close_case", 62, reason="r") == "which_case"
    assert code_of(again, "close_case", 62, reason="r", case_id="stock") == "accepted"


@pytest.mark.row("T08")
def test_t08_another_case_that_was_closed_does_not_close_the_stock():
    cancelled = after(TOLD, "claim_step", 7, step="cancel")
    other = (*cancelled, a_fact("case_closed", 8, by="human", case_id="conflict:X04"))
    assert code_of(other, "close_case", 9, reason="counted", case_id="stock") == "accepted"


@pytest.mark.row("T24")
def test_t24_what_the_buyer_was_told_of_a_failed_attempt_is_no_step_of_the_claim():
    asked = a_fact("buyer_notified", 62, by="human", case_id="delivery")
    lost = (*FAILED_ONCE, asked, *FAILED_TWICE[-1:], a_fact("cancelled", 92, reason_code="lost"))
    assert code_of(lost, "claim_step", 93, step="notify") == "accepted"


@pytest.mark.row("X06")
def test_x06_the_choice_about_the_late_parcel_is_none_about_the_lost_one():
    disputed = (*CHOSEN, a_fact("lost_declared", 130), a_fact("delivered", 129))
    assert [case.case_id for case in an_order(131, *disputed).open_cases if case.waiting] == ["claim:lost"]
    assert code_of(disputed, "choose_claim", 131, choice="claim") == "accepted"
