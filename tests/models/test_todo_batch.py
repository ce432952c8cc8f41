"""What goes together: one verb, one shop, as pressing. Nothing is lost by it; each row stands where its worst would."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.todo import TodoKind
from models.todo_batch import BANDS, BATCHED, FEWEST, Waiting, band_of, grouped, worst_first
from tests.models.makers import t

NOW = t(100)
A_MOMENT = timedelta(microseconds=1)
WAITING = st.builds(
    Waiting,
    key=st.tuples(st.text(max_size=2), st.sampled_from(TodoKind), st.just("")),
    shop_id=st.sampled_from(["A", "B"]),
    order_no=st.text("0123456789", min_size=1, max_size=2),
    kind=st.sampled_from([TodoKind.PACK, TodoKind.CONFIRM, TodoKind.ANSWER_CANCEL]),
    priority=st.integers(1, 3),
    due_at=st.none() | st.integers(90, 130).map(t),
)


@given(st.lists(WAITING, max_size=40))
def test_each_to_do_is_in_one_group_and_what_a_group_holds_goes_together(waiting: list[Waiting]):
    groups = grouped(waiting, NOW)
    assert sorted((one for _, same in groups for one in same), key=repr) == sorted(waiting, key=repr)
    for band, same in groups:
        assert len({(one.shop_id, one.kind, one.priority) for one in same}) == 1
        assert {band_of(one.due_at, NOW) for one in same} == {band}
        assert len(same) == 1 or (len(same) >= FEWEST and same[0].kind in BATCHED)


@given(st.lists(WAITING, max_size=40))
def test_the_worst_stand_first_within_a_group_and_groups_stand_by_their_worst(waiting: list[Waiting]):
    groups = [same for _, same in grouped(waiting, NOW)]
    for same in groups:
        assert same == sorted(same, key=worst_first)
    heads = [worst_first(same[0]) for same in groups]
    assert heads == sorted(heads)


@given(st.lists(WAITING, max_size=40))
def test_no_batch_could_be_larger(waiting: list[Waiting]):
    together = [
        (band, one.shop_id, one.kind, one.priority)
        for band, same in grouped(waiting, NOW)
        for one in same[:1]
        if len(same) > 1
    ]
    assert len(together) == len(set(together))


@pytest.mark.parametrize("place", range(len(BANDS)))
def test_a_band_ends_at_its_limit(place: int):
    limit: datetime = NOW + BANDS[place]
    assert band_of(limit - A_MOMENT, NOW) == place
    assert band_of(limit, NOW) == place + 1


def test_what_is_due_at_no_time_is_as_pressing_as_what_is_due_later_and_stands_behind_it():
    assert band_of(None, NOW) == len(BANDS)
    later, never = (Waiting(("", "", ""), "A", "1", "pack", 1, due) for due in (NOW + timedelta(days=9), None))
    assert worst_first(later) < worst_first(never)
