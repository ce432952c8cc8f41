"""What goes together is one row: same verb, same shop, as pressing; it stands where its worst order would."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.db.orders import record_facts
from models.db.session import open_session
from models.db.todo_batches import TodoBatch, todo_rows
from models.db.todo_reading import TodoLine, todo_list
from models.settings import ShopSettings
from models.todo_batch import FEWEST, MOST
from tests.models.makers import a_fact, placed, t

NOW = t(1)


def number(place: int) -> str:
    return f"5764614130387{place:05d}"


@pytest.fixture
def session(engine: Engine):
    with open_session(engine) as opened:
        yield opened


def tell(session: Session, shop: ShopSettings, places: range, hours: float, *kinds: str) -> None:
    """Let these orders be placed at that hour, and what else happened to them since."""
    facts = [*placed(hours), *(a_fact(kind, hours + 0.1) for kind in kinds)]
    record_facts(session, shop, [(number(place), fact) for place in places for fact in facts], NOW)


def seen(session: Session, kind: str | None = None) -> list[tuple[str, list[str]]]:
    """The rows: the verb, and the orders of a batch or the one."""
    rows = todo_rows(session, NOW, kind=kind)
    return [(one.first.kind, [line.order_no for line in one.lines]) if isinstance(one, TodoBatch)
            else (one.kind, [one.order_no]) for one in rows]  # fmt: skip


@pytest.mark.parametrize("count", [FEWEST - 1, FEWEST])
def test_as_few_as_are_seen_faster_one_by_one_make_no_batch(session: Session, shop: ShopSettings, count: int):
    tell(session, shop, range(count), 0.5)
    rows = todo_rows(session, NOW)
    assert [type(row) for row in rows] == ([TodoBatch] if count >= FEWEST else [TodoLine] * count)


def test_another_verb_another_shop_and_another_band_are_rows_of_their_own(session: Session, shop: ShopSettings):
    other = shop.model_copy(update={"name": "Shop B"})
    tell(session, shop, range(3), 0.5)
    tell(session, shop, range(10, 13), 0.5, "stock_confirmed")
    tell(session, other, range(20, 23), 0.5)
    tell(session, shop, range(30, 33), -200)
    assert sorted(seen(session)) == sorted(
        [
            ("confirm", [number(place) for place in range(3)]),
            ("pack", [number(place) for place in range(10, 13)]),
            ("confirm", [number(place) for place in range(20, 23)]),
            ("confirm", [number(place) for place in range(30, 33)]),
        ]
    )


def test_a_batch_stands_where_its_worst_order_would_and_leaves_out_nothing(session: Session, shop: ShopSettings):
    tell(session, shop, range(4), 0.5)
    tell(session, shop, range(10, 12), -200)
    tell(session, shop, range(20, 25), 0.2, "stock_confirmed")
    told = [number for _, numbers in seen(session) for number in numbers]
    one_by_one = [todo.order_no for todo in todo_list(session)]
    assert sorted(told) == sorted(one_by_one)
    assert told[0] == one_by_one[0]
    places = [one_by_one.index(numbers[0]) for _, numbers in seen(session)]
    assert places == sorted(places)


def test_what_needs_a_look_at_each_makes_no_batch(session: Session, shop: ShopSettings):
    tell(session, shop, range(5), 0.5, "cancel_requested")
    assert [kind for kind, _ in seen(session, kind="answer_cancel")] == ["answer_cancel"] * 5


def test_of_more_orders_than_a_list_holds_the_worst_are_shown_and_all_are_counted(session: Session, shop: ShopSettings):
    tell(session, shop, range(MOST + 3), 0.5)
    (batch,) = todo_rows(session, NOW)
    assert isinstance(batch, TodoBatch)
    assert (batch.count, len(batch.lines)) == (MOST + 3, MOST)
    assert list(batch.lines) == todo_list(session, limit=MOST)


def test_the_list_is_as_long_as_asked_for(session: Session, shop: ShopSettings):
    tell(session, shop, range(5), 0.5, "cancel_requested")
    assert len(todo_rows(session, NOW, kind="answer_cancel", limit=2)) == 2
