"""Signing in at the real dashboard, in a real browser: the door, roles where things are done, the end of a sign-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx
import pytest
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine
from sqlmodel import select

from flows.people import hashed
from models.db.alerts import BREACH_LEVEL, Alert, raise_alerts
from models.db.people import add_person
from models.db.people_tables import SignInRow, SignInTryRow
from models.db.session import make_engine, open_session
from models.db.tables import AuditRow, FactRow
from models.fact import FactKind
from models.home import Home
from models.ids import order_id
from models.person import FREE_TRIES, Person
from models.stage import Role
from tests.browser import Visit, needs_chromium, visit
from tests.dashboard import seed
from tests.staff import become
from tests.waiting import PATIENCE

pytestmark = needs_chromium

PINS = {"Lan": ("482913", Role.PACKER), "Mai": ("593017", Role.VIEWER), "Binh": ("604128", Role.MANAGER)}
UNKNOWN = Alert(
    subject="ord_1",
    rule="D02",
    level=BREACH_LEVEL,
    text_key="breached",
    shop_id=seed.SHOP,
    order_no="576461413030000001",
    critical=True,
    values={"due_at": seed.NOW.isoformat()},
)
PARCEL = seed.Life(200, seed.paid(2))
BUTTONS = (
    "answer",
    "problem",
    "command",
    "take-back",
    "label",
    "evidence",
    "do-",
    "add",
    "keep-rules",
    "ask-ord",
    "many",
    "know",
    "silence",
    "why",
    "read",
    "ask-let-in",
    "ask-ignore",
    "shop-",
)
KEYS_OF = """found => found.map(one => [...(one.closest("[class*=st-key-]")?.classList ?? [])]
    .find(name => name.startsWith("st-key-"))?.slice(7) ?? "")"""
SHARED = '\n[dashboard]\nsign_in = "pin"\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = seed.make_home(tmp_path_factory.mktemp("people") / "home")
    seed.seed(home, (*seed.STORY, PARCEL))
    home.config.write_text(home.config.read_text(encoding="utf-8") + SHARED, encoding="utf-8")
    engine = make_engine(home.database_url)
    with open_session(engine) as session:
        raise_alerts(session, [UNKNOWN], seed.NOW)
        for name, (pin, role) in PINS.items():
            add_person(session, Person(name=name, role=role), hashed(pin), by="owner", now=seed.NOW)
        session.commit()
    engine.dispose()
    return home


@pytest.fixture(scope="module")
def engine(home: Home) -> Engine:
    return make_engine(home.database_url)


@contextmanager
def signed_in(browser: Browser, address: str, name: str, to: str = "/packing") -> Iterator[Visit]:
    """Somebody who opened a page, was asked who they are, and told it."""
    with visit(browser, address) as seen:
        seen.page.goto(address + to)
        seen.page.locator("#name").fill(name)
        seen.page.locator("#pin").fill(PINS[name][0])
        seen.page.locator("form button").click()
        seen.drawn()
        yield seen


def scan(seen: Visit, number: str) -> None:
    field = seen.page.get_by_role("textbox").first
    field.fill(number)
    field.press("Enter")
    seen.page.wait_for_selector(".st-key-verdict-go, .st-key-verdict-stop")
    seen.drawn()


def packers(engine: Engine) -> list[str | None]:
    """Who packed the parcel, by the facts."""
    with open_session(engine) as session:
        wanted = (FactRow.order_id == order_id(seed.SHOP, PARCEL.order_no), FactRow.kind == FactKind.PACKED)
        return [fact.payload.get("by") for fact in session.exec(select(FactRow).where(*wanted)).all()]


def test_a_stranger_sees_the_door_alone_and_a_packer_the_page_they_wanted(started: tuple[Playwright, Browser], address):
    with visit(started[1], address) as seen:
        seen.page.goto(f"{address}/orders")
        assert seen.page.title() == "Shipclock"
        assert seed.SHOP not in seen.page.content()
        assert seen.frames == []
        seen.page.goto(f"{address}/orders?language=vi")
        assert "Đăng nhập" in seen.page.inner_text("main")
    with signed_in(started[1], address, "Lan", "/orders?language=vi") as seen:
        assert seen.page.url == f"{address}/orders?language=vi"
        assert seen.page.locator("h1").inner_text() == "Đơn hàng"
        assert seen.foreign == []


def test_a_wrong_pin_is_told_in_a_sentence_and_the_name_stays(started: tuple[Playwright, Browser], address):
    with visit(started[1], address) as seen:
        seen.page.goto(f"{address}/sign-in")
        seen.page.get_by_label("Name").fill("Mai")
        seen.page.get_by_label("PIN").fill("000001")
        seen.page.get_by_role("button", name="Sign in").click()
        assert "do not go together" in seen.page.get_by_role("alert").inner_text()
        assert seen.page.get_by_label("Name").input_value() == "Mai"


def buttons(seen: Visit) -> set[str]:
    """The kinds of buttons on the page, by their keys without numbers."""
    keys = seen.page.eval_on_selector_all("[data-testid=stMain] button", KEYS_OF)
    return {kind for key in keys for kind in BUTTONS if key.startswith(kind)}


@pytest.mark.parametrize(
    ("name", "path", "offered"),
    [
        ("Mai", "/", set()),
        ("Mai", f"/order?order={PARCEL.order_no}", {"evidence"}),
        ("Mai", "/packing", {"add"}),
        ("Mai", "/problems", set()),
        ("Mai", "/mail", {"why"}),
        ("Lan", "/problems", {"ask-ord", "know"}),
        ("Lan", "/mail", {"why", "read"}),
        ("Binh", "/problems", {"ask-ord", "know", "silence", "many"}),
        ("Binh", "/mail", {"why", "read", "ask-let-in", "ask-ignore"}),
    ],
)
def test_nobody_is_offered_what_would_be_refused_and_one_line_says_who_may(
    started: tuple[Playwright, Browser], address, name, path, offered
):
    with signed_in(started[1], address, name, path) as seen:
        assert buttons(seen) == offered
        assert seen.text().count("Not for you as") == (name != "Binh")


def test_what_was_drawn_for_a_packer_refuses_who_is_a_viewer_by_then(
    started: tuple[Playwright, Browser], address, engine
):
    with signed_in(started[1], address, "Lan") as seen:
        seen.button("keep-rules")
        seen.drawn()
        scan(seen, PARCEL.order_no)
        become(engine, "Lan", Role.VIEWER)
        seen.button("do-packed")
        seen.page.wait_for_selector("[data-testid=stAlert]")
        assert packers(engine) == []
        become(engine, "Lan", Role.PACKER)
        seen.go("/problems")
        seen.page.get_by_role("button", name="Run again").first.click()
        seen.page.locator("[class*=st-key-rerun] button").first.wait_for()
        become(engine, "Lan", Role.VIEWER)
        seen.page.locator("[class*=st-key-rerun] button").first.click()
        seen.page.get_by_text("That is for packer").wait_for()
        become(engine, "Lan", Role.PACKER)


def test_what_a_packer_does_is_in_the_audit_by_their_name(started: tuple[Playwright, Browser], address, engine):
    with signed_in(started[1], address, "Lan") as seen:
        scan(seen, PARCEL.order_no)
        seen.button("do-packed")
        seen.page.wait_for_selector("[data-testid=stAlert]")
    with open_session(engine) as session:
        of_parcel = AuditRow.order_id == order_id(seed.SHOP, PARCEL.order_no)
        done = session.exec(select(AuditRow).where(of_parcel, AuditRow.action == "mark_packed")).all()
    assert [row.actor for row in done] == ["Lan"]


def end_sign_ins(engine: Engine) -> None:
    with open_session(engine) as session:
        for row in session.exec(select(SignInRow).where(SignInRow.person == "binh")).all():
            session.delete(row)
        session.commit()


def test_a_sign_in_that_ended_does_nothing_more_and_shows_the_way_back(
    started: tuple[Playwright, Browser], address, engine
):
    with signed_in(started[1], address, "Binh", "/problems") as seen:
        end_sign_ins(engine)
        seen.page.get_by_role("button", name="Run again").first.click()
        seen.page.locator("[class*=st-key-rerun] button").first.click()
        seen.page.get_by_role("link", name="Sign in").click()
        seen.page.get_by_label("PIN").wait_for()


def test_a_page_that_stays_open_shows_the_door_when_the_sign_in_ends(
    started: tuple[Playwright, Browser], address, engine
):
    with signed_in(started[1], address, "Binh", "/") as seen:
        end_sign_ins(engine)
        seen.page.get_by_role("link", name="Sign in").wait_for()


def test_who_signs_out_is_out_in_this_browser_alone(started: tuple[Playwright, Browser], address):
    with signed_in(started[1], address, "Binh") as other, signed_in(started[1], address, "Binh") as seen:
        seen.page.get_by_test_id("stExpandSidebarButton").click()
        seen.button("leave")
        seen.page.get_by_role("link", name="Sign in").wait_for()
        seen.page.goto(address)
        seen.page.get_by_label("PIN").wait_for()
        other.go("/orders")
        assert other.page.locator("h1").inner_text() == "Orders"


def test_ten_thousand_wrong_pins_lock_the_door_and_leave_the_pages_as_they_were(
    started: tuple[Playwright, Browser], address, engine, request
):
    """The long form is `pytest --long`; CI does two hundred."""
    guesses = 10_000 if request.config.getoption("--long") else 200
    with signed_in(started[1], address, "Binh") as seen, httpx.Client(base_url=address, timeout=PATIENCE) as guesser:
        forms = ({"name": "Lan", "pin": f"{number:06}"} for number in range(guesses))
        told = Counter(guesser.post("/sign-in", data=form).status_code for form in forms)
        seen.go("/orders")
        assert seen.page.locator("h1").inner_text() == "Orders"
    assert set(told) == {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
    assert FREE_TRIES <= told[HTTPStatus.FORBIDDEN] < 3 * FREE_TRIES  # a minute may pass, then one more is looked at
    with open_session(engine) as session:
        of_lan = (AuditRow.action == "sign-in refused", AuditRow.actor == "Lan")
        refused = session.exec(select(AuditRow).where(*of_lan)).all()
        turned_away = sum(session.exec(select(SignInTryRow.turned_away)).all())
    assert len(refused) == told[HTTPStatus.FORBIDDEN]
    assert any(row.after["shut"] for row in refused)
    assert turned_away == told[HTTPStatus.TOO_MANY_REQUESTS]
