"""Facts that disagree at the edges: amounts, moments, answers, and which facts a conflict rests on (section 8)."""

from __future__ import annotations

import pytest

from models.fact import Fact
from models.order import Order
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.transition import ASKED, DELIVERED, FAILED_TWICE, LOST, NEW, SHIPPED, UNPAID
from tests.rows import by_row

HUMAN = {"by": "human"}
TEA, RICE = {"title": "Tea", "quantity": 1}, {"title": "Rice", "quantity": 2}


def versions(one: dict[str, Given], other: dict[str, Given]) -> tuple[Fact, ...]:
    return (*placed(**one), a_fact("order_placed", 1, **other))


SEEN: dict[str, tuple[tuple[Fact, ...], set[str]]] = {
    "X03 currency": (versions({"amount": "5", "currency": "USD"}, {"amount": "5", "currency": "VND"}), {"X03"}),
    "X03 not for one currency": (versions({"currency": "USD"}, {"currency": "USD"}), set()),
    "X03 count of all": (versions({"quantity": 1}, {"quantity": 2}), {"X03"}),
    "X03 count of all, though the lines are one": (
        versions({"items": [TEA], "quantity": 1}, {"items": [TEA], "quantity": 3}),
        {"X03"},
    ),
    "X03 counts of titles": (versions({"items": [TEA]}, {"items": [{**TEA, "quantity": 2}]}), {"X03"}),
    "X03 titles": (versions({"items": [TEA]}, {"items": [RICE]}), {"X03"}),
    "X03 a line less": (versions({"items": [TEA, RICE]}, {"items": [TEA]}), {"X03"}),
    "X03 not for titles in another order": (versions({"items": [TEA, RICE]}, {"items": [RICE, TEA]}), set()),
    "X03 not for another title of one sku": (
        versions({"items": [{"sku": "A", **TEA}]}, {"items": [{"sku": "A", **TEA, "title": "Green tea"}]}),
        set(),
    ),
    "X03 not for what was counted in two lines": (
        versions({"items": [TEA, TEA]}, {"items": [{**TEA, "quantity": 2}]}),
        set(),
    ),
    "X03 the title of a single item told without a list": (
        versions({"title": "Tea", "quantity": 1}, {"title": "Rice", "quantity": 1}),
        {"X03"},
    ),
    "X03 not for one item told in a list and without": (
        versions({"items": [TEA]}, {"title": "Tea", "quantity": 1}),
        set(),
    ),
    "X03 not for counts that are no numbers, told alike": (
        versions({"items": [{**TEA, "quantity": "some"}]}, {"items": [{**TEA, "quantity": "some"}]}),
        set(),
    ),
    "X01 not for what was shipped": ((*NEW, a_fact("marked_shipped", 10), a_fact("delivered", 30)), set()),
    "X01 for what was confirmed and packed": (
        (*NEW, a_fact("stock_confirmed", 3), a_fact("packed", 5), a_fact("delivered", 30)),
        {"X01"},
    ),
    "X04 shipped in the moment of the cancellation": ((*SHIPPED, a_fact("cancelled", 10)), {"X04"}),
    "X04 for an approval": ((*SHIPPED, *ASKED[2:], a_fact("cancel_approved", 20)), {"X04"}),
    "X04 not for a damaged parcel": ((*SHIPPED, a_fact("cancelled", 20, reason_code="damaged")), set()),
    "X04 not for a late parcel": ((*SHIPPED, a_fact("cancelled", 20, reason_code="late")), set()),
    "X04 for a parcel that was out of stock": (
        (*SHIPPED, a_fact("cancelled", 20, reason_code="out_of_stock")),
        {"X04"},
    ),
    "X05 in transit": ((*NEW, a_fact("cancelled", 5), a_fact("in_transit", 6)), {"X05"}),
    "X05 not for packing": ((*NEW, a_fact("cancelled", 5), a_fact("packed", 6)), set()),
    "X07 and not X05 for a delivery": ((*NEW, a_fact("cancelled", 5), a_fact("delivered", 6)), {"X01", "X07"}),
    "X06 damaged": ((*DELIVERED, a_fact("damaged_declared", 30)), {"X06"}),
    "X06 not for a refund in the moment of the delivery": (
        (*FAILED_TWICE, a_fact("refund_done", 96), a_fact("delivered", 96)),
        set(),
    ),
    "X10 of a return": (
        (*DELIVERED, a_fact("return_requested", 45), a_fact("return_accepted", 46), a_fact("return_rejected", 47)),
        {"X10"},
    ),
    "X10 not of two requests": (
        (
            *ASKED,
            a_fact("cancel_rejected", 6, request_no="R"),
            a_fact("cancel_requested", 7, request_no="S"),
            a_fact("cancel_withdrawn", 8, request_no="S"),
        ),
        set(),
    ),
    "X16 a person's rejection, the platform's approval": (
        (*ASKED, a_fact("cancel_rejected", 6, **HUMAN), a_fact("cancel_approved", 7)),
        {"X10", "X16"},
    ),
    "X16 a person's approval, withdrawn before in truth": (
        (*ASKED, a_fact("cancel_approved", 6, **HUMAN), a_fact("cancel_withdrawn", 7)),
        {"X16"},
    ),
    "X16 not of answers to two requests": (
        (
            *ASKED,
            a_fact("cancel_requested", 5.5, request_no="S"),
            a_fact("cancel_rejected", 6, request_no="R", **HUMAN),
            a_fact("cancel_approved", 7, request_no="S"),
        ),
        set(),
    ),
    "X16 not when the platform said so before": (
        (*SHIPPED, a_fact("in_transit", 15), a_fact("delivered", 20, **HUMAN)),
        set(),
    ),
    "X16 not between two persons": (
        (*SHIPPED, a_fact("delivered", 20, **HUMAN), a_fact("in_transit", 25, **HUMAN)),
        set(),
    ),
    "X16 a person's loss, found on its way": (
        (*SHIPPED, a_fact("lost_declared", 20, **HUMAN), a_fact("in_transit", 25)),
        {"X16"},
    ),
    "X17 not when paid at the last moment": ((*UNPAID, a_fact("order_paid", 48)), set()),
    "X17 when paid after it": ((*UNPAID, a_fact("order_paid", 48.01)), {"X17"}),
    "X18 not when shipped at the last moment": (
        (*NEW, a_fact("cancel_requested", 1), a_fact("marked_shipped", 49)),
        set(),
    ),
    "X18 not for packing": ((*NEW, a_fact("cancel_requested", 1), a_fact("packed", 55)), set()),
    "X18 not for an order that was cancelled": (
        (*NEW, a_fact("cancel_requested", 1), a_fact("cancelled", 55, actor="buyer")),
        set(),
    ),
}


@pytest.mark.parametrize("row", by_row(SEEN))
def test_seen(row) -> None:
    facts, ids = row
    assert {conflict.id for conflict in an_order(150, *facts).conflicts} == ids


def found(order: Order, number: str) -> tuple[object, tuple[str, ...]]:
    return next((one.since, one.fact_keys) for one in order.conflicts if one.id == number)


def keyed(kind: str, hours: float, **more: Given) -> Fact:
    return a_fact(kind, hours, key=f"{kind} at {hours}", **more)


@pytest.mark.parametrize(
    ("number", "facts", "since", "keys"),
    [
        (
            "X04",
            (*NEW, keyed("picked_up", 8), keyed("cancelled", 20), keyed("cancelled", 21, **HUMAN)),
            21,
            ("cancelled at 20", "cancelled at 21", "picked_up at 8"),
        ),
        (
            "X04",
            (*NEW, *ASKED[2:], keyed("picked_up", 8), keyed("cancel_approved", 20)),
            20,
            ("cancel_approved at 20", "picked_up at 8"),
        ),
        (
            "X05",
            (*NEW, keyed("cancelled", 5), keyed("picked_up", 8), keyed("in_transit", 9)),
            9,
            ("cancelled at 5", "in_transit at 9", "picked_up at 8"),
        ),
        (
            "X07",
            (*DELIVERED[:-1], keyed("delivered", 40), keyed("cancelled", 35)),
            40,
            ("cancelled at 35", "delivered at 40"),
        ),
        (
            "X06",
            (*LOST[:-1], keyed("lost_declared", 60), keyed("delivered", 55)),
            60,
            ("delivered at 55", "lost_declared at 60"),
        ),
        (
            "X14",
            (
                *SHIPPED,
                keyed("delivery_attempt_failed", 20, attempt_no="2"),
                keyed("delivery_attempt_failed", 44, attempt_no="2"),
            ),
            20,
            ("delivery_attempt_failed at 20",),
        ),
        (
            "X16",
            (
                *SHIPPED,
                keyed("delivered", 20, **HUMAN),
                keyed("in_transit", 25),
                keyed("delivery_attempt_failed", 30),
            ),
            30,
            ("delivered at 20", "delivery_attempt_failed at 30", "in_transit at 25"),
        ),
        ("X17", (*UNPAID, keyed("order_paid", 50)), 50, ("order_paid at 50",)),
        (
            "X18",
            (*NEW, a_fact("cancel_requested", 1), keyed("marked_shipped", 55), keyed("picked_up", 56)),
            56,
            ("marked_shipped at 55", "picked_up at 56"),
        ),
        (
            "X09",
            (*SHIPPED, a_fact("in_transit", 99, seen=20, key="ahead"), a_fact("picked_up", -30, seen=21, key="behind")),
            21,
            ("ahead", "behind"),
        ),
    ],
)
def test_a_conflict_rests_on_its_facts_and_is_as_old_as_the_last_of_them(number, facts, since, keys) -> None:
    assert found(an_order(60, *facts), number) == (t(since), keys)


def test_a_conflict_may_be_settled_in_the_moment_of_its_last_news() -> None:
    settled = a_fact("case_closed", 30, case_id="conflict:X04", **HUMAN)
    news = (*SHIPPED, a_fact("cancelled", 20, seen=30))
    assert [one.settled for one in an_order(31, *news, settled).conflicts] == [True]
    before = a_fact("case_closed", 29, case_id="conflict:X04", **HUMAN)
    assert [one.settled for one in an_order(31, *news, before).conflicts] == [False]
