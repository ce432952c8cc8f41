"""The test vectors V01 to V20 of order-lifecycle, section 9: one row, one expectation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from models.deadline import RuleId
from models.fact import Fact
from models.order import Order
from models.stage import HandoverMode
from models.todo import TodoKind
from tests.models.makers import a_fact, an_order, placed, t
from tests.rows import by_row

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
SHIPPED_10 = (*placed(), a_fact("marked_shipped", 10))
TRAVELS = (*SHIPPED_10, a_fact("in_transit", 20))
ONE_ATTEMPT = (*TRAVELS, a_fact("delivery_attempt_failed", 100), a_fact("delivery_attempt_failed", 101))
TWO_ATTEMPTS = (*ONE_ATTEMPT, a_fact("delivery_attempt_failed", 130))
UNPAID = (a_fact("order_placed", 0),)
ASKED = (*placed(), a_fact("cancel_requested", 5))
PROMISED = placed(promised_at=t(120))


@dataclass(frozen=True, kw_only=True)
class Vector:
    """Facts, the moment (hours after t0) and what must hold; a clock is (state, warn level or None, due hours)."""

    facts: tuple[Fact, ...]
    now: float
    stage: str
    presumed: bool = False
    clocks: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    cases: Mapping[str, bool] = field(default_factory=dict)  # case id: open
    conflicts: tuple[str, ...] = ()
    todos: tuple[TodoKind, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    shop: Mapping[str, Any] = field(default_factory=dict)


VECTORS = {
    "V01": Vector(facts=placed(), now=47, stage="NEW", clocks={"D02": ("WARNED", 1, 72)}),
    "V02": Vector(
        facts=(*placed(), a_fact("marked_shipped", 72)),
        now=80,
        stage="AWAITING_HANDOVER",
        clocks={"D02": ("MET", None, 72), "D04": ("RUNNING", 0, 120)},
    ),
    "V03": Vector(
        facts=(*placed(), a_fact("marked_shipped", 72 + 1 / 60)),
        now=80,
        stage="AWAITING_HANDOVER",
        clocks={"D02": ("MET_LATE", None, 72)},
    ),
    "V04": Vector(
        facts=(*placed(), a_fact("marked_shipped", 70, seen=90)),
        now=91,
        stage="AWAITING_HANDOVER",
        clocks={"D02": ("MET", None, 72)},
    ),
    "V05": Vector(
        facts=SHIPPED_10,
        now=59,
        stage="AWAITING_HANDOVER",
        clocks={"D04": ("BREACHED", None, 58), "D05": ("RUNNING", 0, 70)},
        cases={"carrier_complaint": True},
        todos=(TodoKind.COMPLAIN,),
    ),
    "V06": Vector(
        facts=(*SHIPPED_10, a_fact("dropped_off", 20, by="human")),
        now=45,
        stage="AWAITING_HANDOVER",
        clocks={"D06": ("MET", None, 58), "D07": ("BREACHED", None, 44)},
        values={"dropped_off": True},
        shop=DROP_OFF,
    ),
    "V07": Vector(facts=UNPAID, now=49, stage="CANCELLED", presumed=True, values={"cancel_reason": "unpaid"}),
    "V08": Vector(facts=(*UNPAID, a_fact("order_paid", 50)), now=51, stage="NEW", clocks={"D02": ("WARNED", 2, 72)}),
    "V09": Vector(facts=ASKED, now=54, stage="CANCELLED", presumed=True, clocks={"D08": ("BREACHED", None, 53)}),
    "V10": Vector(
        facts=(*ASKED, a_fact("cancel_rejected", 20)),
        now=54,
        stage="NEW",
        clocks={"D08": ("MET", None, 53), "D02": ("WARNED", 2, 72)},
    ),
    "V11": Vector(facts=ONE_ATTEMPT, now=110, stage="IN_TRANSIT", values={"failed_attempts": 1}),
    "V12": Vector(facts=TWO_ATTEMPTS, now=131, stage="LOST", presumed=True, cases={"claim:lost": True}),
    "V13": Vector(
        facts=(*TWO_ATTEMPTS, a_fact("delivered", 140)),
        now=141,
        stage="DELIVERED",
        cases={"claim:lost": False},
    ),
    "V14": Vector(facts=TRAVELS, now=347, stage="LOST", presumed=True, clocks={"D10": ("BREACHED", None, 346)}),
    "V15": Vector(
        facts=(*placed(), a_fact("delivered", 60)),
        now=61,
        stage="DELIVERED",
        clocks={"D02": ("MET", None, 72)},
    ),
    "V16": Vector(
        facts=(*placed(), a_fact("delivered", 200)),
        now=201,
        stage="DELIVERED",
        clocks={"D02": ("UNKNOWN", None, 72)},
        todos=(TodoKind.STATE_TIME,),
        values={"review": True},
    ),
    "V17": Vector(
        facts=(*placed(), a_fact("cancelled", 5), a_fact("marked_shipped", 6)),
        now=7,
        stage="CANCELLED",
        conflicts=("X05",),
    ),
    "V18": Vector(
        facts=(a_fact("in_transit", 30),),
        now=31,
        stage="IN_TRANSIT",
        conflicts=("X11",),
        todos=(TodoKind.FIND_ORDER_MAIL,),
        values={"incomplete": True},
    ),
    "V19": Vector(
        facts=PROMISED,
        now=121,
        stage="NEW",
        clocks={"D11": ("BREACHED", None, 120)},
        cases={"claim:late": True},
        todos=(TodoKind.DECIDE_LATE,),
        values={"late": True},
    ),
    "V20": Vector(
        facts=(*PROMISED, a_fact("delivered", 122)),
        now=123,
        stage="DELIVERED",
        clocks={"D11": ("MET_LATE", None, 120)},
        cases={"claim:late": False},
    ),
}


def clock_of(order: Order, rule: str, expected: tuple[Any, ...]) -> tuple[Any, ...]:
    clock = order.deadline(RuleId(rule))
    assert clock is not None
    return (
        clock.state,
        None if expected[1] is None else clock.warn_level,
        (clock.due_at - t(0)).total_seconds() / 3600,
    )


@pytest.mark.parametrize("vector", by_row(VECTORS))
def test_vector(vector: Vector) -> None:
    order = an_order(vector.now, *vector.facts, **vector.shop)
    assert (order.stage, order.presumed) == (vector.stage, vector.presumed)
    assert {rule: clock_of(order, rule, clock) for rule, clock in vector.clocks.items()} == vector.clocks
    assert {case.case_id: case.open for case in order.cases if case.case_id in vector.cases} == vector.cases
    assert set(vector.conflicts) <= {conflict.id for conflict in order.conflicts}
    assert set(vector.todos) <= {todo.kind for todo in order.todos}
    assert {name: getattr(order, name) for name in vector.values} == vector.values


@pytest.mark.row("V03")
def test_v03_breach_is_at_the_due_moment() -> None:
    order = an_order(80, *VECTORS["V03"].facts)
    assert [clock.breached_at for clock in order.deadlines if clock.rule is RuleId.D02] == [t(72)]


@pytest.mark.row("V04")
def test_v04_late_news_withdraws_a_breach_that_was_seen() -> None:
    before, after = (an_order(now, *VECTORS["V04"].facts).deadline(RuleId.D02) for now in (89, 91))
    assert before is not None
    assert after is not None
    assert (before.state, before.breached_at) == ("BREACHED", t(72))
    assert (after.state, after.withdrawn, after.breached_at) == ("MET", True, None)


@pytest.mark.row("V07")
def test_v07_counts_no_breach() -> None:
    assert not [clock for clock in an_order(49, *UNPAID).deadlines if clock.breached_at]


@pytest.mark.row("V20")
def test_v20_claim_closes_as_delivered_late() -> None:
    claim = an_order(123, *VECTORS["V20"].facts).case("claim:late")
    assert claim is not None
    assert (claim.outcome, claim.closed_at) == ("delivered_late", t(122))
