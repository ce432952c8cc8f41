"""SQLite's file as an image: copied at one moment while others write, checked, and put into place by one move."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from models.db.advice import DatabaseFault, advice, told
from models.db.image import Finish, InUseError, Progress, Saved, TakenError, check_rows
from models.db.session import DatabaseError, make_engine

PAGES: Final = 8192  # of 4 KiB, between two words about the progress
PATIENCE_SECONDS: Final = 30.0
BESIDE: Final = ("-wal", "-shm")  # what belongs to a database that was not closed


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """A database file."""

    file: Path
    engine: str = "sqlite"

    @property
    def folder(self) -> Path:
        """The file's own: a move within it is done or not."""
        return self.file.parent

    def save(self, image: Path, progress: Progress) -> Saved:
        """See Store. One reading transaction is held all the time: else each writer would make the copy begin anew."""
        if not self.holds_something():
            raise DatabaseError(told(DatabaseFault.NOTHING_HERE))
        with _told(), closing(_open(self.file)) as source, closing(_open(image, make=True)) as copy:
            source.execute("BEGIN")
            (size,) = source.execute("PRAGMA page_size").fetchone()
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees this moment
            source.backup(copy, pages=PAGES, progress=lambda _, left, all_: progress((all_ - left) * size, all_ * size))
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        return _looked_through(image)

    def holds_something(self) -> bool:
        """See Store."""
        return self.file.exists() and self.file.stat().st_size > 0

    def load(self, image: Path, rows: Mapping[str, int], finish: Finish, *, aside: str | None) -> str | None:
        """See Store: all is done to the image, and moving it into place is the last thing of all."""
        check_rows(_looked_through(image).rows, rows)
        self._finish(image, finish)
        kept = self._keep(aside) if aside and self.holds_something() else None
        if kept is None:
            self._make_way()
        image.replace(self.file)  # from one moment to the next, also over an old one
        _sync(self.folder)
        return str(kept) if kept else None

    def _finish(self, image: Path, finish: Finish) -> None:
        engine = make_engine(f"sqlite:///{image}")
        try:
            finish(engine)
        finally:
            engine.dispose()
        _close_for_good(image)
        with _told():
            _check(image)
        image.chmod(0o600)
        _sync(image)

    def _keep(self, aside: str) -> Path:
        """Give what is there a second name. Raises InUseError."""
        kept = self.file.with_name(f"{self.file.name}.{aside}")
        try:
            _close_for_good(self.file)
        except InUseError:
            raise
        except DatabaseError:  # it is damaged: kept as it is, with what lies beside it
            for end in BESIDE:
                with suppress(FileNotFoundError):
                    Path(f"{self.file}{end}").rename(f"{kept}{end}")
        try:
            os.link(self.file, kept)
        except OSError:  # a disk without second names
            self.file.rename(kept)
        return kept

    def _make_way(self) -> None:
        """Remove an empty file and what an earlier database has left; never a database."""
        if self.holds_something():
            raise TakenError(told(DatabaseFault.TAKEN, file=self.file))
        for end in ("", *BESIDE):
            Path(f"{self.file}{end}").unlink(missing_ok=True)


def _open(file: Path, *, make: bool = False) -> sqlite3.Connection:
    mode = "rwc" if make else "rw"
    return sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as fault:
        raise DatabaseError(advice(DBAPIError(None, None, fault))) from None


def _looked_through(image: Path) -> Saved:
    """Check the file and count its rows. Raises DatabaseError."""
    with _told():
        _check(image)
        with closing(_open(image)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            names = sorted(name for (name,) in tables if not name.startswith("sqlite_"))
            rows = {name: _count(connection, name) for name in names}
            if "alembic_version" not in rows:
                raise DatabaseError(told(DatabaseFault.NOTHING_HERE))
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return Saved(version=version, rows=rows)


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608  # a name it told itself


def _check(file: Path) -> None:
    with closing(_open(file)) as connection:
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise DatabaseError(told(DatabaseFault.CHECK_FAILED))


def _close_for_good(file: Path) -> None:
    """Bring all into the one file. SQLite does it only while nobody else has it open. Raises DatabaseError."""
    with _told(), closing(_open(file)) as connection:
        connection.execute("PRAGMA busy_timeout=1000")
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault):
                raise
            raise InUseError(told(DatabaseFault.USED, file=file)) from None


def _sync(path: Path) -> None:
    """Have the disk keep it; folders too, where the system can."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
