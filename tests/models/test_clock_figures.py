"""Each row of order-lifecycle, section 7: from when a clock runs, how long, when it warns, what stops it, whose fault.

All times are hours after t0, a Sunday at midnight UTC; the shop is open from Monday to Saturday, 9 to 18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from models.deadline import RULES, Deadline, RuleId
from models.fact import Fact
from models.order import fold
from models.policy import Clock, Unit
from models.policy_files import load_policy
from tests.models.makers import a_fact, an_order, placed, t, terms
from tests.models.transition import (
    ASKED,
    CONFIRMED,
    DELIVERED,
    DROP_OFF,
    DROPPED,
    FAILED_ONCE,
    FAILED_TWICE,
    LOST,
    MOMENT,
    PROMISED,
    RETURNED,
    SHIPPED,
    TRAVELS,
    UNPAID,
)
from tests.rows import by_row

INSTANT = timedelta(microseconds=1)
ARTICLE = load_policy("article")
CLAIMS_FOR_40_DAYS = replace(
    ARTICLE, clocks={**ARTICLE.clocks, RuleId.D14B: Clock(length=40, unit=Unit.CALENDAR_DAYS, warn=(240, 72))}
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A clock as the facts start it; `stop` is the kind that stops it and its payload, `implied` a later proof."""

    facts: tuple[Fact, ...]
    starts: float
    due: float
    warns: tuple[float, ...] = ()
    stop: tuple[str, Mapping[str, Any]]
    implied: str | None = None
    fault: str
    about: str = ""
    shop: Mapping[str, Any] = field(default_factory=dict)


FIGURES = {
    "D01": Figures(
        facts=placed(), starts=0, due=37, warns=(35, 36.2), stop=("stock_confirmed", {"by": "human"}), fault="shop"
    ),
    "D02": Figures(
        facts=placed(),
        starts=0,
        due=72,
        warns=(36, 48, 66, 71),
        stop=("marked_shipped", {}),
        implied="picked_up",
        fault="shop",
    ),
    "D03": Figures(facts=CONFIRMED, starts=5, due=60, warns=(54,), stop=("packed", {"by": "human"}), fault="shop"),
    "D04": Figures(
        facts=SHIPPED,
        starts=10,
        due=58,
        warns=(34, 52),
        stop=("picked_up", {}),
        implied="in_transit",
        fault="carrier",
    ),
    "D05": Figures(
        facts=SHIPPED, starts=58, due=70, warns=(64, 69), stop=("complaint_filed", {"by": "human"}), fault="shop"
    ),
    "D06": Figures(
        facts=SHIPPED,
        starts=10,
        due=58,
        warns=(34, 52, 57),
        stop=("dropped_off", {"by": "human"}),
        implied="in_transit",
        fault="shop",
        shop=DROP_OFF,
    ),
    "D07": Figures(
        facts=DROPPED,
        starts=20,
        due=44,
        warns=(38,),
        stop=("in_transit", {}),
        implied="delivered",
        fault="carrier",
        shop=DROP_OFF,
    ),
    "D08": Figures(
        facts=ASKED, starts=5, due=53, warns=(29, 47, 52), stop=("cancel_rejected", {}), fault="shop", about="R"
    ),
    "D10": Figures(facts=SHIPPED, starts=10, due=346, warns=(250, 298, 322), stop=("delivered", {}), fault="carrier"),
    "D11": Figures(facts=PROMISED, starts=0, due=120, warns=(72, 96), stop=("delivered", {}), fault="carrier"),
    "D13": Figures(
        facts=FAILED_ONCE, starts=60, due=87, warns=(84,), stop=("buyer_notified", {"by": "human"}), fault="shop"
    ),
    "D14": Figures(
        facts=LOST, starts=60, due=84, warns=(78,), stop=("cancelled", {}), fault="shop", about="claim:lost/cancel"
    ),
    "D14b": Figures(
        facts=LOST,
        starts=60,
        due=60 + 40 * 24,
        warns=(60 + 30 * 24, 60 + 37 * 24),
        stop=("refund_requested", {"by": "human"}),
        fault="shop",
        about="claim:lost",
        shop={"policy": CLAIMS_FOR_40_DAYS},
    ),
    "D15": Figures(
        facts=RETURNED, starts=50, due=98, warns=(74, 92, 97), stop=("return_accepted", {}), fault="shop", about="B"
    ),
    "D17": Figures(facts=TRAVELS, starts=30, due=102, stop=("delivered", {}), fault="carrier"),
}


def clock(row: str, hours: float, *more: Fact, moment: timedelta = timedelta(0)) -> Deadline:
    """The clock of that row so many hours after t0 (and a moment), after more facts."""
    figures, rule = FIGURES[row], RuleId(row)
    order = fold((*figures.facts, *more), terms(**figures.shop), t(hours) + moment)
    found = order.deadline(rule, figures.about)
    assert found is not None
    return found


def stopped(row: str, hours: float) -> Deadline:
    kind, payload = FIGURES[row].stop
    return clock(row, hours, a_fact(kind, hours, **payload))


each_row = pytest.mark.parametrize("row", by_row({name: name for name in FIGURES}))


@each_row
def test_it_runs_from_its_start_to_its_due_moment_and_warns_on_the_way(row: str) -> None:
    figures = FIGURES[row]
    moments = [figures.starts + MOMENT, *figures.warns]
    looks = [clock(row, hours) for hours in moments]
    assert [(one.start_at, one.due_at) for one in looks] == [(t(figures.starts), t(figures.due))] * len(moments)
    assert [(one.state, one.warn_level) for one in looks] == [
        ("WARNED" if level else "RUNNING", level) for level in range(len(moments))
    ]
    assert [clock(row, hours - MOMENT).warn_level for hours in figures.warns] == list(range(len(figures.warns)))


@each_row
def test_it_is_looked_at_again_when_it_warns_and_when_it_is_over(row: str) -> None:
    figures = FIGURES[row]
    looks = [clock(row, hours).next_check_at for hours in (figures.starts + MOMENT, *figures.warns, figures.due)]
    assert looks == [*(t(hours) for hours in figures.warns), *[t(figures.due) + INSTANT] * 2]
    assert clock(row, figures.due + 1).next_check_at is None


@each_row
def test_it_is_broken_in_the_first_instant_after_its_due_moment(row: str) -> None:
    figures = FIGURES[row]
    over = clock(row, figures.due, moment=INSTANT)
    assert clock(row, figures.due).state in {"RUNNING", "WARNED"}
    assert (over.state, over.breached_at, over.fault) == ("BREACHED", t(figures.due), figures.fault)
    assert over.clock is RULES[RuleId(row)].clock


@each_row
def test_it_is_met_up_to_its_due_moment_and_late_after_it(row: str) -> None:
    due = FIGURES[row].due
    in_time, late = stopped(row, due), stopped(row, due + MOMENT)
    assert (in_time.state, in_time.met_at, in_time.breached_at) == ("MET", t(due), None)
    assert (late.state, late.met_at, late.breached_at) == ("MET_LATE", t(due + MOMENT), t(due))


@pytest.mark.parametrize("row", by_row({name: name for name, figures in FIGURES.items() if figures.implied}))
def test_it_is_met_by_later_proof_in_time_and_unknown_by_proof_too_late(row: str) -> None:
    due, kind = FIGURES[row].due, FIGURES[row].implied
    states = [clock(row, hours, a_fact(str(kind), hours)) for hours in (due, due + MOMENT)]
    assert [(one.state, one.breached_at, one.asks) for one in states] == [
        ("MET", None, False),
        ("UNKNOWN", None, False),
    ]


@pytest.mark.row("D09")
def test_an_unpaid_order_runs_out_without_a_warning_and_without_a_fault() -> None:
    looks = [an_order(hours, *UNPAID).deadline(RuleId.D09) for hours in (1, 48, 48 + MOMENT)]
    assert [one and (one.state, one.due_at, one.warn_level, one.fault) for one in looks] == [
        ("RUNNING", t(48), 0, "nobody"),
        ("RUNNING", t(48), 0, "nobody"),
        ("VOID", t(48), 0, "nobody"),
    ]


@pytest.mark.row("D12")
def test_the_second_attempt_breaks_its_clock_at_once() -> None:
    assert an_order(89, *FAILED_ONCE).deadline(RuleId.D12) is None
    clock = an_order(90 + MOMENT, *FAILED_TWICE).deadline(RuleId.D12)
    assert clock is not None
    assert (clock.state, clock.start_at, clock.breached_at, clock.fault) == ("BREACHED", t(60), t(90), "carrier")


@pytest.mark.row("D18")
def test_the_return_window_is_met_when_it_is_over() -> None:
    looks = [an_order(hours, *DELIVERED).deadline(RuleId.D18) for hours in (41, 376, 376 + MOMENT)]
    assert [one and (one.state, one.start_at, one.due_at, one.fault) for one in looks] == [
        ("RUNNING", t(40), t(376), "nobody"),
        ("RUNNING", t(40), t(376), "nobody"),
        ("MET", t(40), t(376), "nobody"),
    ]
