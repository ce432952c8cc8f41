"""How often somebody asked in any second, and in the mean."""

from __future__ import annotations

import pytest

from flows.shop.simulator.web.meter import Meter


def counted(*moments: float):
    meter = Meter()
    for moment in moments:
        meter.count("ship_package", "A", moment)
    (told,) = meter.rates()
    return told


@pytest.mark.parametrize(
    ("moments", "most"),
    [((0.0, 0.5, 0.99), 3), ((0.0, 0.5, 1.0), 2), ((0.9, 1.0, 1.1, 3.0), 3)],
    ids=["within", "exactly a second apart", "across the turn of a second"],
)
def test_the_second_that_counts_slides(moments, most):
    assert counted(*moments)["most_in_a_second"] == most


def test_the_mean_is_that_of_the_longest_stretch_without_a_pause():
    told = counted(0.0, 10.0, 10.5, 11.0, 11.5, 12.0, 20.0)
    assert (told["mean"], told["total"]) == (2.0, 7)


def test_each_call_and_each_shop_has_its_own_count():
    meter = Meter()
    counts = [meter.count(*key, 1.0) for key in (("ship", "A"), ("ship", "A"), ("ship", "B"), ("cancel", "A"))]
    assert counts == [1, 2, 1, 1]
