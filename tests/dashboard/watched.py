"""The dashboard as `shipclock up` starts it, but that it writes down what it asks and which tables it sends.

`python -m tests.dashboard.watched FILE run dashboard/app.py ...`: each line of FILE is a question or a table (JSON).
SIGUSR1 makes it forget all kept answers. The product's own code knows nothing of this.
"""

from __future__ import annotations

import json
import runpy
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar, Self, TypeAlias

import pyarrow as pa
import streamlit as st
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from streamlit import dataframe_util

Write: TypeAlias = Callable[[Mapping[str, object]], None]


def watch(file: Path) -> None:
    """Write down all questions and tables of this process from now on."""
    log = file.open("a", encoding="utf-8", buffering=1)

    def write(line: Mapping[str, object]) -> None:
        log.write(json.dumps(line) + "\n")

    _watch_sqlite(write)
    _watch_postgresql(write)
    _watch_tables(write)
    signal.signal(signal.SIGUSR1, lambda *_: st.cache_data.clear())


class Cursor(sqlite3.Cursor):
    """SQLite looks for the next row when it is fetched: that counts as well."""

    write: ClassVar[Write]
    asked, spent, rows = "", 0.0, 0

    def execute(self, sql: str, parameters: Any = (), /) -> Self:  # noqa: ANN401  # as sqlite3 says itself
        """Begin a question."""
        began = perf_counter()
        super().execute(sql, parameters)
        self.asked, self.spent, self.rows = sql, perf_counter() - began, 0
        return self

    def fetchall(self) -> list[tuple[object, ...]]:
        """Give all rows that are left."""
        return self._fetched(super().fetchall)

    def fetchmany(self, size: int | None = 1) -> list[tuple[object, ...]]:
        """Give the next rows."""
        return self._fetched(lambda: super(Cursor, self).fetchmany(size or self.arraysize))

    def fetchone(self) -> tuple[object, ...] | None:
        """Give the next row."""
        found = self._fetched(lambda: [row] if (row := super(Cursor, self).fetchone()) is not None else [])
        return found[0] if found else None

    def _fetched(self, fetch: Callable[[], list[tuple[object, ...]]]) -> list[tuple[object, ...]]:
        began = perf_counter()
        rows = fetch()
        self.spent += perf_counter() - began
        self.rows += len(rows)
        return rows

    def close(self) -> None:
        """Write down the question."""
        if self.asked:
            Cursor.write({"ms": 1000 * self.spent, "rows": self.rows, "sql": self.asked})
            self.asked = ""
        super().close()


class Watched(sqlite3.Connection):
    """A connection whose questions are written down."""

    def cursor(self, *_: object) -> Cursor:  # type: ignore[override]  # nobody wants another one here
        """Give what asks."""
        return super().cursor(Cursor)


def _watch_sqlite(write: Write) -> None:
    Cursor.write = write

    @event.listens_for(Engine, "do_connect")
    def _connect(dialect: Dialect, _record: object, _arguments: object, parameters: dict[str, object]) -> None:
        if dialect.name == "sqlite":
            parameters["factory"] = Watched


def _watch_postgresql(write: Write) -> None:
    """When psycopg has carried a question out, all its rows have come."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _before(connection: Connection, *_: object) -> None:
        connection.info["asked_at"] = perf_counter()

    @event.listens_for(Engine, "after_cursor_execute")
    def _after(connection: Connection, cursor: DBAPICursor, statement: str, *_: object) -> None:
        if connection.dialect.name == "postgresql":
            spent = perf_counter() - connection.info["asked_at"]
            write({"ms": 1000 * spent, "rows": max(cursor.rowcount, 0), "sql": statement})


def _watch_tables(write: Write) -> None:
    made = dataframe_util.convert_arrow_table_to_arrow_bytes

    def told(table: pa.Table) -> bytes:
        write({"table": table.num_rows})
        return made(table)

    dataframe_util.convert_arrow_table_to_arrow_bytes = told


def main() -> None:
    """Start Streamlit with what was given."""
    watch(Path(sys.argv[1]))
    sys.argv = ["streamlit", *sys.argv[2:]]
    runpy.run_module("streamlit", run_name="__main__")


if __name__ == "__main__":
    main()
