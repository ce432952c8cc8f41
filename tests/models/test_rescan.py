"""From when on a mailbox is read again: models.rescan, with the figures that come along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.mail_figures import rescan_figures
from models.rescan import after_gap, after_rebuild, for_order, routine

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FIGURES = rescan_figures()


@pytest.mark.parametrize(
    ("outage", "days_back"),
    [
        (None, None),  # never read: all of it is new anyway
        (30 * MINUTE, None),  # the limit is no gap yet
        (31 * MINUTE, 3),
        (DAY / 2, 3),
        (7 * DAY, 7 + 7 + 1),
        (60 * DAY, 60 + 60 + 1),
    ],
)
def test_after_an_outage_mail_is_looked_through_as_long_again_before_it_and_a_day_at_least_three(outage, days_back):
    since = after_gap(None if outage is None else NOW - outage, NOW, FIGURES)
    assert since == (None if days_back is None else NOW - days_back * DAY)


@pytest.mark.parametrize(("outage", "days_back"), [(MINUTE, 14), (6 * DAY, 14), (7 * DAY, 15), (30 * DAY, 61)])
def test_a_rebuilt_folder_is_read_from_as_long_before_the_last_look_at_least_two_weeks(outage, days_back):
    assert after_rebuild(NOW - outage, NOW, FIGURES) == NOW - days_back * DAY


def test_a_clock_that_was_turned_back_narrows_nothing():
    assert after_rebuild(NOW + DAY, NOW, FIGURES) == NOW - 14 * DAY


def test_an_orders_first_mail_is_looked_for_as_long_back_as_an_order_can_be_under_way():
    assert for_order(NOW, FIGURES) == NOW - 18 * DAY


def test_each_hour_three_days_are_looked_through():
    assert routine(NOW, FIGURES) == NOW - 3 * DAY
