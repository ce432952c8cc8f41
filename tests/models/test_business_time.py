"""Opening hours, holds and nights of daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.business_time import (
    BusinessCalendar,
    after_business_days,
    after_calendar_days,
    in_business_hours,
    in_wall_time,
    joined,
)

HOUR = timedelta(hours=1)
LOS_ANGELES, LONDON, UTC_ZONE = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/London"), ZoneInfo("UTC")


def a_calendar(
    zone: ZoneInfo = UTC_ZONE,
    hours: tuple[int, int] = (9, 18),
    days: range = range(6),
    closed: tuple[date, ...] = (),
) -> BusinessCalendar:
    opens, closes = hours
    return BusinessCalendar(
        zone=zone, hours=(time(opens), time(closes)), days=frozenset(days), closed=frozenset(closed)
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),
        ("2026-03-02T16:00", 4, "2026-03-03T11:00"),
        ("2026-03-01T03:00", 4, "2026-03-02T13:00"),  # a Sunday
        ("2026-02-28T17:00", 2, "2026-03-02T10:00"),  # over a Sunday
        ("2026-03-02T09:00", 9, "2026-03-02T18:00"),  # to the last minute
        ("2026-03-02T09:00", 20, "2026-03-04T11:00"),  # over two nights
        ("2026-03-02T23:00", 0, "2026-03-03T09:00"),
    ],
)
def test_only_opening_hours_count(start: str, hours: int, due: str) -> None:
    assert in_business_hours(a_calendar(), at(start), [hours * HOUR]) == (at(due),)


def test_closed_days_do_not_count() -> None:
    closed = a_calendar(closed=(date(2026, 3, 3),))
    assert in_business_hours(closed, at("2026-03-02T17:00"), [2 * HOUR]) == (at("2026-03-04T10:00"),)


def test_time_on_hold_does_not_count() -> None:
    holds = [(at("2026-03-02T11:00"), at("2026-03-02T13:00"))]
    assert in_business_hours(a_calendar(), at("2026-03-02T10:00"), [4 * HOUR], holds) == (at("2026-03-02T16:00"),)
    assert in_wall_time(at("2026-03-02T10:00"), [HOUR, 4 * HOUR], holds) == (
        at("2026-03-02T11:00"),
        at("2026-03-02T16:00"),
    )


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (LOS_ANGELES, "2026-03-08", 23),
        (LOS_ANGELES, "2026-11-01", 25),
        (LONDON, "2026-03-29", 23),
        (LONDON, "2026-10-25", 25),
    ],
)
def test_a_calendar_day_is_as_long_as_the_zone_makes_it(zone: ZoneInfo, day: str, length: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(UTC)
    assert after_calendar_days(midnight, 1, zone) - midnight == length * HOUR


@pytest.mark.parametrize(("day", "length"), [("2026-03-07", 7), ("2026-10-31", 9), ("2026-10-01", 8)])
def test_a_night_shop_counts_the_hours_that_were_there(day: str, length: int) -> None:
    nights = a_calendar(LOS_ANGELES, (22, 6), range(7))
    opens = datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=LOS_ANGELES).astimezone(UTC)
    closes, reopened = in_business_hours(nights, opens, [length * HOUR, length * HOUR + timedelta(minutes=1)])
    assert closes.astimezone(LOS_ANGELES).hour == 6
    assert (reopened.astimezone(LOS_ANGELES).hour, reopened.astimezone(LOS_ANGELES).minute) == (22, 1)


def test_opening_hours_keep_their_wall_time_over_the_change() -> None:
    shop = a_calendar(LOS_ANGELES, days=range(7))
    friday_evening = datetime(2026, 3, 7, 17, tzinfo=LOS_ANGELES).astimezone(UTC)
    due = in_business_hours(shop, friday_evening, [2 * HOUR])[0]
    assert due.astimezone(LOS_ANGELES).isoformat() == "2026-03-08T10:00:00-07:00"


@pytest.mark.parametrize(
    ("start", "cut_off", "due"),
    [
        ("2026-03-02T10:00", None, "2026-03-04T10:00"),
        ("2026-03-06T10:00", None, "2026-03-09T10:00"),  # Friday, Saturday, Monday
        ("2026-03-02T10:00", time(14), "2026-03-04T14:00"),
        ("2026-03-02T15:00", time(14), "2026-03-05T14:00"),
    ],
)
def test_business_days_skip_closed_days_and_mind_the_cut_off(start: str, cut_off: time | None, due: str) -> None:
    assert after_business_days(at(start), 2, a_calendar(), cut_off=cut_off, ends_at=cut_off) == at(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02T13:59:59", "2026-03-02T23:59"),
        ("2026-03-02T14:00", "2026-03-03T23:59"),
        ("2026-03-07T13:59", "2026-03-07T23:59"),  # a Saturday, which is worked on
        ("2026-03-07T14:00", "2026-03-09T23:59"),
        ("2026-03-08T10:00", "2026-03-09T23:59"),  # a Sunday
    ],
)
def test_no_business_days_end_the_same_day_or_the_next_one_after_the_cut_off(start: str, due: str) -> None:
    assert after_business_days(at(start), 0, a_calendar(), cut_off=time(14), ends_at=time(23, 59)) == at(due)


def test_a_start_on_a_day_off_begins_with_the_next_business_day() -> None:
    shop = a_calendar(closed=(date(2026, 3, 9),))
    assert after_business_days(at("2026-03-07T22:00"), 1, shop) == at("2026-03-10T22:00")
    assert after_business_days(at("2026-03-08T08:00"), 1, shop) == at("2026-03-11T00:00")


def test_another_zone_may_say_which_day_it_is() -> None:
    start = at("2026-03-02T23:30")  # Tuesday in Tokyo
    assert after_business_days(start, 1, a_calendar(), zone=ZoneInfo("Asia/Tokyo")) == at("2026-03-03T23:30")
    assert after_business_days(start, 1, a_calendar(), zone=ZoneInfo("Asia/Tokyo"), ends_at=time(12)) == at(
        "2026-03-04T03:00"
    )


def test_business_days_that_never_come_are_days_of_the_calendar() -> None:
    assert after_business_days(at("2026-03-02T10:00"), 2, a_calendar(days=range(0))) == at("2026-03-05T00:00")


@pytest.mark.parametrize(
    ("zone", "start", "days", "due"),
    [
        (LOS_ANGELES, "2026-03-06T20:00", 1, "2026-03-07T20:00"),
        (LOS_ANGELES, "2026-03-06T20:00", 3, "2026-03-10T19:00"),  # Friday noon, with summer time Tuesday noon
        (LOS_ANGELES, "2026-10-30T19:00", 2, "2026-11-02T20:00"),
        (LONDON, "2026-03-27T12:00", 2, "2026-03-30T11:00"),
        (LONDON, "2026-10-23T11:00", 2, "2026-10-26T12:00"),
    ],
)
def test_business_days_keep_their_wall_time_over_the_change(zone: ZoneInfo, start: str, days: int, due: str) -> None:
    assert after_business_days(at(start), days, a_calendar(zone)) == at(due)


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        (LOS_ANGELES, "2026-03-07T10:30", "2026-03-08T10:00"),  # 02:30, which the next night skips
        (LONDON, "2026-03-28T01:30", "2026-03-29T01:00"),
        (LOS_ANGELES, "2026-10-31T08:30", "2026-11-01T08:30"),  # 01:30, which comes twice: the first
        (LOS_ANGELES, "2026-11-01T08:30", "2026-11-02T09:00"),  # the first 01:30 counts as 01:00
        (LOS_ANGELES, "2026-11-01T09:30", "2026-11-02T09:30"),  # the second as itself
        (LONDON, "2026-10-25T00:30", "2026-10-26T01:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice_has_one_moment(zone: ZoneInfo, start: str, due: str) -> None:
    assert after_calendar_days(at(start), 1, zone) == at(due)


def test_a_calendar_day_may_end_at_a_wall_time() -> None:
    assert after_calendar_days(at("2026-03-07T20:00"), 1, LOS_ANGELES, time(23, 59)) == at("2026-03-09T06:59")


def test_a_shop_that_never_opens_counts_wall_time() -> None:
    assert in_business_hours(a_calendar(days=range(0)), at("2026-03-02T10:00"), [HOUR]) == (at("2026-03-02T11:00"),)


def test_overlapping_holds_count_once() -> None:
    one, two, three, four = (at(f"2026-03-02T1{hour}:00") for hour in range(4))
    assert joined([(two, four), (one, three), (three, three)]) == ((one, four),)


def test_a_shop_whose_hours_end_where_they_begin_is_open_all_day_and_all_night() -> None:
    always = a_calendar(hours=(9, 9), days=range(7))
    assert in_business_hours(always, at("2026-03-02T08:00"), [30 * HOUR]) == (at("2026-03-03T14:00"),)
    but_sunday = a_calendar(hours=(9, 9))
    assert in_business_hours(but_sunday, at("2026-02-28T10:00"), [24 * HOUR]) == (at("2026-03-02T10:00"),)


def test_a_shop_that_closes_for_an_hour_is_open_before_and_after_it_in_its_own_zone() -> None:
    evening_break = a_calendar(LOS_ANGELES, (20, 19), range(7))
    start = datetime(2026, 3, 2, 18, tzinfo=LOS_ANGELES).astimezone(UTC)  # the next day in UTC
    due = in_business_hours(evening_break, start, [HOUR, 2 * HOUR])
    assert [moment.astimezone(LOS_ANGELES).hour for moment in due] == [19, 21]


@pytest.mark.parametrize(
    ("holds", "due"),
    [
        ([("2026-03-01T10:00", "2026-03-01T12:00")], "2026-03-03T11:00"),  # before it began
        ([("2026-03-01T10:00", "2026-03-01T12:00"), ("2026-03-02T16:30", "2026-03-02T17:00")], "2026-03-03T11:30"),
        ([("2026-03-03T10:00", "2026-03-03T11:00")], "2026-03-03T12:00"),  # on the next day
        ([("2026-03-02T17:00", "2026-03-03T10:00")], "2026-03-03T13:00"),  # over the night
        ([("2026-03-02T16:00", "2026-03-02T16:30"), ("2026-03-02T17:30", "2026-03-02T18:00")], "2026-03-03T12:00"),
        ([("2026-03-04T10:00", "2026-03-04T11:00")], "2026-03-03T11:00"),  # after it was over
    ],
)
def test_of_four_hours_from_monday_at_four_those_on_hold_are_given_back(holds, due) -> None:
    pauses = [(at(begin), at(end)) for begin, end in holds]
    assert in_business_hours(a_calendar(), at("2026-03-02T16:00"), [4 * HOUR], pauses) == (at(due),)


def test_a_day_is_counted_to_the_microsecond() -> None:
    start = at("2026-03-02T10:00") + timedelta(microseconds=5)
    assert after_calendar_days(start, 1, LOS_ANGELES) == start + 24 * HOUR
    assert after_business_days(start, 1, a_calendar()) == start + 24 * HOUR


def test_holds_that_follow_each_other_are_one_and_a_hold_of_no_length_is_none() -> None:
    one, two, three, four = (at(f"2026-03-02T1{hour}:00") for hour in range(4))
    assert joined([(two, three), (one, two)]) == ((one, three),)
    assert joined([(one, one), (two, three), (four, four)]) == ((two, three),)
    assert joined([(three, four), (one, two)]) == ((one, two), (three, four))
