"""What is asked once a day, on Today: one card a shop, *yes* for all of it or for all but those picked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from dashboard.answers import answers_to
from flows.clock import set_virtual
from models.db.session import make_engine, open_session
from models.db.tables import FactRow, OrderRow, TodoRow
from models.fact import FactKind
from models.home import Home
from tests.dashboard import seed

HANDED_OVER = tuple(
    seed.Life(200 + n, [*seed.paid(90), (FactKind.PACKED, 70), (FactKind.MARKED_SHIPPED, 60 + n)]) for n in range(3)
)
FIRST, SECOND, LAST = sorted((life.order_no for life in HANDED_OVER), reverse=True)  # the first due first
CARD = f"gathered-{seed.SHOP}-2026-03-18"


@pytest.fixture
def asked(empty_home: Home) -> Home:
    """A shop of new-order mails alone: three parcels were handed over, nobody knows whether they were collected."""
    seed.seed(empty_home, [*HANDED_OVER, seed.NEW])
    engine = make_engine(empty_home.database_url)
    set_virtual(engine, seed.NOW + timedelta(hours=17))
    engine.dispose()
    return empty_home


def collected(home: Home) -> set[str]:
    engine = make_engine(home.database_url)
    with open_session(engine, read_only=True) as session:
        query = select(OrderRow.order_no).join(FactRow).where(FactRow.kind == "picked_up", FactRow.estimated)
        found = set(session.exec(query))
    engine.dispose()
    return found


def questions(page: AppTest) -> list[str]:
    return [text.value for text in page.markdown if "All collected?" in text.value]


@pytest.mark.usefixtures("asked")
def test_many_orders_are_one_card_that_counts_as_one_to_do(open_page):
    page = open_page()
    assert questions(page) == ["**All collected? 3 handed over, no news by Wed 18 Mar**"]
    assert not [button.key for button in page.button if "ask_collected" in str(button.key)]
    assert page.pills[0].label == "Show only (2 in all)"


def test_yes_is_noted_for_every_order_of_the_card_and_the_card_goes(open_page, asked):
    page = open_page().button(key=f"yes-{CARD}-collected").click().run()
    assert page.success[0].value == "Noted as collected: 3."
    assert collected(asked) == {FIRST, SECOND, LAST}
    assert questions(page) == []


def test_those_that_are_picked_stay_asked_whatever_moved_behind_the_page(open_page, asked):
    page = open_page()
    page = page.multiselect(key=f"left-out-{CARD}-collected").select(SECOND).run()
    other = open_page()
    other.multiselect(key=f"left-out-{CARD}-collected").select(SECOND).select(LAST).run()
    other.button(key=f"others-{CARD}-collected").click().run()
    assert collected(asked) == {FIRST}
    page = page.button(key=f"others-{CARD}-collected").click().run()
    assert collected(asked) == {FIRST, LAST}
    assert questions(page) == ["**All collected? 1 handed over, no news by Wed 18 Mar**"]


@pytest.mark.usefixtures("asked")
def test_on_its_own_page_an_order_asks_at_once_and_by_itself(open_page):
    page = open_page("order", order=FIRST, shop=seed.SHOP)
    assert [button.key for button in page.button if "ask_collected" in str(button.key)]


@pytest.mark.parametrize(("rule", "kind"), [("D04", "picked_up"), ("D07", "in_transit")])
def test_a_yes_about_one_order_is_what_its_clock_waits_for(rule: str, kind: str):
    todo = TodoRow(order_id="o", kind="ask_collected", rule=rule, since=seed.NOW)
    assert answers_to(todo)[0].values["kind"] == kind
