"""The script of a play: what a seed decides and what it must never leave out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from flows.shop.simulator.cast import casts
from flows.shop.simulator.script import write_script
from flows.shop.simulator.story import PEACEFUL, Story
from models.stage import HandoverMode, ShippingMode

START = datetime(2026, 3, 2, tzinfo=UTC)
SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_play_has_every_story_and_at_least_forty_orders(seed):
    script = write_script(seed, START)
    assert {plan.story for plan in script.plans} == set(Story)
    assert len(script.plans) >= 40
    assert len(script.by_no) == len(script.plans), "an order number was drawn twice"


@pytest.mark.parametrize("seed", SEEDS)
def test_most_orders_arrive_in_peace(seed):
    plans = write_script(seed, START).plans
    assert sum(plan.story in PEACEFUL for plan in plans) * 2 > len(plans) - len(Story)


def test_the_same_seed_gives_the_same_script():
    assert write_script.__wrapped__(7, START) == write_script.__wrapped__(7, START)


def test_other_seeds_give_other_orders_moments_and_counts():
    seven, eight = write_script(7, START), write_script(8, START)
    assert not seven.by_no.keys() & eight.by_no.keys()
    assert {plan.placed_at for plan in seven.plans} != {plan.placed_at for plan in eight.plans}
    assert len({tuple(sorted(Counter(p.story for p in write_script(s, START).plans).items())) for s in SEEDS}) > 1


def test_order_numbers_have_18_digits_and_begin_with_57():
    for plan in write_script(7, START).plans:
        assert len(plan.order_no) == 18
        assert plan.order_no.isdigit()
        assert plan.order_no.startswith("57")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_two_weeks_of_a_lost_parcel_begin_on_the_first_day(seed):
    lost = write_script(seed, START).stories(Story.LOST)
    assert all(plan.placed_at < START + timedelta(days=2) for plan in lost)
    assert all(plan.shipping is ShippingMode.SELLER for plan in lost)


def test_both_shops_sell_and_each_hands_over_in_its_own_way():
    plans = write_script(7, START).plans
    assert {plan.shop for plan in plans} == {cast.name for cast in casts().values()}
    assert {plan.handover for plan in plans} == set(HandoverMode)
    assert {plan.shipping for plan in plans} == set(ShippingMode)


def test_a_start_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        write_script(7, datetime(2026, 3, 2))  # noqa: DTZ001 - the point of the test
