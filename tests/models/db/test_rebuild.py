"""What is cached follows from the facts: every value that does not is found, and mended without a sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, delete, insert, select, text, update

from models.db.derived import PLAIN
from models.db.difference import Difference
from models.db.facts import FACTS
from models.db.orders import record_facts
from models.db.rebuild import look_through
from models.db.sample import check_sample
from models.db.session import make_engine, open_session
from models.db.stored import CASES, DEADLINES, ORDERS, STEPS, TODOS
from models.db.strays import EVIDENCE, evidence_differences, strays
from models.db.tables import AlertRow, AuditRow, DeadlineRow
from models.db.watch import refresh_due
from models.fact import IMPORT, Fact
from models.ids import order_id
from models.settings import Settings, ShopSettings
from tests.databases import ENGINES, ON_SQLITE, in_folder
from tests.models.db.storage import NO, dump, rows, tell
from tests.models.lives import facts
from tests.models.makers import T0, a_fact, placed, t

NOW: Final = 65.0  # hours
SHOP: Final = ShopSettings(name="Shop A", market="VN", currency="VND", timezone="UTC", mailbox="main", policy="article")
UNCHECKED, CHECKED = "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
BUSY: Final = (*placed(0), a_fact("stock_confirmed", 2), a_fact("marked_shipped", 10), a_fact("cancel_requested", 12))


def compare(engine: Engine, shop: ShopSettings, now: float = NOW, *, mend: bool = False) -> list[Difference]:
    parts = look_through(engine, {shop.name: shop}, t(now), mend=mend)
    return [one for part in parts for one in part.differences]


def fill(engine: Engine, shop: ShopSettings) -> None:
    """One order with clocks of all sorts, a case, to-dos and steps, and another for the shop's sake."""
    tell(engine, shop, 0, a_fact("picked_up", 0), order_no="1")
    tell(engine, shop, 12, *BUSY)
    refresh_due(engine, {shop.name: shop}, t(NOW))


@pytest.fixture
def busy(engine: Engine, shop: ShopSettings) -> Engine:
    fill(engine, shop)
    return engine


@pytest.fixture(scope="module", params=ENGINES)
def mended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database for many tests: each leaves it as it was."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        else:
            url = in_folder(tmp_path_factory.mktemp("mended"))
        made = make_engine(url)
        stack.callback(made.dispose)
        fill(made, SHOP)
        yield made


def other(value: Any, example: Any) -> Any:  # noqa: ANN401, PLR0911  # any column's value
    """A value of the same kind that is not this one; `example` is of a column that is empty here."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case datetime():
            return value + timedelta(days=1)
        case list():
            return [*value, "tampered"]
        case dict():
            return {**value, "tampered": None}
        case None:
            return example
    return f"{value}-tampered"


def example_for(column: str) -> object:
    return T0 if column.endswith(("_at", "late_since")) else "tampered"


CACHED = [
    *((ORDERS, name) for name in (*PLAIN, "authority", "carrier", "tracking_no", "holds", "flags", "conflicts")),
    *((ORDERS, name) for name in ("items", "milestones", "next_due_at", "next_due_rule", "next_check_at")),
    *((DEADLINES.table, name) for name in DEADLINES.columns if name not in {"policy", "detected_at"}),
    *((CASES.table, name) for name in CASES.columns),
    *((TODOS.table, name) for name in TODOS.columns if name != "since"),
]


@pytest.mark.parametrize(("table", "column"), CACHED, ids=lambda part: getattr(part, "name", part))
def test_each_cached_value_that_is_wrong_is_found_and_mended(
    mended: Engine, shop: ShopSettings, table: Table, column: str
) -> None:
    before = dump(mended)
    with open_session(mended) as session:
        theirs = (ORDERS.c.id if table is ORDERS else table.c.order_id) == order_id(shop.name, NO)
        first = session.execute(select(table).where(theirs)).mappings().first()
        assert first is not None, f"no {table.name} to tamper with"
        this = [table.c[part.name] == first[part.name] for part in table.primary_key]
        wrong = other(first[column], example_for(column))
        session.execute(update(table).where(*this).values({column: wrong}))
        session.commit()
    found = compare(mended, shop)
    assert {(one.table, one.order_no) for one in found} == {(table.name, NO)}
    assert column in {*(one.column for one in found), *(part.name for part in table.primary_key)}
    assert compare(mended, shop, mend=True) == found
    assert compare(mended, shop) == []
    assert dump(mended) == before


def change(engine: Engine, *statements: Any) -> None:  # noqa: ANN401  # SQL or SQLAlchemy's
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)


def test_a_lost_row_and_one_too_many_are_found_and_mended(busy: Engine, shop: ShopSettings) -> None:
    before = dump(busy)
    key = order_id(shop.name, NO)
    extra = {"order_id": key, "step": "pack", "status": "queued", "attempts": 0, "updated_at": t(1)}
    change(busy, delete(DEADLINES.table).where(DEADLINES.table.c.rule == "D04"), insert(STEPS.table).values(extra))
    told = [(one.place, one.stored, one.computed) for one in compare(busy, shop, mend=True)]
    assert told == [("deadline D04 row", None, "there"), ("step pack status", "queued", "done")]
    assert compare(busy, shop) == []
    change(busy, delete(STEPS.table).where(STEPS.table.c.step == "pack"))
    assert dump(busy) == before


def test_what_time_alone_changes_is_the_watchers_work_and_no_difference(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 0, *placed(0))
    before = dump(engine)
    assert compare(engine, shop, 80, mend=True) == []
    assert dump(engine) == before


def test_a_breach_found_by_a_rebuild_is_recorded_and_alarms_nobody(busy: Engine, shop: ShopSettings) -> None:
    change(
        busy,
        "delete from alert",
        "update deadline set state = 'RUNNING', breached_at = null, detected_at = null where rule = 'D04'",
    )
    compare(busy, shop, 66, mend=True)
    tell(busy, shop, 67, a_fact("due_stated", 67, rule="D15", due_at=t(99)))
    breach = next(row for row in rows(busy, DeadlineRow) if row.rule == "D04")
    assert (breach.state, breach.breached_at, breach.detected_at) == ("BREACHED", t(58), t(66))
    assert {(alert.rule, alert.suppressed, alert.next_attempt_at) for alert in rows(busy, AlertRow)} >= {
        ("D04", True, None)
    }
    assert not any(alert.next_attempt_at for alert in rows(busy, AlertRow) if alert.rule == "D04")
    rebuilt = [line for line in rows(busy, AuditRow) if line.action == "rebuilt"]
    assert [line.after["deadline D04 state"] for line in rebuilt] == ["BREACHED"]


def test_an_order_that_cannot_be_computed_is_told_and_holds_up_no_other(busy: Engine, shop: ShopSettings) -> None:
    change(
        busy,
        update(FACTS).where(FACTS.c.order_id == order_id(shop.name, "1")).values(kind="eaten"),
        update(ORDERS).where(ORDERS.c.order_no == NO).values(stage="NEW"),
    )
    found = {(one.order_no, one.place, one.computed, one.mendable) for one in compare(busy, shop, mend=True)}
    assert ("1", "orders computation", "KeyError", False) in found
    assert (NO, "orders stage", "AWAITING_HANDOVER", True) in found


@ON_SQLITE  # PostgreSQL takes no JSON that is none
@pytest.mark.parametrize(
    "spoiled", ["update orders set milestones = 'xx', holds = ''", "update case_file set steps_done = '['"]
)
def test_cached_rows_that_cannot_even_be_read_are_made_anew(busy: Engine, shop: ShopSettings, spoiled: str) -> None:
    whole = dump(busy, "updated_at")
    change(busy, spoiled)
    told = {(one.place, one.mendable) for one in compare(busy, shop)}
    assert told == {("orders unreadable", True)}
    compare(busy, shop, mend=True)
    assert (dump(busy, "updated_at"), compare(busy, shop)) == (whole, [])


def test_what_an_export_told_turns_no_accusation_on_by_a_rebuild(busy: Engine, shop: ShopSettings) -> None:
    imported = replace(a_fact("delivered", 20, seen=60), source=IMPORT)
    tell(busy, shop, 60, imported)
    assert evidence_differences(busy, {shop.name: shop}, mend=True) == []


def test_rows_without_order_and_orders_without_facts_are_told(busy: Engine, shop: ShopSettings) -> None:
    assert strays(busy) == []
    on_server = busy.dialect.name == "postgresql"
    with busy.connect() as connection:
        for statement in ("SET session_replication_role = replica",) if on_server else ("ROLLBACK", UNCHECKED):
            connection.exec_driver_sql(statement)
        connection.execute(update(FACTS).where(FACTS.c.order_id == order_id(shop.name, "1")).values(order_id="nobody"))
        connection.commit() if on_server else connection.exec_driver_sql(CHECKED)
        connection.invalidate()  # the next one asks for foreign keys again
    assert [(one.order_no, one.place, one.mendable) for one in strays(busy)] == [
        ("nobody", "fact row", False),
        ("1", "fact row", False),
    ]


def test_since_when_news_come_is_compared_with_the_stored_facts(busy: Engine, shop: ShopSettings) -> None:
    shops = {shop.name: shop}
    assert evidence_differences(busy, shops, mend=False) == []
    change(busy, update(EVIDENCE).values(first_seen_at=t(60)))
    (found,) = evidence_differences(busy, shops, mend=True)
    assert (found.place, found.stored, found.computed) == (
        "evidence picked_up first_seen_at",
        t(60).isoformat(),
        t(0).isoformat(),
    )
    assert evidence_differences(busy, shops, mend=False) == []


def test_the_hourly_sample_takes_all_orders_by_turns_and_tells_once_a_day(engine: Engine, shop: ShopSettings) -> None:
    known = Settings(shop=(shop,))
    for number in "12345":
        tell(engine, shop, 0, *placed(0), order_no=number)
    change(engine, "update orders set stage = 'PACKED'")
    looked = [{one.order_no for one in check_sample(engine, known, t(hour), size=2)} for hour in range(4)]
    assert [len(numbers) for numbers in looked] == [2, 2, 1, 2]
    assert set.union(*looked[:3]) == set("12345")
    assert looked[3] == looked[0]
    assert [alert.text_key for alert in rows(engine, AlertRow)] == ["rebuild"]


_shops = count()


@pytest.mark.timeout(1200)  # in the long form
@settings(
    max_examples=settings().max_examples // 3,  # each lives in a database
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(heap=st.lists(facts(), max_size=8, unique_by=lambda fact: fact.source_key), data=st.data())
def test_rebuilding_from_facts_gives_what_is_cached(
    memory: Engine, shop: ShopSettings, heap: list[Fact], data: st.DataObject
) -> None:
    """Whatever was told in whatever parts, each when it was seen or later, and watched in between or not."""
    own = shop.model_copy(update={"name": f"Shop {next(_shops)}"})
    minutes = st.integers(0, 6000).map(lambda number: timedelta(minutes=number))
    now = T0 - timedelta(days=3)
    waiting = sorted(heap, key=lambda fact: fact.observed_at)
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        now = max(now, waiting[size - 1].observed_at) + data.draw(minutes)
        with open_session(memory) as session:
            record_facts(session, own, [(data.draw(st.sampled_from("12")), fact) for fact in waiting[:size]], now)
            session.commit()
        if data.draw(st.booleans()):
            now += data.draw(minutes)
            refresh_due(memory, {own.name: own}, now)
        waiting = waiting[size:]
    assert compare(memory, own, 10_000) == []
    assert evidence_differences(memory, {own.name: own}, mend=False) == []
