"""Rates count what is settled, by the shop's own days, and leave out a day on which something is still open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.deadline import RULES, ClockType, Fault, RuleId
from models.due_days import LIMITS, Rate, Tally, by_day, by_limit, day_of, days_before, rate_of, settled, undecided

SAIGON, NEW_YORK, CAIRO = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("America/New_York"), ZoneInfo("Africa/Cairo")
NOW = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 3, 16), date(2026, 3, 17)


def test_days_are_the_shops_and_today_is_none_of_them():
    days = days_before(NOW, SAIGON, 2)
    assert [day.date for day in days] == [MONDAY, TUESDAY]
    assert days[0].since == datetime(2026, 3, 15, 17, 0, tzinfo=UTC)
    assert days[1].until == day_of(NOW, SAIGON).since == datetime(2026, 3, 17, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "hours"),
    [
        (datetime(2026, 3, 8, 12, tzinfo=UTC), NEW_YORK, 23),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), NEW_YORK, 25),
        (datetime(2026, 4, 24, 12, tzinfo=UTC), CAIRO, 23),  # its midnight is skipped
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(now, zone, hours):
    today = day_of(now, zone)
    assert today.until - today.since == timedelta(hours=hours)


@given(st.integers(0, 15_000 * 24 * 3600), st.sampled_from([SAIGON, NEW_YORK, CAIRO]))
def test_days_follow_each_other_without_gap_up_to_the_day_of_now(seconds, zone):
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    days = (*days_before(now, zone, 5), day_of(now, zone))
    assert all(before.until == after.since for before, after in pairwise(days))
    assert days[-1].since <= now < days[-1].until


def test_our_own_aims_what_is_nobodys_fault_and_counts_of_attempts_are_no_limits():
    assert RuleId.D02 in LIMITS
    assert not {RuleId.D03, RuleId.D09, RuleId.D12, RuleId.D17} & set(LIMITS)
    assert {RULES[rule].clock for rule in LIMITS} == {ClockType.RULE}
    assert {RULES[rule].fault for rule in LIMITS} == {Fault.SHOP, Fault.CARRIER}


def test_a_day_on_which_a_clock_is_still_open_is_left_out_with_all_that_was_due_on_it():
    told = [
        Tally(date=MONDAY, rule=RuleId.D02, met=3),
        Tally(date=TUESDAY, rule=RuleId.D02, met=2, by_shop=1),
        Tally(date=TUESDAY, rule=RuleId.D04, open=1),
    ]
    assert settled(told) == told[:1]
    assert undecided(told) == [TUESDAY]


def test_a_days_rates_are_those_of_setting_to_shipped_and_of_all_limits():
    told = [
        Tally(date=TUESDAY, rule=RuleId.D02, met=2, by_shop=1),
        Tally(date=MONDAY, rule=RuleId.D04, met=1, by_carrier=1),
        Tally(date=TUESDAY, rule=RuleId.D04, by_carrier=1),
    ]
    first, second = by_day(told)
    assert (first.date, first.dispatch, first.all) == (MONDAY, Rate(), Rate(2, 0, 1))
    assert (second.date, second.dispatch, second.all) == (TUESDAY, Rate(3, 1, 0), Rate(4, 1, 1))
    assert (second.all.missed, second.all.percent) == (2, 50.0)


def test_where_nothing_was_due_there_is_no_rate():
    assert by_day([Tally(date=MONDAY, rule=RuleId.D02)]) == []
    assert by_limit([Tally(date=MONDAY, rule=RuleId.D02)]) == []
    assert Rate().percent == 0


def test_the_limit_that_is_missed_most_comes_first():
    told = [
        Tally(date=MONDAY, rule=RuleId.D02, met=9),
        Tally(date=MONDAY, rule=RuleId.D04, met=1, by_carrier=1),
        Tally(date=TUESDAY, rule=RuleId.D04, by_carrier=2),
    ]
    assert by_limit(told) == [(RuleId.D04, Rate(4, 0, 3)), (RuleId.D02, Rate(9, 0, 0))]


TALLIES = st.builds(
    Tally,
    date=st.sampled_from([MONDAY, TUESDAY]),
    rule=st.sampled_from(LIMITS),
    met=st.integers(0, 9),
    by_shop=st.integers(0, 9),
    by_carrier=st.integers(0, 9),
    open=st.integers(0, 1),
)


@given(st.lists(TALLIES))
def test_by_day_and_by_limit_nothing_is_lost_and_nothing_counted_twice(told):
    whole = rate_of(told)
    for parts in ([day.all for day in by_day(told)], [rate for _, rate in by_limit(told)]):
        assert sum(part.due for part in parts) == whole.due
        assert sum(part.missed for part in parts) == whole.missed <= whole.due
