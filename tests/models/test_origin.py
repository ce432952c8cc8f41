"""Whose figure a clock's time is, and how long a figure is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

import pytest

from models.deadline import RuleId
from models.extension import extension_of
from models.origin import Origin, Told, length_words, origin, origin_words
from models.policy import Clock, Start, Unit
from models.policy_data import with_figures
from models.policy_files import load_policy, policy_names
from tests.models.makers import Given, a_fact, an_order, placed, t, terms

SHIPPED = (*placed(), a_fact("stock_confirmed", 1), a_fact("marked_shipped", 10))
ASKED = (*placed(), a_fact("cancel_requested", 1))
TET = extension_of(
    {
        "name": "Tet",
        "source": "U-vn 1",
        "read_on": "2026-02-20",
        "markets": ["VN"],
        "from": "2026-03-01",
        "until": "2026-03-02",
        "applies_to": "started",
        "add_hours": 24,
    },
    terms().timezone,
)


def told(rule: str, *facts: Given, now: float = 11, policy: str = "article", **shop: Given) -> str:
    figures = shop.pop("figures", {})
    counting = with_figures(load_policy(policy), figures)
    order = an_order(now, *facts, policy=counting, **shop)
    clock = order.deadline(RuleId(rule))
    assert clock is not None
    return origin_words(origin(clock, counting, order.promised_at))


@pytest.mark.parametrize(
    ("rule", "facts", "shop", "words"),
    [
        ("D02", placed(), {}, "article: 72 h"),
        ("D10", SHIPPED, {}, "article: 14 days"),
        ("D01", placed(), {}, "our default: 4 business hours"),
        ("D03", SHIPPED[:3], {}, "our default: 12 h before it must be set to shipped"),
        ("D02", placed(due_at=t(20)), {}, "TikTok's own time"),
        ("D03", (*placed(due_at=t(20)), SHIPPED[2]), {}, "our default: 12 h before it must be set to shipped"),
        ("D11", placed(promised_at=t(90)), {}, "promised to the buyer"),
        ("D02", placed(), {"extensions": (TET,)}, "extension Tet"),
        ("D02", placed(), {"figures": {"D02": {"length": 60, "unit": "hours"}}}, "yours: 60 h"),
        ("D08", ASKED, {"policy": "us-2026"}, "platform rule, read on 22 Nov 2026: 24 h"),
        ("D08", ASKED, {"policy": "vn-2025"}, "article: 48 h"),
        ("D11", placed(), {"policy": "gb-2024"}, "platform rule, read on 22 Nov 2026: 5 business days"),
        ("D04", SHIPPED, {"policy": "th-2025"}, "platform rule, read on 22 Nov 2026: 3 business days from the order"),
    ],
)
def test_a_clock_says_whose_time_it_is(rule: str, facts: tuple[Given, ...], shop: dict[str, Given], words: str) -> None:
    assert told(rule, *facts, **shop) == words


def test_a_carriers_clock_of_a_late_shop_says_that_the_usual_figure_counts() -> None:
    late = (*placed(), a_fact("marked_shipped", 400))
    assert told("D04", *late, now=401, policy="th-2025") == "article: 48 h"


def test_a_clock_without_a_figure_says_so() -> None:
    lost = (*SHIPPED, a_fact("lost_declared", 20))
    order = an_order(21, *lost, policy=load_policy("vn-2025"))
    clock = order.deadline(RuleId.D14B)
    assert clock is not None
    assert origin(clock, load_policy("article")).origin is Origin.NONE


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (Clock(length=95), "95 h"),
        (Clock(length=96), "4 days"),
        (Clock(length=100), "100 h"),
        (Clock(length=1, unit=Unit.BUSINESS_DAYS), "1 business day"),
        (Clock(length=2, unit=Unit.ATTEMPTS), "2 attempts"),
        (
            Clock(length=0, unit=Unit.BUSINESS_DAYS, cut_off=time(14), ends_at=time(23, 59)),
            "the same business day, until 23:59 (from 14:00 on: counted from the next one)",
        ),
        (
            Clock(
                length=2, unit=Unit.BUSINESS_DAYS, ends_at=time(23, 59), cut_off=time(23, 59), starts=Start.ORDER_PLACED
            ),
            "2 business days from the order, until 23:59",
        ),
    ],
)
def test_a_length_in_words(clock: Clock, words: str) -> None:
    assert length_words(clock) == words


@pytest.mark.parametrize("name", policy_names())
def test_every_figure_that_comes_along_can_be_said(name: str) -> None:
    figures = load_policy(name).clocks
    assert all(any(sign.isalpha() for sign in length_words(clock, rule)) for rule, clock in figures.items())


@dataclass(frozen=True)
class Row:
    """A clock as a database may tell it: of one that is over nobody may know any more when it ran."""

    rule: str = "D04"
    start_at: datetime | None = None
    due_at: datetime | None = None
    stated: bool = False
    extended_by: str | None = ""


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(stated=True), Told(origin=Origin.STATED, rule=RuleId.D04)),
        (Row(extended_by="Tet"), Told(origin=Origin.EXTENSION, rule=RuleId.D04, name="Tet")),
        (Row(rule="D11"), Told(origin=Origin.PROMISED, rule=RuleId.D11)),
        (Row(rule="D14b", extended_by=None), Told(origin=Origin.NONE, rule=RuleId.D14B)),
    ],
)
def test_it_is_told_of_which_clock_the_time_is(row: Row, expected: Told) -> None:
    assert origin(row, load_policy("article"), promised_at=t(9)) == expected


@pytest.mark.parametrize(
    ("start_at", "due_at", "usual"),
    [
        (None, None, False),
        (t(10), None, False),
        (None, t(58), False),
        (t(10), t(58), True),  # the article's 48 hours
        (t(10), t(59), False),
    ],
)
def test_of_two_figures_the_usual_one_is_told_only_when_it_counted(start_at, due_at, usual) -> None:
    thailand, article = load_policy("th-2025"), load_policy("article")
    figure = (article if usual else thailand).clocks[RuleId.D04]
    told_of = origin(Row(start_at=start_at, due_at=due_at), thailand)
    assert told_of == Told(
        origin=Origin.ARTICLE if usual else Origin.RULE,
        rule=RuleId.D04,
        figure=figure,
    )
