"""What every table is made of: aware UTC times, JSON, and one set of constraint names.

Owns no table; SQLite and PostgreSQL get the same from here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator
from sqlmodel import Column, Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps it without a zone, so the zone is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "naive time: every stored moment is aware"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give the moment back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(SQLModel):
    """Base of all tables: one set of constraint names for SQLite and PostgreSQL."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def moment(*, nullable: bool = True, index: bool = False) -> Any:  # noqa: ANN401  # SQLModel's Field is untyped
    """Give a UTC time column."""
    return Field(default=None, sa_type=UtcTime, nullable=nullable, index=index)


def json_column(default: type) -> Any:  # noqa: ANN401  # SQLModel's Field is untyped
    """Give a JSON column that starts empty."""
    return Field(default_factory=default, sa_column=Column(JSON, nullable=False))
