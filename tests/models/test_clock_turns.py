"""Clocks when an order takes an odd turn: other proof, other hands, holds, cancellations (order-lifecycle, section 7).

All times are hours after t0, a Sunday at midnight UTC; the shop is open from Monday to Saturday, 9 to 18.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.deadline import Deadline, RuleId
from models.fact import Fact
from models.policy_files import load_policy
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.test_clock_figures import ARTICLE, FIGURES
from tests.models.transition import (
    ASKED,
    CONFIRMED,
    DELIVERED,
    DROP_OFF,
    DROPPED,
    FAILED_ONCE,
    FAILED_TWICE,
    PROMISED,
    RETURNED,
    SHIPPED,
    UNPAID,
)
from tests.rows import by_row

INSTANT = t(0).resolution
HUMAN = {"by": "human"}
HOLD = {"hold": "manual", **HUMAN}


def clock(now: float, rule: str, *facts: Fact, **shop: Given) -> Deadline:
    found = an_order(now, *facts, **shop).deadline(RuleId(rule))
    assert found is not None
    return found


# facts, now, rule, state, the hour at which it was met (None: not met), shop
TURNS: dict[str, tuple[tuple[Fact, ...], float, str, str, float | None, dict[str, Any]]] = {
    "D02 cancelled in the moment it was shipped": (
        (*placed(), a_fact("marked_shipped", 20), a_fact("cancelled", 20)),
        21,
        "D02",
        "MET",
        20,
        {},
    ),
    "D02 void, though shipped after the cancellation": (
        (*placed(), a_fact("cancelled", 5), a_fact("marked_shipped", 6)),
        7,
        "D02",
        "VOID",
        None,
        {},
    ),
    "D02 implied too late is met at no time": (
        (*placed(), a_fact("delivered", 200)),
        201,
        "D02",
        "UNKNOWN",
        None,
        {},
    ),
    "D02 implied by the first of several kinds, each by its own strongest word": (
        (*placed(), a_fact("picked_up", 60, **HUMAN), a_fact("in_transit", 80)),
        90,
        "D02",
        "MET",
        60,
        {},
    ),
    "D05 void when the order is cancelled": ((*SHIPPED, a_fact("cancelled", 60)), 61, "D05", "VOID", None, {}),
    "D05 stands still on hold": ((*SHIPPED, a_fact("hold_placed", 59, **HOLD)), 80, "D05", "PAUSED", None, {}),
    "D07 the carrier's word of the drop-off is a scan": (
        (*DROPPED, a_fact("dropped_off", 25, by="carrier")),
        50,
        "D07",
        "MET",
        25,
        DROP_OFF,
    ),
    "D07 the carrier's word too late": (
        (*DROPPED, a_fact("dropped_off", 45, by="carrier")),
        50,
        "D07",
        "MET_LATE",
        45,
        DROP_OFF,
    ),
    "D07 the carrier's word is better than what a delivery implies": (
        (*DROPPED, a_fact("dropped_off", 30, by="carrier"), a_fact("delivered", 50)),
        51,
        "D07",
        "MET",
        30,
        DROP_OFF,
    ),
    "D07 the carrier's word comes before its later scan": (
        (*DROPPED, a_fact("dropped_off", 25, by="carrier"), a_fact("in_transit", 50)),
        51,
        "D07",
        "MET",
        25,
        DROP_OFF,
    ),
    "D07 a scan before the carrier's word counts": (
        (*DROPPED, a_fact("dropped_off", 40, by="carrier"), a_fact("in_transit", 30)),
        51,
        "D07",
        "MET",
        30,
        DROP_OFF,
    ),
    "D07 void when cancelled in time": ((*DROPPED, a_fact("cancelled", 30)), 50, "D07", "VOID", None, DROP_OFF),
    "D07 broken when cancelled later": ((*DROPPED, a_fact("cancelled", 45)), 50, "D07", "BREACHED", None, DROP_OFF),
    "D09 void once somebody confirmed the order": (
        (*UNPAID, a_fact("stock_confirmed", 5, **HUMAN)),
        6,
        "D09",
        "VOID",
        None,
        {},
    ),
    "D09 void once it was lost": ((*UNPAID, a_fact("lost_declared", 5)), 6, "D09", "VOID", None, {}),
    "D09 void once it was cancelled": ((*UNPAID, a_fact("cancelled", 5)), 6, "D09", "VOID", None, {}),
    "D10 stops at the second failed attempt": (FAILED_TWICE, 400, "D10", "MET", 90, {}),
    "D10 stops at what comes first, the attempt": (
        (*FAILED_TWICE, a_fact("lost_declared", 95)),
        400,
        "D10",
        "MET",
        90,
        {},
    ),
    "D10 stops at what comes first, the loss": (
        (*FAILED_TWICE, a_fact("lost_declared", 85)),
        400,
        "D10",
        "MET",
        85,
        {},
    ),
    "D12 met by a delivery before it": ((*FAILED_TWICE, a_fact("delivered", 85)), 91, "D12", "MET", 85, {}),
    "D12 met late by a delivery after it": ((*FAILED_TWICE, a_fact("delivered", 96)), 97, "D12", "MET_LATE", 96, {}),
    "D12 void when cancelled before it": ((*FAILED_TWICE, a_fact("cancelled", 80)), 91, "D12", "VOID", None, {}),
    "D13 stands still on hold": ((*FAILED_ONCE, a_fact("hold_placed", 61, **HOLD)), 90, "D13", "PAUSED", None, {}),
    "D13 not met by a message about something else": (
        (*FAILED_ONCE, a_fact("buyer_notified", 61, case_id="seller_cancel", **HUMAN)),
        88,
        "D13",
        "BREACHED",
        None,
        {},
    ),
    "D13 met by a message about the delivery": (
        (*FAILED_ONCE, a_fact("buyer_notified", 61, case_id="delivery", **HUMAN)),
        88,
        "D13",
        "MET",
        61,
        {},
    ),
    "D13 void once it was lost": ((*FAILED_ONCE, a_fact("lost_declared", 70)), 100, "D13", "VOID", None, {}),
    "D18 void when cancelled before its end": ((*DELIVERED, a_fact("cancelled", 300)), 400, "D18", "VOID", None, {}),
    "D18 void when cancelled while a return is open": (
        (*RETURNED, a_fact("cancelled", 300)),
        400,
        "D18",
        "VOID",
        None,
        {},
    ),
    "D18 over, though cancelled later": ((*DELIVERED, a_fact("cancelled", 380)), 400, "D18", "MET", 376, {}),
    "D08 met when cancelled at the last moment": ((*ASKED, a_fact("cancelled", 53)), 60, "D08", "MET", 53, {}),
    "D08 void when withdrawn at the last moment": (
        (*ASKED, a_fact("cancel_withdrawn", 53)),
        60,
        "D08",
        "VOID",
        None,
        {},
    ),
    "D08 late when withdrawn after it": ((*ASKED, a_fact("cancel_withdrawn", 54)), 60, "D08", "MET_LATE", 54, {}),
}


@pytest.mark.parametrize("row", by_row(TURNS))
def test_turn(row) -> None:
    facts, now, rule, state, met_at, shop = row
    found = clock(now, rule, *facts, **shop)
    assert (found.state, found.met_at) == (state, None if met_at is None else t(met_at))


@pytest.mark.parametrize(
    ("facts", "rule", "now", "shop", "withdrawn"),
    [
        ((*placed(), a_fact("marked_shipped", 72, seen=73)), "D02", 80, {}, True),
        ((*placed(), a_fact("marked_shipped", 70, seen=72)), "D02", 80, {}, False),  # until then nothing was over
        ((*DROPPED, a_fact("dropped_off", 25, by="carrier", seen=50)), "D07", 60, DROP_OFF, True),
        ((*DROPPED, a_fact("dropped_off", 25, by="carrier", seen=44)), "D07", 60, DROP_OFF, False),
        ((*FAILED_TWICE, a_fact("delivered", 85, seen=95)), "D12", 100, {}, True),
        ((*SHIPPED, a_fact("lost_declared", 85, seen=347)), "D10", 350, {}, True),
    ],
)
def test_a_breach_was_seen_and_taken_back_only_by_news_that_came_after_the_due_moment(
    facts, rule, now, shop, withdrawn
) -> None:
    found = clock(now, rule, *facts, **shop)
    assert (found.state, found.withdrawn) == ("MET", withdrawn)


@pytest.mark.parametrize(
    ("facts", "rule", "hold", "due"),
    [
        (SHIPPED, "D05", (59, 61), 72),
        (FAILED_ONCE, "D13", (61, 62), 88),
        (CONFIRMED, "D03", (20, 30), 70),
        (CONFIRMED, "D03", (1, 4), 60),  # before it began
        (SHIPPED, "D04", (20, 30), 58),  # the platform's clocks never pause
    ],
)
def test_a_hold_that_is_over_gives_our_own_aims_its_time_back(facts, rule, hold, due) -> None:
    held = (a_fact("hold_placed", hold[0], **HOLD), a_fact("hold_released", hold[1], **HOLD))
    assert clock(max(hold[1], 62), rule, *facts, *held).due_at == t(due)


@pytest.mark.row("D01")
def test_a_target_stands_still_from_a_hold_at_its_very_due_moment() -> None:
    assert clock(40, "D01", *placed(), a_fact("hold_placed", 37, **HOLD)).state == "PAUSED"
    assert clock(40, "D01", *placed(), a_fact("hold_placed", 37.01, **HOLD)).state == "BREACHED"


@pytest.mark.parametrize("row", by_row({name: name for name in FIGURES}))
def test_a_clock_that_the_policy_does_not_know_never_runs(row: str) -> None:
    figures, rule = FIGURES[row], RuleId(row)
    without = replace(ARTICLE, clocks={one: figure for one, figure in ARTICLE.clocks.items() if one is not rule})
    order = an_order(figures.due + 1, *figures.facts, **{**figures.shop, "policy": without})
    assert order.deadline(rule) is None


@pytest.mark.row("T18")
@pytest.mark.parametrize("rule", ["D04", "D06"])
def test_a_way_of_handing_over_that_was_left_has_no_clock_where_the_policy_has_none(rule: str) -> None:
    without = replace(ARTICLE, clocks={one: figure for one, figure in ARTICLE.clocks.items() if one != rule})
    first, then = ("pickup", "drop_off") if rule == "D04" else ("drop_off", "pickup")
    shipped = (*placed(), a_fact("marked_shipped", 10, handover_mode=first))
    switched = a_fact("handover_switched", 30, handover_mode=then, **HUMAN)
    assert an_order(31, *shipped, switched, policy=without).deadline(RuleId(rule)) is None
    assert an_order(31, *shipped, switched).deadline(RuleId(rule)).state == "VOID"  # type: ignore[union-attr]


@pytest.mark.row("D02", "T03")
@pytest.mark.parametrize(
    ("reminder", "due"),
    [
        ({"rule": "D02", "due_at": t(60)}, 60),
        ({"due_at": t(60)}, 60),  # a reminder to ship is of the time to ship
        ({"rule": "D04", "due_at": t(60)}, None),
        ({"rule": "D02"}, None),
    ],
)
def test_without_the_new_order_mail_only_a_reminder_that_states_the_time_to_ship_starts_it(reminder, due) -> None:
    order = an_order(10, a_fact("due_stated", 4, **reminder))
    ship_by = order.deadline(RuleId.D02)
    assert (ship_by and (ship_by.start_at, ship_by.due_at, ship_by.stated)) == (due and (t(4), t(due), True))


@pytest.mark.row("D04")
def test_warnings_come_before_a_stated_moment_too() -> None:
    stated = (*SHIPPED, a_fact("due_stated", 11, rule="D04", due_at=t(40)))
    looks = [clock(hours, "D04", *stated) for hours in (15.9, 16, 34)]
    assert [(one.warn_level, one.next_check_at) for one in looks] == [(0, t(16)), (1, t(34)), (2, t(40) + INSTANT)]


@pytest.mark.row("D11")
def test_a_stated_time_of_delivery_wins_over_the_promised_one() -> None:
    told = clock(50, "D11", *PROMISED, a_fact("due_stated", 31, rule="D11", due_at=t(100)))
    assert (told.due_at, told.stated) == (t(100), True)
    promised = clock(50, "D11", *PROMISED)
    assert (promised.due_at, promised.stated) == (t(120), False)


@pytest.mark.row("D11")
def test_the_promise_runs_from_the_order_else_from_the_first_that_is_known() -> None:
    travels = (a_fact("in_transit", 5, promised_at=t(50)), a_fact("in_transit", 9))
    assert clock(10, "D11", *travels).start_at == t(5)
    early = a_fact("cancel_requested", -1)
    assert clock(10, "D11", early, *placed(promised_at=t(50))).start_at == t(0)


@pytest.mark.row("D08")
def test_of_several_open_requests_the_one_due_first_is_named_first() -> None:
    asked = (
        *placed(),
        a_fact("cancel_requested", 1, request_no="R1", due_at=t(90)),
        a_fact("cancel_requested", 2, request_no="R2", due_at=t(80)),
    )
    found = clock(10, "D08", *asked)
    assert (found.about, found.due_at) == ("R2", t(80))


def test_the_end_of_the_platforms_hold_is_the_next_look_until_it_has_come() -> None:
    us = {"policy": load_policy("us-2026")}
    order, over = an_order(0.5, *placed(), **us), an_order(1, *placed(), **us)
    assert (order.next_check_at, sorted(order.holds)) == (t(1), ["platform_hold"])
    assert over.next_check_at is not None
    assert (over.next_check_at > t(1), over.holds) == (True, frozenset())
