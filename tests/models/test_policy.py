"""Figures as data: what a policy file may say, what comes along, and how a policy is stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.deadline import RuleId
from models.policy import OURS, Clock, PolicyError, Unit
from models.policy_data import own_figure, parse_policy, policy_as_data, with_figures
from models.policy_files import figures_of, load_policy, market_policy, parse_file, policy_from_data, policy_names
from models.public_holidays import public_holidays
from tests.models.makers import a_fact, an_order, placed, t, terms

ARTICLE = load_policy("article")
HEAD = 'name = "x"\nversion = "1"\n'
HOURS = 'unit = "hours"\nsource = "default"\n'
DAYS = 'unit = "business_days"\nsource = "default"\n'


@pytest.mark.parametrize(
    ("rule", "hours"),
    [("D02", 72), ("D04", 48), ("D06", 48), ("D08", 48), ("D10", 14 * 24), ("D15", 48)],
)
def test_the_articles_figures(rule: str, hours: int) -> None:
    clock = ARTICLE.clocks[RuleId(rule)]
    assert (clock.hours, clock.source) == (timedelta(hours=hours), "article")


def test_two_failed_attempts_are_the_articles_figure_too() -> None:
    assert (ARTICLE.clocks[RuleId.D12].length, ARTICLE.clocks[RuleId.D12].unit) == (2, Unit.ATTEMPTS)


def test_the_policies_that_come_along() -> None:
    assert policy_names() == ("article", "gb-2024", "th-2025", "us-2026", "vn-2025")


@pytest.mark.parametrize("name", policy_names())
def test_every_figure_says_where_it_is_from_and_a_platforms_one_when_it_was_read(name: str) -> None:
    policy = load_policy(name)
    figures = [*policy.clocks.values(), *policy.auto_cancel.values(), *policy.sources.values(), policy.calendar]
    assert policy.name == name
    assert all(figure.source in OURS or datetime.fromisoformat(figure.read_on) for figure in figures)
    assert set(policy.sources) == {*policy.intervals, "cancel_limit_rank"}


@pytest.mark.parametrize(
    ("market", "name"),
    [("US", "us-2026"), ("VN", "vn-2025"), ("TH", "th-2025"), ("GB", "gb-2024"), ("DE", "article")],
)
def test_the_market_chooses_the_policy(market: str, name: str) -> None:
    assert market_policy(market) == name


def test_a_policy_names_only_what_differs() -> None:
    text = HEAD + '[clocks.D08]\nlength = 24\nunit = "hours"\nwarn = [6]\nsource = "th"\nread_on = "2026-01-02"\n'
    policy = parse_policy(text, ARTICLE)
    assert (policy.clocks[RuleId.D08].length, policy.clocks[RuleId.D02].length) == (24, 72)
    assert (policy.cancel_limit_rank, policy.intervals) == (40, ARTICLE.intervals)


def test_a_date_and_a_time_may_be_tomls_own_or_text() -> None:
    figure = '[clocks.D02]\nlength = 1\nunit = "business_days"\nsource = "x"\n'
    one = figure + 'cut_off = "14:00"\nread_on = "2026-01-02"\n'
    other = figure + "cut_off = 14:00:00\nread_on = 2026-01-02\n"
    assert parse_policy(HEAD + one, ARTICLE) == parse_policy(HEAD + other, ARTICLE)


def test_warnings_are_hours_left_also_where_days_are_counted() -> None:
    policy = parse_policy(HEAD + f"[clocks.D02]\nlength = 2\nwarn = [24]\n{DAYS}", ARTICLE)
    monday = 24
    ship_by = an_order(monday + 1, *placed(monday), policy=policy).deadline(RuleId.D02)
    assert ship_by is not None
    assert (ship_by.due_at, ship_by.warn_level, ship_by.next_check_at) == (t(72), 0, t(48))


def test_us_shops_cancel_until_the_carrier_has_it() -> None:
    policy = parse_policy(HEAD + 'cancel_limit_rank = { rank = 50, source = "default" }\n', ARTICLE)
    asked = (*placed(), a_fact("cancel_requested", 1), a_fact("marked_shipped", 2))
    assert [an_order(50, *asked, policy=one).stage for one in (policy, ARTICLE)] == ["CANCELLED", "AWAITING_HANDOVER"]


def test_a_calendar_day_minds_the_shops_zone() -> None:
    shop = terms(timezone=ZoneInfo("America/Los_Angeles"))
    start = datetime(2026, 3, 7, 20, tzinfo=UTC)  # Saturday noon; the next night has 23 hours
    days = Clock(length=1, unit=Unit.CALENDAR_DAYS, warn=(24,))
    due, warns = days.run(start, shop.calendar, shop.working_days)
    assert (due, warns) == (start + timedelta(hours=23), (start - timedelta(hours=1),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name =", "not TOML"),
        ('name = "x"', "policy needs version: text"),
        (HEAD + "colour = 1", "policy: unknown colour; known are name, version, markets"),
        (HEAD + "[clock]", "policy: unknown clock; did you mean clocks?"),
        (HEAD + "[clocks.D99]\nlength = 1", "clocks.D99: there is no such figure; there are D01, D02"),
        (HEAD + '[clocks.D20]\nlength = 1\nunit = "hours"', "clocks.D20: there is no such figure"),
        (HEAD + "clocks = 1", "clocks must be a table"),
        (HEAD + "[clocks]\nD02 = 1", "clocks.D02 must be a table with length, unit, source"),
        (HEAD + '[clocks.D02]\nunit = "hours"', "clocks.D02 needs length: a number from 0"),
        (HEAD + '[clocks.D02]\nlength = 1\nunit = "hours"', "clocks.D02 needs source"),
        (HEAD + '[clocks.D02]\nlength = 1\nunit = "hours"\nsource = "U-us 1"', "clocks.D02 needs read_on: the date"),
        (
            HEAD + '[clocks.D02]\nlength = 1\nsource = "x"\nunit = "moons"',
            "unit = 'moons' is not one of hours, business_hours, cal",
        ),
        (HEAD + f"[clocks.D02]\nlength = -1\n{HOURS}", r"clocks.D02.length = -1 is not a number from 0 to 8784"),
        (HEAD + f"[clocks.D02]\nlength = nan\n{HOURS}", "length = nan is not a number"),
        (HEAD + f"[clocks.D02]\nlength = true\n{HOURS}", "length = True is not a number"),
        (HEAD + f"[clocks.D02]\nlength = 1\nlenght = 2\n{HOURS}", "clocks.D02: unknown lenght; did you mean length?"),
        (
            HEAD + f"[clocks.D02]\nlength = 1\nwarn = 6\n{HOURS}",
            r"warn = 6 is not a list of hours left. Example: warn =",
        ),
        (HEAD + f"[clocks.D02]\nlength = 1\nwarn_share = [2]\n{HOURS}", "is not a list of shares left, from 0 to 1"),
        (HEAD + f'[clocks.D02]\nlength = 1\ncut_off = "2 pm"\n{DAYS}', "cut_off = '2 pm' is not a time of day"),
        (HEAD + f'[clocks.D02]\nlength = 1\ncut_off = "14:00Z"\n{DAYS}', "is not a time of day"),
        (HEAD + f'[clocks.D02]\nlength = 1\nzone = "Mars"\n{DAYS}', "zone = 'Mars' is not a name of the IANA"),
        (HEAD + f'[clocks.D02]\nlength = 1\nstarts = "noon"\n{DAYS}', "is not one of order_placed"),
        (HEAD + f"[clocks.D02]\nlength = 1.5\n{DAYS}", "clocks.D02: length counts whole days"),
        (HEAD + f'[clocks.D02]\nlength = 1\ncut_off = "14:00"\n{HOURS}', "cut_off goes with business_days"),
        (HEAD + f'[clocks.D02]\nlength = 1\nends_at = "14:00"\n{HOURS}', "ends_at goes with a unit of days"),
        (HEAD + f'[clocks.D02]\nlength = 1\nzone = "UTC"\n{HOURS}', "zone goes with a unit of days"),
        (HEAD + f'[clocks.D02]\nlength = 0\nends_at = "14:00"\n{DAYS}', "a length of 0 that ends_at a time needs"),
        (HEAD + f'[clocks.D02]\nlength = 0\ncut_off = "15:00"\nends_at = "14:00"\n{DAYS}', "a length of 0"),
        (HEAD + f"[clocks.D01]\nlength = 1\n{DAYS}", "our own aims count hours or business_hours"),
        (HEAD + '[clocks.D03]\nlength = 1\nunit = "business_hours"\nsource = "default"', "D03: it is told in hours"),
        (HEAD + '[clocks.D12]\nlength = 3\nunit = "attempts"\nsource = "default"', "D12: length can only be 2"),
        (HEAD + '[clocks.D02]\nlength = 3\nunit = "attempts"\nsource = "default"', "attempts are counted by D12"),
        (HEAD + f'[clocks.D14b]\nlength = 4\nstarts = "order_placed"\n{DAYS}', "starts needs a figure of the base"),
        (HEAD + '[intervals]\nnap = { hours = 1, source = "default" }', "intervals.nap: there is no such figure"),
        (HEAD + "[intervals]\nplatform_hold = 1", "intervals.platform_hold must be a table with hours, source"),
        (HEAD + '[intervals]\nplatform_hold = { hours = 1, source = "U" }', "platform_hold needs read_on"),
        (HEAD + "[auto_cancel.paid]\nlength = 1", "auto_cancel.paid: .* there are not_shipped, not_collected"),
        (HEAD + 'cancel_limit_rank = { rank = 45, source = "default" }', "no stage has it; there are 0, 10"),
        (HEAD + "[calendar]\nzone = 'UTC'", "calendar needs source"),
        (HEAD + "[calendar]\nsource = 'default'\nweekdays = []", r"weekdays = \[\] is not a list of mon, tue"),
        (HEAD + "[calendar]\nsource = 'default'\nsubdivision = 'ENG'", "calendar.subdivision needs country"),
        (HEAD + 'markets = "US"', "markets = 'US' is not a list of country codes"),
    ],
)
def test_a_wrong_policy_says_what_is_wrong_and_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        parse_policy(text, ARTICLE)


def test_a_first_policy_needs_its_intervals() -> None:
    with pytest.raises(PolicyError, match="intervals: missing complaint_follow_up, late_claim_asks_again"):
        parse_policy(HEAD + 'cancel_limit_rank = { rank = 40, source = "default" }\n')


def test_what_is_wrong_with_a_file_names_the_file() -> None:
    with pytest.raises(PolicyError, match=r"mine\.toml: clocks\.D02 needs length"):
        parse_file("mine.toml", HEAD + "[clocks.D02]\n")


def test_an_unknown_policy_names_those_there_are() -> None:
    with pytest.raises(PolicyError, match="no policy 'xx'; there are article, gb-2024, th-2025, us-2026, vn-2025"):
        load_policy("xx")


def test_a_country_of_which_no_holidays_are_known_is_told() -> None:
    with pytest.raises(PolicyError, match="nothing is known of public holidays in GB XXX"):
        public_holidays("GB", "XXX")


def test_only_the_figures_of_a_policy_are_read_without_its_holidays() -> None:
    assert not figures_of("us-2026").calendar.holidays
    assert load_policy("us-2026").calendar.holidays


def test_a_shops_own_figure_counts_is_told_as_its_own_and_keeps_the_warnings() -> None:
    policy = with_figures(ARTICLE, {"D02": {"length": 60, "unit": "hours"}})
    own = policy.clocks[RuleId.D02]
    assert (own.length, own.source, own.warn) == (60, "yours", ARTICLE.clocks[RuleId.D02].warn)
    ship_by = an_order(1, *placed(), policy=policy).deadline(RuleId.D02)
    assert ship_by is not None
    assert ship_by.due_at == t(60)
    assert with_figures(ARTICLE, {"D02": {"length": 60, "unit": "hours", "warn": [3]}}).clocks[RuleId.D02].warn == (3,)


@pytest.mark.parametrize(
    ("rule", "entry", "said"),
    [
        ("D99", {}, "figures.D99: there is no such figure"),
        ("D02", {"length": 1}, "figures.D02 needs unit: one of hours"),
        ("D02", {"length": 1, "unit": "hours", "source": "U-us 1"}, "figures.D02 needs read_on"),
        ("D02", 3, "figures.D02 must be a table with length, unit"),
    ],
)
def test_a_shops_own_figure_is_checked_like_a_policys(rule: str, entry: object, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        own_figure(rule, entry, ARTICLE)


@pytest.mark.parametrize("name", policy_names())
def test_a_stored_policy_comes_back_as_it_was_with_its_holidays(name: str) -> None:
    policy = with_figures(load_policy(name), {"D02": {"length": 1, "unit": "business_days", "zone": "Asia/Tokyo"}})
    stored = json.loads(json.dumps(policy_as_data(policy)))
    assert policy_from_data(stored) == policy
    assert policy_from_data(stored) != replace(policy, version="2")
