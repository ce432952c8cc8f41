"""Which channel is tried: the first, the next while that is given up, the first again after its rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.alert_channel import Channel, Try, next_channel, preferring
from models.alert_figures import alert_figures
from tests.models.makers import Given, t

FIGURES = alert_figures()
MINUTE = timedelta(minutes=1)
NOW = t(1)
WELL = [Channel(place=place) for place in range(3)]
GIVEN_UP = Channel(place=0, failures=3, failing_since=NOW - MINUTE, not_before=NOW + MINUTE)


def chosen(channels: list[Channel], **given: Given) -> int | None:
    channel = next_channel(channels, FIGURES, Try(now=NOW, **given))
    return None if channel is None else channel.place


def failed(times: int, every: timedelta) -> Channel:
    channel = Channel(place=0)
    for number in range(times):
        channel = channel.after(FIGURES, NOW - (times - 1 - number) * every, arrived=False)
    return channel


def test_the_first_channel_is_tried_and_no_other_while_it_is_well():
    assert chosen(WELL) == 0


def test_a_channel_that_has_just_failed_is_waited_for():
    assert chosen([failed(1, MINUTE), *WELL[1:]], tried={0}) is None
    assert chosen([failed(2, MINUTE), *WELL[1:]], tried={0}) is None


@pytest.mark.parametrize(
    "channel", [failed(3, MINUTE), failed(2, timedelta(minutes=10))], ids=["three times", "for ten minutes"]
)
def test_after_three_failures_or_ten_minutes_the_next_one_is_tried_at_once(channel):
    assert channel.given_up(FIGURES, NOW)
    assert chosen([channel, *WELL[1:]], tried={0}) == 1


def test_one_that_is_given_up_is_left_alone_and_looked_at_again_after_its_rest():
    assert chosen([GIVEN_UP, *WELL[1:]]) == 1
    rested = Channel(place=0, failures=3, failing_since=NOW - MINUTE, not_before=NOW)
    assert chosen([rested, *WELL[1:]]) == 0


def test_a_rest_grows_and_lasts_half_an_hour_at_most():
    ends = [failed(times, MINUTE).not_before or NOW for times in range(1, 9)]
    assert [(end - NOW) / MINUTE for end in ends] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_when_all_are_given_up_the_first_is_tried_all_the_same():
    alone = [GIVEN_UP]
    assert chosen(alone) == 0
    assert chosen(alone, tried={0}) is None


def test_a_message_that_a_channel_refuses_again_and_again_goes_to_the_next_one():
    assert chosen(WELL, tried={0}, attempts=1) is None
    assert chosen(WELL, tried={0}, attempts=2) == 1


def test_a_try_that_arrives_makes_a_channel_well():
    assert GIVEN_UP.after(FIGURES, NOW, arrived=True) == Channel(place=0)


def test_who_heard_of_a_trouble_is_tried_first():
    assert [channel.place for channel in preferring(WELL, 2)] == [2, 0, 1]
    assert preferring(WELL, None) == WELL
