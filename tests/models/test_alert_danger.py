"""When the danger that many orders were in is over: once none is close to its time, and not by breaches alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.alert_danger import Fate, Named, Over, dangers_over
from models.deadline import DeadlineState
from tests.models.makers import Given, t

A, B = ("A", "D02"), ("B", "D02")


def named(key: str, state: str | None = "MET", **given: Given) -> Named:
    usual: Given = {"group": A, "told_at": t(1), "channel": 0}
    return Named(key=key, state=state, **(usual | given))


@pytest.mark.parametrize(
    ("state", "fate"),
    [
        ("WARNED", Fate.CLOSE),
        ("RUNNING", Fate.SAFE),  # it was given more time
        ("MET", Fate.SAFE),
        ("VOID", Fate.SAFE),  # cancelled
        ("BREACHED", Fate.MISSED),
        ("MET_LATE", Fate.MISSED),
        ("PAUSED", Fate.UNDECIDED),
        ("UNKNOWN", Fate.UNDECIDED),
        (None, Fate.UNDECIDED),
    ],
)
def test_each_state_of_a_clock_says_what_became_of_its_order(state, fate):
    assert named("a", state).fate is fate


def test_every_state_of_a_clock_was_thought_of():
    assert {named("a", state).fate for state in DeadlineState} == set(Fate)


def test_while_one_order_is_close_to_its_time_its_shop_and_rule_are_in_danger_and_others_are_not():
    found = [named("a"), named("b", "WARNED"), named("c", group=B)]
    assert [(over.group, over.keys) for over in dangers_over(found)] == [(B, ("c",))]


def test_what_is_over_is_counted_with_its_first_time_and_its_last_channel():
    later = {"told_at": t(1) + timedelta(minutes=5), "channel": 1}
    found = [named("d", "MET_LATE", **later), named("b", "VOID"), named("a"), named("c", "PAUSED")]
    assert dangers_over(found) == [
        Over(group=A, keys=("a", "b", "c", "d"), since=t(1), channel=1, safe=2, missed=1)
    ]  # fmt: skip


def test_nothing_is_over_where_nothing_was_told():
    assert dangers_over([]) == []
