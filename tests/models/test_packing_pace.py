"""Tonight's forecast rests on the shop's own pace at each hour, and promises no order that cannot be packed in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.packing_pace import FEWEST_DAYS, FEWEST_PACKED, Forecast, Pace, forecast, pace

SAIGON, KATHMANDU = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Asia/Kathmandu")
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 3, 18, 17, 0, tzinfo=UTC)  # in the shop
NOON = MIDNIGHT - 12 * HOUR


def at(hour: float) -> datetime:
    return MIDNIGHT - (24 - hour) * HOUR


def steady(an_hour: float, hours: range = range(24)) -> Pace:
    return Pace(by_hour=dict.fromkeys(hours, an_hour), packed=1000, days=14)


def test_the_pace_is_what_was_packed_in_an_hour_of_the_day_on_the_days_that_were_packed_on():
    monday, thursday = at(9.5), at(9.2) - 6 * 24 * HOUR
    found = pace([monday, monday, monday + HOUR, thursday], SAIGON)
    assert (found.by_hour, found.packed, found.days) == ({9: 1.5, 10: 0.5}, 4, 2)


def test_a_sample_stands_for_all_that_were_packed():
    found = pace([at(9), at(9)], SAIGON, share=0.1)
    assert (found.by_hour, found.packed) == ({9: 20.0}, 20)


@pytest.mark.parametrize(
    ("days", "packed", "known"),
    [(FEWEST_DAYS, FEWEST_PACKED, True), (FEWEST_DAYS - 1, 99, False), (14, FEWEST_PACKED - 1, False), (0, 0, False)],
)
def test_too_little_history_is_no_pace(days, packed, known):
    assert Pace(by_hour={}, packed=packed, days=days).known is known


def test_who_packed_nothing_has_no_pace():
    assert pace([], SAIGON) == Pace(by_hour={}, packed=0, days=0)


def test_twelve_orders_at_two_an_hour_are_done_in_six_hours():
    told = forecast([MIDNIGHT] * 12, steady(2), SAIGON, NOON, MIDNIGHT)
    assert told == Forecast(due=12, late=0, done_at=NOON + 6 * HOUR, an_hour=2, rest=24)


def test_what_the_pace_does_not_reach_until_midnight_is_late():
    told = forecast([MIDNIGHT] * 30, steady(2), SAIGON, NOON, MIDNIGHT)
    assert (told.due, told.late, told.done_at) == (30, 6, MIDNIGHT)


def test_after_hours_nothing_is_packed():
    told = forecast([MIDNIGHT] * 12, steady(2, range(9, 14)), SAIGON, NOON, MIDNIGHT)
    assert (told.late, told.done_at, told.rest) == (8, at(14), 4)


def test_before_hours_the_pace_of_the_hours_to_come_counts():
    told = forecast([MIDNIGHT] * 4, steady(2, range(14, 18)), SAIGON, NOON, MIDNIGHT)
    assert (told.an_hour, told.late, told.done_at) == (0, 0, at(16))


def test_the_most_pressing_is_packed_first_and_one_that_is_lost_holds_up_none_that_is_not():
    due = [at(13), at(12.25), at(13), at(12.5), at(13)]
    told = forecast(due, steady(2), SAIGON, NOON, MIDNIGHT)
    assert (told.late, told.done_at) == (3, at(13))
    assert forecast([at(13), at(12.5)], steady(2), SAIGON, NOON, MIDNIGHT).late == 0


def test_a_part_of_an_order_is_taken_over_into_the_next_hour():
    told = forecast([MIDNIGHT], Pace(by_hour={12: 0.5, 13: 1}, packed=99, days=9), SAIGON, NOON, MIDNIGHT)
    assert told.done_at == at(13.5)


def test_hours_are_those_of_the_shops_clock_where_it_is_three_quarters_off():
    midnight = datetime(2026, 3, 18, 18, 15, tzinfo=UTC)
    told = forecast(
        [midnight], Pace(by_hour={23: 1}, packed=99, days=9), KATHMANDU, midnight - 90 * HOUR / 60, midnight
    )
    assert (told.done_at, told.rest) == (midnight, 1)


DUES = st.lists(st.floats(12, 24).map(at), max_size=30)
PACES = st.dictionaries(st.integers(12, 23), st.floats(0, 50), max_size=12)


@given(DUES, PACES)
def test_late_ones_are_some_of_those_due_and_the_others_are_done_in_time(dues, by_hour):
    told = forecast(dues, Pace(by_hour=by_hour, packed=99, days=9), SAIGON, NOON, MIDNIGHT)
    assert 0 <= told.late <= told.due == len(dues)
    assert (told.done_at is None) is (told.late == told.due)
    if told.done_at is not None:
        assert NOON <= told.done_at <= max(dues)
    assert told.due - told.late <= told.rest + 1e-6


@given(DUES, PACES, st.integers(1, 3))
def test_who_packs_faster_is_late_with_no_more_orders(dues, by_hour, faster):
    slow = Pace(by_hour=by_hour, packed=99, days=9)
    quick = Pace(by_hour={hour: faster * count for hour, count in by_hour.items()}, packed=99, days=9)
    both = [forecast(dues, one, SAIGON, NOON, MIDNIGHT).late for one in (slow, quick)]
    assert both[1] <= both[0]
