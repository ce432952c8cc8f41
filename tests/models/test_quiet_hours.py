"""When a shop's quiet hours are: its own wall time, across midnight, and in the nights when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.quiet_hours import QuietHours

SAIGON, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
times = st.times(timezones=st.none()).map(lambda at: at.replace(microsecond=0))


def hours(start: str, end: str, zone: ZoneInfo = SAIGON) -> QuietHours:
    return QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end), zone=zone)


def at(text: str, zone: ZoneInfo = SAIGON) -> datetime:
    """A moment by the shop's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (("22:00", "07:00"), "2026-03-01T21:59:59", None),
        (("22:00", "07:00"), "2026-03-01T22:00:00", "2026-03-02T07:00:00"),
        (("22:00", "07:00"), "2026-03-02T06:59:59", "2026-03-02T07:00:00"),
        (("22:00", "07:00"), "2026-03-02T07:00:00", None),
        (("12:00", "13:30"), "2026-03-01T12:30:00", "2026-03-01T13:30:00"),
        (("12:00", "13:30"), "2026-03-01T23:30:00", None),
    ],
)
def test_quiet_hours_are_the_shops_own_and_end_the_next_day_if_they_must(quiet, moment, until):
    period = hours(*quiet).period_at(at(moment))
    assert (period and period[1]) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("evening", "long"), [("2026-03-28T22:00:00", 8), ("2026-10-24T22:00:00", 10)], ids=["spring", "autumn"]
)
def test_a_night_in_which_clocks_are_changed_is_an_hour_shorter_or_longer(evening, long):
    period = hours("22:00", "07:00", BERLIN).period_at(at(evening, BERLIN))
    assert period is not None
    assert period[1] - period[0] == timedelta(hours=long)


@given(times, times, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds without a zone are what Hypothesis asks for
def test_the_last_quiet_hours_are_over_and_began_less_than_two_days_ago(start, end, now):
    if start == end:
        return
    quiet = QuietHours(start=start, end=end, zone=BERLIN)
    last, present = quiet.last_period(now), quiet.period_at(now)
    assert last[1] <= now < last[1] + timedelta(hours=25)
    assert present is None or last[1] <= present[0] <= now < present[1]
