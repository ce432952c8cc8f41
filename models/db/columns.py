"""What every table is made of: aware UTC times, JSON, and one set of constraint names.

Owns no table; SQLite and PostgreSQL get the same from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from json import JSONDecoder
from typing import Any, ClassVar

import sqlalchemy
from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator
from sqlmodel import Column, Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps it as text without a zone, so the zone is put back when read.

    SQLite's own conversions are passed by: reading many orders is mostly reading moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Refuse a naive time, store UTC."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Give the moment back aware."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Refuse a naive time, store UTC."""
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give the moment back aware."""
        return None if value is None else value.astimezone(UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        message = "naive time: every stored moment is aware"
        raise ValueError(message)
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _to_sqlite(value: datetime | None) -> str | None:
    return None if value is None else _utc(value).isoformat(" ", "microseconds").removesuffix("+00:00")


def _from_sqlite(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class PlainJson(TypeDecorator[Any]):
    """JSON; on SQLite read as the text that it was written as, without looking for blanks around it."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Give the value back."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


_decode = JSONDecoder().raw_decode


def _from_text(value: str | None) -> Any:  # noqa: ANN401  # any JSON
    return None if value is None else _decode(value)[0]


class Table(SQLModel):
    """Base of all tables: one set of constraint names for SQLite and PostgreSQL."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def moment(*, nullable: bool = True, index: bool = False) -> Any:  # noqa: ANN401  # SQLModel's Field is untyped
    """Give a UTC time column."""
    return Field(default=None, sa_type=UtcTime, nullable=nullable, index=index)


def json_column(default: type) -> Any:  # noqa: ANN401  # SQLModel's Field is untyped
    """Give a JSON column that starts empty."""
    return Field(default_factory=default, sa_column=Column(PlainJson, nullable=False))


def defaults_of(rows: type[Table]) -> Mapping[str, Any]:
    """Give what a row holds unless it is told otherwise, by column, for statements on many rows at once."""
    told = {name: about for name, about in rows.model_fields.items() if not about.is_required()}
    return {name: about.get_default(call_default_factory=True) for name, about in told.items()}


def table_of(rows: type[Table]) -> sqlalchemy.Table:
    """Give the table of a class of rows, for statements on many rows at once."""
    return Table.metadata.tables[str(rows.__tablename__)]
