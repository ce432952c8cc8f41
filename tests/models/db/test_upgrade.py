"""A database of the first version migrates with all that is in it, on both engines, and only forward.

`spine/*.sql` were made by the code of that time: its tables, its seed of orders, mails and failed steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, select, text

from models.db.columns import Table
from models.db.mail_tables import MessageRow
from models.db.rebuild import look_through
from models.db.schema import HEAD, alembic_config, current_version, migrate
from models.db.session import DatabaseError, make_engine, open_session
from models.db.tables import AlertRow, AuditRow, DeadlineRow
from models.settings import ShopSettings
from tests.databases import ENGINES
from tests.models.db.storage import rows
from tests.models.makers import t

FIRST: Final = "0001"
SPINE: Final = Path(__file__).with_name("spine")
SHOP: Final = ShopSettings(
    name="Lotus Lane Home",
    market="VN",
    currency="VND",
    timezone="Asia/Ho_Chi_Minh",
    mailbox="main",
    policy="article",
)
WEEKS: Final = 24 * 21.0  # hours after the stories of the seed


@pytest.fixture(params=ENGINES)
def spine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as the first version left it."""
    made = (SPINE / f"{request.param}.sql").read_text(encoding="utf-8")
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database(empty=True))
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(made.encode())
        else:
            url = f"sqlite:///{tmp_path / 'shipclock.db'}"
            with closing(sqlite3.connect(tmp_path / "shipclock.db")) as database:
                database.executescript(made)
        engine = make_engine(url)
        stack.callback(engine.dispose)
        yield engine


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, with the columns that each has now."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def test_every_row_of_the_first_version_is_there_after_the_migration_as_it_was(spine: Engine):
    assert current_version(spine) == FIRST
    before = contents(spine)
    done = migrate(spine)
    assert (done.before, done.after) == (FIRST, HEAD)
    after = contents(spine)
    assert {name: len(held) for name, held in before.items() if held} == {
        "alert": 11, "audit": 10, "case_file": 2, "deadline": 59, "evidence": 3, "fact": 51, "mailbox": 1, "message": 4,
        "orders": 16, "sealed_mail": 2, "step": 10, "virtual_clock": 1, "work_item": 10,
    }  # fmt: skip
    for name, held in before.items():
        kept = [{column: row[column] for column in held[0]} for row in after[name]] if held else after[name]
        assert sorted(kept, key=repr) == sorted(held, key=repr), name


def test_each_clock_of_the_first_version_knows_its_shop_after_the_migration(spine: Engine):
    migrate(spine)
    assert {row.shop_id for row in rows(spine, DeadlineRow)} == {SHOP.name}


def test_an_upgraded_database_has_exactly_the_tables_of_the_code(spine: Engine):
    migrate(spine)
    with spine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_an_upgraded_database_goes_on_working(spine: Engine):
    """Each order can be computed from its facts, and what today's rules say otherwise is put right once."""
    migrate(spine)
    shops = {SHOP.name: SHOP}
    found = [one for part in look_through(spine, shops, t(WEEKS), mend=True) for one in part.differences]
    assert all(one.mendable for one in found)
    parts = list(look_through(spine, shops, t(WEEKS)))
    assert [(part.orders, part.differences) for part in parts] == [(16, ())]
    with open_session(spine) as session:
        session.add(MessageRow(mailbox="main", folder="INBOX", uidvalidity=1, uid=99, outcome="parsed", seen_at=t(0)))
        session.add(AuditRow(at=t(0), actor="test", action="upgraded"))
        session.commit()
    assert len({row.id for row in rows(spine, MessageRow)}) == 5


def test_of_many_that_start_at_once_one_migrates_and_all_go_on(spine: Engine):
    with ThreadPoolExecutor(4) as together:
        versions = [done.after for done in together.map(migrate, [spine] * 4)]
    assert versions == [HEAD] * 4
    assert current_version(spine) == HEAD


def test_a_database_of_a_newer_shipclock_is_refused_with_what_to_do_and_left_alone(spine: Engine):
    with spine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"newer Shipclock.*Update Shipclock"):
        migrate(spine)
    assert current_version(spine) == "9999"
    assert "shop_effect" not in contents(spine)


def test_no_migration_has_a_way_back():
    """What it would drop cannot be made again; a backup is the way back."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert [script.revision for script in scripts if hasattr(script.module, "downgrade")] == []


def test_troubles_of_before_are_over_so_that_their_end_is_told_to_nobody(spine: Engine):
    row = "'{0}|D20||0', 'D20', '', 0, {1}, 'blind', '{{}}', '2026-03-01 00:00:00', '2026-03-01 00:01:00', 1, {2}"
    columns = 'dedup_key, rule, about, level, critical, text_key, "values", created_at, sent_at, attempts, suppressed'
    yes, no = ("1", "0") if spine.dialect.name == "sqlite" else ("true", "false")
    with spine.begin() as connection:
        connection.execute(text(f"insert into alert ({columns}) values ({row.format('mailbox:old', yes, no)})"))  # noqa: S608  # no word of it is anybody's
    migrate(spine)
    (old,) = [row for row in rows(spine, AlertRow) if row.rule == "D20"]
    assert (old.over_at, old.told_at, old.repeat_at) == (old.created_at, old.sent_at, None)
