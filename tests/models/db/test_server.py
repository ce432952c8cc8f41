"""A database server that goes away, refuses or is asked by several at once: told in a sentence, and no deadlock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import select

from models.db.orders import record_facts
from models.db.schema import migrate
from models.db.session import DatabaseError, make_engine, open_session
from models.db.tables import FactRow, MetaRow
from models.settings import ShopSettings
from tests.models.db.storage import NO, dump, rows
from tests.models.makers import a_fact, placed, t
from tests.postgres import Postgres
from tests.waiting import PATIENCE

NEWS = ("stock_confirmed", "packed", "marked_shipped", "picked_up")


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """A new database on the server."""
    with postgres.database() as url:
        made = make_engine(url)
        yield made
        made.dispose()


def cut_off(postgres: Postgres, engine: Engine) -> None:
    postgres.kill_sessions(str(engine.url.database))


def put(engine: Engine, key: str, *, read_only: bool = False) -> None:
    with open_session(engine, read_only=read_only) as session:
        session.add(MetaRow(key=key, value="x"))
        session.commit()


def test_a_connection_lost_within_a_transaction_is_told_keeps_nothing_and_the_next_one_works(
    engine: Engine, postgres: Postgres
):
    def cut_off_within() -> None:
        with open_session(engine) as session:
            session.add(MetaRow(key="half", value="x"))
            session.flush()
            cut_off(postgres, engine)
            session.commit()

    with pytest.raises(DatabaseError, match="does not answer"):
        cut_off_within()
    put(engine, "whole")
    assert [row.key for row in rows(engine, MetaRow)] == ["whole"]


def test_a_server_that_was_away_between_two_sessions_is_not_even_noticed(engine: Engine, postgres: Postgres):
    assert rows(engine, MetaRow) == []
    cut_off(postgres, engine)
    assert rows(engine, MetaRow) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("postgresql://nobody@/postgres?host={home}", "refused the login"),
        ("postgresql://shipclock@/nonesuch?host={home}", "no such database"),
        ("postgresql://shipclock:secret@127.0.0.1:1/shipclock", "does not answer"),
        ("postgresql://shipclock:secret@/shipclock?host=/nowhere", "does not answer"),
    ],
)
def test_an_address_that_leads_nowhere_says_what_is_wrong_and_no_password(postgres: Postgres, wrong: str, words: str):
    engine = make_engine(wrong.format(home=postgres.home))
    for ask in (lambda: rows(engine, MetaRow), lambda: migrate(engine)):
        with pytest.raises(DatabaseError, match=words) as told:
            ask()
        assert "secret" not in str(told.value)
    engine.dispose()


def test_another_kind_of_database_is_refused_with_what_to_write():
    with pytest.raises(DatabaseError, match=r"postgresql://you:password@host/shipclock"):
        make_engine("mysql://me:secret2@localhost/shop")


def test_a_lock_that_is_never_given_back_is_told_and_not_waited_for(engine: Engine):
    def change() -> None:
        with open_session(engine) as session:
            session.connection().execute(text("SET LOCAL lock_timeout = 50"))  # milliseconds
            session.connection().execute(text("UPDATE meta SET value = '3'"))

    put(engine, "held")
    with engine.begin() as holder:
        holder.execute(text("UPDATE meta SET value = '2'"))
        with pytest.raises(DatabaseError, match="locked"):
            change()


def test_each_connection_has_limits_and_speaks_of_utc(engine: Engine):
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "TimeZone")
    with engine.connect() as connection:
        held = [connection.execute(text(f"SHOW {name}")).scalar() for name in names]
    assert held == ["30s", "5min", "5min", "UTC"]


@pytest.fixture
def elsewhere(engine: Engine) -> Iterator[Engine]:
    """The same database as another program sees it, in the server's own time zone."""
    made = create_engine(engine.url)
    yield made
    made.dispose()


def test_a_moment_is_the_same_whatever_zone_the_server_is_in(engine: Engine, elsewhere: Engine, shop: ShopSettings):
    with open_session(engine) as session:
        record_facts(session, shop, [(NO, fact) for fact in placed(0)], t(1))
        session.commit()
    with elsewhere.connect() as connection:
        (held,) = {row[0] for row in connection.execute(text("SELECT occurred_at FROM fact"))}
    assert (held, held.utcoffset()) == (t(0), timedelta(hours=7))
    assert {row.occurred_at.utcoffset() for row in rows(engine, FactRow)} == {timedelta(0)}


def test_a_session_that_reads_sees_one_state_and_cannot_write(engine: Engine):
    with open_session(engine, read_only=True) as reading:
        assert reading.exec(select(MetaRow)).all() == []
        put(engine, "new")
        assert reading.exec(select(MetaRow)).all() == []
    with pytest.raises(DatabaseError):
        put(engine, "other", read_only=True)


def test_news_of_the_same_orders_from_many_sides_at_once_all_arrive(engine: Engine, shop: ShopSettings):
    """Mail, API and steps tell of one order in the same moment; nobody waits for somebody who waits for him."""
    numbers = [str(number) for number in range(8)]
    with open_session(engine) as session:
        record_facts(session, shop, [(number, fact) for number in numbers for fact in placed(0)], t(0))
        session.commit()
    begin = Barrier(len(NEWS), timeout=PATIENCE)  # one that failed keeps no other waiting

    def told(kind: str) -> None:
        for round_ in range(5):
            begin.wait()
            with open_session(engine) as session:
                news = a_fact(kind, 2, seen=3, key=f"{kind}{round_}")
                record_facts(session, shop, [(number, news) for number in numbers], t(3))
                session.commit()

    with ThreadPoolExecutor(len(NEWS)) as sides:
        list(sides.map(told, NEWS))
    assert len(rows(engine, FactRow)) == len(numbers) * (2 + 5 * len(NEWS))
    assert {order["stage"] for order, _ in dump(engine)} == {"PICKED_UP"}
