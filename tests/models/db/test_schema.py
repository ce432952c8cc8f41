"""The database's version: migrations give the code's tables; a newer database is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlmodel import select

from models.db.columns import Table
from models.db.schema import HEAD, alembic_config, current_version, migrate
from models.db.session import DatabaseError, make_engine, open_session
from models.db.tables import MetaRow
from tests.databases import ON_SQLITE


def test_the_migrations_give_exactly_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_needed_version_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_a_new_database_is_made_and_said_so_once(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'shipclock.db'}")
    assert migrate(engine).changed
    assert not migrate(engine).changed
    assert current_version(engine) == HEAD
    engine.dispose()


@ON_SQLITE
def test_a_full_disk_is_said_in_a_sentence_and_keeps_what_was_there(engine: Engine) -> None:
    with open_session(engine) as session:
        session.add(MetaRow(key="kept", value="yes"))
        session.commit()
    with pytest.raises(DatabaseError, match="full"):
        _write_more_than_fits(engine)
    with open_session(engine, read_only=True) as session:
        assert [row.key for row in session.exec(select(MetaRow))] == ["kept"]


def _write_more_than_fits(engine: Engine) -> None:
    with open_session(engine) as session:
        pages = session.connection().execute(text("pragma page_count")).scalar_one()
        session.connection().execute(text(f"pragma max_page_count = {pages}"))
        session.add(MetaRow(key="too much", value="x" * 1_000_000))
        session.commit()


def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("this is not a database, but quite a long text about something else" * 20)
    engine = make_engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="no Shipclock database"):
        migrate(engine)
    engine.dispose()
