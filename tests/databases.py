"""A new, migrated database for a test, once on each engine: what stores must store alike on both.

A folder of tests takes the fixtures by importing them into its conftest, and hands `database` on as the address.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from models.db.schema import migrate
from models.db.session import make_engine
from tests import postgres as server
from tests.postgres import Postgres

ENGINES: Final = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for this process's share of the session."""
    if reason := server.missing():
        pytest.skip(reason)
    with Postgres() as running:
        yield running


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with all tables: SQLite's is `shipclock.db` in the test's folder."""
    if request.param == "sqlite":
        yield in_folder(tmp_path)
        return
    running: Postgres = request.getfixturevalue("postgres")
    with running.database() as url:
        yield url


@pytest.fixture
def thorough(database: str, request: pytest.FixtureRequest) -> bool:
    """Whether a test that dies in every way does so often: with `--long`, and on SQLite, which most have.

    A death on PostgreSQL costs seconds, until the server has noticed; a few show that its locks go as well.
    """
    return bool(request.config.getoption("long")) or database.startswith("sqlite")


def in_folder(folder: Path) -> str:
    """Put an empty, migrated SQLite file into the folder, unless there is one; give its address."""
    file = folder / "shipclock.db"
    if not file.exists():
        file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    """The file, made once: bringing a database up to date takes most of a test's time."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.db")
        migrate(engine)
        engine.dispose()
        return (Path(folder) / "empty.db").read_bytes()


ON_SQLITE: Final = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL: Final = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
