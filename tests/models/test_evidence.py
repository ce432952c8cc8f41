"""Which reports count and what they tell together: repeats, times, what later proof implies (section 4 and 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from models.fact import Fact, FactKind
from models.milestone import Milestone
from tests.models.makers import a_fact, an_order, placed, t
from tests.models.transition import NEW, SHIPPED

HUMAN = {"by": "human"}


@pytest.mark.row("T02")
@pytest.mark.parametrize(
    "other",
    [
        a_fact("marked_shipped", 12, seen=14, key="mail"),  # heard later
        a_fact("marked_shipped", 12, seen=13, key="mail"),  # happened later
        a_fact("marked_shipped", 10, seen=13, key="mail", handover_mode="drop_off"),  # told in other words
        a_fact("marked_shipped", 10, seen=13, key="mail", **HUMAN),
        a_fact("marked_shipped", 10, seen=13, key="mail", estimated=True),
    ],
)
def test_two_reports_under_one_key_are_one_whichever_came_first(other: Fact) -> None:
    first = a_fact("marked_shipped", 10, seen=13, key="mail")
    later = a_fact("picked_up", 99, seen=200)
    orders = [an_order(20, *facts) for facts in permutations((*placed(), first, other, later))]
    assert all(order == orders[0] for order in orders)
    shipped = orders[0].milestones[FactKind.MARKED_SHIPPED]
    assert (shipped.at, shipped.known_at) == (t(10), t(13))


@pytest.mark.row("T02", "X08")
def test_of_two_payloads_under_one_key_the_same_counts_whichever_came_first() -> None:
    one, other = (a_fact("marked_shipped", 10, key="mail", tracking_no=number) for number in ("A", "B"))
    first, second = an_order(20, *NEW, one, other), an_order(20, *NEW, other, one)
    assert first == second
    assert len(first.parcels) == 1


def test_what_is_not_known_yet_hides_nothing_that_is() -> None:
    to_come = a_fact("delivered", 5, seen=99)
    assert an_order(20, to_come, *SHIPPED).stage == "AWAITING_HANDOVER"


def test_a_milestone_is_told_by_the_strongest_and_known_since_the_first() -> None:
    order = an_order(20, *NEW, a_fact("marked_shipped", 8, seen=9, **HUMAN), a_fact("marked_shipped", 10, seen=12))
    shipped = order.milestones[FactKind.MARKED_SHIPPED]
    assert (shipped.kind, shipped.at, shipped.known_by, shipped.known_at, shipped.authority) == (
        "marked_shipped",
        t(10),
        t(10),
        t(9),
        "platform",
    )
    assert all(kind is milestone.kind for kind, milestone in order.milestones.items())


def implied(*facts: Fact) -> set[str]:
    return {kind.value for kind, milestone in an_order(60, *facts).milestones.items() if milestone.implied}


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ((a_fact("order_placed"),), set()),
        ((a_fact("order_paid", 1),), {"order_placed"}),
        ((*NEW, a_fact("packed", 5)), {"stock_confirmed"}),
        ((*NEW, a_fact("marked_shipped", 10)), {"stock_confirmed"}),  # the platform gives the label before packing
        ((*NEW, a_fact("picked_up", 20)), {"stock_confirmed", "packed", "marked_shipped"}),
        ((*NEW, a_fact("in_transit", 20)), {"stock_confirmed", "packed", "marked_shipped"}),
        ((*NEW, a_fact("delivery_attempt_failed", 20)), {"stock_confirmed", "packed", "marked_shipped"}),
        ((*NEW, a_fact("lost_declared", 20)), {"stock_confirmed", "packed", "marked_shipped", "in_transit"}),
        (
            (a_fact("delivered", 20),),
            {"order_placed", "order_paid", "stock_confirmed", "packed", "marked_shipped", "in_transit"},
        ),
        ((*NEW, a_fact("dropped_off", 20, **HUMAN)), set()),
        ((*NEW, a_fact("dropped_off", 20, by="carrier")), {"stock_confirmed", "packed", "marked_shipped"}),
        ((*NEW, a_fact("cancelled", 20)), set()),
    ],
)
def test_later_proof_implies_what_must_have_come_before_it(facts, kinds) -> None:
    assert implied(*facts) == kinds


def test_what_is_implied_is_known_by_the_first_proof_on_its_word() -> None:
    proofs = (a_fact("picked_up", 20, seen=40, by="carrier"), a_fact("delivered", 30, seen=35))
    order = an_order(60, *NEW, *proofs)
    assert order.milestones[FactKind.MARKED_SHIPPED] == Milestone(
        kind=FactKind.MARKED_SHIPPED, at=None, known_by=t(20), known_at=t(35), authority=proofs[0].authority
    )


@pytest.mark.row("X09")
@pytest.mark.parametrize(
    ("report", "estimated"),
    [
        (a_fact("in_transit", -24, seen=20), False),  # up to a day before the order
        (a_fact("in_transit", -24.01, seen=20), True),
        (a_fact("in_transit", 20 + 1 / 6, seen=20), False),  # up to ten minutes ahead
        (a_fact("in_transit", 20 + 1 / 6 + 0.001, seen=20), True),
    ],
)
def test_a_time_is_absurd_when_it_is_far_ahead_or_long_before_the_order(report, estimated) -> None:
    order = an_order(56, *SHIPPED, report)
    assert order.clock_estimated is estimated
    assert order.milestones[FactKind.IN_TRANSIT].at == (t(20) if estimated else report.occurred_at)


@pytest.mark.row("X09")
@pytest.mark.parametrize(("year", "estimated"), [(1999, True), (2000, False)])
def test_a_time_of_another_century_is_absurd(year, estimated) -> None:
    told = a_fact("in_transit", 0, seen=20)
    old = Fact(
        kind=told.kind,
        occurred_at=datetime(year, 6, 1, tzinfo=UTC),
        observed_at=told.observed_at,
        authority=told.authority,
        source_key="old",
    )
    assert an_order(56, old).clock_estimated is estimated


@pytest.mark.row("X09")
def test_absurd_times_ahead_and_behind_are_each_replaced_by_when_we_saw_them() -> None:
    news = (
        a_fact("picked_up", 99, seen=22),
        a_fact("in_transit", -40, seen=21),
        a_fact("delivery_attempt_failed", -50, seen=23),
    )
    order = an_order(56, *SHIPPED, *news)
    assert {kind: order.milestones[kind].at for kind in (news[0].kind, news[1].kind, news[2].kind)} == {
        "picked_up": t(22),
        "in_transit": t(21),
        "delivery_attempt_failed": t(23),
    }


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"request_no": "R"}, {"request_no": "S"}, 2),
        ({"request_no": "R"}, {"request_no": "R"}, 1),
        ({}, {}, 2),  # two requests without a number, made in two minutes
    ],
)
def test_reports_of_one_request_are_merged_and_of_two_are_not(first, second, kept) -> None:
    asked = (a_fact("cancel_requested", 5, **first), a_fact("cancel_requested", 6, **second))
    assert len(an_order(10, *NEW, *asked).cases) == kept
