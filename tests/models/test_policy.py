"""Figures as data: what a policy file may say, and what each figure makes of a start."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.deadline import RuleId
from models.policy import Clock, PolicyError, Unit, parse_policy
from models.policy_files import load_policy, policy_names
from tests.models.makers import a_fact, an_order, placed, t, terms

ARTICLE = load_policy("article")
HEAD = 'name = "x"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("rule", "hours"),
    [("D02", 72), ("D04", 48), ("D06", 48), ("D08", 48), ("D10", 14 * 24), ("D15", 48)],
)
def test_the_articles_figures(rule: str, hours: int) -> None:
    clock = ARTICLE.clocks[RuleId(rule)]
    assert (clock.hours, clock.source) == (timedelta(hours=hours), "article")


def test_two_failed_attempts_are_the_articles_figure_too() -> None:
    assert (ARTICLE.clocks[RuleId.D12].length, ARTICLE.clocks[RuleId.D12].unit) == (2, Unit.ATTEMPTS)


def test_every_policy_that_comes_along_loads_and_says_where_its_figures_are_from() -> None:
    for name in policy_names():
        policy = load_policy(name)
        assert policy.name == name
        assert all(clock.source for clock in policy.clocks.values())


def test_a_policy_names_only_what_differs() -> None:
    text = HEAD + '[clocks.D08]\nlength = 24\nunit = "hours"\nwarn = [6]\nsource = "th"\nread_on = "2026-01-02"\n'
    policy = parse_policy(text, ARTICLE)
    assert (policy.clocks[RuleId.D08].length, policy.clocks[RuleId.D02].length) == (24, 72)
    assert (policy.cancel_limit_rank, policy.intervals) == (40, ARTICLE.intervals)


def test_a_shops_policy_decides_its_clocks() -> None:
    policy = parse_policy(HEAD + '[clocks.D02]\nlength = 2\nunit = "business_days"\nwarn = [1]\n', ARTICLE)
    ship_by = an_order(1, *placed(), policy=policy).deadline(RuleId.D02)
    assert ship_by is not None
    assert (ship_by.due_at, ship_by.warn_level, ship_by.next_check_at) == (t(48), 0, t(24))


def test_us_shops_cancel_until_the_carrier_has_it() -> None:
    policy = parse_policy(HEAD + "cancel_limit_rank = 50\n", ARTICLE)
    asked = (*placed(), a_fact("cancel_requested", 1), a_fact("marked_shipped", 2))
    assert [an_order(50, *asked, policy=one).stage for one in (policy, ARTICLE)] == ["CANCELLED", "AWAITING_HANDOVER"]


def test_calendar_and_business_days_mind_the_shops_zone() -> None:
    shop = terms(timezone=ZoneInfo("America/Los_Angeles"))
    start = datetime(2026, 3, 7, 20, tzinfo=UTC)  # Saturday noon; the next night has 23 hours
    days = Clock(length=1, unit=Unit.CALENDAR_DAYS, warn=(1,))
    assert days.run(start, shop.calendar) == (start + timedelta(hours=23), (start - timedelta(hours=1),))
    ends_at_two = Clock(length=1, unit=Unit.BUSINESS_DAYS, cut_off=time(14))
    assert ends_at_two.run(start, shop.calendar)[0] == datetime(2026, 3, 9, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name =", "not TOML"),
        ('name = "x"', "needs name and version"),
        (HEAD + "colour = 1", "policy: unknown colour"),
        (HEAD + "[clocks.D99]\nlength = 1", "clocks.D99: there is no such clock"),
        (HEAD + '[clocks.D02]\nunit = "hours"', "clocks.D02: KeyError"),
        (HEAD + '[clocks.D02]\nlength = 1\nunit = "moons"', "clocks.D02: ValueError"),
        (HEAD + '[clocks.D02]\nlength = -1\nunit = "hours"', "below zero"),
        (HEAD + '[clocks.D02]\nlength = 1\nunit = "hours"\nlenght = 2', "clocks.D02: unknown lenght"),
        (HEAD + "[intervals]\nnap = 1", "intervals: unknown nap"),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        parse_policy(text, ARTICLE)


def test_a_first_policy_needs_its_intervals() -> None:
    with pytest.raises(PolicyError, match="intervals: missing"):
        parse_policy(HEAD)


def test_an_unknown_policy_names_those_there_are() -> None:
    with pytest.raises(PolicyError, match=r"no policy 'xx'; there are .*article"):
        load_policy("xx")
