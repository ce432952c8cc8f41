"""Orders that go together on Today: a row that opens, done in one go for exactly the orders it was drawn with."""

from __future__ import annotations

import pytest
from sqlmodel import select

from models.db.session import open_session
from models.db.tables import OrderRow
from models.fact import FactKind
from models.home import Home
from models.settings_file import load_settings
from tests.dashboard import seed

NEW = tuple(seed.Life(300 + n, seed.paid(2 - n / 100)) for n in range(4))
TO_PACK = tuple(seed.Life(320 + n, [*seed.paid(9), (FactKind.STOCK_CONFIRMED, 8)]) for n in range(5))
LATE = tuple(seed.Life(340 + n, seed.paid(90 + n)) for n in range(3))


@pytest.fixture
def home(empty_home: Home) -> Home:
    """A busy shop: four orders to check, five to pack."""
    seed.seed(empty_home, (*NEW, *TO_PACK))
    return empty_home


def add(home, engine, lives):
    with open_session(engine) as session:
        seed.tell(session, load_settings(home).shop[0], lives)
        session.commit()


def key(page, start):
    """The key of the one button or toggle that begins so."""
    (found,) = [one.key for one in (*page.button, *page.toggle) if str(one.key).startswith(start)]
    return found


def stages(engine):
    with open_session(engine, read_only=True) as session:
        return dict(session.exec(select(OrderRow.order_no, OrderRow.stage)).all())


def numbers(lives):
    return {life.order_no for life in lives}


def words_of(page):
    return "\n".join(text.value for text in page.markdown)


@pytest.mark.usefixtures("home")
def test_many_orders_of_one_verb_are_one_row_that_opens_to_each_of_them(open_page):
    page = open_page()
    assert "**Pack 5 orders**" in words_of(page)
    assert not [button.key for button in page.button if str(button.key).startswith("answer-")]
    page = page.toggle(key=key(page, f"open-{seed.SHOP}-pack")).set_value(True).run()
    answers = [button.key for button in page.button if "-pack--packed" in str(button.key)]
    assert len(answers) == len(TO_PACK)


def test_what_is_confirmed_at_once_are_the_orders_of_the_row_whatever_came_since(open_page, home, engine):
    page = open_page()
    add(home, engine, [*LATE, seed.Life(360, seed.paid(2))])
    gone = seed.Life(NEW[1].number, [(FactKind.CANCELLED, 0.1)])
    add(home, engine, [gone])
    page.button(key=key(page, f"done-{seed.SHOP}-confirm")).click().run()
    told = page.warning[0].value
    assert told.startswith("Checked: 3.")
    assert told.count(f"Order {NEW[1].order_no}: not done.") == 1
    after = stages(engine)
    assert {number for number, stage in after.items() if stage == "CONFIRMED"} == numbers((*NEW, *TO_PACK)) - numbers(
        [gone]
    )


def test_packing_goes_on_at_the_packing_table_with_the_orders_of_the_row(open_page, home, engine):
    page = open_page()
    add(home, engine, [seed.Life(361, [*seed.paid(9), (FactKind.STOCK_CONFIRMED, 8)])])
    page = page.button(key=key(page, f"done-{seed.SHOP}-pack")).click().run()
    assert page.title[0].value == "Packing"
    assert set(page.session_state["packing-list"]) == numbers(TO_PACK)
    assert page.session_state["packing-shop"] == seed.SHOP
    page = page.switch_page("views/packing.py").run()  # AppTest itself stays where it was
    page = page.button(key="keep-rules").click().run()
    page = page.button(key="do-packed").click().run()
    assert {number for number, stage in stages(engine).items() if stage == "PACKED"} == numbers(TO_PACK)


@pytest.mark.usefixtures("home")
def test_a_list_that_was_under_way_can_be_gone_on_with_after_the_one_from_today(open_page):
    page = open_page("packing")
    page.text_area(key="packing-paste").set_value(NEW[0].order_no)
    page.button(key="add").click().run()
    page = page.switch_page("views/today.py").run()
    page = page.button(key=key(page, f"done-{seed.SHOP}-pack")).click().run()
    page = page.switch_page("views/packing.py").run()
    page = page.button(key="clear").click().run()
    page = page.button(key="go-on").click().run()
    assert page.session_state["packing-list"] == (NEW[0].order_no,)


@pytest.mark.usefixtures("home")
def test_two_who_do_the_same_row_do_it_once_and_both_are_told(open_page):
    first, second = open_page(), open_page()
    for page in (first, second):
        page.button(key=key(page, f"done-{seed.SHOP}-confirm")).click().run()
    assert first.success[0].value == "Checked: 4."
    assert second.info[0].value.count("Nothing was done twice.") == len(NEW)
