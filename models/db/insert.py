"""Writing many rows at once, and a row once: on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.db.columns import Table, table_of


def insert_new(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; return how many were new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(table).on_conflict_do_nothing()
    return execute_all(session, new.execution_options(preserve_rowcount=True), rows)  # else PostgreSQL's is lost


def insert_new_keys(session: Session, table: type[Table], rows: Sequence[dict[str, Any]], key: str) -> set[Any]:
    """Insert the rows whose key is not there yet; return the values of the column `key` of those that were new."""
    if not rows:
        return set()
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing().returning(table_of(table).c[key])
    return set(session.connection().execute(statement, rows).scalars())


def execute_all(session: Session, statement: Executable, rows: Sequence[dict[str, Any]]) -> int:
    """Carry out the statement for each of the rows; return how many rows of the table it touched."""
    if not rows:
        return 0
    connection = session.connection()
    if connection.dialect.supports_sane_multi_rowcount:
        return connection.execute(statement, rows).rowcount
    return sum(connection.execute(statement, row).rowcount for row in rows)


def plain(value: Any) -> Any:  # noqa: ANN401  # any column's value
    """Give the value as a driver takes it: a word as text."""
    return str(value) if isinstance(value, StrEnum) else value
