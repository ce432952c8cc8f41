"""How many orders may still be late this week."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.late_share import LIMIT, LateShare


@given(st.integers(1, 100_000), st.data())
def test_so_many_more_late_orders_keep_the_share_below_the_limit_and_one_more_does_not(due, data):
    late = data.draw(st.integers(0, due))
    share = LateShare(due=due, late=late)
    if share.left:
        assert Fraction(late + share.left, due) < LIMIT
    assert late + share.left >= due or Fraction(late + share.left + 1, due) >= LIMIT
    assert share.reached is (Fraction(late, due) >= LIMIT)


@pytest.mark.parametrize(
    ("due", "late", "left", "reached"),
    [(100, 0, 3, False), (100, 3, 0, False), (100, 4, 0, True), (10, 0, 0, False), (26, 0, 1, False), (0, 0, 0, False)],
)
def test_by_example(due, late, left, reached):
    share = LateShare(due=due, late=late)
    assert (share.left, share.reached) == (left, reached)
