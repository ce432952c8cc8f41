"""The lines that end a to-do, as they are typed: with the order, its case, its hold and what stops its clock."""

from __future__ import annotations

import pytest

from models.catalogue import words
from models.todo_command import command_lines
from tests.models.makers import Given, a_fact, an_order
from tests.models.transition import ASKED, ASKED_AWAY, CANCELLING, DROP_OFF, DROPPED, LOST, NEW, SHIPPED, TRAVELS
from tests.rows import by_row

QUIET: Given = {"seen": {}}  # a shop that never got another kind of news than new orders
TWO_ORDERS = (a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))
DO = "shipclock do 5764"

# facts, at which hour, in which shop, which to-do; its lines
LINES: dict[str, tuple[Given, float, Given, str, list[str]]] = {
    "T06": (
        NEW,
        5,
        {},
        "confirm",
        [
            f"In stock: `{DO} confirm`",
            f"Not in stock or damaged: `{DO} seller_cancel --reason out_of_stock` (or damaged_goods)",
        ],
    ),
    "T07 the only case of its kind is not named": (
        CANCELLING,
        6,
        {},
        "tell_buyer",
        [
            f"Then: `{DO} claim_step --set step=notify`",
            "Only then may the next step be taken. Write nothing of this outside TikTok Shop.",
        ],
    ),
    "T16 the only complaint is not named": (SHIPPED, 59, {}, "complain", [f"Then: `{DO} file_complaint`"]),
    "T24 a claim is named": (
        LOST,
        61,
        {},
        "cancel_order",
        [f"Then: `{DO} claim_step --set step=cancel --set case_id=claim:lost`"],
    ),
    "T30": (
        ASKED,
        6,
        {},
        "answer_cancel",
        [
            f"Approved: `{DO} approve_cancel --set case_id=cancel_request:R`",
            (
                f"Rejected: `{DO} reject_cancel --set case_id=cancel_request:R --reason WHY`"
                " (already_packed, agreed_with_buyer ...)"
            ),
            "Without an answer TikTok Shop approves by itself.",
        ],
    ),
    "T33": (
        ASKED_AWAY,
        13,
        {},
        "answer_cancel",
        [
            f"Rejected: `{DO} reject_cancel --set case_id=cancel_request:R --reason already_shipped`",
            (
                "Approved, once the parcel is called back: "
                f"`{DO} approve_cancel --set case_id=cancel_request:R --set override=parcel_recalled`"
            ),
            "Without an answer TikTok Shop approves by itself.",
        ],
    ),
    "T39 the hold is named": (
        (*NEW, a_fact("hold_placed", 3, by="human", hold="fraud_check")),
        5,
        {},
        "release_hold",
        [f"When the reason is gone: `{DO} release --set hold=fraud_check`"],
    ),
    "X03": (
        TWO_ORDERS,
        2,
        {},
        "compare_order",
        [
            (
                f"One of them is wrong: `{DO} retract --set fact_id=KEY --reason WHY`"
                " (`shipclock order 5764 --facts` lists the keys)"
            ),
            f"All is well: `{DO} close_case --set case_id=conflict:X03 --reason WHY`",
            "Until then do not pack it.",
        ],
    ),
    "X01": (
        (*NEW, a_fact("delivered", 200)),
        201,
        {},
        "state_time",
        [f"Then it is known whether it was in time: `{DO} record --set kind=marked_shipped --set at=TIME`"],
    ),
    "D04 asks": (
        SHIPPED,
        60,
        QUIET,
        "ask_collected",
        [f"Collected: `{DO} record --set kind=picked_up`", f"Still here: `{DO} file_complaint`"],
    ),
    "D07 asks": (
        DROPPED,
        50,
        {**DROP_OFF, **QUIET},
        "ask_collected",
        [f"The carrier has it: `{DO} record --set kind=in_transit`"],
    ),
    "D17 asks": (
        TRAVELS,
        103,
        QUIET,
        "ask_delivered",
        [
            f"Delivered: `{DO} record --set kind=delivered`",
            (
                f"Else what you see there: `{DO} record --set kind=in_transit`"
                " (or delivery_attempt_failed, lost_declared, damaged_declared)"
            ),
        ],
    ),
}


@pytest.mark.parametrize("row", by_row(LINES))
def test_a_todo_is_ended_with(row):
    facts, now, shop, kind, lines = row
    todo = next(one for one in an_order(now, *facts, **shop).todos if one.kind == kind)
    assert command_lines(words(), todo, "5764") == lines


@pytest.mark.row("X01")
@pytest.mark.parametrize(("rule", "shop", "stop"), [("D04", {}, "picked_up"), ("D06", DROP_OFF, "dropped_off")])
def test_x01_of_a_time_that_is_missing_what_stops_its_clock_is_recorded(rule, shop, stop):
    (todo,) = an_order(101, *SHIPPED, a_fact("in_transit", 100), **shop).todos
    assert (todo.kind, todo.rule) == ("state_time", rule)
    assert f"kind={stop} --set at=TIME" in command_lines(words(), todo, "5764")[0]
