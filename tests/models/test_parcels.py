"""Several parcels of one order: which stage it is in and when it was delivered (order-lifecycle, section 2 and X08)."""

from __future__ import annotations

import pytest

from models.deadline import RuleId
from models.fact import Fact, FactKind
from models.order import Order
from tests.models.makers import a_fact, an_order, placed, t
from tests.rows import by_row

HUMAN = {"by": "human"}
TWO = (*placed(), a_fact("marked_shipped", 10, tracking_no="A"), a_fact("marked_shipped", 10, tracking_no="B"))


def of(number: str, kind: str, hours: float, **more: str) -> Fact:
    return a_fact(kind, hours, tracking_no=number, **more)


STAGES: dict[str, tuple[tuple[Fact, ...], str]] = {
    "X08 the lowest of the live parcels": (
        (*TWO, of("A", "picked_up", 12), of("B", "in_transit", 13)),
        "PICKED_UP",
    ),
    "X08 a report without a number is of all": ((*TWO, a_fact("in_transit", 20)), "IN_TRANSIT"),
    "X08 a number alone is no parcel more": (
        (*placed(), of("A", "marked_shipped", 10), a_fact("picked_up", 12)),
        "PICKED_UP",
    ),
    "X08 all are lost": ((*TWO, of("A", "lost_declared", 30), of("B", "damaged_declared", 31)), "DAMAGED"),
    "X08 one was found in the moment it was given up": (
        (*TWO, of("A", "lost_declared", 30), of("A", "delivered", 30), of("B", "delivered", 20)),
        "DELIVERED",
    ),
    "X08 what is told lost after its delivery is lost, the other delivered": (
        (*TWO, of("A", "delivered", 30), of("A", "lost_declared", 31), of("B", "delivered", 40)),
        "DELIVERED",
    ),
    "X08 delivered in part": ((*TWO, of("A", "delivered", 30)), "AWAITING_HANDOVER"),
    "X07 a person's cancellation against deliveries of the platform": (
        (*TWO, of("A", "delivered", 30), of("B", "delivered", 40), a_fact("cancelled", 50, **HUMAN)),
        "DELIVERED",
    ),
    "X06 all delivered after a loss of the order": (
        (*TWO, a_fact("lost_declared", 25), of("A", "delivered", 30), of("B", "delivered", 40)),
        "DELIVERED",
    ),
    "X06 a loss of the order after all was delivered": (
        (*TWO, a_fact("lost_declared", 45), of("A", "delivered", 30), of("B", "delivered", 40)),
        "LOST",
    ),
}


@pytest.mark.parametrize("row", by_row(STAGES))
def test_stage(row) -> None:
    facts, stage = row
    assert an_order(60, *facts).stage == stage


def window_of(order: Order) -> object:
    clock = order.deadline(RuleId.D18)
    return clock and clock.start_at


@pytest.mark.row("X08", "D18")
@pytest.mark.parametrize(
    ("news", "since"),
    [
        ((of("A", "delivered", 30), of("B", "delivered", 32)), 32),
        ((of("A", "delivered", 30, **HUMAN), of("A", "delivered", 35), of("B", "delivered", 32)), 35),
        ((of("A", "delivered", 40, **HUMAN), of("A", "delivered", 30), of("B", "delivered", 32)), 32),
        ((a_fact("delivered", 33), of("B", "delivered", 32)), 33),
    ],
)
def test_the_return_window_opens_with_the_last_parcel_by_the_strongest_word_of_each(news, since) -> None:
    assert window_of(an_order(60, *TWO, *news)) == t(since)


@pytest.mark.row("X08")
def test_a_parcel_has_the_carrier_that_its_own_reports_name() -> None:
    named = (of("A", "picked_up", 12, carrier="GHN"), a_fact("in_transit", 13, carrier="VNP"))
    parcels = an_order(60, *TWO, *named).parcels
    assert [(parcel.tracking_no, parcel.carrier) for parcel in parcels] == [("A", "GHN"), ("B", None)]


@pytest.mark.row("X08")
def test_the_last_delivery_was_known_when_all_of_them_were() -> None:
    late_news = (of("A", "delivered", 30), a_fact("delivered", 40, tracking_no="B", seen=350))
    waits, told = (an_order(now, *TWO, *late_news).deadline(RuleId.D10) for now in (347, 351))
    assert waits is not None
    assert told is not None
    assert (waits.state, told.state, told.withdrawn) == ("BREACHED", "MET", True)


def test_an_order_of_one_parcel_is_told_by_all_its_reports() -> None:
    order = an_order(60, *placed(), of("A", "marked_shipped", 10), a_fact("delivered", 30))
    assert [(parcel.stage, parcel.lost) for parcel in order.parcels] == [("DELIVERED", False)]
    assert order.milestones[FactKind.DELIVERED].at == t(30)


@pytest.mark.row("X08")
@pytest.mark.parametrize(
    ("by", "hours", "lost"),
    [("platform", 29, True), ("platform", 30, False), ("platform", 31, False), ("human", 30, True)],
)
def test_a_parcel_told_lost_and_delivered_is_what_was_told_last_then_by_the_stronger(by, hours, lost) -> None:
    order = an_order(60, *TWO, of("A", "lost_declared", 30), of("A", "delivered", hours, by=by))
    assert [parcel.lost for parcel in order.parcels] == [lost, False]
