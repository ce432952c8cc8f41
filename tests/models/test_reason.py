"""Why an order is where we say it is: the facts behind each part, and no others."""

from __future__ import annotations

import pytest

from models.deadline import RuleId
from models.fact import Fact
from models.history import read_history
from models.order import Order, fold
from models.reason import STARTED_BY, Reasons, reasons
from tests.models.makers import a_fact, placed, t, terms

SHIPPED = (*placed(), a_fact("stock_confirmed", 2), a_fact("marked_shipped", 10))
TRAVELS = (*SHIPPED, a_fact("in_transit", 20))
ASKED = (*placed(), a_fact("cancel_requested", 5, request_no="R"))
TWICE_FAILED = (*TRAVELS, a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90))


def why(now: float, *facts: Fact) -> tuple[Order, Reasons]:
    return fold(facts, terms(), t(now)), reasons(fold(facts, terms(), t(now)), read_history(facts, terms(), t(now)))


def kinds(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.kind.value for fact in facts]


STAGES = {
    "the proof of its rank": (TRAVELS, 30, ["in_transit"]),
    "the cancellation": ((*SHIPPED, a_fact("cancelled", 20)), 30, ["cancelled"]),
    "an approval": ((*ASKED, a_fact("cancel_approved", 6)), 30, ["cancel_approved"]),
    "a loss presumed by attempts": (TWICE_FAILED, 91, ["delivery_attempt_failed", "delivery_attempt_failed"]),
    "a loss presumed by time": (SHIPPED, 400, ["marked_shipped"]),
    "a cancellation presumed, unanswered": (ASKED, 60, ["cancel_requested"]),
    "a cancellation presumed, unpaid": ((a_fact("order_placed"),), 60, ["order_placed"]),
    "completed by time": ((*TRAVELS, a_fact("delivered", 30)), 400, ["delivered"]),
}


@pytest.mark.parametrize("row", STAGES.values(), ids=STAGES)
def test_a_stage_rests_on(row):
    facts, now, behind = row
    assert kinds(why(now, *facts)[1].stage) == behind


def test_what_was_taken_back_is_no_reason():
    facts = (*placed(), a_fact("marked_shipped", 10, key="slip"), a_fact("retraction", 11, by="human", fact_id="slip"))
    assert kinds(why(12, *facts)[1].stage) == ["order_paid"]


CLOCKS = {
    "start and stop": (SHIPPED, 30, "D02", ["order_placed", "order_paid", "marked_shipped"]),
    "the proof of the very rank that stops it": (SHIPPED, 30, "D01", ["order_paid", "stock_confirmed"]),
    "start alone while it runs": (SHIPPED, 30, "D04", ["marked_shipped"]),
    "a proof where no named stop is known": (TRAVELS, 30, "D04", ["marked_shipped", "in_transit"]),
    "a stated time": (
        (*placed(), a_fact("due_stated", 1, rule="D02", due_at=t(50))),
        30,
        "D02",
        ["order_paid", "order_placed", "due_stated"],
    ),
    "a time stated for this very clock": (
        (*SHIPPED, a_fact("due_stated", 11, rule="D04", due_at=t(50))),
        30,
        "D04",
        ["marked_shipped", "due_stated"],
    ),
    "not the time stated for another": (
        (*SHIPPED, a_fact("due_stated", 11, rule="D08")),
        30,
        "D04",
        ["marked_shipped"],
    ),
    "what took its purpose": ((*SHIPPED, a_fact("cancelled", 20)), 30, "D04", ["marked_shipped", "cancelled"]),
    "a request and its answer": (
        (*ASKED, a_fact("cancel_rejected", 6), a_fact("cancelled", 9)),
        30,
        "D08",
        ["cancel_requested", "cancel_rejected"],
    ),
    "a request and the cancellation that answered it": (
        (*ASKED, a_fact("cancelled", 9)),
        30,
        "D08",
        ["cancel_requested", "cancelled"],
    ),
    "an extension": (
        (*ASKED, a_fact("answer_extended", 6, by="human", due_at=t(80))),
        30,
        "D08",
        ["cancel_requested", "answer_extended"],
    ),
    "two attempts that end the wait": (TWICE_FAILED, 91, "D10", ["marked_shipped", "delivery_attempt_failed"]),
    "the last sign of the parcel": (TRAVELS, 30, "D17", ["in_transit"]),
    "what opened the claim that it is a step of": (
        (*TRAVELS, a_fact("lost_declared", 60)),
        61,
        "D14",
        ["lost_declared", "marked_shipped"],
    ),
    "its start alone where a cancellation came after it was missed": (
        (*SHIPPED, a_fact("cancelled", 60)),
        61,
        "D04",
        ["marked_shipped"],
    ),
    "the delivery after which nobody looks for a sign": (
        (*TRAVELS, a_fact("delivered", 30)),
        31,
        "D17",
        ["in_transit", "delivered"],
    ),
    "no claim where it is no step of one": (
        (*TRAVELS, a_fact("lost_declared", 60)),
        61,
        "D02",
        ["order_placed", "order_paid", "marked_shipped"],
    ),
}


@pytest.mark.parametrize("row", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_rests_on(row):
    facts, now, rule, behind = row
    order, found = why(now, *facts)
    place = [clock.rule for clock in order.deadlines].index(RuleId(rule))
    assert sorted(kinds(found.deadlines[place])) == sorted(behind)


CASES = {
    "a request": ((*ASKED, a_fact("cancel_rejected", 6)), 30, ["cancel_requested", "cancel_rejected"]),
    "a complaint": ((*SHIPPED, a_fact("complaint_filed", 60)), 61, ["marked_shipped", "complaint_filed"]),
    "a complaint and the carrier who came": (
        (*TRAVELS[:-1], a_fact("in_transit", 60)),
        61,
        ["marked_shipped", "in_transit"],
    ),
    "a request and the cancellation that ended it": (
        (*ASKED, a_fact("cancelled", 9)),
        30,
        ["cancel_requested", "cancelled"],
    ),
    "a request and its answer, not a later cancellation": (
        (*ASKED, a_fact("cancel_rejected", 6), a_fact("cancelled", 9)),
        30,
        ["cancel_requested", "cancel_rejected"],
    ),
    "a complaint that a cancellation ended": (
        (*SHIPPED, a_fact("cancelled", 60)),
        61,
        ["marked_shipped", "cancelled"],
    ),
    "a declared loss": ((*TRAVELS, a_fact("lost_declared", 60)), 61, ["lost_declared", "marked_shipped"]),
    "a claim and its steps": (
        (
            *TWICE_FAILED,
            a_fact("cancelled", 92, reason_code="lost"),
            a_fact("buyer_notified", 93, by="human", case_id="claim:lost"),
        ),
        94,
        ["marked_shipped", "delivery_attempt_failed", "delivery_attempt_failed", "cancelled", "buyer_notified"],
    ),
}


@pytest.mark.parametrize("row", CASES.values(), ids=CASES)
def test_a_case_rests_on(row):
    facts, now, behind = row
    order, found = why(now, *facts)
    assert len(order.cases) == 1
    assert sorted(kinds(found.cases[0])) == sorted(behind)


def test_a_conflict_rests_on_the_facts_that_disagree():
    order, found = why(56, *SHIPPED, a_fact("cancelled", 20))
    assert [conflict.id for conflict in order.conflicts] == ["X04"]
    assert kinds(found.conflicts[0]) == ["marked_shipped", "cancelled"]


def test_every_clock_of_an_order_has_its_start_in_the_table_or_in_its_case():
    of_cases = {RuleId.D08, RuleId.D14, RuleId.D15}
    of_shops = {RuleId.D20, RuleId.D21, RuleId.D22}
    assert set(STARTED_BY) | of_cases | of_shops == set(RuleId)
