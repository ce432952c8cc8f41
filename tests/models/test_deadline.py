"""The rows and rules of order-lifecycle, section 7, beyond the vectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.deadline import RULES, ClockType, Deadline, Fault, RuleId
from models.fact import Fact, FactKind
from models.order import Order
from models.policy_files import load_policy
from models.stage import HandoverMode, ShippingMode
from tests.models.makers import Given, a_fact, an_order, placed, t

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
NOTHING_SEEN: dict[str, Given] = {"seen": {FactKind.ORDER_PLACED: t(-9), FactKind.MARKED_SHIPPED: t(-9)}}
SHIPPED = (*placed(), a_fact("marked_shipped", 10))
DELIVERED = (*SHIPPED, a_fact("in_transit", 20), a_fact("delivered", 30))
INSTANT = timedelta(microseconds=1)


def clock(order: Order, rule: str, about: str | None = None) -> Deadline:
    found = order.deadline(RuleId(rule), about)
    assert found is not None
    return found


def state(now: float, facts: tuple[Fact, ...], rule: str, **shop: Given) -> str:
    return clock(an_order(now, *facts, **shop), rule).state


@pytest.mark.parametrize(
    ("facts", "rule", "shop"),
    [
        (SHIPPED, "D10", {"shipping": ShippingMode.PLATFORM}),
        (SHIPPED, "D06", {}),
        (SHIPPED, "D04", DROP_OFF),
        (SHIPPED, "D11", {}),
        (SHIPPED, "D09", {}),
        ((a_fact("order_placed"),), "D02", {}),
        ((a_fact("in_transit", 5),), "D02", {}),
        (DELIVERED, "D14b", {}),
    ],
)
def test_a_clock_that_has_no_cause_never_starts(facts, rule, shop) -> None:
    assert an_order(30, *facts, **shop).deadline(RuleId(rule)) is None


@pytest.mark.parametrize(("hours", "level"), [(35.9, 0), (36, 1), (48, 2), (66, 3), (71, 4), (72, 4)])
def test_warnings_count_the_levels_passed(hours: float, level: int) -> None:
    assert clock(an_order(hours, *placed()), "D02").warn_level == level


def test_a_clock_is_looked_at_again_when_it_next_warns_and_just_after_it_is_over() -> None:
    assert [clock(an_order(hours, *placed()), "D02").next_check_at for hours in (0, 36, 71, 73)] == [
        t(36),
        t(48),
        t(72) + INSTANT,
        None,
    ]


@pytest.mark.row("D01")
def test_d01_warns_at_half_and_a_fifth_of_its_business_hours() -> None:
    """Placed on a Sunday: it runs on Monday from 9 to 13."""
    opened = 24 + 9
    levels = [clock(an_order(opened + hours, *placed()), "D01").warn_level for hours in (1.9, 2, 3.1, 3.2)]
    assert levels == [0, 1, 1, 2]


@pytest.mark.row("D01")
def test_d01_starts_when_we_saw_the_payment() -> None:
    paid_late_news = (a_fact("order_placed"), a_fact("order_paid", 0, seen=60))
    assert clock(an_order(61, *paid_late_news), "D01").start_at == t(60)


def test_a_finished_hold_moves_a_target_and_leaves_a_rule() -> None:
    held = (
        *placed(33),
        a_fact("hold_placed", 34, by="human", hold="manual"),
        a_fact("hold_released", 36, by="human", hold="manual"),
    )
    order = an_order(37, *held)
    assert (clock(order, "D01").due_at, clock(order, "D02").due_at) == (t(39), t(105))


def test_closing_days_move_targets_only() -> None:
    order = an_order(1, *placed(), closed_days=frozenset({date(2026, 3, 2)}))
    assert (clock(order, "D01").due_at, clock(order, "D02").due_at) == (t(61), t(72))


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        ((a_fact("due_stated", 1, rule="D02", due_at=t(60)),), 60),
        ((a_fact("due_stated", 1, rule="D02", due_at=t(60)), a_fact("due_stated", 2, rule="D02", due_at=t(50))), 50),
        (
            (
                a_fact("due_stated", 1, rule="D02", due_at=t(60)),
                a_fact("due_stated", 2, by="human", rule="D02", due_at=t(50)),
            ),
            60,
        ),
        ((a_fact("due_stated", 1, rule="D04", due_at=t(60)),), 72),
    ],
)
def test_a_stated_due_time_replaces_the_computed_one(stated, due) -> None:
    ship_by = clock(an_order(3, *placed(), *stated), "D02")
    assert (ship_by.due_at, ship_by.stated) == (t(due), due != 72)


def test_the_new_order_and_the_requests_may_state_their_due_time() -> None:
    order = an_order(
        3,
        *placed(due_at=t(60)),
        a_fact("cancel_requested", 1, due_at=t(20)),
        a_fact("return_requested", 1, due_at=t(21)),
    )
    assert [clock(order, rule).due_at for rule in ("D02", "D08", "D15")] == [t(60), t(20), t(21)]


def test_a_reminder_starts_d02_when_the_new_order_mail_is_missing() -> None:
    assert clock(an_order(5, a_fact("due_stated", 4, rule="D02", due_at=t(9))), "D02").due_at == t(9)


def test_two_requests_have_a_clock_each() -> None:
    facts = (
        *placed(),
        a_fact("cancel_requested", 1, request_no="R1"),
        a_fact("cancel_rejected", 5),
        a_fact("cancel_requested", 9, request_no="R2"),
    )
    order = an_order(10, *facts)
    assert (clock(order, "D08", "R1").state, clock(order, "D08", "R2").state) == ("MET", "RUNNING")


@pytest.mark.parametrize(
    ("facts", "now", "rule", "shop"),
    [
        (SHIPPED, 59, "D04", {}),
        ((*SHIPPED, a_fact("dropped_off", 20, by="human")), 45, "D07", DROP_OFF),
        (SHIPPED, 347, "D10", {}),
        (placed(promised_at=t(9)), 10, "D11", {}),
        ((*SHIPPED, a_fact("picked_up", 20)), 93, "D17", {}),
    ],
)
def test_ask_dont_accuse_where_such_evidence_never_came(facts, now, rule, shop) -> None:
    order = an_order(now, *facts, **NOTHING_SEEN, **shop)
    assert (clock(order, rule).state, clock(order, rule).asks, order.cases) == ("UNKNOWN", True, ())
    assert (order.late, order.presumed, order.review) == (False, False, False)
    assert next(todo.kind for todo in order.todos if todo.rule == rule).startswith("ask_")
    assert state(now, facts, rule, **NOTHING_SEEN, api_connected=True, **shop) == "BREACHED"
    order_due = clock(order, rule).due_at
    for since, expected in ((order_due, "BREACHED"), (order_due + timedelta.resolution, "UNKNOWN")):
        first = dict.fromkeys(RULES[RuleId(rule)].asks, since)
        assert state(now, facts, rule, seen=first, **shop) == expected  # from the first such news on


@pytest.mark.row("D02", "D08")
def test_d02_and_d08_accuse_even_so() -> None:
    order = an_order(80, *placed(), a_fact("cancel_requested", 75), **NOTHING_SEEN)
    assert clock(order, "D02").state == "BREACHED"


@pytest.mark.row("D11")
def test_d11_is_the_shops_fault_when_it_shipped_late() -> None:
    late = (*placed(promised_at=t(100)), a_fact("marked_shipped", 80))
    in_time = (*placed(promised_at=t(100)), a_fact("marked_shipped", 70))
    assert [clock(an_order(101, *facts), "D11").fault for facts in (late, in_time)] == [Fault.SHOP, Fault.CARRIER]


def test_the_promise_said_last_counts() -> None:
    order = an_order(9, *placed(promised_at=t(50)), a_fact("marked_shipped", 5, promised_at=t(60)))
    assert (order.promised_at, clock(order, "D11").start_at) == (t(60), t(0))


def test_late_news_of_a_cancel_answer_takes_the_presumption_back() -> None:
    asked = (*placed(), a_fact("cancel_requested", 5), a_fact("cancel_rejected", 20, seen=60))
    assert [an_order(now, *asked).stage for now in (59, 60)] == ["CANCELLED", "NEW"]
    assert clock(an_order(60, *asked), "D08").withdrawn


def test_only_targets_pause() -> None:
    holds = (a_fact("hold_placed", 1, by="human", hold="manual"),)
    paused = {c.clock for c in an_order(500, *DELIVERED, *holds).deadlines if c.state == "PAUSED"}
    assert paused <= {ClockType.TARGET}


def test_every_rule_of_an_order_has_a_figure_or_is_another_profiles() -> None:
    assert set(RULES) - set(load_policy("article").clocks) == {RuleId.D14B}


@pytest.mark.row("D14")
def test_d14_runs_for_a_late_parcel_only_once_a_claim_is_chosen() -> None:
    late = (*placed(promised_at=t(120)), a_fact("marked_shipped", 10), a_fact("in_transit", 20))
    waits = a_fact("claim_chosen", 125, by="human", case_id="claim:late", choice="wait")
    delivered = a_fact("delivered", 170)
    assert an_order(180, *late, waits, delivered).deadline(RuleId.D14) is None
    chosen = a_fact("claim_chosen", 126, by="human", case_id="claim:late", choice="claim")
    clock = an_order(130, *late, waits, chosen).deadline(RuleId.D14)
    assert clock is not None
    assert (clock.start_at, clock.due_at) == (t(126), t(150))


@pytest.mark.row("D14")
def test_d14_accuses_nobody_of_a_late_claim_that_was_not_chosen_or_gave_way_to_a_loss() -> None:
    late = (*placed(promised_at=t(120)), a_fact("marked_shipped", 10), a_fact("in_transit", 20))
    cancelled = a_fact("cancelled", 170, reason_code="lost")
    assert an_order(180, *late, cancelled).deadline(RuleId.D14) is None
    chosen = a_fact("claim_chosen", 150, by="human", case_id="claim:late", choice="claim")
    lost, refunded = a_fact("lost_declared", 130), a_fact("refund_done", 200, by="human", case_id="claim:late")
    order = an_order(210, *late, lost, chosen, refunded)
    assert {one.about: one.state for one in order.deadlines if one.rule is RuleId.D14} == {
        "claim:lost/cancel": "BREACHED",
        "claim:late/cancel": "VOID",
    }


def test_what_an_export_tells_without_its_time_had_happened_by_then() -> None:
    """Seller Center's list says "to be collected" and not since when: in time if by then, else nobody knows."""
    seen = replace(a_fact("marked_shipped", 80, estimated=True), source="import")
    told = a_fact("marked_shipped", 70, seen=81)
    assert state(90, (*placed(), seen), "D02") == "UNKNOWN"
    assert an_order(90, *placed(), seen).review
    assert state(90, (*placed(10), seen), "D02") == "MET"
    assert state(90, (*placed(), seen, told), "D02") == "MET"


@pytest.mark.row("T20", "D12")
def test_the_second_failed_attempt_is_a_loss_at_once():
    order = an_order(90, *SHIPPED, a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90))
    assert (order.stage, order.presumed, [case.case_id for case in order.open_cases]) == ("LOST", True, ["claim:lost"])
    assert clock(order, "D12").breached_at == t(90)


@pytest.mark.row("T17")
def test_a_complaint_about_the_carrier_stays_listed_when_only_a_later_scan_is_known():
    order = an_order(61, *SHIPPED, a_fact("in_transit", 60))
    assert [(case.case_id, case.outcome) for case in order.cases] == [("carrier_complaint", "collected")]
    assert an_order(61, *SHIPPED, a_fact("in_transit", 60), **NOTHING_SEEN).cases == ()


def test_a_message_about_the_delivery_is_none_about_a_claim_that_came_later():
    told = a_fact("buyer_notified", 70, by="human")
    failed = (a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90))
    order = an_order(100, *SHIPPED, *failed, told, a_fact("cancelled", 95, reason_code="lost"))
    assert clock(order, "D13").state == "MET"
    assert clock(order, "D14", "claim:lost/notify").state == "RUNNING"


EXTENDED = [
    ("while open", 15, 60, 60),
    ("after the answer", 25, 60, 53),
    ("after it was over", 54, 80, 53),
    ("not later than before", 15, 50, 53),
]


@pytest.mark.row("T34b")
@pytest.mark.parametrize(("at", "until", "due"), [row[1:] for row in EXTENDED], ids=[row[0] for row in EXTENDED])
def test_an_extension_counts_while_the_request_is_open_and_makes_the_time_longer(at, until, due):
    asked = (*placed(), a_fact("cancel_requested", 5), a_fact("cancel_rejected", 20))
    found = clock(an_order(100, *asked, a_fact("answer_extended", at, by="human", due_at=t(until))), "D08")
    assert (found.due_at, found.stated) == (t(due), due != 53)


@pytest.mark.row("T34b")
def test_an_extension_belongs_to_the_request_that_is_open():
    settled = (*placed(), a_fact("cancel_requested", 1), a_fact("cancel_rejected", 2), *DELIVERED[2:])
    wish = (a_fact("return_requested", 40), a_fact("answer_extended", 50, by="human", due_at=t(120)))
    order = an_order(60, *settled, *wish)
    assert (clock(order, "D08").due_at, clock(order, "D15").due_at) == (t(49), t(120))


def test_a_stated_time_to_pack_counts_and_a_stated_time_to_ship_makes_none_of_it():
    confirmed = (*placed(), a_fact("stock_confirmed", 2))
    stated = clock(an_order(12, *confirmed, a_fact("due_stated", 10, rule="D03", due_at=t(40))), "D03")
    computed = clock(an_order(12, *confirmed, a_fact("due_stated", 10, rule="D02", due_at=t(50))), "D03")
    assert [(one.due_at, one.stated) for one in (stated, computed)] == [(t(40), True), (t(38), False)]


def test_of_two_ways_of_handing_over_the_platforms_word_counts_whoever_spoke_last():
    said = (a_fact("marked_shipped", 10, handover_mode="pickup"),)
    more = a_fact("marked_shipped", 11, by="human", handover_mode="drop_off")
    assert an_order(12, *placed(), *said, more).handover_mode == "pickup"


@pytest.mark.parametrize(
    ("policy", "rule", "at_start"),
    [("article", "D02", 0), ("vn-2025", "D02", 2), ("th-2025", "D08", 0), ("us-2026", "D08", 0)],
)
def test_levels_that_had_passed_before_the_clock_began_are_known_as_such(policy, rule, at_start):
    asked = (*placed(hours=30), a_fact("cancel_requested", 30))
    found = clock(an_order(30, *asked, policy=load_policy(policy)), rule)
    assert found.warned_at_start == at_start


def test_a_breach_is_taken_back_only_where_one_had_been_seen():
    """Late news of an earlier stop change nothing where a later stop was known in time."""
    failed = (a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90))
    lost = clock(an_order(350, *SHIPPED, *failed, a_fact("lost_declared", 85, seen=347)), "D10")
    dropped = (*SHIPPED, a_fact("dropped_off", 20, by="human"), a_fact("in_transit", 30))
    scan = clock(an_order(60, *dropped, a_fact("dropped_off", 25, seen=55, by="carrier"), **DROP_OFF), "D07")
    assert [(one.state, one.withdrawn) for one in (lost, scan)] == [("MET", False)] * 2


def test_a_hold_that_is_over_counts_also_when_another_begins():
    tried = [(34, 35), (36.5, 36.6)]
    facts = [
        fact
        for start, end in tried
        for fact in (
            a_fact("seller_cancel_started", start, by="human"),
            a_fact("case_closed", end, by="human", case_id="seller_cancel"),
        )
    ]
    assert clock(an_order(37, *placed(), *facts), "D01").due_at == t(33 + 4 + 1.1)
