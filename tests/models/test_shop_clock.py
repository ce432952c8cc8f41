"""The clocks of mailboxes and shops, D20 to D22 of order-lifecycle, section 7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.business_time import BusinessCalendar
from models.deadline import Deadline
from models.shop_clock import mail_expected, mail_waits, mailbox_read, usual_gap
from models.shop_figures import shop_figures
from tests.models.makers import T0, t

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
INSTANT = timedelta(microseconds=1)
FIGURES = shop_figures()
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = BusinessCalendar(zone=ZoneInfo("UTC"), hours=(time(9), time(18)), days=frozenset(range(6)))


def read(interval: timedelta, now: datetime) -> Deadline:
    found = mailbox_read(T0, interval, FIGURES, now)
    assert found is not None
    return found


@pytest.mark.row("D20")
@pytest.mark.parametrize(
    ("interval", "patience"), [(MINUTE, 15 * MINUTE), (5 * MINUTE, 15 * MINUTE), (15 * MINUTE, 45 * MINUTE)]
)
def test_a_mailbox_may_be_unread_for_three_intervals_and_at_least_15_minutes(interval, patience) -> None:
    at_last, over = read(interval, T0 + patience), read(interval, T0 + patience + INSTANT)
    assert (at_last.state, at_last.next_check_at) == ("RUNNING", T0 + patience + INSTANT)
    assert (over.state, over.breached_at, over.fault) == ("BREACHED", T0 + patience, "system")
    assert (over.rule, over.start_at, over.clock) == ("D20", T0, "watch")


@pytest.mark.row("D20")
def test_a_mailbox_that_was_never_read_has_no_such_clock() -> None:
    assert mailbox_read(None, MINUTE, FIGURES, T0) is None


def every(gap: timedelta, weeks: float = 10) -> list[datetime]:
    """Mails at equal distances, the last at T0."""
    return [T0 - number * gap for number in range(int(weeks * WEEK / gap) + 1)]


def by_day(opens: int, closes: int, gap: timedelta, last: datetime) -> list[datetime]:
    """Mails of ten weeks up to the last, between two hours of the shop's own day alone."""
    moments = (last - number * gap for number in range(int(10 * WEEK / gap)))
    return [moment for moment in moments if opens <= moment.astimezone(HANOI).hour < closes]


def expected(received: Sequence[datetime], now: datetime) -> Deadline | None:
    return mail_expected(received, HANOI, FIGURES, now)


def due_of(received: Sequence[datetime]) -> datetime:
    clock = expected(received, max(received))
    assert clock is not None
    return clock.due_at


@pytest.mark.row("D21")
@pytest.mark.parametrize(
    ("gap", "patience"),
    [
        (DAY / 100, 12 * HOUR),  # a hundred a day
        (3 * HOUR, 12 * HOUR),
        (5 * HOUR, 20 * HOUR),
        (2 * DAY, 8 * DAY),
        (WEEK, 4 * WEEK),  # one a week
        (2 * WEEK, 8 * WEEK),  # as far back as is looked
    ],
)
def test_silence_is_unusual_after_four_usual_gaps_and_at_least_12_hours(gap: timedelta, patience: timedelta) -> None:
    mails = every(gap, weeks=20)
    looks = [expected(mails, T0 + patience), expected(mails, T0 + patience + INSTANT)]
    assert [look and (look.rule, look.state, look.start_at, look.breached_at) for look in looks] == [
        ("D21", "RUNNING", T0, None),
        ("D21", "BREACHED", T0, T0 + patience),
    ]


@pytest.mark.row("D21")
def test_a_night_without_mail_is_usual_but_the_morning_after_is_not() -> None:
    """A shop of Hanoi that gets a mail each ten minutes from 8 to 22, the last of all at 17:00 (10:00 UTC)."""
    due = due_of(by_day(8, 22, 10 * MINUTE, t(10)))
    assert t(24 + 1) <= due <= t(24 + 2)  # 8:00 to 9:00 of the next day, though twelve hours were over at 5:00


@pytest.mark.row("D21")
def test_a_weekend_without_mail_is_usual_where_there_never_was_any() -> None:
    friday_evening = datetime(2026, 2, 27, 10, tzinfo=UTC)  # 17:00 in Hanoi
    mails = [one for one in by_day(8, 18, 10 * MINUTE, friday_evening) if one.astimezone(HANOI).weekday() < 5]
    monday_morning = datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert monday_morning <= due_of(mails) <= monday_morning + HOUR


@pytest.mark.row("D21")
@pytest.mark.parametrize("received", [[], [T0], every(HOUR, weeks=1), [T0 - 9 * WEEK, T0]])
def test_before_anything_is_usual_nothing_is_expected(received) -> None:
    assert expected(received, T0 + 30 * DAY) is None


@pytest.mark.row("D21")
def test_any_mail_begins_anew_and_news_to_come_is_not_known() -> None:
    mails = every(HOUR)
    clock = expected([*mails, T0 + 5 * HOUR], T0 + 16 * HOUR)
    assert clock is not None
    assert (clock.state, clock.start_at, clock.due_at) == ("RUNNING", T0 + 5 * HOUR, T0 + 17 * HOUR)
    assert expected([*mails, T0 + 5 * DAY], T0 + 16 * HOUR) == expected(mails, T0 + 16 * HOUR)


mail_times = st.lists(
    st.integers(0, 12 * 7 * 24 * 60).map(lambda minutes: T0 + minutes * MINUTE), min_size=1, max_size=40
)


@pytest.mark.row("D21")
@settings(max_examples=settings().max_examples // 4)  # each goes through weeks hour by hour
@given(received=mail_times, waited=st.integers(0, 60 * 24 * 60), data=st.data())
def test_silence_is_never_shorter_than_12_hours_and_once_unusual_stays_so(
    received: list[datetime], waited: int, data: st.DataObject
) -> None:
    now = max(received) + waited * MINUTE
    clock = expected(received, now)
    assert expected(data.draw(st.permutations([*received, received[0]])), now) == clock
    if clock is not None:
        later = expected(received, now + 30 * DAY)
        assert clock.start_at == max(received)
        assert clock.due_at >= clock.start_at + 12 * HOUR
        assert (clock.state == "BREACHED") is (now > clock.due_at)
        assert later is not None
        assert later.due_at == clock.due_at


@pytest.mark.row("D22")
@pytest.mark.parametrize(
    ("seen", "warned", "due"),
    [
        (t(24 + 10), t(24 + 10.75), t(24 + 11)),  # Monday at ten
        (t(3), t(24 + 9.75), t(24 + 10)),  # in the night to Sunday
        (t(24 + 17.5), t(48 + 9.25), t(48 + 9.5)),  # half an hour before closing
    ],
)
def test_a_mail_that_was_not_understood_waits_for_one_business_hour(seen, warned, due) -> None:
    looks = [mail_waits(seen, OFFICE, FIGURES, now) for now in (seen, warned, due, due + INSTANT)]
    assert [(look.state, look.warn_level) for look in looks] == [
        ("RUNNING", 0),
        ("WARNED", 1),
        ("WARNED", 1),
        ("BREACHED", 1),
    ]
    assert [look.next_check_at for look in looks] == [warned, due + INSTANT, due + INSTANT, None]
    assert [look.breached_at for look in looks] == [None, None, None, due]
    assert {(look.rule, look.start_at, look.clock) for look in looks} == {("D22", seen, "watch")}


@pytest.mark.row("D21")
def test_mail_that_is_rarer_than_what_is_looked_back_on_is_not_expected() -> None:
    assert expected(every(3 * WEEK, weeks=40), T0) is None


@pytest.mark.row("D21")
def test_mail_of_this_very_moment_has_come() -> None:
    clock = expected([*every(HOUR), T0 + 5 * HOUR], T0 + 5 * HOUR)
    assert clock is not None
    assert clock.start_at == T0 + 5 * HOUR


@pytest.mark.row("D21")
def test_two_weeks_of_mail_are_enough_to_know_what_is_usual() -> None:
    assert due_of([T0 - 2 * WEEK, T0 - WEEK, T0]) == T0 + 4 * WEEK
    assert expected([T0 - WEEK, T0], T0) is None


def with_small_gaps_in_the_last_weeks(weeks: int) -> list[datetime]:
    """At this hour of the week mail came each hour in the last weeks, and each five hours in those before."""
    return sorted(
        T0 - number * WEEK + sign * (0.5 if number <= weeks else 2.5) * HOUR
        for number in range(1, 20)
        for sign in (-1, 1)
    )


@pytest.mark.row("D21")
@pytest.mark.parametrize(("weeks", "later", "gap"), [(4, 0, 5), (5, 0, 1), (4, 1, 5), (5, 1, 1), (4, 3, 5), (5, 3, 1)])
def test_what_is_usual_is_the_middle_of_eight_weeks_the_longer_of_two(weeks: int, later: int, gap: int) -> None:
    """Of the eight weeks before the last mail, however long that is ago."""
    mails = [*with_small_gaps_in_the_last_weeks(weeks), T0]
    assert usual_gap(mails, T0 + later * WEEK, HANOI, FIGURES) == gap * HOUR


@pytest.mark.row("D21")
def test_the_hour_of_the_week_is_that_of_the_shops_clocks_over_a_change_of_them() -> None:
    """Two mails a day, at 8 and at 9 of Los Angeles; the clocks were set forward on Sunday 8 March 2026."""
    there = ZoneInfo("America/Los_Angeles")
    days = [datetime(2026, 2, 1, hour, tzinfo=there) + number * DAY for number in range(37) for hour in (8, 9)]
    mails = sorted(moment.astimezone(UTC) for moment in days)
    half_past_eight = datetime(2026, 3, 12, 8, 30, tzinfo=there).astimezone(UTC)
    assert usual_gap(mails, half_past_eight, there, FIGURES) == HOUR
    silent = mail_expected(mails, there, FIGURES, max(mails))
    assert silent is not None
    assert silent.due_at == datetime(2026, 3, 10, 8, tzinfo=there)  # the morning after the last mail
