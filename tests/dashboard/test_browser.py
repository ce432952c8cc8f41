"""What only a real browser shows: nothing leaves this machine, no buyer arrives, buttons act on what they name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine
from sqlmodel import select

from flows.clock import set_virtual
from models.db.mail_tables import MailboxRow
from models.db.session import open_session
from models.db.tables import OrderRow, StepRow
from models.home import Home, find_home
from models.ids import order_id
from tests.browser import Visit, dashboard, needs_chromium, visit
from tests.dashboard import seed
from tests.dashboard.looks import PATHS
from tests.planted import search_bytes

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of this module's own; its tests act on orders that no other test of it looks at."""
    home = seed.make_home(tmp_path_factory.mktemp("browser") / "home")
    seed.seed(home, (*seed.STORY, *seed.PAST[:5]))
    return home


def card(life: seed.Life, kind: str, about: str = "") -> str:
    return f"{order_id(seed.SHOP, life.order_no)}-{kind}-{about}"


def test_no_page_asks_another_host_or_shows_a_buyer(seen: Visit):
    for path in PATHS:
        seen.go(path)
        assert "could not be drawn" not in seen.text()
    received = b"\n".join(seen.frames)
    assert search_bytes(received, [seed.NEW.order_no], "the page")  # the search sees what is there
    assert search_bytes(received, seed.PLANTED, "the page") == []


def test_run_again_asks_first_and_names_the_order(seen: Visit, engine: Engine):
    key = order_id(seed.SHOP, seed.BROKEN.order_no)
    seen.go("/problems")
    seen.page.locator(f".st-key-problem-{key}-pack [data-testid=stPopover] button").first.click()
    confirm = seen.page.get_by_role("button", name=f"Run again for {seed.BROKEN.order_no}")
    confirm.click()
    seen.page.wait_for_selector("[data-testid=stAlert]")
    assert seed.BROKEN.order_no in seen.page.inner_text("[data-testid=stAlert]")
    with open_session(engine, read_only=True) as session:
        assert session.get_one(StepRow, (key, "pack")).status != "dead"


def test_a_mail_is_read_again_by_its_button(seen: Visit, engine: Engine):
    seen.go("/mail")
    seen.button("read-1")
    seen.page.wait_for_selector("[data-testid=stAlertContentSuccess]")
    with open_session(engine, read_only=True) as session:
        assert session.exec(select(OrderRow).where(OrderRow.order_no == "577094156662640001")).one()


def test_a_waiting_mail_shows_why_and_teaching_the_missing_label_lets_it_pass(seen: Visit, home: Home, engine: Engine):
    number = seed.add_strange_mail(engine, home)
    page = seen.go("/mail")
    seen.button(f"why-{number}")
    dialog = page.locator("[role=dialog]")
    dialog.get_by_text("Order number (without it the mail waits)").wait_for()
    dialog.get_by_text("180.000").wait_for()
    label = dialog.locator(".st-key-teach-label-order_no input")
    label.fill("Khách hàng")  # typed: what stands for the buyer
    label.press("Enter")
    seen.button("teach-do")
    dialog.get_by_text("already stands for buyer").wait_for()
    label.click()
    label.fill("")
    page.get_by_role("option", name="Bonsai tag").click()
    seen.button("teach-do")
    page.wait_for_selector("[data-testid=stAlertContentSuccess]")
    assert "now read as: new order. Still missing: ship by." in seen.text()
    with open_session(engine, read_only=True) as session:
        assert session.exec(select(OrderRow).where(OrderRow.order_no == seed.STRANGE_ORDER)).one()
    assert search_bytes(b"\n".join(seen.frames), seed.PLANTED, "the page") == []


def test_today_turns_bad_by_itself_when_the_mailbox_is_no_longer_read(seen: Visit, engine: Engine):
    seen.go("/")
    assert "was read" in seen.text()
    with open_session(engine) as session:
        row = session.get_one(MailboxRow, "main")
        row.last_ok_at = seed.NOW - timedelta(hours=30)
        session.add(row)
        session.commit()
    alarm = seen.page.wait_for_selector("[data-testid=stAlertContentError]")
    assert alarm is not None
    assert "may be waiting there unseen" in alarm.inner_text()


def test_times_left_that_grew_old_on_an_open_page_are_said_to_be_and_shown_anew_by_a_click(seen: Visit, engine: Engine):
    seen.go("/?kind=confirm")
    to_do = seen.page.locator(f".st-key-todo-{card(seed.NEW, 'confirm')}")
    before = to_do.inner_text()
    offer = seen.page.locator(".st-key-reload button")
    assert offer.count() == 0
    set_virtual(engine, seed.NOW + timedelta(hours=1))
    try:
        offer.filter(has_text="Times left are those of").wait_for()
        assert to_do.inner_text() == before
        offer.click()
        offer.wait_for(state="detached")
        assert to_do.inner_text() != before
    finally:
        set_virtual(engine, seed.NOW)


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark"}, {"device": "Pixel 7"}], ids=["desktop", "dark", "phone"]
)
def test_the_first_order_to_act_on_is_seen_without_scrolling(
    started: tuple[Playwright, Browser], address: str, options: dict[str, Any]
):
    playwright, browser = started
    chosen = dict(playwright.devices[options["device"]]) if "device" in options else options
    with visit(browser, address, **chosen) as seen:
        page = seen.go("/")
        box = page.locator("[class*='st-key-answer-'] button").first.bounding_box()
        size = page.viewport_size
        assert box is not None
        assert size is not None
        assert box["y"] + box["height"] <= size["height"]


def test_a_person_with_a_keyboard_alone_can_answer_a_to_do(seen: Visit):
    page = seen.go("/?kind=pack")
    page.locator("h1").click()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Packed":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog]")
    assert seed.TO_PACK.order_no in page.inner_text("[role=dialog]")


def test_a_shop_whose_mail_was_never_read_does_not_say_that_nothing_is_due(
    started: tuple[Playwright, Browser], tmp_path: Path
):
    home = seed.make_home(tmp_path / "home")
    assert find_home({"SHIPCLOCK_HOME": str(home.path)}, cwd=tmp_path).database_url == home.database_url
    with dashboard(home.path) as address, visit(started[1], address) as seen:
        seen.go("/")
        assert "Nothing is known yet" in seen.text()
        assert "Nothing is due" not in seen.text()
        assert seen.foreign == []
