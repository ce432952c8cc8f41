"""Exactly once, in small: the long form is `python -m tests.flows.shop.exactly_once`."""

from __future__ import annotations

from tests.conftest import TOLD
from tests.flows.shop.exactly_once import run


def test_orders_are_shipped_and_cancelled_once_while_calls_fail_and_workers_are_killed(tmp_path, record_property):
    counted = run(tmp_path, orders=150, kills=6, faults=0.2)
    record_property(TOLD, f"exactly once: {counted}")
    assert counted.kills == 6
    assert (counted.shipped, counted.cancelled) == (105, 45)
    assert (counted.twice, counted.lost, counted.messages_twice, counted.undecided) == (0, 0, 0, 0)
    assert counted.turned_away == 0  # what is done is not even asked for again
