"""The same with PostgreSQL: saved by pg_dump, restored in one transaction."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests import postgres as server
from tests.flows.backup.conftest import Rows
from tests.flows.cli.conftest import Shipclock
from tests.postgres import Postgres

ADDED = {"audit", "rescan"}  # that it was restored, and what is to be read again
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if reason := server.missing():
        pytest.skip(reason)
    with Postgres() as running:
        yield running


@pytest.fixture
def database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch, place: Path) -> Iterator[Callable[[], str]]:
    """Point the home at a new database without tables; give its address."""
    assert place.exists()
    with ExitStack() as stack:

        def database() -> str:
            url = stack.enter_context(postgres.database(empty=True))
            monkeypatch.setenv("SHIPCLOCK_DATABASE_URL", url.replace("postgresql://", "postgresql+psycopg://"))
            return url

        yield database


@pytest.fixture
def saved(database: Callable[[], str], deliver: Callable[..., None], shipclock: Shipclock) -> Rows:
    """What a database with two orders holds that `backup.zip` was made of."""
    url = database()
    deliver("001", "004", "030", "005")
    assert shipclock("poll").code == 0
    said = shipclock("backup", "backup.zip")
    assert said.code == 0, said.err
    return rows_of(url)


def rows_of(url: str) -> Rows:
    with psycopg.connect(url) as connection:
        tables = [table for (table,) in connection.execute(TABLES)]
        return {table: sorted(connection.execute(f'SELECT * FROM "{table}"'.encode()), key=repr) for table in tables}  # noqa: S608  # its own names


def without(rows: Rows) -> Rows:
    return {table: found for table, found in rows.items() if table not in ADDED}


def test_a_backup_restored_into_an_empty_database_has_every_row_and_a_rebuild_finds_no_difference(
    saved: Rows, database: Callable[[], str], shipclock: Shipclock
):
    empty = database()
    said = shipclock("restore", "backup.zip")
    assert said.code == 0, said.err
    assert without(rows_of(empty)) == without(saved)
    assert shipclock("rebuild", "--check").out == "Everything that is shown follows from the news: 2 orders.\n"
    assert shipclock("poll").code == 0  # numbers that the server counts go on where they were


def test_tables_that_are_there_are_replaced_only_with_force_and_kept_in_a_schema(
    saved: Rows, database: Callable[[], str], deliver: Callable[..., None], shipclock: Shipclock
):
    url = database()
    assert shipclock("restore", "backup.zip").code == 0
    deliver("003")
    subprocess.run([sys.executable, "-m", "flows", "poll"], check=True)  # its connections end with its process
    before = rows_of(url)
    assert (shipclock("restore", "backup.zip").code, rows_of(url)) == (4, before)
    kept = shipclock("restore", "backup.zip", "--force", "--json").json["kept"]
    assert without(rows_of(url)) == without(saved)
    with psycopg.connect(url) as connection:
        (orders,) = connection.execute(f'SELECT count(*) FROM "{kept}".orders'.encode()).fetchone() or (0,)  # noqa: S608  # our own name
    assert orders == len(before["orders"]) == len(saved["orders"]) + 1


def test_where_rows_are_missing_nothing_is_restored(
    saved: Rows, database: Callable[[], str], shipclock: Shipclock, place: Path
):
    with zipfile.ZipFile(place / "backup.zip") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(inside["manifest.json"])
    told["rows"]["orders"] += 1
    with zipfile.ZipFile(place / "backup.zip", "w") as archive:
        for name, content in {**inside, "manifest.json": json.dumps(told).encode()}.items():
            archive.writestr(name, content)
    empty = database()
    said = shipclock("restore", "backup.zip")
    assert said.code == 1
    assert "not all rows of orders are there" in said.err
    assert rows_of(empty) == {}
    assert saved


def test_a_database_that_others_are_connected_to_is_not_replaced(
    saved: Rows, database: Callable[[], str], shipclock: Shipclock
):
    with psycopg.connect(database()):
        said = shipclock("restore", "backup.zip")
    assert said.code == 3
    assert "used by others" in said.err
    assert saved


def test_without_postgresqls_programs_it_says_what_to_install(
    database: Callable[[], str], shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch, place: Path
):
    database()
    assert shipclock("poll").code == 0
    monkeypatch.setenv("PATH", str(place))
    said = shipclock("backup", "backup.zip")
    assert said.code == 1
    assert "postgresql-client" in said.err
    assert not (place / "backup.zip").exists()
