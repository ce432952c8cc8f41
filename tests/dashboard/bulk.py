"""Storing very many rows in an empty database, a hundred thousand a second: without indexes, checks and care for power.

Values are as SQLite keeps them (times and JSON as text): PostgreSQL reads them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final, TypeAlias

import psycopg
from sqlalchemy import Engine
from sqlalchemy.schema import CreateIndex, DropIndex

from models.db.columns import Table

Store: TypeAlias = Callable[[str, Sequence[Sequence[Any]]], None]

CARELESS: Final = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000"
UNCHECKED: Final = "SET session_replication_role = replica; SET statement_timeout = 0"
NUMBERED: Final = ("audit", "message", "step_attempt")
ALL: Final = tuple(index for table in Table.metadata.sorted_tables for index in sorted(table.indexes, key=str))


@contextmanager
def bulk(engine: Engine) -> Iterator[Store]:
    """Give what stores rows of a table; at the end of the block they are indexed and the database knows how many."""
    with engine.begin() as connection:
        for index in ALL:
            connection.execute(DropIndex(index))
    with closing(engine.raw_connection()) as connection:
        yield _postgresql(connection) if engine.dialect.name == "postgresql" else _sqlite(connection)
        connection.commit()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")
        for index in ALL:
            connection.execute(CreateIndex(index))
    _finish(engine)


def _sqlite(connection: Any) -> Store:  # noqa: ANN401  # the pool's connection
    connection.executescript(CARELESS)

    def store(table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.execute("BEGIN")
            connection.executemany(f'INSERT INTO "{table}" ({_names(table)}) VALUES ({marks})', rows)  # noqa: S608  # names of our own tables
            connection.commit()

    return store


def _postgresql(connection: Any) -> Store:  # noqa: ANN401  # the pool's connection
    driver: psycopg.Connection[Any] = connection.driver_connection
    driver.execute(UNCHECKED)

    def store(table: str, rows: Sequence[Sequence[Any]]) -> None:
        with driver.cursor().copy(f'COPY "{table}" ({_names(table)}) FROM STDIN'.encode()) as copy:
            for row in rows:
                copy.write_row(row)
        driver.commit()

    return store


def _names(table: str) -> str:
    return ", ".join(f'"{column.name}"' for column in Table.metadata.tables[table].columns)


def _finish(engine: Engine) -> None:
    """What a server does by itself in time."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        return
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.commit()
        driver.autocommit = True
        driver.execute("SET statement_timeout = 0")
        for table in NUMBERED:
            sequence = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608  # names of our own tables
            driver.execute(sequence)
        driver.execute("VACUUM ANALYZE")
        driver.autocommit = False
