"""Which commands an order offers, the most likely first, and to whom."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.answer import Refused
from models.command import CommandName, offered
from models.policy_files import load_policy
from models.stage import Role
from tests.models.makers import Given, a_fact, an_order, answer_to
from tests.models.transition import (
    ASKED,
    ASKED_AWAY,
    CANCELLING,
    CHOSEN,
    CONFIRMED,
    DELIVERED,
    DROP_OFF,
    DROPPED,
    LOST,
    NEW,
    PACKED,
    PLATFORM,
    PROMISED,
    RETURNED,
    SHIPPED,
    TRAVELS,
    UNPAID,
)
from tests.rows import by_row

QUIET: Mapping[str, Given] = {"seen": {}}  # a shop that never got another kind of news than new orders
UNPACKED = (*CONFIRMED, SHIPPED[-1])
TWO_ORDERS = (a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))


def held(hold: str, hours: float = 5) -> Given:
    return a_fact("hold_placed", hours, by="human", hold=hold)


# facts, at which hour, in which shop; what is offered to a packer
OFFERED: dict[str, tuple[Given, float, Mapping[str, Given], str]] = {
    "T07 unpaid": (UNPAID, 5, {}, "seller_cancel hold record"),
    "T06 new": (NEW, 5, {}, "confirm mark_packed seller_cancel hold record"),
    "T10 confirmed": (CONFIRMED, 6, {}, "mark_packed seller_cancel hold record"),
    "T12 packed": (PACKED, 9, {}, "mark_shipped seller_cancel hold record"),
    "T12 label first, new": (NEW, 5, PLATFORM, "confirm mark_packed mark_shipped seller_cancel hold record"),
    "T12 label first, confirmed": (CONFIRMED, 6, PLATFORM, "mark_packed mark_shipped seller_cancel hold record"),
    "T12 label first, packed": (PACKED, 9, PLATFORM, "mark_shipped seller_cancel hold record"),
    "T18 shipped": (SHIPPED, 12, {}, "switch_handover hold record"),
    "T14 to drop off": (SHIPPED, 12, DROP_OFF, "drop_off switch_handover hold record"),
    "T14 dropped off": (DROPPED, 21, DROP_OFF, "switch_handover hold record"),
    "T10 packed after the label": (UNPACKED, 12, {}, "mark_packed switch_handover hold record"),
    "T10 the same, to drop off": (UNPACKED, 12, DROP_OFF, "mark_packed drop_off switch_handover hold record"),
    "on its way": (TRAVELS, 31, {}, "hold record"),
    "delivered": (DELIVERED, 41, {}, "hold record"),
    "finished": (DELIVERED, 400, {}, "record"),
    "T42 cancelled": ((*NEW, a_fact("cancelled", 5)), 9, {}, "record"),
    "T17 late": (SHIPPED, 59, {}, "file_complaint switch_handover hold close_case record"),
    "T17 complained": (
        (*SHIPPED, a_fact("complaint_filed", 59, by="human")),
        60,
        {},
        "switch_handover hold close_case record",
    ),
    "T17 a clock that asks": (SHIPPED, 59, QUIET, "file_complaint switch_handover hold record"),
    "T17 before it asks": (SHIPPED, 57, QUIET, "switch_handover hold record"),
    "T30 asked": (ASKED, 6, {}, "approve_cancel reject_cancel extend_answer seller_cancel hold close_case record"),
    "T34b warned": (ASKED, 48, {}, "approve_cancel reject_cancel extend_answer seller_cancel hold close_case record"),
    "T34 unanswered": (ASKED, 54, {}, "approve_cancel reject_cancel close_case record"),
    "T33 away": (
        ASKED_AWAY,
        13,
        {},
        "approve_cancel reject_cancel extend_answer switch_handover hold close_case record",
    ),
    "T07 cancelling": (CANCELLING, 6, {}, "claim_step close_case record"),
    "T07 cancelling, held": (
        (*CANCELLING, held("fraud_check", 5.5)),
        6,
        {},
        "claim_step release close_case record",
    ),
    "T39 held by hand": ((*NEW, held("manual")), 6, {}, "seller_cancel release record"),
    "T39 held": ((*NEW, held("fraud_check")), 6, {}, "seller_cancel release hold record"),
    "T39 held by the platform": ((*NEW, a_fact("platform_hold_started", 5)), 6, {}, "seller_cancel hold record"),
    "T39 shipped and held": (
        (*SHIPPED, held("fraud_check", 11)),
        12,
        DROP_OFF,
        "drop_off switch_handover release hold record",
    ),
    "X03 two orders": (TWO_ORDERS, 2, {}, "seller_cancel release hold close_case record"),
    "X04 cancelled on its way": ((*SHIPPED, a_fact("cancelled", 20)), 21, {}, "close_case record"),
    "T24 lost": (LOST, 61, {}, "claim_step hold close_case record"),
    "T23 late": (PROMISED, 121, {}, "choose_claim hold close_case record"),
    "T23 claimed": (CHOSEN, 122, {}, "claim_step hold close_case record"),
    "T36 returned": (RETURNED, 51, {}, "accept_return reject_return extend_answer hold close_case record"),
    "T34b the answer is overdue": (RETURNED, 99, {}, "accept_return reject_return hold close_case record"),
    "T37 accepted": ((*RETURNED, a_fact("return_accepted", 52)), 53, {}, "hold close_case record"),
}


@pytest.mark.parametrize("row", by_row(OFFERED))
def test_what_is_offered_the_most_likely_first_and_taking_back_to_a_manager_alone(row):
    facts, now, shop, names = row
    order = an_order(now, *facts, **shop)
    assert " ".join(offered(order, Role.PACKER)) == names
    assert " ".join(offered(order, Role.MANAGER)) == f"{names} retract"
    assert offered(order, Role.VIEWER) == ()


@pytest.mark.row("T07")
def test_t07_cancelling_is_possible_instead_for_as_long_as_the_market_lets():
    for policy, instead in (("article", ("hold",)), ("us-2026", ("seller_cancel", "hold"))):
        answer = answer_to(UNPACKED, "mark_packed", 12, stock="no", shop={"policy": load_policy(policy)})
        assert isinstance(answer, Refused)
        assert (answer.code, answer.instead) == ("stock_not_ok", instead)


@pytest.mark.row("T34b")
def test_t34b_extending_is_offered_while_any_request_has_time_left():
    two = (*ASKED, a_fact("cancel_requested", 20, request_no="S"))
    assert CommandName.EXTEND_ANSWER in offered(an_order(60, *two), Role.PACKER)
    assert CommandName.EXTEND_ANSWER not in offered(an_order(69, *two), Role.PACKER)
