"""Ids of ours stand in the database: they are the same for the same thing, on every machine and in every version."""

from __future__ import annotations

import pytest

from models.ids import order_id, sample_end


@pytest.mark.row("X13")
def test_an_order_has_one_id_in_its_shop_and_another_in_another_shop() -> None:
    assert order_id("lotus", "5764") == order_id("lotus", "5764")
    assert len({order_id("lotus", "5764"), order_id("bamboo", "5764"), order_id("lotus", "5765")}) == 3


def test_an_id_is_never_made_in_another_way() -> None:
    assert order_id("lotus", "5764") == "ord_810f29f0abce5ec393fe"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9, 0.999_999_999_999])
def test_below_the_end_of_a_sample_lies_that_share_of_all_orders(share: float) -> None:
    drawn = sum(order_id("lotus", str(number)) < sample_end(share) for number in range(4_000))
    assert abs(drawn / 4_000 - share) < 0.03


def test_a_sample_of_all_leaves_out_no_order() -> None:
    assert "ord_ffffffffffffffffffff" < sample_end(1) == sample_end(7)
