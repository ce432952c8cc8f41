"""Which answer, extension and message belongs to which request, and how requests and complaints end.

Order-lifecycle, section 4 (group keys), T07, T08, T16, T17, T30 to T37. Times are hours after t0.
"""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.deadline import RuleId
from models.fact import Fact
from models.order import Order
from tests.models.makers import a_fact, an_order, placed, t
from tests.models.transition import (
    ASKED,
    CANCELLING,
    DELIVERED,
    NEW,
    RETURNED,
    SHIPPED,
    TOLD,
)
from tests.rows import by_row

HUMAN = {"by": "human"}
TWO = (
    *placed(),
    a_fact("cancel_requested", 1, request_no="R1"),
    a_fact("cancel_requested", 9, request_no="R2"),
)
BOTH_SORTS = (*DELIVERED, a_fact("cancel_requested", 45, request_no="R"), a_fact("return_requested", 46, return_no="B"))


def closed(hours: float, case_id: str) -> Fact:
    return a_fact("case_closed", hours, case_id=case_id, **HUMAN)


def outcomes(now: float, *facts: Fact) -> dict[str, str | None]:
    return {case.case_id: case.outcome for case in an_order(now, *facts).cases}


def due(now: float, rule: str, about: str, *facts: Fact) -> tuple[object, bool]:
    clock = an_order(now, *facts).deadline(RuleId(rule), about)
    assert clock is not None
    return (clock.due_at, clock.stated)


BELONGS: dict[str, tuple[tuple[Fact, ...], dict[str, str | None]]] = {
    "T32 an answer that names its request": (
        (*TWO, a_fact("cancel_rejected", 12, request_no="R2")),
        {"cancel_request:R1": None, "cancel_request:R2": "rejected"},
    ),
    "T32 an answer that names none is for all that are open": (
        (*TWO, a_fact("cancel_rejected", 12)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": "rejected"},
    ),
    "T32 and not for one that was made later": (
        (*TWO, a_fact("cancel_rejected", 5)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": None},
    ),
    "T32 an answer in the minute of the request": (
        (*NEW, a_fact("cancel_requested", 5, request_no="R"), a_fact("cancel_rejected", 5)),
        {"cancel_request:R": "rejected"},
    ),
    "T32 but for one that was made in that moment": (
        (*TWO, a_fact("cancel_rejected", 9)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": "rejected"},
    ),
    "T35 nor for one that was answered": (
        (*TWO, a_fact("cancel_rejected", 5, request_no="R1"), a_fact("cancel_withdrawn", 12)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": "withdrawn"},
    ),
    "X10 an answer to what was answered is one more to the last": (
        (*TWO, a_fact("cancel_rejected", 12), a_fact("cancel_approved", 13)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": "approved"},
    ),
    "X10 and to no other, however many there were": (
        (
            *TWO,
            a_fact("cancel_requested", 10, request_no="R3"),
            a_fact("cancel_rejected", 12),
            a_fact("cancel_approved", 13),
        ),
        {"cancel_request:R1": "rejected", "cancel_request:R2": "rejected", "cancel_request:R3": "approved"},
    ),
    "T32 an answer whose mail is dated before the request": (
        (*TWO, a_fact("cancel_rejected", 0.5)),
        {"cancel_request:R1": "rejected", "cancel_request:R2": None},
    ),
    "T32 a number that no request has is not theirs": (
        (*TWO, a_fact("cancel_rejected", 12, request_no="R3")),
        {"cancel_request:R1": None, "cancel_request:R2": None},
    ),
    "T32 a number belongs to the request that names none": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("cancel_rejected", 12, request_no="R3")),
        {"cancel_request:2026-03-01T01:00+00:00": "rejected"},
    ),
    "T37 what was accepted is known by its number": (
        (*RETURNED, a_fact("return_requested", 55, return_no="C"), a_fact("return_rejected", 60, return_no="B")),
        {"return:B": "rejected", "return:C": None},
    ),
    "T37 a refund that names another case is not the return's": (
        (*RETURNED, a_fact("return_accepted", 60), a_fact("refund_done", 70, case_id="claim:lost")),
        {"return:B": None},
    ),
    "T37 nor is it when the return has no number": (
        (*DELIVERED, a_fact("return_requested", 50), a_fact("refund_done", 70, case_id="claim:lost")),
        {"return:2026-03-03T02:00+00:00": None},
    ),
    "T37 a refund that names the return": (
        (*RETURNED, a_fact("return_accepted", 60), a_fact("refund_done", 70, case_id="return:B")),
        {"return:B": "refunded"},
    ),
    "T30 a person closes the request": ((*ASKED, closed(30, "cancel_request:R")), {"cancel_request:R": "closed"}),
    "T30 closing another case does not": ((*ASKED, closed(30, "conflict:X03")), {"cancel_request:R": None}),
    "T30 the order is cancelled otherwise": (
        (*ASKED, a_fact("cancelled", 30)),
        {"cancel_request:R": "cancelled"},
    ),
    "T16 the complaint ends with the order": (
        (*SHIPPED, a_fact("cancelled", 60)),
        {"carrier_complaint": "cancelled"},
    ),
    "T18 the complaint ends when the parcel is brought away after all": (
        (
            *SHIPPED,
            a_fact("complaint_filed", 50, **HUMAN),
            a_fact("handover_switched", 52, handover_mode="drop_off", **HUMAN),
        ),
        {"carrier_complaint": "handover_switched"},
    ),
    "T17 whatever ended it, it ended with what came first": (
        (*SHIPPED, a_fact("picked_up", 61), a_fact("lost_declared", 70)),
        {"claim:lost": None, "carrier_complaint": "collected"},
    ),
}


@pytest.mark.parametrize("row", by_row(BELONGS))
def test_how_cases_stand(row) -> None:
    facts, expected = row
    order = an_order(90, *facts)
    assert {case.case_id: case.outcome for case in order.cases} == expected
    assert {case.case_id for case in order.open_cases} == {one for one, outcome in expected.items() if not outcome}


def only(order: Order, case_id: str) -> Case:
    found = order.case(case_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("facts", "case_id", "reason", "done", "step", "closed_at"),
    [
        (
            (*NEW, a_fact("cancel_requested", 5, request_no="R", reason_code="too_slow")),
            "cancel_request:R",
            "too_slow",
            (),
            "answer",
            None,
        ),
        ((*ASKED, a_fact("cancel_rejected", 20)), "cancel_request:R", None, ("answer",), None, 20),
        ((*ASKED, closed(30, "cancel_request:R")), "cancel_request:R", None, (), None, 30),
        ((*ASKED, a_fact("cancelled", 30)), "cancel_request:R", None, (), None, 30),
        ((*NEW, a_fact("cancelled", 3), *ASKED[2:]), "cancel_request:R", None, (), None, 5),
        (
            (*DELIVERED, a_fact("return_requested", 50, return_no="B", reason_code="broken")),
            "return:B",
            "broken",
            (),
            "answer",
            None,
        ),
        (
            (*RETURNED, a_fact("return_accepted", 60), a_fact("return_received", 80, **HUMAN)),
            "return:B",
            None,
            ("answer", "receive"),
            "refund",
            None,
        ),
        (
            (
                *RETURNED,
                a_fact("return_accepted", 60),
                a_fact("return_received", 80, **HUMAN),
                a_fact("refund_done", 85),
            ),
            "return:B",
            None,
            ("answer", "receive", "refund"),
            None,
            85,
        ),
        (CANCELLING, "seller_cancel", "out_of_stock", (), "notify", None),
        (TOLD, "seller_cancel", "out_of_stock", ("notify",), "cancel", None),
        ((*TOLD, a_fact("cancelled", 7)), "seller_cancel", "out_of_stock", ("notify", "cancel"), None, 7),
        ((*CANCELLING, closed(9, "seller_cancel")), "seller_cancel", "out_of_stock", (), None, 9),
        (
            (
                *SHIPPED,
                a_fact("complaint_filed", 60, **HUMAN),
                a_fact("handover_switched", 62, handover_mode="drop_off", **HUMAN),
            ),
            "carrier_complaint",
            None,
            ("complain",),
            None,
            60,
        ),
    ],
)
def test_a_case_tells_its_reason_the_steps_done_and_the_next_one(facts, case_id, reason, done, step, closed_at) -> None:
    case = only(an_order(90, *facts), case_id)
    assert (case.reason, case.steps_done, case.next_step) == (reason, done, step)
    assert (case.open, case.closed_at) == (closed_at is None, None if closed_at is None else t(closed_at))


def test_the_platforms_report_of_a_request_tells_when_it_was_made() -> None:
    told = a_fact("cancel_requested", 4, request_no="R", **HUMAN)
    assert only(an_order(10, *ASKED, told), "cancel_request:R").opened_at == t(5)


@pytest.mark.row("T34b")
@pytest.mark.parametrize(
    ("payload", "moved"),
    [
        ({"rule": "D08"}, {"D08"}),
        ({"rule": "D15"}, {"D15"}),
        ({"request_no": "R"}, {"D08"}),
        ({"return_no": "B"}, {"D15"}),
        ({}, {"D08", "D15"}),
    ],
)
def test_an_extension_is_of_the_sort_that_it_names(payload: dict[str, Any], moved: set[str]) -> None:
    order = an_order(60, *BOTH_SORTS, a_fact("answer_extended", 50, due_at=t(150), **HUMAN, **payload))
    assert {clock.rule.value for clock in order.deadlines if clock.due_at == t(150)} == moved


@pytest.mark.row("T34b")
@pytest.mark.parametrize(
    ("at", "until", "expected"),
    [
        (53, 60, (t(60), True)),  # at the last moment
        (53.01, 60, (t(53), False)),
        (15, 53, (t(53), False)),  # no later than before
        (15, 53.01, (t(53.01), True)),
    ],
)
def test_an_extension_comes_before_the_time_is_over_and_makes_it_longer(at, until, expected) -> None:
    assert due(54, "D08", "R", *ASKED, a_fact("answer_extended", at, due_at=t(until), **HUMAN)) == expected


@pytest.mark.row("D08", "D15")
@pytest.mark.parametrize(
    ("facts", "rule", "stated", "expected"),
    [
        (TWO, "D08", {"request_no": "R1"}, {"R1": (t(40), True), "R2": (t(57), False)}),
        (TWO, "D08", {"request_no": "R2"}, {"R1": (t(49), False), "R2": (t(40), True)}),
        (TWO, "D08", {}, {"R1": (t(49), False), "R2": (t(40), True)}),  # of the last one
        (TWO[:-1], "D08", {}, {"R1": (t(40), True)}),
        (TWO, "D15", {}, {"R1": (t(49), False), "R2": (t(57), False)}),
        (
            (*RETURNED, a_fact("return_requested", 55, return_no="C")),
            "D15",
            {"return_no": "B"},
            {"B": (t(40), True), "C": (t(103), False)},
        ),
        (
            (*RETURNED, a_fact("return_requested", 55, return_no="C")),
            "D15",
            {},
            {"B": (t(98), False), "C": (t(40), True)},
        ),
    ],
)
def test_a_stated_time_to_answer_is_of_the_request_that_it_names_else_of_the_last(facts, rule, stated, expected):
    told = a_fact("due_stated", 10, rule=rule, due_at=t(40), **stated)
    order = an_order(60, *facts, told)
    found = {one.about: (one.due_at, one.stated) for one in order.deadlines if one.rule in {"D08", "D15"}}
    assert found == expected
