"""Lists of to-dos: one thing with one order each; what is asked once a day is found apart from them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.db.orders import record_facts
from models.db.session import open_session
from models.db.todo_reading import overdue_count, questions, todo_counts, todo_list, todo_mark
from models.fact import Fact
from models.gathering import About
from models.settings import ShopSettings
from tests.models.makers import a_fact, placed, t

SHIPPED, UNSHIPPED, NEW = "576461413038785751", "576461413038785752", "576461413038785753"
NOW = 60


def tell(session: Session, shop: ShopSettings, number: str, *facts: Fact) -> None:
    record_facts(session, shop, [(number, fact) for fact in facts], t(NOW))


@pytest.fixture
def session(engine: Engine, shop: ShopSettings):
    """A shop that never gets news of the carrier: one parcel is away, one order is late, one is new."""
    with open_session(engine) as opened:
        tell(opened, shop, SHIPPED, *placed(0), a_fact("marked_shipped", 10))
        tell(opened, shop, UNSHIPPED, *placed(0, promised_at=t(40)))
        tell(opened, shop, NEW, *placed(59))
        opened.commit()
        yield opened


def test_what_is_asked_stands_in_no_list_and_no_count(session: Session):
    assert {todo.order_no for todo in todo_list(session)} == {UNSHIPPED, NEW}
    assert todo_counts(session) == {"confirm": 2}
    assert overdue_count(session, t(200)) == 2
    assert todo_mark(session)[0] == 2


def test_of_one_order_everything_is_listed(session: Session):
    assert [todo.kind for todo in todo_list(session, order_no=SHIPPED)] == ["ask_collected"]


def test_only_orders_that_left_the_shop_are_asked_about(session: Session):
    (asked,) = questions(session)
    assert (asked.order_no, asked.about, asked.due_at, asked.since) == (SHIPPED, About.COLLECTED, t(58), t(NOW))


@pytest.mark.parametrize(("name", "count"), [("Shop A", 1), ("Shop B", 0)])
def test_questions_can_be_those_of_one_shop(session: Session, name: str, count: int):
    assert len(questions(session, shop=name)) == count


def test_news_that_answer_a_question_take_it_away(session: Session, shop: ShopSettings):
    tell(session, shop, SHIPPED, a_fact("picked_up", 57))
    assert questions(session) == []
