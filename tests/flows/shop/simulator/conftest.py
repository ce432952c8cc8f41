"""Plays that are served, one for each market."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.flows.shop.simulator.world import World, a_world


@pytest.fixture
def world(tmp_path):
    with a_world(tmp_path) as one:
        yield one


@pytest.fixture
def in_market(tmp_path):
    """Give worlds by market; they end with the test."""
    opened: list[AbstractContextManager[World]] = []

    def enter(market: str, **more: Any) -> World:  # noqa: ANN401  # whatever `a_world` takes
        folder = tmp_path / f"{market}{len(opened)}"
        opened.append(a_world(folder, market=market, **more))
        return opened[-1].__enter__()

    yield enter
    for one in opened:
        one.__exit__(None, None, None)
