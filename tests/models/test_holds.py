"""What holds an order and for how long our own clocks stand still (order-lifecycle, section 3, T39)."""

from __future__ import annotations

import pytest

from models.deadline import Deadline, RuleId
from models.fact import Fact
from models.policy_files import load_policy
from tests.models.makers import a_fact, an_order, placed, t
from tests.models.transition import ASKED, CANCELLING, CONFIRMED, NEW
from tests.rows import by_row

HUMAN = {"by": "human"}
DIFFERING = (
    a_fact("order_placed", amount="5"),
    a_fact("order_paid"),
    a_fact("order_placed", 1, amount="6"),
    a_fact("order_placed", 2, amount="7"),
)


def placed_hold(hours: float, hold: str = "manual") -> Fact:
    return a_fact("hold_placed", hours, hold=hold, **HUMAN)


def released(hours: float, hold: str = "manual") -> Fact:
    return a_fact("hold_released", hours, hold=hold, **HUMAN)


def closed(hours: float, case_id: str) -> Fact:
    return a_fact("case_closed", hours, case_id=case_id, **HUMAN)


HELD: dict[str, tuple[tuple[Fact, ...], set[str]]] = {
    "T39 until it is released": ((*NEW, placed_hold(20)), {"manual"}),
    "T39 released": ((*NEW, placed_hold(20), released(25)), set()),
    "T39 released in the moment it was placed": ((*NEW, placed_hold(20), released(20)), set()),
    "T39 placed twice is held once": ((*NEW, placed_hold(20), placed_hold(22)), {"manual"}),
    "T39 placed twice is released once": ((*NEW, placed_hold(20), placed_hold(22), released(25)), set()),
    "T39 released without being placed": ((*NEW, released(20)), set()),
    "T39 placed again after a release": ((*NEW, placed_hold(20), released(25), placed_hold(30)), {"manual"}),
    "T39 each hold has its own release": (
        (*NEW, placed_hold(20, "stock_check"), placed_hold(20, "fraud_check"), released(25, "stock_check")),
        {"fraud_check"},
    ),
    "T39 the platform's hold and a person's": (
        (*NEW, a_fact("platform_hold_started", 19), placed_hold(20, "address_check")),
        {"platform_hold", "address_check"},
    ),
    "T39 the platform ends its hold alone": (
        (*NEW, a_fact("platform_hold_started", 19), placed_hold(20), a_fact("platform_hold_ended", 21)),
        {"manual"},
    ),
    "X03 holds": (DIFFERING, {"conflict"}),
    "X03 holds beside a person": ((*DIFFERING, placed_hold(20)), {"conflict", "manual"}),
    "X03 is released": ((*DIFFERING, released(30, "conflict")), set()),
    "X03 is not released with another hold": ((*DIFFERING, placed_hold(20), released(30)), {"conflict"}),
    "X03 is settled": ((*DIFFERING, closed(30, "conflict:X03")), set()),
    "X03 comes again with another version": (
        (*DIFFERING, closed(30, "conflict:X03"), a_fact("order_placed", 40, amount="8")),
        {"conflict"},
    ),
    "X03 is not settled by what is settled beside it": ((*DIFFERING, closed(30, "conflict:X08")), {"conflict"}),
    "T30 holds": (ASKED, {"cancel_requested"}),
    "T30 closed by a person": ((*ASKED, closed(30, "cancel_request:R")), set()),
    "T30 closed by a person at once": ((*ASKED, closed(5, "cancel_request:R")), set()),
    "T30 not when another case is closed": ((*ASKED, closed(30, "seller_cancel")), {"cancel_requested"}),
    "T30 not when it was closed before it came": ((*ASKED, closed(4, "cancel_request:R")), {"cancel_requested"}),
    "T07 holds": (CANCELLING, {"manual"}),
    "T07 given up": ((*CANCELLING, closed(30, "seller_cancel")), set()),
    "T07 not when another case is closed": ((*CANCELLING, closed(30, "conflict:X03")), {"manual"}),
    "T07 begun again": (
        (*CANCELLING, closed(30, "seller_cancel"), a_fact("seller_cancel_started", 40, **HUMAN)),
        {"manual"},
    ),
}


@pytest.mark.parametrize("row", by_row(HELD))
def test_holds(row) -> None:
    facts, expected = row
    assert an_order(50, *facts).holds == expected


def pack(now: float, *facts: Fact) -> Deadline:
    found = an_order(now, *CONFIRMED, *facts).deadline(RuleId.D03)
    assert found is not None
    return found


@pytest.mark.row("T39", "D03")
@pytest.mark.parametrize(
    ("holds", "due"),
    [
        ((placed_hold(20), released(30)), 70),
        ((placed_hold(20), placed_hold(25), released(30)), 70),
        ((placed_hold(20), released(20)), 60),
        ((placed_hold(20), released(24), placed_hold(26), released(30)), 68),
        ((placed_hold(20), released(26), placed_hold(24, "stock_check"), released(30, "stock_check")), 70),  # both on
        ((placed_hold(20), released(26), placed_hold(26, "stock_check"), released(30, "stock_check")), 70),
    ],
)
def test_time_on_hold_counts_once_and_does_not_count_against_us(holds, due) -> None:
    """Packing is due at 60, and 54 is its warning."""
    assert pack(50, *holds).due_at == t(due)


@pytest.mark.row("T39", "D03")
@pytest.mark.parametrize(
    ("holds", "due", "level"),
    [
        ((placed_hold(50),), 60, 0),
        ((placed_hold(55),), 60, 1),
        ((placed_hold(50), released(56), placed_hold(56, "stock_check")), 60, 0),  # one hold after the other
        ((placed_hold(50), released(58), placed_hold(56, "stock_check")), 60, 0),  # and over it
        ((placed_hold(20), released(22), placed_hold(50), released(56), placed_hold(56, "stock_check")), 62, 0),
        ((placed_hold(20), released(22), placed_hold(57)), 62, 1),
    ],
)
def test_it_stands_still_since_the_first_of_the_holds_that_follow_each_other(holds, due, level) -> None:
    found = pack(100, *holds)
    assert (found.state, found.due_at, found.warn_level) == ("PAUSED", t(due), level)


@pytest.mark.parametrize(
    ("ended", "now", "holds"),
    [(None, 0.9, {"platform_hold"}), (None, 1, set()), (0.5, 0.6, set()), (0.5, 0.4, {"platform_hold"})],
)
def test_the_platform_holds_a_new_order_as_long_as_the_policy_says_unless_it_ends_it(ended, now, holds) -> None:
    news = () if ended is None else (a_fact("platform_hold_ended", ended),)
    assert an_order(now, *placed(), *news, policy=load_policy("us-2026")).holds == holds
