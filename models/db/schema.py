"""The database's version: which one this program needs, and bringing an older one up to it.

Alembic does the work, but only when there is some: a start with tables up to date costs one query.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from models.db.advice import DatabaseFault, advice, told
from models.db.session import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0014"  # the newest file in migrations/versions; a test holds them together
TURN: Final = 0x5348_4950  # of our own among a server's advisory locks
MIGRATIONS: Final = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What bringing the database up to date did; `before` is None for a new one."""

    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        """Whether anything was done, so that the user is told."""
        return self.before != self.after


def migrate(engine: Engine) -> Migration:
    """Bring the tables up to date. Raises DatabaseError if a newer Shipclock made them, or the disk refuses."""
    try:
        before = current_version(engine)
        if before == HEAD:
            return Migration(before=before, after=HEAD)
        _upgrade(engine, before)
    except DBAPIError as fault:
        raise DatabaseError(advice(fault)) from None
    return Migration(before=before, after=HEAD)


def current_version(engine: Engine) -> str | None:
    """Give the version that the database is at; None when it has no tables yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def knows(version: str) -> bool:
    """Whether this program can bring tables of that version up to date."""
    return version in known_versions(alembic_config())


def alembic_config() -> Config:
    """Give Alembic's configuration for our migrations."""
    from alembic.config import Config  # noqa: PLC0415  # slow to import and seldom needed

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def known_versions(config: Config) -> frozenset[str]:
    """Give the versions that our migrations lead from or to."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # slow to import and seldom needed

    return frozenset(revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions())


def _upgrade(engine: Engine, before: str | None) -> None:
    from alembic import command  # noqa: PLC0415  # slow to import and seldom needed
    from alembic.util import CommandError  # noqa: PLC0415  # with it

    config = alembic_config()
    try:
        if before is not None and before not in known_versions(config):
            raise DatabaseError(told(DatabaseFault.NEWER, version=before, known=HEAD))
        with engine.begin() as connection:
            _take_turn(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as fault:
        raise DatabaseError(told(DatabaseFault.NOT_UPDATED, why=fault)) from None


def _take_turn(connection: Connection) -> None:
    """Of several workers that start at once, one makes the tables and the others wait; SQLite sees to it by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))
