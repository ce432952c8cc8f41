"""What a refused command about a request, claim, complaint, return or cancelling tells, with what is possible."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.answer import Refused
from tests.models.makers import Given, a_fact, after, answer_to, placed, t
from tests.rows import by_row

NEW = placed()
REASON = {"reason": "r"}
LATER = {"due_at": t(90).isoformat()}
SHIPPED = after(after(NEW, "mark_packed", 1, checklist="all"), "mark_shipped", 3)
TRAVELS = (*SHIPPED, a_fact("in_transit", 5))
LOST = (*TRAVELS, a_fact("lost_declared", 8))
STEPPED = after(LOST, "claim_step", 9, step="cancel", actor="minh")
LATE = (*placed(promised_at=t(10)), *SHIPPED[2:])
CHOSEN = after(LATE, "choose_claim", 20, choice="wait", actor="minh")
CLAIMED = after(LATE, "choose_claim", 20, choice="claim")
ASKED = (*NEW, a_fact("cancel_requested", 5, request_no="R1"))
ASKED_TWICE = (*ASKED, a_fact("cancel_rejected", 6, request_no="R1"), a_fact("cancel_requested", 8, request_no="R2"))
AWAY_AND_ASKED = (*SHIPPED, ASKED[-1])
REJECTED = after(ASKED, "reject_cancel", 6, actor="minh", **REASON)
APPROVED = after(ASKED, "approve_cancel", 6, actor="minh")
EXTENDED = after(ASKED, "extend_answer", 6, actor="minh", **LATER)
CANCELLED = (*NEW, a_fact("cancelled", 4))
CANCELLING = after(NEW, "seller_cancel", 4, reason="other")
TOLD_BUYER = after(CANCELLING, "claim_step", 5, step="notify", actor="minh")
COMPLAINED = after(SHIPPED, "file_complaint", 52, actor="minh")
DELIVERED = (*TRAVELS, a_fact("delivered", 6))
RETURNED = (*DELIVERED, a_fact("return_requested", 7, return_no="B1"))
ACCEPTED = after(RETURNED, "accept_return", 8, actor="minh")
CLOSED = after(LOST, "close_case", 9, actor="minh", **REASON)
CLAIM_AND_RETURN = (*RETURNED, ASKED[-1])
CONFLICTING = (a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))
SETTLED = after(CONFLICTING, "close_case", 9, actor="minh", **REASON)


def by(name: str, hours: float, **more: str) -> dict[str, str]:
    return {"by": name, "at": t(hours).isoformat(), **more}


Row = tuple[Given, str, float, Mapping[str, Given], str, Mapping[str, str], tuple[str, ...]]
# facts, command, at which hour, with what; the code, its values, what is possible instead
TOLD: dict[str, Row] = {
    "T07 begun": (CANCELLING, "seller_cancel", 5, REASON, "already_cancelling", by("lan", 4), ("claim_step",)),
    "T07 no reason": (
        NEW,
        "seller_cancel",
        5,
        {},
        "cancel_reason_needed",
        {"allowed": "out_of_stock, damaged_goods, other"},
        (),
    ),
    "T08 a step that is done": (
        TOLD_BUYER,
        "claim_step",
        6,
        {"step": "notify"},
        "step_done",
        by("minh", 5, step="notify"),
        (),
    ),
    "T08 a step too early": (
        CANCELLING,
        "claim_step",
        6,
        {"step": "cancel"},
        "step_locked",
        {"step": "cancel", "first": "notify"},
        (),
    ),
    "T09 shipped": (SHIPPED, "seller_cancel", 5, REASON, "already_shipped", by("lan", 3), ()),
    "T09 shipped, and nobody told when": (
        (*NEW, a_fact("in_transit", 5)),
        "seller_cancel",
        6,
        REASON,
        "already_shipped",
        {},
        (),
    ),
    "T17 in time": (SHIPPED, "file_complaint", 50, {}, "no_complaint_case", {}, ()),
    "T17 complained": (COMPLAINED, "file_complaint", 53, {}, "already_complained", by("minh", 52), ()),
    "T23 undecided": (
        LATE,
        "claim_step",
        20,
        {"step": "cancel"},
        "decision_needed",
        {"case_id": "claim:late"},
        ("choose_claim",),
    ),
    "T23 an odd choice": (
        LATE,
        "choose_claim",
        20,
        {"choice": "pray"},
        "bad_value",
        {"key": "choice", "allowed": "wait, chase, claim"},
        (),
    ),
    "T23 chosen": (CHOSEN, "choose_claim", 21, {"choice": "wait"}, "already_chosen", by("minh", 20), ()),
    "T23 claimed": (
        CLAIMED,
        "choose_claim",
        100,
        {"choice": "wait"},
        "nothing_to_choose",
        {},
        ("claim_step", "close_case"),
    ),
    "T23 another case": (
        LATE,
        "choose_claim",
        20,
        {"choice": "wait", "case_id": "claim:lost"},
        "no_such_case",
        {"case_id": "claim:lost", "open": "claim:late"},
        (),
    ),
    "T23 no case": (SHIPPED, "choose_claim", 20, {"choice": "wait"}, "no_open_case", {}, ()),
    "T24 an odd step": (
        LOST,
        "claim_step",
        9,
        {"step": "pray"},
        "bad_value",
        {"key": "step", "allowed": "cancel"},
        (),
    ),
    "T24 too early": (
        STEPPED,
        "claim_step",
        10,
        {"step": "await_refund"},
        "step_locked",
        {"step": "await_refund", "first": "notify"},
        (),
    ),
    "T24 done": (STEPPED, "claim_step", 10, {"step": "cancel"}, "step_done", by("minh", 9, step="cancel"), ()),
    "T24 done, by the platform": (
        (*LOST, a_fact("cancelled", 9, reason_code="lost")),
        "claim_step",
        10,
        {"step": "cancel"},
        "step_done",
        by("platform", 9, step="cancel"),
        (),
    ),
    "T24 no claim": (TRAVELS, "claim_step", 9, {"step": "cancel"}, "no_open_case", {}, ()),
    "T31 no request": (NEW, "approve_cancel", 9, {}, "no_open_request", {}, ("record",)),
    "T31 rejected": (
        REJECTED,
        "approve_cancel",
        9,
        {"role": "manager"},
        "already_answered",
        by("minh", 6, answer="cancel_rejected"),
        ("retract",),
    ),
    "T31 approved": (
        APPROVED,
        "approve_cancel",
        9,
        {"role": "manager"},
        "already_answered",
        by("minh", 6, answer="cancel_approved"),
        (),
    ),
    "T31 cancelled": (
        (*ASKED, a_fact("cancelled", 6)),
        "approve_cancel",
        9,
        {},
        "already_cancelled",
        by("platform", 6),
        (),
    ),
    "T32 cancelled": ((*ASKED, a_fact("cancelled", 6)), "reject_cancel", 9, REASON, "no_open_request", {}, ("record",)),
    "T32 withdrawn": (
        (*ASKED, a_fact("cancel_withdrawn", 6)),
        "reject_cancel",
        9,
        {**REASON, "role": "manager"},
        "already_answered",
        by("platform", 6, answer="cancel_withdrawn"),
        ("retract",),
    ),
    "T33 away": (AWAY_AND_ASKED, "approve_cancel", 9, {}, "parcel_away", {}, ("reject_cancel",)),
    "T34b too late": (ASKED, "extend_answer", 53.1, LATER, "too_late", {}, ()),
    "T34b no time": (ASKED, "extend_answer", 9, {"due_at": "soon"}, "bad_time", {"key": "due_at"}, ()),
    "T34b not later": (
        ASKED,
        "extend_answer",
        9,
        {"due_at": t(53).isoformat()},
        "not_later",
        {"due_at": t(53).isoformat()},
        (),
    ),
    "T34b earlier than it was extended to": (
        EXTENDED,
        "extend_answer",
        9,
        {"due_at": t(80).isoformat()},
        "not_later",
        {"due_at": t(90).isoformat()},
        (),
    ),
    "T34b extended": (EXTENDED, "extend_answer", 9, LATER, "already_extended", by("minh", 6), ()),
    "T34b nothing was asked": (NEW, "extend_answer", 9, LATER, "no_open_request", {}, ("record",)),
    "T37 no return": (DELIVERED, "accept_return", 9, {}, "no_open_request", {}, ("record",)),
    "T37 accepted": (
        ACCEPTED,
        "accept_return",
        9,
        {},
        "already_answered",
        by("minh", 8, answer="return_accepted"),
        (),
    ),
    "T37 accepted is not declined": (
        ACCEPTED,
        "reject_return",
        9,
        {**REASON, "role": "manager"},
        "already_answered",
        by("minh", 8, answer="return_accepted"),
        ("retract",),
    ),
    "nothing to close": (NEW, "close_case", 9, REASON, "no_open_case", {}, ()),
    "another one to close": (
        LOST,
        "close_case",
        9,
        {**REASON, "case_id": "claim:late"},
        "no_such_case",
        {"case_id": "claim:late", "open": "claim:lost"},
        (),
    ),
    "several to close": (
        CLAIM_AND_RETURN,
        "close_case",
        9,
        REASON,
        "which_case",
        {"case_id": "", "open": "cancel_request:R1, return:B1"},
        (),
    ),
    "closed": (
        CLOSED,
        "close_case",
        10,
        {**REASON, "case_id": "claim:lost"},
        "case_closed",
        by("minh", 9, case_id="claim:lost"),
        (),
    ),
    "closed by what happened": (
        (*LOST, a_fact("refund_done", 9)),
        "close_case",
        10,
        {**REASON, "case_id": "claim:lost"},
        "case_closed",
        {"case_id": "claim:lost"},
        (),
    ),
    "X03 settled": (
        SETTLED,
        "close_case",
        10,
        {**REASON, "case_id": "conflict:X03"},
        "case_closed",
        by("minh", 9, case_id="conflict:X03"),
        (),
    ),
    "closing needs a reason": (LOST, "close_case", 9, {}, "reason_needed", {}, ()),
}


@pytest.mark.parametrize("row", by_row(TOLD))
def test_a_refusal_tells_who_and_what_and_what_is_possible_instead(row):
    facts, name, hours, given, code, values, instead = row
    answer = answer_to(facts, name, hours, **given)
    assert isinstance(answer, Refused), answer
    assert (answer.code, dict(answer.values), answer.instead) == (code, values, instead)
