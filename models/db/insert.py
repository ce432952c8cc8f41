"""Writing a row once: the same row again is no error and changes nothing, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.db.columns import Table


def insert_new(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; return how many were new."""
    if not rows:
        return 0
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing()
    return sum(session.connection().execute(statement, row).rowcount for row in rows)
