"""How a claim goes and how it ends: T23 to T27, D14 and D14b of order-lifecycle beyond the tables of transitions."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from models.deadline import Deadline, RuleId
from models.fact import Fact
from models.order import Order
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.test_clock_figures import CLAIMS_FOR_40_DAYS
from tests.models.transition import (
    CHOSEN,
    DELIVERED,
    FAILED_TWICE,
    LOST,
    NEW,
    PROMISED,
    RETURNED,
    SHIPPED,
)
from tests.rows import by_row

LATE, LOSS = "claim:late", "claim:lost"
BY_HAND = {"by": "human"}
CANCELLED = (*LOST, a_fact("cancelled", 62, reason_code="lost"))
CLAIMED = (
    *CANCELLED,
    a_fact("buyer_notified", 64, case_id=LOSS, **BY_HAND),
    a_fact("refund_requested", 66, case_id=LOSS, **BY_HAND),
)


def closed(hours: float, case_id: str = LOSS) -> Fact:
    return a_fact("case_closed", hours, case_id=case_id, **BY_HAND)


def refunded(hours: float, **payload: Given) -> Fact:
    return a_fact("refund_done", hours, **payload)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim as it must stand: opened and closed in hours after t0, how it ended, the steps done, the next one."""

    opened: float
    closed: float | None = None
    outcome: str | None = None
    done: tuple[str, ...] = ()
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    facts: tuple[Fact, ...]
    now: float
    claims: dict[str, Claim] = field(default_factory=dict)


STORIES = {
    "T23 in time, but known too late": Story(
        facts=(*PROMISED, a_fact("delivered", 119, seen=125)),
        now=126,
        claims={LATE: Claim(opened=120, closed=120, outcome="withdrawn")},
    ),
    "T23 cancelled by the buyer while nobody chose": Story(
        facts=(*PROMISED, a_fact("cancelled", 130, actor="buyer")),
        now=131,
        claims={LATE: Claim(opened=120, closed=130, outcome="cancelled", done=("cancel",))},
    ),
    "T23 cancelled before it was late": Story(facts=(*PROMISED, a_fact("cancelled", 100, actor="buyer")), now=121),
    "T24 cancelled for being late, which is a choice": Story(
        facts=(*PROMISED, a_fact("cancelled", 130, reason_code="late")),
        now=131,
        claims={LATE: Claim(opened=120, done=("cancel",), next="notify")},
    ),
    "T24 the refund ends it": Story(
        facts=(*CLAIMED, refunded(80)),
        now=81,
        claims={
            LOSS: Claim(opened=60, closed=80, outcome="refunded", done=("cancel", "notify", "request_refund")),
        },
    ),
    "T24 it stays open until the refund is done": Story(
        facts=CLAIMED,
        now=500,
        claims={LOSS: Claim(opened=60, done=("cancel", "notify", "request_refund"), next="await_refund")},
    ),
    "T24 of two reports of the refund the platform's counts": Story(
        facts=(*CLAIMED, refunded(75, **BY_HAND), refunded(80)),
        now=81,
        claims={
            LOSS: Claim(opened=60, closed=80, outcome="refunded", done=("cancel", "notify", "request_refund")),
        },
    ),
    "T24 a refund of another claim does not end it": Story(
        facts=(*CANCELLED, refunded(80, case_id=LATE)),
        now=81,
        claims={LOSS: Claim(opened=60, done=("cancel",), next="notify")},
    ),
    "T24 a message about something else is no step": Story(
        facts=(*CANCELLED, a_fact("buyer_notified", 64, case_id="seller_cancel", **BY_HAND)),
        now=81,
        claims={LOSS: Claim(opened=60, done=("cancel",), next="notify")},
    ),
    "T24 a message that names the claim is its step whenever it was sent": Story(
        facts=(*CANCELLED, a_fact("buyer_notified", 50, case_id=LOSS, **BY_HAND)),
        now=81,
        claims={LOSS: Claim(opened=60, done=("cancel", "notify"), next="request_refund")},
    ),
    "T24 a message that names nothing is none when it was sent before": Story(
        facts=(*CANCELLED, a_fact("buyer_notified", 50, **BY_HAND)),
        now=81,
        claims={LOSS: Claim(opened=60, done=("cancel",), next="notify")},
    ),
    "T24 a refund asked for in another case is no step": Story(
        facts=(*CLAIMED[:-1], a_fact("refund_requested", 66, case_id=LATE, **BY_HAND)),
        now=81,
        claims={LOSS: Claim(opened=60, done=("cancel", "notify"), next="request_refund")},
    ),
    "T24 a person closes it, the first time counts": Story(
        facts=(*LOST, closed(80), closed(70)),
        now=81,
        claims={LOSS: Claim(opened=60, closed=70, outcome="closed")},
    ),
    "T24 a person closes it at once": Story(
        facts=(*LOST, closed(60)), now=81, claims={LOSS: Claim(opened=60, closed=60, outcome="closed")}
    ),
    "T24 what was closed before it began does not close it": Story(
        facts=(*LOST, closed(59)), now=81, claims={LOSS: Claim(opened=60, next="cancel")}
    ),
    "T24 closing another case does not close it": Story(
        facts=(*LOST, closed(70, LATE)), now=81, claims={LOSS: Claim(opened=60, next="cancel")}
    ),
    "T25 delivered before the cancel step": Story(
        facts=(*CHOSEN, a_fact("delivered", 122), a_fact("cancelled", 125, reason_code="late")),
        now=126,
        claims={LATE: Claim(opened=120, closed=122, outcome="delivered_late", done=("cancel",))},
    ),
    "T25 not when it was delivered after the cancel step": Story(
        facts=(*CHOSEN, a_fact("cancelled", 122, reason_code="late"), a_fact("delivered", 125)),
        now=126,
        claims={LATE: Claim(opened=120, done=("cancel",), next="notify")},
    ),
    "T25 not when it was delivered in the moment of the cancel step": Story(
        facts=(*CHOSEN, a_fact("cancelled", 122, reason_code="late"), a_fact("delivered", 122)),
        now=126,
        claims={LATE: Claim(opened=120, done=("cancel",), next="notify")},
    ),
    "T22 a loss takes the place of a lateness": Story(
        facts=(*PROMISED, a_fact("lost_declared", 130)),
        now=131,
        claims={
            LOSS: Claim(opened=130, next="cancel"),
            LATE: Claim(opened=120, closed=130, outcome="superseded"),
        },
    ),
    "T22 a parcel that was lost in time is not late as well": Story(
        facts=(*PROMISED, a_fact("lost_declared", 120)),
        now=131,
        claims={LOSS: Claim(opened=120, next="cancel")},
    ),
    "T22 a lateness that was settled before the loss stays as it was": Story(
        facts=(*PROMISED, closed(125, LATE), a_fact("lost_declared", 130)),
        now=131,
        claims={
            LOSS: Claim(opened=130, next="cancel"),
            LATE: Claim(opened=120, closed=125, outcome="closed"),
        },
    ),
    "T22 of loss and damage the one told last counts": Story(
        facts=(*LOST, a_fact("damaged_declared", 70)),
        now=81,
        claims={"claim:damaged": Claim(opened=70, next="cancel")},
    ),
    "T37 a refund that names nothing is the open return's": Story(
        facts=(*RETURNED, a_fact("damaged_declared", 60), refunded(80)),
        now=81,
        claims={"claim:damaged": Claim(opened=60, next=None)},
    ),
    "T24 a refund that names a return and the claim is of both": Story(
        facts=(*RETURNED, a_fact("damaged_declared", 60), refunded(80, return_no="B", case_id="claim:damaged")),
        now=81,
        claims={"claim:damaged": Claim(opened=60, closed=80, outcome="refunded")},
    ),
    "T24 a refund that names the claim is the claim's, whatever is returned": Story(
        facts=(*RETURNED, a_fact("damaged_declared", 60), refunded(80, case_id="claim:damaged")),
        now=81,
        claims={"claim:damaged": Claim(opened=60, closed=80, outcome="refunded")},
    ),
}


@pytest.mark.parametrize("story", by_row(STORIES))
def test_claims(story: Story) -> None:
    order = an_order(story.now, *story.facts)
    found = {
        case.case_id: Claim(
            opened=(case.opened_at - t(0)).total_seconds() / 3600,
            closed=(case.closed_at - t(0)).total_seconds() / 3600 if case.closed_at else None,
            outcome=case.outcome,
            done=case.steps_done,
            next=case.next_step,
        )
        for case in order.cases
        if case.kind == "claim"
    }
    assert found == story.claims
    assert {case.case_id: case.reason for case in order.cases if case.kind == "claim"} == {
        case_id: case_id.removeprefix("claim:") for case_id in story.claims
    }
    assert {case.case_id for case in order.open_cases if case.kind == "claim"} == {
        case_id for case_id, claim in story.claims.items() if claim.closed is None
    }


def steps(order: Order) -> dict[str, Deadline]:
    return {clock.about: clock for clock in order.deadlines if clock.rule is RuleId.D14}


@pytest.mark.row("D14")
def test_each_step_has_a_day_from_the_step_before() -> None:
    found = steps(an_order(67, *CLAIMED))
    assert {about: (one.state, one.start_at, one.due_at, one.met_at) for about, one in found.items()} == {
        "claim:lost/cancel": ("MET", t(60), t(84), t(62)),
        "claim:lost/notify": ("MET", t(62), t(86), t(64)),
        "claim:lost/request_refund": ("MET", t(64), t(88), t(66)),
    }


@pytest.mark.row("D14")
def test_a_step_that_was_told_twice_was_done_when_the_stronger_word_says() -> None:
    told_again = a_fact("refund_requested", 70, case_id=LOSS)
    assert steps(an_order(71, *CLAIMED, told_again))["claim:lost/request_refund"].met_at == t(70)


@pytest.mark.row("D14")
def test_the_steps_of_a_parcel_cancelled_for_being_late_run_from_the_cancellation() -> None:
    order = an_order(131, *PROMISED, a_fact("cancelled", 130, reason_code="late"))
    assert {about: (one.state, one.start_at, one.due_at) for about, one in steps(order).items()} == {
        "claim:late/cancel": ("MET", t(130), t(154)),
        "claim:late/notify": ("RUNNING", t(130), t(154)),
    }


@pytest.mark.row("D14")
def test_a_cancellation_for_another_reason_begins_no_steps_of_a_late_claim() -> None:
    assert steps(an_order(131, *PROMISED, a_fact("cancelled", 130, actor="buyer"))) == {}


@pytest.mark.row("D14")
def test_a_step_stands_still_while_the_order_is_on_hold() -> None:
    held = (*LOST, a_fact("hold_placed", 61, hold="manual", **BY_HAND))
    released = (*held, a_fact("hold_released", 71, hold="manual", **BY_HAND))
    assert steps(an_order(90, *held))["claim:lost/cancel"].state == "PAUSED"
    moved = steps(an_order(90, *released))["claim:lost/cancel"]
    assert (moved.state, moved.due_at) == ("WARNED", t(94))


@pytest.mark.row("X06", "D14")
def test_a_frozen_claim_has_the_clocks_of_steps_that_were_done_and_no_other() -> None:
    frozen = (*DELIVERED, a_fact("lost_declared", 60))
    assert steps(an_order(61, *frozen)) == {}
    cancelled = an_order(63, *frozen, a_fact("cancelled", 62, reason_code="lost"))
    assert {about: one.state for about, one in steps(cancelled).items()} == {"claim:lost/cancel": "MET"}
    chosen = a_fact("claim_chosen", 64, case_id=LOSS, choice="claim", **BY_HAND)
    assert set(steps(an_order(65, *frozen, chosen))) == {"claim:lost/cancel"}


def still_possible(now: float, *facts: Fact) -> tuple[object, ...] | None:
    clock = an_order(now, *facts, policy=CLAIMS_FOR_40_DAYS).deadline(RuleId.D14B)
    return (clock.state, clock.start_at) if clock else None


@pytest.mark.row("D14b")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (LOST, ("RUNNING", t(60))),
        (CANCELLED, ("RUNNING", t(60))),  # a cancellation tells nothing of the parcel
        (CLAIMED, ("MET", t(60))),
        ((*CLAIMED[:-1], a_fact("refund_requested", 66, case_id=LATE, **BY_HAND)), ("RUNNING", t(60))),
        ((*LOST, closed(65)), ("VOID", t(60))),
        (FAILED_TWICE, ("RUNNING", t(90))),
    ],
)
def test_a_claim_may_be_made_for_a_while_after_the_last_news_of_the_parcel(facts, expected) -> None:
    assert still_possible(100, *facts) == expected


@pytest.mark.row("D14b")
def test_the_time_for_a_claim_counts_from_shipping_when_nothing_was_heard_of_it_since() -> None:
    assert still_possible(347, *SHIPPED) == ("RUNNING", t(10))


@pytest.mark.row("D14b")
def test_of_an_order_that_never_left_no_time_for_a_claim_runs() -> None:
    chosen = a_fact("claim_chosen", 121, case_id=LATE, choice="claim", **BY_HAND)
    late = an_order(122, *placed(promised_at=t(120)), chosen, policy=CLAIMS_FOR_40_DAYS)
    assert (late.deadline(RuleId.D14B), set(steps(late))) == (None, {"claim:late/cancel"})
    assert an_order(122, *NEW, policy=CLAIMS_FOR_40_DAYS).deadline(RuleId.D14B) is None
