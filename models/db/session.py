"""Opening the database: engine, sessions, and bringing its tables up to date.

SQLite runs in WAL mode with foreign keys on and waits for a busy writer; the rest PostgreSQL takes too.
Every fault of the database ends as one DatabaseError that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlmodel import Session

BUSY_MILLISECONDS: Final = 30_000
NO_SUCH_DATABASE: Final = (
    "SHIPCLOCK_DATABASE_URL is no database that can be used here. Leave it out, so that a file in the home is "
    "taken, or write it like sqlite:////home/you/shipclock.db"
)


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


def make_engine(url: str) -> Engine:
    """Make an engine for `url`; SQLite's folder is created, its pragmas are set on every connection.

    Raises DatabaseError for a URL that is none, or of a database whose driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
    except (ArgumentError, ImportError):  # never the URL itself: it may hold a password
        raise DatabaseError(NO_SUCH_DATABASE) from None
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
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

    Raises DatabaseError when the disk is full, the file is locked or damaged.
    """
    bound = engine.execution_options(read_only=True) if read_only else engine
    with Session(bound, expire_on_commit=False) as session:
        try:
            yield session
        except (OperationalError, DBAPIError) as fault:
            session.rollback()
            raise DatabaseError(advice(fault)) from None


ADVICE: Final = {
    "disk is full": "The disk is full. Free some space and start again: nothing was lost.",
    "disk i/o error": "The disk does not take what is written. Check it and its free space, then start again.",
    "database is locked": "Another program keeps the database locked. Close it (or wait) and start again.",
    "readonly database": "The database may not be written. Give your user the right to write its file and folder.",
    "unable to open": "The database cannot be opened. Check SHIPCLOCK_DATABASE_URL and the folder's rights.",
    "not a database": "The file is no Shipclock database. Check SHIPCLOCK_DATABASE_URL or restore a backup.",
    "malformed": "The database file is damaged. Restore a backup.",
}


def advice(fault: DBAPIError) -> str:
    """Say in one sentence what is wrong and what to do; never the statement or its values."""
    text = str(fault.orig).lower()
    for sign, words in ADVICE.items():
        if sign in text:
            return words
    return f"The database refused ({type(fault.orig).__name__}). Run `shipclock check`."
