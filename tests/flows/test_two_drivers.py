"""Two drivers on one PostgreSQL share the work: nothing is done twice, nothing is left, neither does it all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import TOLD
from tests.databases import ON_POSTGRESQL
from tests.flows.prefect_server import a_home
from tests.flows.two_drivers import EFFECTS, run
from tests.postgres import Postgres


@ON_POSTGRESQL
def test_two_drivers_double_no_effect_and_each_does_at_least_a_fifth(
    tmp_path: Path, database: str, postgres: Postgres, request: pytest.FixtureRequest, record_property
):
    orders = 2_000 if request.config.getoption("long") else 100
    with postgres.database(empty=True) as notes:
        did = run(a_home(tmp_path, database), notes, orders)
    shares = {driver: asked.total() for driver, asked in did.items()}
    record_property(TOLD, f"two drivers, {orders} orders: {shares}")
    together = sum(did.values(), Counter[str]())
    assert {key: count for key, count in together.items() if count > 1} == {}
    assert len(together) == orders * len(EFFECTS)
    assert min(shares.values()) >= together.total() / 5
    assert len(shares) == 2
