"""Carriers are compared by what ended in the weeks asked for, and not judged by a handful of parcels."""

from __future__ import annotations

from datetime import timedelta

from models.carrier_figures import FEW, Journey, Leg, LegFigure, compare, ended_between, fastest
from tests.models.makers import t

HOUR = timedelta(hours=1)


def a_way(carrier: str | None, shipped: float = 0, **ended: float) -> Journey:
    ends = {Leg(leg): t(hours) for leg, hours in ended.items()}
    return Journey(order_no="1", carrier=carrier, shipped_at=t(shipped), ended=ends)


def test_each_leg_counts_from_set_to_shipped_with_the_number_of_parcels_it_rests_on():
    ways = [a_way("GHN", 10, collected=20, delivered=60), a_way("GHN", 0, delivered=100), a_way("GHN", 0)]
    (ghn,) = compare(ways, t(0), t(200))
    assert ghn.legs == {
        Leg.COLLECTED: LegFigure(1, 10 * HOUR),
        Leg.SCANNED: LegFigure(0, None),
        Leg.DELIVERED: LegFigure(2, 75 * HOUR),
    }


def test_a_leg_counts_in_the_weeks_in_which_it_ended():
    way = a_way("GHN", 0, collected=10, delivered=50)
    (ghn,) = compare([way], t(50), t(60))
    assert (ghn.legs[Leg.COLLECTED].count, ghn.legs[Leg.DELIVERED].count) == (0, 1)
    assert compare([way], t(20), t(50)) == []
    assert ended_between([way], t(50), t(60)) == [way]
    assert ended_between([way], t(20), t(50)) == []


def test_news_that_are_earlier_than_set_to_shipped_tell_no_span():
    assert compare([a_way("GHN", 20, collected=10)], t(0), t(99)) == []


def test_the_carrier_of_most_parcels_comes_first_and_parcels_without_a_known_one_are_told_apart():
    ways = [a_way(None, collected=1), a_way("J&T", collected=1), a_way("J&T", collected=2), a_way("GHN", scanned=3)]
    assert [one.carrier for one in compare(ways, t(0), t(9))] == ["J&T", None, "GHN"]


def test_no_carrier_is_called_fastest_by_few_parcels_or_without_a_name():
    enough = [a_way("GHN", delivered=70) for _ in range(FEW)]
    few = [a_way("J&T", delivered=10) for _ in range(FEW - 1)]
    nameless = [a_way(None, delivered=5) for _ in range(FEW)]
    figures = compare([*enough, *few, *nameless], t(0), t(99))
    assert [one.legs[Leg.DELIVERED].few for one in figures] == [False, False, True]
    best = fastest(figures, Leg.DELIVERED)
    assert best is not None
    assert best.carrier == "GHN"
    assert fastest(compare(few, t(0), t(99)), Leg.DELIVERED) is None
    slow = [a_way("SPX", delivered=71) for _ in range(FEW)]
    assert fastest(compare([*slow, *enough], t(0), t(99)), Leg.DELIVERED) == best
