"""The packing table in a real browser: one word for what is scanned, a batch in few taps, no order but the named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine
from sqlmodel import select

from models.db.session import open_session
from models.db.tables import FactRow, OrderRow
from models.fact import FactKind
from models.home import Home
from models.ids import order_id
from tests.browser import GO_ON, STAND_STILL, Visit, middle_of, needs_chromium, visit
from tests.dashboard import seed

pytestmark = needs_chromium

MORNING = tuple(seed.Life(200 + n, seed.paid(2)) for n in range(80))
ASIDE = seed.Life(290, seed.paid(2))  # nobody names it
TOGETHER = seed.Life(291, seed.paid(2))  # two people press at once
TWICE = seed.Life(292, seed.paid(2))
BUSY = tuple(seed.Life(400 + n, seed.paid(2)) for n in range(40))  # a batch that takes a while
TAPS = 25
BUTTON_IS_THERE = "([x, y]) => !!document.elementFromPoint(x, y)?.closest('button')"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = seed.make_home(tmp_path_factory.mktemp("packing") / "home")
    seed.seed(home, (*seed.STORY, *MORNING, *BUSY, ASIDE, TOGETHER, TWICE))
    return home


class Packer:
    """Somebody at the packing page, whose taps are counted."""

    def __init__(self, seen: Visit) -> None:
        self.seen = seen
        self.taps = 0
        seen.go("/packing")

    def press(self, key: str) -> None:
        self.taps += 1
        self.seen.button(key)

    def scan(self, number: str) -> None:
        self.taps += 1
        field = self.seen.page.locator(".st-key-packing-scan input")
        field.fill(number)
        field.press("Enter")
        self.seen.page.locator(f"[class*=st-key-verdict]:has-text('{number}')").wait_for()
        self.seen.drawn()

    def paste(self, numbers: list[str]) -> None:
        self.taps += 2  # open it, paste
        self.seen.page.locator("[data-testid=stExpander] summary").click()
        self.seen.page.locator(".st-key-packing-paste textarea").fill("\n".join(numbers))
        self.press("add")
        self.seen.page.locator(".st-key-verdict-go").wait_for()

    def keep_the_rules(self) -> None:
        if self.seen.page.locator(".st-key-keep-rules").count():
            self.press("keep-rules")
            self.seen.page.locator(".st-key-keep-rules").wait_for(state="detached")
            self.seen.drawn()

    def told(self) -> str:
        found = self.seen.page.locator("[data-testid=stAlert]").first
        found.wait_for()
        return found.inner_text()


@pytest.fixture
def packers(started: tuple[Playwright, Browser], address: str) -> Iterator[list[Packer]]:
    with ExitStack() as stack:
        found = [Packer(stack.enter_context(visit(started[1], address))) for _ in range(2)]
        yield found
        assert [one.seen.foreign for one in found] == [[], []]


@pytest.fixture
def packer(started: tuple[Playwright, Browser], address: str) -> Iterator[Packer]:
    with visit(started[1], address) as seen:
        yield Packer(seen)
        assert seen.foreign == []


def stages(engine: Engine) -> dict[str, str]:
    with open_session(engine, read_only=True) as session:
        return dict(session.exec(select(OrderRow.order_no, OrderRow.stage)).all())


def entries(engine: Engine, life: seed.Life) -> Counter[str]:
    with open_session(engine, read_only=True) as session:
        key = order_id(seed.SHOP, life.order_no)
        return Counter(session.exec(select(FactRow.kind).where(FactRow.order_id == key)).all())


def test_two_people_bring_a_morning_of_orders_from_new_to_shipped_in_few_taps(packers: list[Packer], engine: Engine):
    halves = [MORNING[:40], MORNING[40:]]
    for packer, lives in zip(packers, halves, strict=True):
        packer.keep_the_rules()
        packer.paste([life.order_no for life in lives])
    for packer in packers:
        packer.press("do-packed_arranged")
    for packer in packers:
        packer.seen.page.get_by_text("Packed and set to shipped: 40.").wait_for()
    after = stages(engine)
    assert {after[life.order_no] for life in MORNING} == {"AWAITING_HANDOVER"}
    assert after[ASIDE.order_no] == "NEW"
    assert all(
        (found[FactKind.PACKED], found[FactKind.MARKED_SHIPPED]) == (1, 1)
        for found in (entries(engine, life) for life in MORNING)
    )
    assert max(packer.taps for packer in packers) <= TAPS


def test_the_same_order_pressed_by_two_at_once_is_packed_once_and_both_are_told(packers: list[Packer], engine: Engine):
    for packer in packers:
        packer.keep_the_rules()
        packer.scan(TOGETHER.order_no)
    for packer in packers:
        packer.press("do-packed")
    told = [packer.told() for packer in packers]
    assert entries(engine, TOGETHER)[FactKind.PACKED] == 1
    assert sorted("Packed: 1." in words for words in told) == [False, True]
    assert any("Nothing was done twice" in words for words in told)


@pytest.mark.parametrize("meanwhile", ["scan", "leave"])
def test_who_scans_or_leaves_the_page_while_a_batch_is_done_breaks_nothing_off(
    packers: list[Packer], engine: Engine, meanwhile: str
):
    packer, lives = packers[0], BUSY[:20] if meanwhile == "scan" else BUSY[20:]
    packer.keep_the_rules()
    packer.paste([life.order_no for life in lives])
    packer.press("do-packed")
    packer.seen.page.locator("[data-testid=stProgress]").wait_for()
    if meanwhile == "scan":
        packer.seen.page.locator(".st-key-packing-scan input").fill(ASIDE.order_no)
        packer.seen.page.keyboard.press("Enter")
    else:
        packer.seen.page.get_by_role("link", name="Orders").first.dispatch_event("click")  # at once, while it is done
    packer.seen.page.get_by_text(f"Packed: {len(lives)}.").wait_for()
    assert "Nothing was done twice" not in packer.told()
    after = stages(engine)
    assert {after[life.order_no] for life in lives} == {"PACKED"}
    assert {entries(engine, life)[FactKind.PACKED] for life in lives} == {1}
    assert after[ASIDE.order_no] == "NEW"


def test_the_button_that_takes_back_does_nothing_while_the_click_on_packed_may_still_be_a_double_one(
    packer: Packer, engine: Engine
):
    packer.keep_the_rules()
    packer.scan(TWICE.order_no)
    page = packer.seen.page
    page.evaluate(STAND_STILL)
    page.locator(".st-key-do-packed button").dispatch_event("click")  # however it stands still
    back = page.locator(".st-key-take-back button")
    back.wait_for()
    packer.seen.drawn()
    at = middle_of(back)
    assert not page.evaluate(BUTTON_IS_THERE, at)
    page.mouse.click(*at)
    packer.seen.drawn()
    assert stages(engine)[TWICE.order_no] == "PACKED"
    page.wait_for_function(GO_ON)
    page.mouse.click(*middle_of(back))
    back.wait_for(state="detached")
    assert stages(engine)[TWICE.order_no] != "PACKED"


def test_the_place_to_paste_stays_open_while_the_page_above_it_grows(packer: Packer):
    packer.keep_the_rules()
    packer.seen.page.locator("[data-testid=stExpander] summary").click()
    packer.scan(ASIDE.order_no)
    packer.scan(TOGETHER.order_no)
    assert packer.seen.page.locator(".st-key-packing-paste textarea").is_visible()


@pytest.mark.parametrize(
    ("life", "words"),
    [
        (seed.CANCEL_ASKED, "cancel"),
        (seed.CANCELLED, "cancelled"),
        (seed.PACKED, "packed this"),
        (seed.UNPAID_GONE, "cancelled"),
    ],
)
def test_what_is_not_to_be_packed_fills_the_screen_with_stop_and_a_reason(packer: Packer, life, words):
    packer.keep_the_rules()
    packer.scan(ASIDE.order_no)
    packer.scan(life.order_no)
    stop = packer.seen.page.locator(".st-key-verdict-stop")
    assert "STOP" in stop.inner_text()
    assert words in stop.inner_text()
    packed = packer.seen.page.locator(".st-key-do-packed button")
    assert packed.inner_text() == "The others: Packed (1)"  # nobody takes it for the order on the screen
    assert packer.seen.page.locator("[data-testid=stBaseButton-primary]").count() == 0


def test_a_number_that_nobody_knows_stops_and_what_was_packed_can_be_taken_back(packer: Packer, engine: Engine):
    packer.keep_the_rules()
    packer.scan("999999999999999999")
    assert "No order here" in packer.seen.page.locator(".st-key-verdict-stop").inner_text()
    packer.scan(seed.TO_PACK.order_no)
    packer.press("do-packed")
    packer.seen.page.get_by_text("Packed: 1.").wait_for()
    packer.press("take-back")
    packer.seen.page.get_by_text("Taken back: 1.").wait_for()
    assert stages(engine)[seed.TO_PACK.order_no] == "CONFIRMED"


def test_a_reload_keeps_the_list_and_another_packer_sees_that_somebody_is_on_it(packers: list[Packer]):
    lan, minh = packers
    lan.keep_the_rules()
    for life in (ASIDE, seed.TO_PACK):
        lan.scan(life.order_no)
    lan.seen.page.reload()
    lan.seen.drawn()
    assert seed.TO_PACK.order_no in lan.seen.page.locator(".st-key-verdict-go").inner_text()
    assert lan.seen.page.locator(".st-key-do-packed button").inner_text() == "Packed (2)"
    minh.scan(ASIDE.order_no)
    assert "is on it, just now" in minh.seen.page.locator(".st-key-verdict-go").inner_text()


def test_the_word_is_heard_by_those_alone_who_want_that(packers: list[Packer]):
    packer = packers[0]
    packer.scan(ASIDE.order_no)
    assert packer.seen.page.locator("audio").count() == 0
    packer.seen.page.locator(".st-key-sound label").first.click()
    packer.seen.drawn()
    for number in ("999999999999999999", ASIDE.order_no):
        packer.scan(number)
        packer.seen.page.wait_for_function("[...document.querySelectorAll('audio')].some(one => one.played.length > 0)")
    packer.seen.page.reload()  # the address remembers it
    packer.seen.drawn()
    packer.scan(seed.TO_PACK.order_no)
    packer.seen.page.locator("audio").wait_for(state="attached")
