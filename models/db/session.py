"""Opening the database: engine and sessions, on SQLite and PostgreSQL.

SQLite runs in WAL mode with foreign keys on and waits for a busy writer. PostgreSQL, its default isolation (read
committed) and rows that are locked before they are read: `models.db.stored`. What the driver says is told as one
DatabaseError that says what to do (`models.db.advice`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFreeError
from sqlmodel import Session

from models.db.advice import DatabaseFault, advice, told

BUSY_MILLISECONDS: Final = 30_000
POSTGRESQL: Final = "postgresql+psycopg"
# A server that is gone, or a network that swallows all, is noticed within these seconds.
REACHING: Final[Mapping[str, int]] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
# One of many workers may stand still at any point: what it locks is free again, and what waits for it goes on.
LIMITS: Final = (
    f"SET lock_timeout = {BUSY_MILLISECONDS}; SET statement_timeout = 300000; "
    "SET idle_in_transaction_session_timeout = 300000; SET TIME ZONE 'UTC'"
)
# Several questions of one session see one state of the data, as SQLite has it by itself.
READING: Final[Mapping[str, Mapping[str, Any]]] = {
    "sqlite": {"read_only": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


def make_engine(url: str) -> Engine:
    """Make an engine for `url`; what an engine needs is set on every connection. SQLite's folder is made.

    Raises DatabaseError for a URL that is none, or of a database that is neither SQLite nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:  # never the URL itself: it may hold a password
        raise DatabaseError(told(DatabaseFault.NONE_SUCH)) from None
    match parsed.drivername:
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return _postgresql(parsed.set(drivername=POSTGRESQL))
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(parsed)
    raise DatabaseError(told(DatabaseFault.NONE_SUCH))


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={**REACHING, "application_name": "shipclock"})
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's connection
    connection.execute(LIMITS)
    connection.commit()


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's connection
    connection.isolation_level = None  # the driver must not open transactions by itself, see _begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy's connection event
    """Open each transaction for writing at once.

    A reader that turns writer later fails with "database is locked" without waiting, however long the
    busy timeout is; taking the write lock first makes it wait its turn.
    """
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def open_session(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """Give a session; it commits only when told to. `read_only` never waits for a writer.

    Raises DatabaseError when the disk is full, the file is locked or damaged, the server is gone.
    """
    bound = engine.execution_options(**READING[engine.dialect.name]) if read_only else engine
    with _told(), Session(bound, expire_on_commit=False) as session:
        yield session


@contextmanager
def open_connection(engine: Engine) -> Iterator[Connection]:
    """Give a connection to read values by, at less than half of what a session costs.

    Raises DatabaseError as `open_session` does.
    """
    with _told(), engine.connect().execution_options(**READING[engine.dialect.name]) as connection:
        yield connection


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the driver says as one DatabaseError that says what to do; what was not committed is undone."""
    try:
        yield
    except DBAPIError as fault:
        raise DatabaseError(advice(fault)) from None
    except NoneFreeError:
        raise DatabaseError(told(DatabaseFault.NONE_FREE)) from None
