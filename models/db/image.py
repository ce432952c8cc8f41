"""A whole database as one file, and back: what is the same for each engine.

`models.db.image_sqlite` and `models.db.image_postgresql` do it; `flows.backup` packs the file with what belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.db.advice import DatabaseFault, told
from models.db.session import DatabaseError

Progress: TypeAlias = Callable[[int, int], None]  # bytes done, bytes in all
Finish: TypeAlias = Callable[[Engine], None]  # what is still to be done to a restored database


class InUseError(DatabaseError):
    """Another program uses the database that is to be replaced."""


class TakenError(DatabaseError):
    """There is a database already where one is to be restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What an image holds: the version of its tables, and how many rows there are in each."""

    version: str
    rows: Mapping[str, int]


class Store(Protocol):
    """Where a database lives."""

    @property
    def engine(self) -> str:
        """What it is: sqlite or postgresql."""

    @property
    def folder(self) -> Path | None:
        """Where an image must lie to be put into place in one move; None where that does not matter."""

    def save(self, image: Path, progress: Progress) -> Saved:
        """Write all of it as it is at one moment into the file, while others write on. Raises DatabaseError."""

    def holds_something(self) -> bool:
        """Whether there is a database already. Raises DatabaseError."""

    def load(self, image: Path, rows: Mapping[str, int], finish: Finish, *, aside: str | None) -> str | None:
        """Put the image into place, whole or not at all; its rows must be as many as `rows` says.

        With `aside` what is there is kept under a name with that in it, which is returned. Raises DatabaseError, and
        of those InUseError, or TakenError without `aside`.
        """


def store_of(url: str) -> Store:
    """Give the store at the address. Raises DatabaseError."""
    from models.db.image_postgresql import PostgresqlStore  # noqa: PLC0415  # they build on this module
    from models.db.image_sqlite import SqliteStore  # noqa: PLC0415  # the same

    try:
        parsed = make_url(url)
    except ArgumentError:  # never the address itself: it may hold a password
        raise DatabaseError(told(DatabaseFault.NONE_SUCH)) from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return SqliteStore(Path(parsed.database).absolute())
        case "postgresql":
            return PostgresqlStore(parsed)
    raise DatabaseError(told(DatabaseFault.NONE_SUCH))


def check_rows(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Raise DatabaseError if a table has not as many rows as were saved."""
    wrong = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
    if wrong:
        raise DatabaseError(told(DatabaseFault.ROWS_MISSING, tables=", ".join(wrong)))
