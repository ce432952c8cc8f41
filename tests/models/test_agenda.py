"""What is to be done about an order: each to-do with its time, its clock, its command, and how pressing it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.fact import Fact
from models.order import Order
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.transition import (
    ASKED,
    ASKED_AWAY,
    CANCELLING,
    CHOSEN,
    COLLECTED,
    CONFIRMED,
    DELIVERED,
    DROP_OFF,
    DROPPED,
    FAILED_ONCE,
    FAILED_TWICE,
    LOST,
    NEW,
    PACKED,
    PLATFORM,
    PROMISED,
    REFUND_ASKED,
    RETURNED,
    SHIPPED,
    TOLD,
    TRAVELS,
    UNPAID,
)
from tests.rows import by_row

Shown = tuple[str, int, float | None, str | None, str | None, str | None, str]


def shown(order: Order) -> list[Shown]:
    """Of each to-do its verb, how pressing it is, when it is due (hours after T0), clock, command, case, about what."""
    return [
        (
            todo.kind.value,
            todo.priority,
            (todo.due_at - t(0)).total_seconds() / 3600 if todo.due_at else None,
            todo.rule,
            todo.command,
            todo.case_id,
            str(todo.about),
        )
        for todo in order.todos
    ]


def by_hand(kind: str, hours: float, **payload: Given) -> Fact:
    return a_fact(kind, hours, by="human", **payload)


LOST_AND_GONE = (*LOST, a_fact("cancelled", 62, reason_code="lost"))
BUYER_KNOWS = (*LOST_AND_GONE, by_hand("buyer_notified", 63, case_id="claim:lost"))
REFUNDING = (*BUYER_KNOWS, by_hand("refund_requested", 65, case_id="claim:lost"))
ACCEPTED = (*RETURNED, a_fact("return_accepted", 52))
CAME_BACK = (*ACCEPTED, a_fact("return_received", 60))
HELD = (by_hand("hold_placed", 3, hold="fraud_check"), by_hand("hold_placed", 4, hold="address_check"))
UNPACKED = (*CONFIRMED, SHIPPED[-1])
TWO_ORDERS = (a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))
QUIET: Mapping[str, Given] = {"seen": {}}  # a shop that never got another kind of news than new orders
SILENT: Shown = ("check_tracking", 4, 102, "D17", "record", None, "")
COMPLAINT = "carrier_complaint"

# facts, at which hour, in which shop; the to-dos, most pressing first
DUE: dict[str, tuple[Given, float, Mapping[str, Given], list[Shown]]] = {
    "unpaid": (UNPAID, 5, {}, []),
    "D01 runs": (NEW, 5, {}, [("confirm", 4, 37, "D01", "confirm", None, "")]),
    "D01 is missed": (NEW, 38, {}, [("confirm", 1, 72, "D02", "confirm", None, "")]),
    "D02 is missed unconfirmed": (NEW, 73, {}, [("confirm", 0, 72, "D02", "confirm", None, "")]),
    "D03 runs": (CONFIRMED, 6, {}, [("pack", 4, 60, "D03", "mark_packed", None, "")]),
    "D03 is missed": (CONFIRMED, 62, {}, [("pack", 1, 72, "D02", "mark_packed", None, "")]),
    "D02 is missed unpacked": (CONFIRMED, 73, {}, [("pack", 0, 72, "D02", "mark_packed", None, "")]),
    "D02 runs": (PACKED, 9, {}, [("hand_over", 3, 72, "D02", "mark_shipped", None, "")]),
    "D02 warned once": (PACKED, 37, {}, [("hand_over", 3, 72, "D02", "mark_shipped", None, "")]),
    "D02 warned twice": (PACKED, 49, {}, [("hand_over", 2, 72, "D02", "mark_shipped", None, "")]),
    "D02 is missed": (PACKED, 73, {}, [("hand_over", 0, 72, "D02", "mark_shipped", None, "")]),
    "T12 the label comes first": (
        NEW,
        5,
        PLATFORM,
        [
            ("hand_over", 3, 72, "D02", "mark_shipped", None, ""),
            ("confirm", 4, 37, "D01", "confirm", None, ""),
        ],
    ),
    "T12 the label comes first, confirmed": (
        CONFIRMED,
        6,
        PLATFORM,
        [
            ("hand_over", 3, 72, "D02", "mark_shipped", None, ""),
            ("pack", 4, 60, "D03", "mark_packed", None, ""),
        ],
    ),
    "T10 to pack after the label": (UNPACKED, 12, PLATFORM, [("pack", 4, None, "D03", "mark_packed", None, "")]),
    "T10 packed after the label": ((*UNPACKED, a_fact("packed", 11)), 12, PLATFORM, []),
    "T10 no label first": (UNPACKED, 12, {}, []),
    "D04 runs": (SHIPPED, 12, {}, []),
    "T16": (SHIPPED, 59, {}, [("complain", 2, 70, "D05", "file_complaint", COMPLAINT, "complain")]),
    "D05 is missed": (SHIPPED, 71, {}, [("complain", 0, 70, "D05", "file_complaint", COMPLAINT, "complain")]),
    "T17": (
        (*SHIPPED, by_hand("complaint_filed", 60)),
        61,
        {},
        [("follow_up_complaint", 4, 84, None, "record", COMPLAINT, "follow_up")],
    ),
    "D06 runs": (SHIPPED, 12, DROP_OFF, [("drop_off", 3, 58, "D06", "drop_off", None, "")]),
    "D06 warned twice": (SHIPPED, 53, DROP_OFF, [("drop_off", 2, 58, "D06", "drop_off", None, "")]),
    "D06 is missed": (SHIPPED, 59, DROP_OFF, [("drop_off", 0, 58, "D06", "drop_off", None, "")]),
    "T14 dropped off": (DROPPED, 21, DROP_OFF, []),
    "D07 is missed": (DROPPED, 45, DROP_OFF, [("ask_post_office", 3, 44, "D07", "record", None, "")]),
    "collected": (COLLECTED, 21, {}, []),
    "D17 is missed": (TRAVELS, 103, {}, [SILENT]),
    "T19": (FAILED_ONCE, 61, {}, [("ask_buyer", 3, 87, "D13", "record", None, "delivery")]),
    "T19 asked": ((*FAILED_ONCE, by_hand("buyer_notified", 62, case_id="delivery")), 63, {}, []),
    "T19 told about something else": (
        (*FAILED_ONCE, by_hand("buyer_notified", 62, case_id="claim:late")),
        63,
        {},
        [("ask_buyer", 3, 87, "D13", "record", None, "delivery")],
    ),
    "T20": (FAILED_TWICE, 91, {}, [("cancel_order", 2, 114, "D14", "claim_step", "claim:lost", "cancel")]),
    "T22": (LOST, 61, {}, [("cancel_order", 2, 84, "D14", "claim_step", "claim:lost", "cancel")]),
    "D14 is missed": (LOST, 85, {}, [("cancel_order", 0, 84, "D14", "claim_step", "claim:lost", "cancel")]),
    "T24 tell": (LOST_AND_GONE, 63, {}, [("tell_buyer", 2, 86, "D14", "claim_step", "claim:lost", "notify")]),
    "T24 ask": (BUYER_KNOWS, 64, {}, [("request_refund", 2, 87, "D14", "claim_step", "claim:lost", "request_refund")]),
    "T24 wait": (REFUNDING, 66, {}, [("await_refund", 6, None, None, "record", "claim:lost", "await_refund")]),
    "T23": (PROMISED, 121, {}, [("decide_late", 3, 120, "D11", "choose_claim", "claim:late", ""), SILENT]),
    "T23 waited for": (
        (*PROMISED, by_hand("claim_chosen", 122, case_id="claim:late", choice="wait")),
        125,
        {},
        [("decide_late", 3, 170, "D11", "choose_claim", "claim:late", ""), SILENT],
    ),
    "T23 claimed": (
        CHOSEN,
        122,
        {},
        [("cancel_order", 2, 145, "D14", "claim_step", "claim:late", "cancel"), SILENT],
    ),
    "T30": (ASKED, 6, {}, [("answer_cancel", 1, 53, "D08", "approve_cancel", "cancel_request:R", "answer")]),
    "D08 warned twice": (
        ASKED,
        48,
        {},
        [("answer_cancel", 1, 53, "D08", "approve_cancel", "cancel_request:R", "answer")],
    ),
    "T34": (ASKED, 54, {}, [("verify_cancel", 0, 53, "D08", "close_case", "cancel_request:R", "answer")]),
    "T33": (ASKED_AWAY, 13, {}, [("answer_cancel", 1, 60, "D08", "reject_cancel", "cancel_request:R", "answer")]),
    "T34 away": (
        ASKED_AWAY,
        61,
        {},
        [
            ("verify_cancel", 0, 60, "D08", "close_case", "cancel_request:R", "answer"),
            ("complain", 2, 70, "D05", "file_complaint", COMPLAINT, "complain"),
        ],
    ),
    "T07": (CANCELLING, 6, {}, [("tell_buyer", 2, None, None, "claim_step", "seller_cancel", "notify")]),
    "T07 told": (TOLD, 7, {}, [("cancel_order", 2, None, None, "claim_step", "seller_cancel", "cancel")]),
    "T36": (RETURNED, 51, {}, [("answer_return", 1, 98, "D15", "accept_return", "return:B", "answer")]),
    "D15 is missed": (RETURNED, 99, {}, [("verify_return", 0, 98, "D15", "close_case", "return:B", "answer")]),
    "T37 accepted": (ACCEPTED, 53, {}, [("receive_return", 6, None, None, "record", "return:B", "receive")]),
    "T37 received": (
        CAME_BACK,
        61,
        {},
        [
            ("refund_return", 3, None, None, "record", "return:B", "refund"),
            ("check_stock", 6, None, None, "close_case", "stock", ""),
        ],
    ),
    "T39 held twice": (
        (*NEW, *HELD),
        5,
        {},
        [
            ("release_hold", 3, 72, None, "release", None, "address_check"),
            ("release_hold", 3, 72, None, "release", None, "fraud_check"),
        ],
    ),
    "T39 held once it is shipped": (
        (*SHIPPED, by_hand("hold_placed", 11, hold="fraud_check")),
        12,
        DROP_OFF,
        [("release_hold", 3, 58.0, None, "release", None, "fraud_check")],
    ),
    "T39 held and being cancelled": (
        (*CANCELLING, by_hand("hold_placed", 5.5, hold="fraud_check")),
        6,
        {},
        [("tell_buyer", 2, None, None, "claim_step", "seller_cancel", "notify")],
    ),
    "T39 held and cancelled": ((*NEW, *HELD, a_fact("cancelled", 6)), 8, {}, []),
    "X03": (TWO_ORDERS, 2, {}, [("compare_order", 1, None, None, "close_case", "conflict:X03", "")]),
    "X04": (
        (*SHIPPED, a_fact("cancelled", 20)),
        21,
        {},
        [("recall_parcel", 0, None, None, "close_case", "conflict:X04", "")],
    ),
    "X05": (
        (*NEW, a_fact("cancelled", 5), a_fact("marked_shipped", 10)),
        21,
        {},
        [("recall_parcel", 0, None, None, "close_case", "conflict:X05", "")],
    ),
    "X06": (
        (*LOST, a_fact("delivered", 70)),
        71,
        {},
        [("decide_delivery", 2, None, None, "close_case", "conflict:X06", "")],
    ),
    "T27": (
        (*LOST, REFUND_ASKED, a_fact("delivered", 101)),
        102,
        {},
        [("settle_refund", 2, None, None, "close_case", "conflict:X06", "")],
    ),
    "X07": (
        (*DELIVERED, a_fact("cancelled", 50)),
        51,
        {},
        [
            ("recall_parcel", 0, None, None, "close_case", "conflict:X04", ""),
            ("check_money", 2, None, None, "close_case", "conflict:X07", ""),
        ],
    ),
    "X10": (
        (*ASKED, a_fact("cancel_approved", 6), a_fact("cancel_rejected", 7)),
        8,
        {},
        [
            ("decide_answer", 1, None, None, "close_case", "conflict:X10", ""),
            ("confirm", 4, 37, "D01", "confirm", None, ""),
        ],
    ),
    "X16": (
        (*SHIPPED, by_hand("delivered", 15), a_fact("in_transit", 30)),
        41,
        {},
        [("check_contradiction", 4, None, None, "close_case", "conflict:X16", "")],
    ),
    "X01": ((*NEW, a_fact("delivered", 200)), 201, {}, [("state_time", 5, None, "D02", "record", None, "D02")]),
    "T03": ((a_fact("in_transit", 30),), 31, {}, [("find_order_mail", 6, None, None, None, None, "")]),
    "T03 cancelled": ((a_fact("cancelled", 30),), 31, {}, []),
    "D04 asks": (SHIPPED, 60, QUIET, [("ask_collected", 5, 58, "D04", "record", None, "")]),
    "D07 asks": (DROPPED, 50, {**DROP_OFF, **QUIET}, [("ask_collected", 5, 44, "D07", "record", None, "")]),
    "D10 asks": (
        SHIPPED,
        347,
        QUIET,
        [
            ("ask_collected", 5, 58, "D04", "record", None, ""),
            ("ask_delivered", 5, 346, "D10", "record", None, ""),
        ],
    ),
    "D11 asks": (
        (*placed(promised_at=t(120)), *SHIPPED[2:]),
        121,
        QUIET,
        [
            ("ask_collected", 5, 58, "D04", "record", None, ""),
            ("ask_delivered", 5, 120, "D11", "record", None, ""),
        ],
    ),
    "D17 asks": (TRAVELS, 103, QUIET, [("ask_delivered", 5, 102, "D17", "record", None, "")]),
}


@pytest.mark.parametrize("row", by_row(DUE))
def test_what_is_to_be_done(row):
    facts, now, shop, todos = row
    assert shown(an_order(now, *facts, **shop)) == todos
