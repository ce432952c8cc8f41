"""With which figures an order goes on when its shop's settings change (order-lifecycle, section 7)."""

from __future__ import annotations

from dataclasses import replace

from models.deadline import RuleId
from models.policy import Policy
from models.policy_change import ClockMove, move
from models.policy_data import policy_key
from models.policy_files import load_policy, policy_names, shop_policy
from tests.models.makers import T0, a_fact, placed, t, terms

ARTICLE = load_policy("article")


def with_hours(**hours: float) -> Policy:
    figures = {rule: {"length": length, "unit": "hours"} for rule, length in hours.items()}
    return shop_policy("article", figures)


def test_a_clock_that_runs_moves_and_says_so():
    moved = move(placed(), terms(), with_hours(D02=90), t(10))
    assert moved is not None
    ship_by = moved.order.deadline(RuleId.D02)
    assert ship_by is not None
    assert ship_by.due_at == t(90)
    assert moved.clocks == (ClockMove(rule=RuleId.D02, about="", start_at=T0, before=t(72), after=t(90)),)


def test_a_clock_that_is_over_keeps_its_figure_and_those_that_come_get_the_new_one():
    facts = (*placed(), a_fact("marked_shipped", 80))
    moved = move(facts, terms(), with_hours(D02=90, D04=10), t(82))
    assert moved is not None
    found = {clock.rule.value: (clock.state.value, clock.due_at) for clock in moved.order.deadlines}
    assert (found["D02"], found["D04"]) == (("MET_LATE", t(72)), ("WARNED", t(90)))
    assert moved.policy.clocks[RuleId.D02] == ARTICLE.clocks[RuleId.D02]


def test_a_breach_is_not_undone_by_longer_figures():
    moved = move(placed(), terms(), with_hours(D02=90), t(73))
    assert moved is not None
    assert [clock.state for clock in moved.order.deadlines if clock.rule == "D02"] == ["BREACHED"]


def test_an_order_keeps_all_its_figures_where_others_would_change_a_clock_that_is_over():
    british = terms(policy=load_policy("gb-2024"))
    shipped = (*placed(), a_fact("marked_shipped", 20))
    with_other_days = replace(ARTICLE, calendar=replace(ARTICLE.calendar, weekdays=frozenset({0})))
    assert move(shipped, british, with_other_days, t(30)) is None
    assert move(placed(), british, with_other_days, t(30)) is not None


def test_a_clock_that_only_other_figures_know_comes_and_goes_and_says_so():
    lost = (*placed(), a_fact("picked_up", 20), a_fact("lost_declared", 60))
    thai = load_policy("th-2025")
    claim = RuleId.D14B
    moved = move(lost, terms(), replace(ARTICLE, clocks={**ARTICLE.clocks, claim: thai.clocks[claim]}), t(61))
    assert moved is not None
    due = t(60 + 40 * 24)
    assert moved.clocks == (ClockMove(rule=claim, about="claim:lost", start_at=t(60), before=None, after=due),)
    back = move(lost, terms(policy=moved.policy), ARTICLE, t(61))
    assert back is not None
    assert back.clocks == (ClockMove(rule=claim, about="claim:lost", start_at=t(60), before=due, after=None),)


def test_a_policy_is_named_by_what_it_says():
    assert len({policy_key(load_policy(name)) for name in policy_names()}) == len(policy_names())
    assert policy_key(with_hours(D02=72)) != policy_key(ARTICLE) != policy_key(with_hours(D02=71))
    assert policy_key(ARTICLE) == policy_key(load_policy("article"))
