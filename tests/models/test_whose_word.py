"""On whose word a stage rests, who cancelled an order and why, and how it leaves (order-lifecycle, section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from models.deadline import RuleId
from models.fact import Fact, FactKind
from models.order import fold
from models.policy_files import load_policy
from models.stage import HandoverMode, ShippingMode
from tests.models.makers import Given, a_fact, an_order, placed, t, terms
from tests.models.transition import (
    ASKED,
    DELIVERED,
    DROP_OFF,
    DROPPED,
    FAILED_TWICE,
    LOST,
    NEW,
    PLATFORM,
    SHIPPED,
    UNPAID,
)

HUMAN: dict[str, Given] = {"by": "human"}
CARRIER: dict[str, Given] = {"by": "carrier"}
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("facts", "now", "word"),
    [
        (NEW, 5, ("NEW", "platform", False)),
        ((*NEW, a_fact("stock_confirmed", 5, **HUMAN)), 6, ("CONFIRMED", "human", False)),
        (
            (*SHIPPED, a_fact("in_transit", 20), a_fact("in_transit", 25, **HUMAN)),
            30,
            ("IN_TRANSIT", "platform", False),
        ),
        (
            (*SHIPPED, a_fact("in_transit", 20, **HUMAN), a_fact("delivery_attempt_failed", 25, **CARRIER)),
            30,
            ("IN_TRANSIT", "carrier", False),
        ),
        ((a_fact("order_placed", **HUMAN), a_fact("order_placed", 1)), 5, ("UNPAID", "platform", False)),
        ((a_fact("order_placed", **HUMAN), a_fact("due_stated", 1, due_at=t(9))), 5, ("UNPAID", "human", False)),
        ((*NEW, a_fact("cancelled", 3, **HUMAN)), 5, ("CANCELLED", "human", False)),
        ((*SHIPPED, a_fact("lost_declared", 60, **CARRIER)), 61, ("LOST", "carrier", False)),
        (FAILED_TWICE, 91, ("LOST", "timer", True)),
        (UNPAID, 49, ("CANCELLED", "timer", True)),
        (ASKED, 54, ("CANCELLED", "timer", True)),
        (DELIVERED, 377, ("COMPLETED", "timer", True)),
    ],
)
def test_a_stage_rests_on_the_word_of_the_deciding_fact(facts, now, word) -> None:
    order = an_order(now, *facts)
    assert (order.stage, order.stage_authority, order.presumed) == word


def test_what_proves_nothing_is_told_by_its_strongest_teller() -> None:
    beside = (a_fact("hold_placed", 1, hold="manual", **HUMAN), a_fact("complaint_answered", 2, **CARRIER))
    order = an_order(5, *beside)
    assert (order.stage, order.stage_authority) == ("UNPAID", "carrier")


@pytest.mark.parametrize(
    ("facts", "actor", "reason"),
    [
        ((a_fact("cancelled", 20),), "unknown", None),
        ((a_fact("cancelled", 20, actor="buyer", reason_code="too_slow"),), "buyer", "too_slow"),
        (
            (
                a_fact("cancelled", 20, actor="seller", reason_code="other", **HUMAN),
                a_fact("cancelled", 25, actor="system", reason_code="unpaid"),
            ),
            "system",
            "unpaid",
        ),
        (  # the platform gives no reason, the person does
            (a_fact("cancelled", 20, actor="seller", reason_code="lost", **HUMAN), a_fact("cancelled", 25)),
            "unknown",
            "lost",
        ),
        ((*ASKED[2:], a_fact("cancel_approved", 20, actor="seller", **HUMAN)), "buyer", None),
        ((*ASKED[2:], a_fact("cancel_approved", 20, actor="seller"), a_fact("cancelled", 20)), "buyer", None),
    ],
)
def test_who_cancelled_and_why_is_told_by_the_one_who_speaks(facts, actor, reason) -> None:
    order = an_order(30, *NEW, *facts)
    assert (order.stage, order.cancel_actor, order.cancel_reason) == ("CANCELLED", actor, reason)


ASKED_FOR_A_REASON = (*NEW, a_fact("cancel_requested", 5, request_no="R", reason_code="too_slow"))
ASKED_BEFORE = a_fact("cancel_requested", 4, request_no="S", reason_code="too_dear")


@pytest.mark.row("T34", "D08", "D09")
@pytest.mark.parametrize(
    ("facts", "now", "actor", "reason"),
    [
        (ASKED, 54, "buyer", "cancel_request"),
        (ASKED_FOR_A_REASON, 54, "buyer", "too_slow"),
        ((*ASKED_FOR_A_REASON, ASKED_BEFORE), 54, "buyer", "too_dear"),  # whichever was over first
        (UNPAID, 49, "system", "unpaid"),
        ((*UNPAID, a_fact("cancel_requested", -1, reason_code="too_slow")), 49, "buyer", "too_slow"),  # over at 47
        ((*UNPAID, a_fact("cancel_requested", 1, reason_code="too_slow")), 50, "system", "unpaid"),
    ],
)
def test_a_presumed_cancellation_has_the_reason_of_what_was_over_first(facts, now, actor, reason) -> None:
    order = an_order(now, *facts)
    assert (order.stage, order.presumed) == ("CANCELLED", True)
    assert (order.cancel_actor, order.cancel_reason) == (actor, reason)


@pytest.mark.row("T05", "D09")
def test_an_order_that_nobody_paid_is_cancelled_in_the_first_instant_after_its_time() -> None:
    looks = [fold(UNPAID, terms(), t(48) + by) for by in (timedelta(0), timedelta.resolution)]
    assert [order.stage for order in looks] == ["UNPAID", "CANCELLED"]


def test_an_order_that_is_not_cancelled_has_nobody_who_did() -> None:
    order = an_order(54, *ASKED, a_fact("cancel_rejected", 20))
    assert (order.stage, order.cancel_actor, order.cancel_reason) == ("NEW", None, None)


def test_an_order_knows_when_it_was_placed() -> None:
    assert (an_order(9, *placed(3)).placed_at, an_order(9, a_fact("in_transit", 3)).placed_at) == (t(3), None)


@pytest.mark.row("T14")
@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        (DROPPED, True),
        ((*DROPPED, a_fact("dropped_off", 25, **CARRIER)), False),  # the carrier has it
        ((*DROPPED, a_fact("in_transit", 25)), False),
        (SHIPPED, False),
    ],
)
def test_a_parcel_is_marked_as_brought_away_while_the_carrier_does_not_have_it(facts, flag) -> None:
    assert an_order(30, *facts, **DROP_OFF).dropped_off is flag


def shipping(*facts: Fact, **shop: Given) -> ShippingMode:
    return an_order(30, *facts, **shop).shipping_mode


def test_who_ships_is_told_by_the_strongest_word_else_by_the_shop() -> None:
    platform: dict[str, Given] = {"shipping_mode": "platform"}
    seller: dict[str, Given] = {"shipping_mode": "seller"}
    assert (shipping(*NEW), shipping(*NEW, **PLATFORM)) == ("seller", "platform")
    assert shipping(*placed(**platform)) == "platform"
    assert shipping(*NEW, a_fact("marked_shipped", 10, **platform)) == "platform"
    assert shipping(*placed(**platform), a_fact("marked_shipped", 10, **seller)) == "platform"
    mistaken = (a_fact("order_placed", **seller, **HUMAN), a_fact("order_placed", 1, **platform))
    assert shipping(*mistaken) == "platform"
    assert shipping(*placed(shipping_mode="by boat")) == "seller"


@pytest.mark.row("T18")
@pytest.mark.parametrize(
    ("shop", "first", "then", "clocks"),
    [
        ("pickup", None, "drop_off", {"D04": "VOID", "D06": "RUNNING"}),
        ("pickup", "drop_off", "pickup", {"D04": "RUNNING", "D06": "VOID"}),
        ("drop_off", "pickup", "drop_off", {"D04": "VOID", "D06": "RUNNING"}),
        ("pickup", "drop_off", "drop_off", {"D06": "RUNNING"}),
        ("drop_off", None, "drop_off", {"D06": "RUNNING"}),
    ],
)
def test_the_way_that_was_left_is_the_one_stated_at_shipping_else_the_shops(shop, first, then, clocks) -> None:
    shipped = a_fact("marked_shipped", 10, **({"handover_mode": first} if first else {}))
    switched = a_fact("handover_switched", 30, handover_mode=then, **HUMAN)
    order = an_order(31, *NEW, shipped, switched, handover=HandoverMode(shop))
    assert order.handover_mode == then
    assert {one.rule: one.state for one in order.deadlines if one.rule in {"D04", "D06"}} == clocks


@pytest.mark.row("D12", "T19")
@pytest.mark.parametrize(
    ("told", "shop", "count"),
    [
        ((a_fact("delivery_attempt_failed", 47), a_fact("delivery_attempt_failed", 49)), {}, 2),
        ((a_fact("delivery_attempt_failed", 47), a_fact("delivery_attempt_failed", 49)), {"zone": 7}, 1),
        ((a_fact("delivery_attempt_failed", 40), a_fact("delivery_attempt_failed", 42)), {"zone": 7}, 2),
        ((a_fact("delivery_attempt_failed", 47, attempt_no="1"), a_fact("delivery_attempt_failed", 47.5)), {}, 1),
        ((a_fact("delivery_attempt_failed", 47, attempt_no="second"),), {}, 1),
        ((a_fact("delivery_attempt_failed", 47, attempt_no="3"),), {}, 2),  # at most two
    ],
)
def test_attempts_are_counted_by_the_days_of_the_shop(told, shop, count) -> None:
    zone = {"timezone": HANOI} if shop else {}
    assert an_order(60, *SHIPPED, *told, **zone).failed_attempts == count


@pytest.mark.row("X06")
@pytest.mark.parametrize(
    ("more", "stage"),
    [
        ((a_fact("damaged_declared", 70),), "DAMAGED"),
        ((a_fact("damaged_declared", 50),), "LOST"),
        ((a_fact("damaged_declared", 60, **HUMAN),), "LOST"),
    ],
)
def test_of_loss_and_damage_the_later_counts_then_the_stronger(more, stage) -> None:
    assert an_order(80, *LOST, *more).stage == stage


def test_an_unknown_new_order_is_not_cancelled_by_a_figure_that_counts_from_it() -> None:
    vn = {"policy": load_policy("vn-2025")}
    assert an_order(30, a_fact("in_transit", 20), **vn).auto_cancel_at is None
    assert an_order(30, a_fact("due_stated", 20, due_at=t(60)), **vn).auto_cancel_at is None
    assert an_order(30, *placed(), **vn).auto_cancel_at is not None
    assert an_order(30, *placed()).auto_cancel_at is None


@pytest.mark.row("X09", "D02")
def test_what_an_export_tells_with_an_absurd_time_had_happened_when_we_saw_it() -> None:
    absurd = replace(a_fact("marked_shipped", 99, seen=80), source="import")
    order = an_order(90, *NEW, absurd)
    clock = order.deadline(RuleId.D02)
    assert clock is not None
    assert (clock.state, order.clock_estimated) == ("UNKNOWN", True)
    assert (order.milestones[FactKind.MARKED_SHIPPED].at, order.stage) == (t(80), "AWAITING_HANDOVER")
