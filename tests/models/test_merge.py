"""What counts of a heap of reports: merging, retraction, times, and what is derived."""

from __future__ import annotations

import pytest

from models.fact import Fact, FactKind
from models.merge import group_key
from tests.models.makers import a_fact, an_order, placed, t

SHIPPED = (*placed(), a_fact("marked_shipped", 10, key="mail"))


def shipped_at(*facts: Fact) -> object:
    return an_order(100, *placed(), *facts).milestones[FactKind.MARKED_SHIPPED].at


@pytest.mark.parametrize(
    ("facts", "hours"),
    [
        ((a_fact("marked_shipped", 10, by="human"), a_fact("marked_shipped", 12)), 12),
        ((a_fact("marked_shipped", 12), a_fact("marked_shipped", 10)), 10),
        ((a_fact("marked_shipped", 10, by="carrier"), a_fact("marked_shipped", 8, by="human")), 10),
    ],
)
def test_the_strongest_speaks_then_the_earliest(facts, hours) -> None:
    assert shipped_at(*facts) == t(hours)


def test_what_time_derives_is_no_input() -> None:
    presumed = (a_fact("lost_presumed", 5), a_fact("cancelled_presumed", 5), a_fact("delivered", 6, by="timer"))
    assert an_order(7, *placed(), *presumed) == an_order(7, *placed())


def test_what_was_seen_later_is_not_known_yet() -> None:
    assert an_order(11, *placed(), a_fact("marked_shipped", 5, seen=12)).stage == "NEW"


def test_only_a_retraction_takes_a_stage_down_and_it_can_be_taken_back_itself() -> None:
    wrong = a_fact("retraction", 12, by="human", fact_id="mail", key="slip")
    again = a_fact("retraction", 13, by="human", fact_id="slip")
    assert [an_order(14, *SHIPPED, *more).stage for more in ((), (wrong,), (wrong, again))] == [
        "AWAITING_HANDOVER",
        "NEW",
        "AWAITING_HANDOVER",
    ]


@pytest.mark.parametrize("hours", [(12, 13), (13, 12), (12, 12)])
@pytest.mark.parametrize("keys", [("r1", "r2"), ("r2", "r1")])
def test_a_retraction_that_is_taken_back_counts_for_nothing_whenever_it_was_seen(hours, keys) -> None:
    slip = a_fact("retraction", hours[0], by="human", fact_id="mail", key=keys[0])
    back = a_fact("retraction", hours[1], by="human", fact_id=keys[0], key=keys[1])
    assert an_order(14, *SHIPPED, slip, back).stage == "AWAITING_HANDOVER"


@pytest.mark.parametrize("told", [{"paid": True}, {"paid": "true"}, {"payment_method": "COD"}])
def test_a_new_order_that_says_it_is_paid_or_cash_on_delivery_is_paid(told) -> None:
    order = an_order(50, a_fact("order_placed", **told))
    assert (order.stage, order.milestones[FactKind.ORDER_PAID].at) == ("NEW", t(0))


def test_a_payment_told_apart_counts_also_when_it_is_taken_back() -> None:
    paid_later = (a_fact("order_placed", paid=True), a_fact("order_paid", 5, key="paid"))
    assert an_order(6, *paid_later).milestones[FactKind.ORDER_PAID].at == t(5)
    assert an_order(7, *paid_later, a_fact("retraction", 6, by="human", fact_id="paid")).stage == "UNPAID"


def test_one_mail_may_tell_two_things() -> None:
    assert an_order(1, a_fact("order_placed", key="mail"), a_fact("order_paid", key="mail")).stage == "NEW"


def test_two_things_of_one_mail_are_heard_alike_in_any_order() -> None:
    both = (a_fact("order_placed", key="mail", promised_at=t(50)), a_fact("order_paid", key="mail", promised_at=t(60)))
    assert an_order(1, *both) == an_order(1, *both[::-1])


def test_what_was_approved_can_no_longer_be_withdrawn() -> None:
    asked = (*placed(), a_fact("cancel_requested", 5), a_fact("cancel_approved", 8), a_fact("cancel_withdrawn", 9))
    assert an_order(10, *asked).stage == "CANCELLED"


def test_retractions_that_name_each_other_or_themselves_do_no_harm() -> None:
    first = a_fact("retraction", 12, by="human", fact_id="b", key="a")
    second = a_fact("retraction", 13, by="human", fact_id="a", key="b")
    itself = a_fact("retraction", 13, by="human", fact_id="c", key="c")
    assert an_order(14, *SHIPPED, first, second, itself).stage == "AWAITING_HANDOVER"


def test_retracting_a_fact_recomputes_breaches() -> None:
    wrong = a_fact("retraction", 80, by="human", fact_id="mail")
    states = [[c.state for c in an_order(81, *SHIPPED, *more).deadlines if c.rule == "D02"] for more in ((), (wrong,))]
    assert states == [["MET"], ["BREACHED"]]


@pytest.mark.parametrize(
    ("fact", "key"),
    [
        (a_fact("order_placed"), ""),
        (a_fact("marked_shipped"), "-"),
        (a_fact("marked_shipped", tracking_no="A"), "A"),
        (a_fact("due_stated", rule="D02"), "D02"),
        (a_fact("cancel_requested", request_no="R"), "R"),
        (a_fact("cancel_requested", 1), "2026-03-01T01:00+00:00"),
        (a_fact("delivery_attempt_failed", key="k"), "k"),
        (a_fact("buyer_notified", case_id="claim:lost"), "claim:lost"),
        (a_fact("retraction", fact_id="f"), "f"),
    ],
)
def test_group_key(fact: Fact, key: str) -> None:
    assert group_key(fact) == key


def test_every_kind_that_may_come_more_than_once_is_grouped() -> None:
    once = {kind for kind in FactKind if group_key(a_fact(kind, key="k")) == ""}
    assert once == {
        "order_placed",
        "order_paid",
        "stock_confirmed",
        "packed",
        "cancelled",
        "lost_presumed",
        "cancelled_presumed",
        "return_window_closed",
    }


def test_what_later_proof_implies_happened_at_an_unknown_time() -> None:
    order = an_order(61, *placed(), a_fact("delivered", 60))
    shipped = order.milestones[FactKind.MARKED_SHIPPED]
    assert (shipped.implied, shipped.at, shipped.known_by) == (True, None, t(60))


def test_the_order_time_is_estimated_when_the_mail_had_none() -> None:
    assert an_order(1, a_fact("order_placed", estimated=True)).clock_estimated
    assert not an_order(1, *placed(), a_fact("marked_shipped", 0.5, estimated=True)).clock_estimated


def test_nothing_known_is_an_incomplete_unpaid_order() -> None:
    order = an_order(1)
    assert (order.stage, order.incomplete, order.deadlines) == ("UNPAID", True, ())
