"""Ids of ours stand in the database: they are the same for the same thing, on every machine and in every version."""

from __future__ import annotations

import pytest

from models.ids import order_id


@pytest.mark.row("X13")
def test_an_order_has_one_id_in_its_shop_and_another_in_another_shop() -> None:
    assert order_id("lotus", "5764") == order_id("lotus", "5764")
    assert len({order_id("lotus", "5764"), order_id("bamboo", "5764"), order_id("lotus", "5765")}) == 3


def test_an_id_is_never_made_in_another_way() -> None:
    assert order_id("lotus", "5764") == "ord_810f29f0abce5ec393fe"
