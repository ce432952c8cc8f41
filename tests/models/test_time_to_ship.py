"""How long orders took: each stands in one bar, late by its own limit; half took no longer than the median."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.time_to_ship import HOUR, MOST_BARS, Bar, ShipTime, bars, middle, usual_limit
from tests.models.makers import t


def took(hours: float, limit: float = 72) -> ShipTime:
    return ShipTime(order_no="1", start_at=t(0), due_at=t(limit), shipped_at=t(hours))


@pytest.mark.parametrize(("hours", "late"), [(72, False), (72.001, True), (0, False)])
def test_an_order_is_late_after_its_own_limit_and_not_at_it(hours, late):
    assert took(hours).late is late


def test_an_order_that_was_shipped_before_its_clock_began_took_no_time():
    assert took(-5).taken == timedelta(0)


def test_the_middle_is_the_span_that_half_of_them_do_not_exceed():
    assert middle([3 * HOUR, 1 * HOUR, 80 * HOUR]) == 3 * HOUR
    assert middle([1 * HOUR, 2 * HOUR]) == 1.5 * HOUR
    assert middle([]) is None


def test_the_usual_limit_is_the_most_frequent_one_and_of_two_the_shorter():
    assert usual_limit([took(1, 72), took(1, 24), took(1, 72.2)]) == 72 * HOUR
    assert usual_limit([took(1, 72), took(1, 24)]) == 24 * HOUR
    assert usual_limit([]) is None


def test_bars_hold_who_was_in_time_and_who_was_late_by_their_own_limit():
    found = bars([took(1), took(5), took(40), took(40, 24), took(73)])
    assert [(bar.since, bar.until) for bar in found][:2] == [(0, 6), (6, 12)]
    assert found[0] == Bar(since=0, until=6, in_time=2, late=0)
    assert found[6] == Bar(since=36, until=42, in_time=1, late=1)
    assert found[-1] == Bar(since=72, until=78, in_time=0, late=1)


def test_what_took_more_than_twice_the_limit_stands_in_one_last_bar_that_says_so():
    found = bars([took(1), took(150), took(2000)])
    assert (found[-1].late, found[-1].open) == (2, True)
    assert found[-1].until <= 168
    assert not any(bar.open for bar in found[:-1])


def test_without_orders_there_are_no_bars():
    assert bars([]) == []


LIMITS = st.sampled_from([0.5, 8, 24, 72, 400])
ORDERS = st.lists(st.builds(took, st.floats(0, 3000), LIMITS), min_size=1, max_size=40)


@given(ORDERS)
def test_each_order_stands_in_exactly_one_of_few_bars_of_one_width(orders):
    found = bars(orders)
    assert sum(bar.in_time + bar.late for bar in found) == len(orders)
    assert sum(bar.late for bar in found) == sum(order.late for order in orders)
    assert len(found) <= MOST_BARS
    assert {bar.until - bar.since for bar in found} == {found[0].until}
    assert all(before.until == after.since for before, after in pairwise(found))


@given(ORDERS)
def test_bars_do_not_depend_on_the_order_of_the_orders(orders):
    assert bars(orders) == bars(orders[::-1])
