"""What stands against a command: who was faster is told as news, doubts and slips are told apart from it."""

from __future__ import annotations

import pytest

from models.answer import Refused
from models.command import Accepted, CommandName, offered
from models.fact_key import LEAST, facts_named, short_key
from models.stage import HandoverMode, Role
from tests.models.makers import Given, a_fact, after, an_order, answer_to, code_of, placed, t
from tests.rows import by_row

NEW = placed()
TICKED = {"checklist": "all"}
CONFIRMED = after(NEW, "confirm", 1)
PACKED = after(NEW, "mark_packed", 1, **TICKED)
SHIPPED = after(PACKED, "mark_shipped", 2, tracking_no="A1")
DROP_OFF = {"shop": {"handover": HandoverMode.DROP_OFF}}
DROPPED = after(after(PACKED, "mark_shipped", 2, **DROP_OFF), "drop_off", 3, **DROP_OFF)
ASKED = (*NEW, a_fact("cancel_requested", 3, request_no="R1"))
REJECTED = after(ASKED, "reject_cancel", 4, reason="packed")
APPROVED = after(ASKED, "approve_cancel", 4)
CANCELLING = after(NEW, "seller_cancel", 4, reason="other")
TOLD = after(CANCELLING, "claim_step", 5, step="notify")
GONE = after(TOLD, "claim_step", 6, step="cancel")
EXTENDED = after(ASKED, "extend_answer", 4, due_at=t(90).isoformat())
LATE_CARRIER = (*PACKED, a_fact("marked_shipped", 3))
COMPLAINED = after(LATE_CARRIER, "file_complaint", 52)
LATE = (*placed(promised_at=t(10)), a_fact("marked_shipped", 3))
CHOSEN = after(LATE, "choose_claim", 20, choice="wait")
RETURNED = (*NEW, a_fact("delivered", 5), a_fact("return_requested", 6, return_no="B1"))
ACCEPTED = after(RETURNED, "accept_return", 7)
DECLINED = after(RETURNED, "reject_return", 7, reason="worn")
HELD = after(NEW, "hold", 4, hold="stock_check", reason="count")
RELEASED = after(HELD, "release", 5, hold="stock_check")
SWITCHED = after(SHIPPED, "switch_handover", 4, handover_mode="drop_off", reason="r")
RECORDED = after(SHIPPED, "record", 5, kind="picked_up")
LOST = (*SHIPPED, a_fact("lost_declared", 8))
REFUNDED = after(LOST, "claim_step", 9, step="cancel")
REFUNDED = after(after(REFUNDED, "claim_step", 10, step="notify"), "claim_step", 11, step="request_refund")
REFUNDED = after(REFUNDED, "claim_step", 12, step="await_refund")
CLOSED = after(LOST, "close_case", 9, case_id="claim:lost", reason="settled")
SLIP = CONFIRMED[-1].source_key
TAKEN_BACK = after(CONFIRMED, "retract", 1.1, fact_id=SLIP, role="manager")

# facts, command, at which hour, with what, the code of the refusal
FASTER: dict[str, tuple[Given, str, float, dict[str, Given], str]] = {
    "T06 confirmed": (CONFIRMED, "confirm", 2, {}, "already_confirmed"),
    "T10 packed": (PACKED, "mark_packed", 2, TICKED, "already_packed"),
    "T10 packed, by the rules read": (PACKED, "mark_packed", 2, {}, "already_packed"),
    "T12 shipped": (SHIPPED, "mark_shipped", 3, {}, "already_shipped"),
    "T12 shipped, the same number": (SHIPPED, "mark_shipped", 3, {"tracking_no": "A1"}, "already_shipped"),
    "T14 dropped off": (DROPPED, "drop_off", 4, DROP_OFF, "already_dropped_off"),
    "T07 cancelling": (CANCELLING, "seller_cancel", 5, {"reason": "other"}, "already_cancelling"),
    "T08 told": (TOLD, "claim_step", 6, {"step": "notify"}, "step_done"),
    "T08 cancelled, and the case closed": (GONE, "claim_step", 7, {"step": "cancel"}, "step_done"),
    "T08 cancelled, by somebody else": (GONE, "seller_cancel", 7, {"reason": "other"}, "already_cancelled"),
    "T17 complained": (COMPLAINED, "file_complaint", 53, {}, "already_complained"),
    "T18 switched": (SWITCHED, "switch_handover", 5, {"handover_mode": "drop_off", "reason": "r"}, "same_handover"),
    "T23 chosen": (CHOSEN, "choose_claim", 21, {"choice": "wait"}, "already_chosen"),
    "T24 refunded, and the claim closed": (REFUNDED, "claim_step", 13, {"step": "await_refund"}, "step_done"),
    "T31 approved": (APPROVED, "approve_cancel", 5, {}, "already_answered"),
    "T31 cancelled by the platform": ((*ASKED, a_fact("cancelled", 4)), "approve_cancel", 5, {}, "already_cancelled"),
    "T32 rejected": (REJECTED, "reject_cancel", 5, {"reason": "packed"}, "already_answered"),
    "T34b extended": (EXTENDED, "extend_answer", 5, {"due_at": t(90).isoformat()}, "already_extended"),
    "T37 accepted": (ACCEPTED, "accept_return", 8, {}, "already_answered"),
    "T37 declined": (DECLINED, "reject_return", 8, {"reason": "worn"}, "already_answered"),
    "T39 held": (HELD, "hold", 5, {"hold": "stock_check", "reason": "r"}, "already_on_hold"),
    "T39 released": (RELEASED, "release", 6, {"hold": "stock_check"}, "already_released"),
    "T40 taken back": (TAKEN_BACK, "retract", 2, {"fact_id": SLIP, "role": "manager"}, "already_retracted"),
    "T40b recorded": (RECORDED, "record", 6, {"kind": "picked_up", "at": t(5).isoformat()}, "already_recorded"),
    "closed": (CLOSED, "close_case", 10, {"case_id": "claim:lost", "reason": "settled"}, "case_closed"),
}


@pytest.mark.parametrize("row", by_row(FASTER))
def test_what_somebody_did_before_is_told_with_who_and_when_and_is_no_fault(row):
    facts, name, hours, given, code = row
    answer = answer_to(facts, name, hours, actor="minh", **given)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.already) == (code, True)
    assert answer.values["by"] in {"lan", "platform"}
    assert answer.values["at"]


# The order stands so already, and yet what was wished does not.
OTHERWISE: dict[str, tuple[Given, str, float, dict[str, Given], str]] = {
    "T06 and no stock": (CONFIRMED, "confirm", 2, {"stock": "no"}, "already_confirmed"),
    "T10 and something is missing": (PACKED, "mark_packed", 2, {"checklist": "sound"}, "already_packed"),
    "T12 and another number": (SHIPPED, "mark_shipped", 3, {"tracking_no": "B2"}, "already_shipped"),
    "T12 and another way": (SHIPPED, "mark_shipped", 3, {"handover_mode": "drop_off"}, "already_shipped"),
    "T09 shipped is not cancelled": (SHIPPED, "seller_cancel", 3, {"reason": "other"}, "already_shipped"),
    "T31 rejected is not approved": (REJECTED, "approve_cancel", 5, {}, "already_answered"),
    "T32 approved is not rejected": (APPROVED, "reject_cancel", 5, {"reason": "r"}, "already_answered"),
    "T37 declined is not accepted": (DECLINED, "accept_return", 8, {}, "already_answered"),
    "T39 never was on hold": (NEW, "release", 8, {"hold": "stock_check"}, "no_hold"),
    "T42 cancelled is not confirmed": (GONE, "confirm", 8, {}, "order_cancelled"),
}


@pytest.mark.parametrize("row", by_row(OTHERWISE))
def test_what_somebody_did_otherwise_is_a_refusal_with_a_way_out(row):
    facts, name, hours, given, code = row
    answer = answer_to(facts, name, hours, **given)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.already) == (code, False)


def test_another_tracking_number_for_a_shipped_order_is_offered_to_be_recorded():
    answer = answer_to(SHIPPED, "mark_shipped", 3, tracking_no="B2")
    assert isinstance(answer, Refused)
    assert CommandName.RECORD in answer.instead


@pytest.mark.row("T23")
def test_t23_a_decision_is_made_again_once_it_is_asked_for_again():
    assert code_of(CHOSEN, "choose_claim", 67.9, choice="wait") == "already_chosen"
    assert code_of(CHOSEN, "choose_claim", 68, choice="wait") == "accepted"
    assert code_of(CHOSEN, "choose_claim", 21, choice="claim") == "accepted"


@pytest.mark.row("T23")
@pytest.mark.parametrize("choice", ["wait", "chase", "claim"])
def test_t23_only_a_claim_that_waits_is_decided_about(choice):
    gone = after(LOST, "claim_step", 9, step="cancel")
    claimed = after(LATE, "choose_claim", 20, choice="claim")
    assert code_of(LOST, "choose_claim", 9, choice=choice) == "nothing_to_choose"
    assert code_of(gone, "choose_claim", 10, choice=choice) == "nothing_to_choose"
    assert code_of(claimed, "choose_claim", 21, choice=choice) == {"claim": "already_chosen"}.get(
        choice, "nothing_to_choose"
    )


@pytest.mark.row("X06")
def test_x06_a_claim_frozen_by_a_delivery_is_decided_about():
    disputed = (*LOST, a_fact("delivered", 7))
    assert an_order(10, *disputed).open_cases[0].waiting
    assert an_order(10, *after(disputed, "choose_claim", 9, choice="claim")).open_cases[0].next_step == "cancel"


@pytest.mark.row("T37")
def test_t37_of_two_returns_the_one_that_waits_is_answered():
    twice = (*ACCEPTED, a_fact("return_requested", 8, return_no="B2"))
    assert CommandName.ACCEPT_RETURN in offered(an_order(9, *twice), Role.PACKER)
    cases = an_order(10, *after(twice, "accept_return", 9)).cases
    assert [case.next_step for case in cases if case.kind == "return"] == ["receive", "receive"]


@pytest.mark.row("T40")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "accepted"),
        ({"hours": 1 + 10 / 60}, "accepted"),
        ({"hours": 1 + 10.1 / 60}, "role_too_low"),
        ({"hours": 1 + 10.1 / 60, "role": "manager"}, "reason_needed"),
        ({"actor": "minh"}, "role_too_low"),
        ({"actor": "la"}, "role_too_low"),
        ({"role": "viewer"}, "role_too_low"),
        ({"fact_id": NEW[0].source_key, "role": "manager"}, "reason_needed"),
    ],
    ids=[
        "at once",
        "ten minutes",
        "later",
        "later, a manager",
        "another's",
        "a like name",
        "a viewer",
        "the platform's",
    ],
)
def test_t40_an_own_slip_of_just_now_needs_neither_manager_nor_reason(given, code):
    given = {"fact_id": SLIP, "hours": 1.01, **given}
    assert code_of(CONFIRMED, "retract", given.pop("hours"), **given) == code


@pytest.mark.row("T40")
def test_t40_an_own_cancellation_is_an_own_slip_though_its_actor_is_the_seller():
    assert code_of(GONE, "retract", 6.1, fact_id=GONE[-1].source_key) == "accepted"


@pytest.mark.row("T40")
def test_t40_a_retraction_names_the_whole_key_whatever_was_typed():
    typed = short_key(SLIP)[:LEAST]
    (retraction,) = after(CONFIRMED, "retract", 1.01, fact_id=typed)[len(CONFIRMED) :]
    assert retraction.payload["fact_id"] == SLIP


@pytest.mark.row("T40")
def test_t40_a_key_that_may_mean_several_entries_is_refused():
    many = tuple(a_fact("delivery_attempt_failed", 5, key=f"scan:{number}") for number in range(3))
    assert code_of((*SHIPPED, *many), "retract", 6, fact_id="scan:", role="manager", reason="r") == "ambiguous_fact"
    assert code_of((*SHIPPED, *many), "retract", 6, fact_id="scan:1", role="manager", reason="r") == "accepted"


@pytest.mark.row("T40")
def test_t40_what_was_said_and_taken_back_counts_when_it_is_said_again():
    again = after(TAKEN_BACK, "confirm", 2, at=t(1).isoformat())
    assert an_order(3, *again).stage == "CONFIRMED"
    assert len({fact.source_key for fact in again}) == len(again)
    twice = after(after(again, "retract", 2.1, fact_id=again[-1].source_key), "confirm", 3, at=t(1).isoformat())
    assert an_order(3, *twice).stage == "CONFIRMED"


def test_who_was_faster_is_not_one_whose_word_was_taken_back():
    facts = after(TAKEN_BACK, "confirm", 2, actor="mai")
    answer = answer_to(facts, "confirm", 3)
    assert isinstance(answer, Refused)
    assert answer.values["by"] == "mai"


@pytest.mark.parametrize("typed", ["", "ab", SLIP[: LEAST - 1]])
def test_too_short_a_key_names_nothing(typed):
    assert facts_named(CONFIRMED, typed) == ()


def test_a_fact_that_stands_twice_in_a_heap_is_one_entry():
    assert len(facts_named((*CONFIRMED, *CONFIRMED), short_key(SLIP))) == 1


@pytest.mark.row("T32", "T34b")
@pytest.mark.parametrize(
    ("name", "given"), [("reject_cancel", {"reason": "sent"}), ("extend_answer", {"due_at": "2026-03-09"})]
)
def test_an_answer_goes_to_the_request_whose_number_is_named(name, given):
    asked = (*placed(), a_fact("cancel_requested", 5, request_no="R"), a_fact("cancel_requested", 20, request_no="S"))
    answer = answer_to(asked, name, 21, request_no="S", **given)
    assert isinstance(answer, Accepted)
    assert [fact.text("case_id") for fact in answer.facts] == ["cancel_request:S"]
    assert code_of(asked, name, 21, request_no="T", **given) == "no_open_request"


@pytest.mark.row("T06")
def test_t06_a_held_order_is_not_confirmed_whatever_the_reason():
    held = (*placed(), a_fact("hold_placed", 1, by="human", hold="fraud_check"))
    assert code_of(held, "confirm", 2, override="hold", reason="looks fine") == "hold_first"
