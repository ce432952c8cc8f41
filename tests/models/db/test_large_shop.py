"""What pages ask costs the same for a hundred orders and for a million: indexes answer, newest first, counts end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from models.db import alert_people, page_reading, reading
from models.db.failed import Choice, count_failed
from models.db.reading import order_file, orders_count, orders_page
from models.db.session import open_session
from models.db.tables import AlertRow, OrderRow
from models.error_class import ErrorClass
from models.ids import order_id
from models.settings import ShopSettings
from tests.databases import ON_SQLITE
from tests.models.db.storage import tell
from tests.models.makers import a_fact, placed, t

NUMBERS: Final = ("576461413038785998", "576461413038785999", "576461413038786000", "576461499999999999")
OLD, UNKNOWN = "576461413038000001", ("576461413038000002", "576461413038000003")
NOW = 60


@pytest.fixture
def told(engine: Engine, shop: ShopSettings) -> Engine:
    """Orders of two shops, each an hour newer than the one before; of two it is not known when they were placed."""
    for hours, number in enumerate((OLD, *NUMBERS)):
        tell(engine, shop, NOW, *placed(hours), order_no=number)
    for number in UNKNOWN:
        tell(engine, shop, NOW, a_fact("in_transit", 40), order_no=number)
    tell(engine, shop.model_copy(update={"name": "Shop B"}), NOW, *placed(50), order_no="1")
    with open_session(engine) as session:
        for row in session.exec(select(OrderRow).where(col(OrderRow.order_no).in_(UNKNOWN))):
            row.placed_at = None
            session.add(row)
        session.commit()
    return engine


@pytest.fixture
def session(told: Engine) -> Iterator[Session]:
    with open_session(told, read_only=True) as opened:
        yield opened


def found(session: Session, *numbers: str) -> list[str]:
    return [row.order_no for row in orders_page(session, numbers=numbers)]


@pytest.mark.parametrize("cap", [10_000, 1])
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("576461413038785998", ("576461413038785998",)),
        ("57646141303878", NUMBERS[2::-1]),
        ("57646141303878599", NUMBERS[1::-1]),  # the next beginning is ...8600
        ("5764614999", NUMBERS[3:]),
        ("99999", NUMBERS[3:]),
        ("999", NUMBERS[3:0:-2]),
        ("6000", NUMBERS[2:3]),
        ("57646149%9", ()),
        ("785_98", ()),
        ("41303", ()),
    ],
)
def test_a_number_is_found_by_its_beginning_and_by_its_end_however_many_are(
    session: Session, monkeypatch: pytest.MonkeyPatch, cap: int, typed: str, expected: tuple[str, ...]
):
    monkeypatch.setattr(reading, "COUNT_CAP", cap)
    assert found(session, typed) == list(expected)
    assert orders_count(session, numbers=[typed]) == min(len(expected), cap + 1)


def test_several_numbers_are_searched_for_at_once(session: Session):
    assert found(session, "998", "576461499999999999", "nobody") == [NUMBERS[3], NUMBERS[0]]


def test_orders_come_newest_first_and_at_last_those_of_which_that_is_not_known(session: Session):
    ours = [*reversed(NUMBERS), OLD]
    pages = [orders_page(session, shop="Shop A", limit=2, offset=offset) for offset in range(0, 10, 2)]
    assert [row.order_no for page in pages for row in page][:5] == ours
    assert {row.order_no for page in pages for row in page[-2:]} >= set(UNKNOWN)
    assert [len(page) for page in pages] == [2, 2, 2, 1, 0]


def test_open_orders_are_those_whose_stage_is_not_over(told: Engine, shop: ShopSettings):
    tell(told, shop, NOW, a_fact("cancelled", 20, actor="buyer"), order_no=OLD)
    with open_session(told, read_only=True) as session:
        assert OLD not in {row.order_no for row in orders_page(session, open_only=True)}
        assert orders_count(session, open_only=True, shop="Shop A") == 6
        assert {row.terminal for row in orders_page(session, open_only=True)} == {False}


def test_the_alerts_of_an_order_are_its_own_alone(told: Engine):
    mine, other = (order_id("Shop A", number) for number in NUMBERS[:2])
    with open_session(told) as session:
        for key in (f"{mine}|step|x|0", f"{other}|step|x|0", f"mailbox:main|{mine}|0"):
            session.add(AlertRow(dedup_key=key, rule="step", level=0, text_key="step_failed", created_at=t(1)))
        session.commit()
        file, theirs = order_file(session, mine), select(AlertRow.dedup_key)
        every = session.exec(theirs).all()
    assert file is not None
    assert {row.dedup_key for row in file.alerts} == {key for key in every if key.startswith(f"{mine}|")}
    assert f"{mine}|step|x|0" in {row.dedup_key for row in file.alerts}


QUESTIONS: Final[dict[str, Callable[[Session], object]]] = {
    "newest": orders_page,
    "newest of a shop": lambda session: orders_page(session, shop="Shop A"),
    "open": lambda session: orders_page(session, open_only=True, shop="Shop A"),
    "open, how many": lambda session: orders_count(session, open_only=True, shop="Shop A"),
    "of a stage": lambda session: orders_page(session, stage="CANCELLED", shop="Shop A"),
    "of a stage, how many": lambda session: orders_count(session, stage="CANCELLED", shop="Shop A"),
    "a number": lambda session: orders_page(session, numbers=["576461413038"]),
    "a number, how many": lambda session: orders_count(session, numbers=["576461413038"]),
    "an order": lambda session: order_file(session, order_id("Shop A", OLD)),
    "breaches": reading.breaches,
    "breaches, how many": page_reading.breach_count,
    "failed steps": reading.problems,
    "failed steps, how many": lambda session: count_failed(session, Choice(error_class=ErrorClass.REFUSED), t(NOW)),
    "alerts": lambda session: session.exec(select(AlertRow).where(*alert_people.open_alerts())).all(),
}
FEW: Final = ("ix_deadline_missed", "ix_step_trouble", "alert_silence")  # hold no more than is asked for


@ON_SQLITE
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_page_goes_through_all_rows_of_a_table(told: Engine, question: str):
    asked: list[tuple[str, Any]] = []
    event.listen(told, "before_cursor_execute", lambda _c, _u, sql, given, *_: asked.append((sql, given)))
    with open_session(told, read_only=True) as session:
        QUESTIONS[question](session)
        questions = [one for one in asked if one[0].startswith("SELECT")]
        steps = [
            str(row[3])
            for sql, given in questions
            for row in session.connection().exec_driver_sql(f"explain query plan {sql}", given)
        ]
    assert steps
    through_all = [step for step in steps if step.startswith("SCAN") and not step.startswith("SCAN anon")]
    assert [step for step in through_all if not any(index in step for index in FEW)] == []
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps or question in {"a number", "an order", "failed steps"}
