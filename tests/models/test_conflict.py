"""What facts that disagree bring: holds, to-dos, decisions (order-lifecycle, section 8)."""

from __future__ import annotations

import pytest

from models.deadline import RuleId
from models.fact import FactKind
from models.order import Order
from models.stage import HandoverMode
from tests.models.makers import a_fact, an_order, placed, t

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
SHIPPED = (*placed(), a_fact("marked_shipped", 10))
DELIVERED = (*SHIPPED, a_fact("in_transit", 20), a_fact("delivered", 30))
CANCELLED = (*SHIPPED, a_fact("cancelled", 20))
ASKED = (*placed(), a_fact("cancel_requested", 1, request_no="R"))


def state_of(order: Order, rule: str) -> str | None:
    clock = order.deadline(RuleId(rule))
    return clock.state if clock else None


def ids_of(order: Order) -> set[str]:
    return {conflict.id for conflict in order.conflicts}


def test_an_order_that_goes_well_has_no_conflict() -> None:
    assert ids_of(an_order(56, *DELIVERED)) == set()


@pytest.mark.row("X02")
def test_x02_the_mode_follows_the_evidence_and_the_old_clock_is_void() -> None:
    order = an_order(56, *SHIPPED, a_fact("picked_up", 12), **DROP_OFF)
    states = {str(clock.rule): str(clock.state) for clock in order.deadlines}
    assert (order.handover_mode, states["D04"], states["D06"]) == ("pickup", "MET", "VOID")


@pytest.mark.row("X03")
def test_x03_holds_the_order() -> None:
    order = an_order(5, a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))
    assert (sorted(order.holds), order.steps) == (["conflict"], ())
    assert "compare_order" in [todo.kind for todo in order.todos]


@pytest.mark.row("X03")
def test_x03_holds_again_for_a_version_that_is_new_after_the_settling_and_forgets_no_held_time() -> None:
    settled = (
        a_fact("order_placed", amount="5"),
        a_fact("order_placed", 10, amount="6"),
        a_fact("order_paid"),
        a_fact("stock_confirmed", 2),
        a_fact("case_closed", 30, by="human", case_id="conflict:X03"),
    )
    told_again, new = a_fact("order_placed", 40, amount="6"), a_fact("order_placed", 40, amount="7")
    pack = [an_order(50, *settled, *more).deadline(RuleId.D03) for more in ((), (told_again,), (new,))]
    assert [(one.due_at, str(one.state)) for one in pack if one] == [
        (t(80), "RUNNING"),
        (t(80), "RUNNING"),
        (t(80), "PAUSED"),
    ]


@pytest.mark.row("X04", "X05")
@pytest.mark.parametrize("facts", [CANCELLED, (*placed(), a_fact("cancelled", 5), a_fact("picked_up", 6))])
def test_x04_and_x05_are_critical(facts) -> None:
    order = an_order(56, *facts)
    assert [conflict.critical for conflict in order.conflicts] == [True]
    assert [(todo.kind, todo.priority) for todo in order.todos] == [("recall_parcel", 0)]


@pytest.mark.row("X06")
def test_x06_freezes_the_claim_until_a_person_decides() -> None:
    facts = (*DELIVERED, a_fact("lost_declared", 35))
    assert [(case.open, case.waiting, case.next_step) for case in an_order(56, *facts).cases] == [(True, True, None)]
    chosen = a_fact("claim_chosen", 57, by="human", case_id="claim:lost", choice="claim")
    assert [case.next_step for case in an_order(58, *facts, chosen).cases] == ["cancel"]


@pytest.mark.row("X08")
def test_x08_parcels_are_added_and_the_slowest_decides() -> None:
    facts = (
        *placed(),
        a_fact("marked_shipped", 10, tracking_no="A", carrier="GHN"),
        a_fact("marked_shipped", 10, tracking_no="B"),
        a_fact("delivered", 20, tracking_no="B"),
    )
    order = an_order(21, *facts)
    assert [(parcel.tracking_no, parcel.carrier, parcel.stage) for parcel in order.parcels] == [
        ("A", "GHN", "AWAITING_HANDOVER"),
        ("B", None, "DELIVERED"),
    ]
    assert order.stage == "AWAITING_HANDOVER"
    assert an_order(31, *facts, a_fact("delivered", 30, tracking_no="A")).stage == "DELIVERED"


TWO_PARCELS = (
    *placed(),
    a_fact("marked_shipped", 10, tracking_no="A"),
    a_fact("marked_shipped", 10, tracking_no="B"),
    a_fact("picked_up", 12),
)


@pytest.mark.row("X08")
def test_x08_an_order_is_delivered_with_the_last_of_its_parcels() -> None:
    first, last = a_fact("delivered", 30, tracking_no="B"), a_fact("delivered", 40, tracking_no="A")
    waits, arrived = an_order(41, *TWO_PARCELS, first), an_order(41, *TWO_PARCELS, first, last)
    assert (waits.stage, state_of(waits, "D10"), waits.deadline(RuleId.D18)) == ("PICKED_UP", "RUNNING", None)
    assert (arrived.stage, state_of(arrived, "D10")) == ("DELIVERED", "MET")
    assert [clock.start_at for clock in arrived.deadlines if clock.rule == "D18"] == [t(40)]
    assert an_order(347, *TWO_PARCELS, first).stage == "LOST"


@pytest.mark.row("X08")
def test_x08_what_a_lost_parcel_had_gone_through_is_no_progress_of_the_one_that_is_left() -> None:
    shipped = [a_fact("marked_shipped", 10, tracking_no=number) for number in "AB"]
    gone = (a_fact("in_transit", 20, tracking_no="A"), a_fact("lost_declared", 30, tracking_no="A"))
    assert an_order(31, *placed(), *shipped, *gone).stage == "AWAITING_HANDOVER"


@pytest.mark.row("X08")
def test_x08_a_parcel_that_is_lost_opens_its_claim_and_the_others_go_on() -> None:
    lost = a_fact("lost_declared", 30, tracking_no="A")
    order = an_order(31, *TWO_PARCELS, lost)
    assert (order.stage, state_of(order, "D10")) == ("PICKED_UP", "RUNNING")
    assert [(case.case_id, case.open) for case in order.cases] == [("claim:lost", True)]
    assert an_order(41, *TWO_PARCELS, lost, a_fact("lost_declared", 40, tracking_no="B")).stage == "LOST"
    assert an_order(41, *TWO_PARCELS, a_fact("lost_declared", 40)).stage == "LOST"


@pytest.mark.row("X08")
def test_x08_with_one_parcel_lost_and_the_other_delivered_a_person_decides() -> None:
    facts = (a_fact("lost_declared", 40, tracking_no="A"), a_fact("delivered", 30, tracking_no="B"))
    order = an_order(41, *TWO_PARCELS, *facts)
    assert (order.stage, ids_of(order)) == ("DELIVERED", {"X06", "X08"})
    assert [case.waiting for case in order.cases] == [True]


@pytest.mark.row("X08")
def test_x08_a_parcel_that_turns_up_again_is_no_longer_lost() -> None:
    facts = (a_fact("lost_declared", 30, tracking_no="A"), a_fact("delivered", 50, tracking_no="A"))
    assert [parcel.lost for parcel in an_order(60, *TWO_PARCELS, *facts).parcels] == [False, False]
    assert [parcel.lost for parcel in an_order(45, *TWO_PARCELS, *facts[:1]).parcels] == [True, False]


@pytest.mark.row("X01")
def test_x01_what_lies_between_is_implied_and_asked_only_where_it_matters() -> None:
    in_time = an_order(61, *placed(), a_fact("packed", 5), a_fact("delivered", 60))
    assert [in_time.milestones[kind].implied for kind in (FactKind.MARKED_SHIPPED, FactKind.IN_TRANSIT)] == [True] * 2
    assert (state_of(in_time, "D02"), in_time.review) == ("MET", False)
    late = an_order(81, *placed(), a_fact("packed", 5), a_fact("delivered", 80))
    assert (state_of(late, "D02"), late.review) == ("UNKNOWN", True)


@pytest.mark.row("X07", "X10", "X11", "X16")
@pytest.mark.parametrize(
    ("facts", "todo"),
    [
        ((*DELIVERED, a_fact("cancelled", 40, reason_code="late")), "check_money"),
        ((*ASKED, a_fact("cancel_rejected", 5), a_fact("cancel_approved", 6)), "decide_answer"),
        ((a_fact("in_transit", 20),), "find_order_mail"),
        ((*SHIPPED, a_fact("delivered", 20, by="human"), a_fact("delivery_attempt_failed", 25)), "check_contradiction"),
    ],
)
def test_a_contradiction_is_a_thing_to_do(facts, todo) -> None:
    assert todo in [one.kind for one in an_order(56, *facts).todos]


@pytest.mark.row("X09")
def test_x09_uses_the_time_we_saw_it() -> None:
    order = an_order(56, *SHIPPED, a_fact("in_transit", 99, seen=20))
    assert (order.milestones[SCAN].at, order.clock_estimated) == (t(20), True)


SCAN = a_fact("in_transit").kind


@pytest.mark.row("X14")
def test_x14_the_second_attempt_implies_the_first() -> None:
    assert an_order(21, *SHIPPED, a_fact("delivery_attempt_failed", 20, attempt_no="2")).failed_attempts == 2


@pytest.mark.row("X17")
def test_x17_an_order_paid_after_all_has_a_short_time_and_warns_at_once() -> None:
    paid = (a_fact("order_placed"), a_fact("order_paid", 50))
    order = an_order(50, *paid)
    ship_by = order.deadline(RuleId.D02)
    assert ship_by is not None
    assert (order.stage, ship_by.state, ship_by.warn_level, ship_by.due_at) == ("NEW", "WARNED", 2, t(72))


@pytest.mark.row("X18")
@pytest.mark.parametrize(("rejected", "state", "withdrawn"), [(30, "MET", True), (50, "MET_LATE", False)])
def test_x18_only_a_rejection_dated_in_time_takes_the_breach_back(rejected, state, withdrawn) -> None:
    facts = (*placed(), a_fact("cancel_requested", 1), a_fact("marked_shipped", 55))
    clock = an_order(60, *facts, a_fact("cancel_rejected", rejected, seen=60)).deadline(RuleId.D08)
    assert clock is not None
    assert (clock.state, clock.withdrawn) == (state, withdrawn)


@pytest.mark.row("X10")
def test_x10_the_later_rejection_outweighs_every_mail_of_the_approval() -> None:
    approved = (a_fact("cancel_approved", 10, request_no="R"), a_fact("cancel_approved", 11, request_no="R"))
    assert an_order(22, *ASKED, *approved, a_fact("cancel_rejected", 20, request_no="R")).stage == "NEW"


@pytest.mark.row("X18")
def test_x18_the_missed_answer_stays_missed() -> None:
    facts = (*placed(), a_fact("cancel_requested", 1), a_fact("marked_shipped", 55))
    order = an_order(56, *facts)
    assert [clock.state for clock in order.deadlines if clock.rule == "D08"] == ["BREACHED"]
    assert [todo.kind for todo in order.todos if todo.priority == 0] == ["verify_cancel"]


def test_a_settled_conflict_stays_listed_and_asks_for_nothing() -> None:
    closed = a_fact("case_closed", 40, by="human", case_id="conflict:X04")
    order = an_order(56, *CANCELLED, closed)
    assert ([(one.id, one.settled) for one in order.conflicts], order.todos) == ([("X04", True)], ())


def test_news_after_settling_opens_the_conflict_again() -> None:
    closed = a_fact("case_closed", 40, by="human", case_id="conflict:X04")
    order = an_order(56, *CANCELLED, closed, a_fact("picked_up", 15, seen=50))
    assert [one.settled for one in order.conflicts] == [False]
