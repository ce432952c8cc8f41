"""A home with orders, an empty one beside it, and what is in their databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.flows.cli.conftest import Shipclock, deliver, homeless, place, shipclock

__all__ = ["deliver", "homeless", "place", "shipclock"]

Rows: TypeAlias = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def polled(deliver: Callable[..., None], shipclock: Shipclock) -> Shipclock:
    """The command line of a home that holds two orders and a mail that waits."""
    deliver("001", "004", "030", "005")
    assert shipclock("poll").code == 0
    return shipclock


@pytest.fixture
def elsewhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Go to a new machine: a folder and a home in which there is nothing."""

    def elsewhere() -> Path:
        new = place / "new"
        new.mkdir()
        monkeypatch.chdir(new)
        monkeypatch.setenv("SHIPCLOCK_HOME", str(new / "home"))
        return new / "home"

    return elsewhere


def rows_of(home: Path) -> Rows:
    """Give all rows of all tables of the home's database."""
    with closing(sqlite3.connect(home / "shipclock.db")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {table: connection.execute(f'SELECT * FROM "{table}"').fetchall() for (table,) in tables}  # noqa: S608  # its own names


def change(home: Path, statement: str) -> None:
    """Carry out a statement on the home's database."""
    with closing(sqlite3.connect(home / "shipclock.db")) as connection:
        connection.execute(statement)
        connection.commit()
