"""A shop and a database of its own for each storage test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.db.schema import migrate
from models.db.session import make_engine
from models.settings import ShopSettings


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new, migrated SQLite file."""
    made = make_engine(f"sqlite:///{tmp_path / 'shipclock.db'}")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def shop() -> ShopSettings:
    """A shop in UTC with the article's figures."""
    return ShopSettings(name="Shop A", market="VN", currency="VND", timezone="UTC", policy="article", mailbox="main")


@pytest.fixture
def memory() -> Iterator[Engine]:
    """A new database in memory, for one thread."""
    made = make_engine("sqlite://")
    migrate(made)
    yield made
    made.dispose()
