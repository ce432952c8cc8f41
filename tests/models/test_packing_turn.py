"""Who is on which order: by lists of a short while ago, of people who may pack; never one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.packing_turn import GO_ON_FOR, ON_IT_FOR, PackingList, on_it, to_go_on_with

NOW = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


def a_list(token: str, *numbers: str, person: str = "Lan", ago: timedelta = timedelta(0), holds: bool = True):
    return PackingList(token=token, person=person, holds=holds, numbers=numbers, changed_at=NOW - ago)


@pytest.mark.parametrize(("ago", "there"), [(ON_IT_FOR - A_MOMENT, True), (ON_IT_FOR, False)])
def test_that_somebody_is_on_an_order_ends_by_itself(ago, there):
    assert ("1" in on_it([a_list("a", "1", ago=ago)], "mine", NOW)) is there


def test_nobody_is_told_of_their_own_list_or_of_one_who_only_looks():
    assert on_it([a_list("mine", "1"), a_list("b", "2", holds=False)], "mine", NOW) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_who_are_on_an_order_the_latest_is_named(order):
    lists = [a_list("a", "1", "2", ago=timedelta(minutes=5)), a_list("b", "1", person="Minh")][::order]
    assert {number: one.person for number, one in on_it(lists, "", NOW).items()} == {"1": "Minh", "2": "Lan"}


@pytest.mark.parametrize(("ago", "offered"), [(GO_ON_FOR - A_MOMENT, True), (GO_ON_FOR, False)])
def test_a_list_can_be_gone_on_with_for_a_shift(ago, offered):
    assert (to_go_on_with([a_list("a", "1", ago=ago)], "Lan", "mine", NOW) is not None) is offered


def test_one_goes_on_with_ones_own_list_alone_the_last_that_one_left():
    lists = [
        a_list("a", "1", ago=timedelta(hours=1)),
        a_list("b", "2", ago=timedelta(minutes=9)),
        a_list("c", "3", person="Minh"),
        a_list("mine", "4"),
    ]
    assert to_go_on_with(lists, "Lan", "mine", NOW) == lists[1]
