"""A shop and a database of its own for each storage test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Engine

from models.db.schema import migrate
from models.db.session import make_engine
from models.settings import ShopSettings
from tests.databases import ENGINES, database, postgres

__all__ = ["database", "postgres"]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """A new, migrated database, on each engine."""
    made = make_engine(database)
    yield made
    made.dispose()


@pytest.fixture
def shop() -> ShopSettings:
    """A shop in UTC with the article's figures."""
    return ShopSettings(name="Shop A", market="VN", currency="VND", timezone="UTC", policy="article", mailbox="main")


@pytest.fixture(params=ENGINES)
def memory(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A new database for one thread, kept in memory where the engine can: for tests that ask it thousands of times."""
    with ExitStack() as stack:
        on_server = request.param == "postgresql"
        url = stack.enter_context(request.getfixturevalue("postgres").database()) if on_server else "sqlite://"
        made = make_engine(url)
        stack.callback(made.dispose)
        migrate(made)
        yield made
