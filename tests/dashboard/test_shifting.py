"""Rows shift between select and click, others act, mail arrives: no order is ever acted on but the one that was named.

Every page on which one acts, in a real browser, at a shop that does not stand still (`tests.dashboard.moving`).
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from random import Random

import pytest
from playwright.sync_api import Browser, Playwright

from flows.office import open_office
from models.fact import FactKind
from models.home import Home
from models.ids import order_id
from tests.browser import GO_ON, STAND_STILL, Visit, middle_of, needs_chromium, visit
from tests.dashboard import seed
from tests.dashboard.moving import OWN_LABEL, World

pytestmark = needs_chromium

HELD = tuple(seed.Life(500 + n, seed.paid(3)) for n in range(12))  # on which others work meanwhile
NAMED = tuple(seed.Life(600 + n, seed.paid(4)) for n in range(12))
TOGETHER = tuple(seed.Life(700 + n, [*seed.paid(56), (FactKind.STOCK_CONFIRMED, 54)]) for n in range(4))
TWICE = tuple(seed.Life(800 + n, seed.paid(5)) for n in range(5))
TOLD = "[data-testid=stAlert]"
ANOTHER_IS_THERE = """([x, y, one]) => {
    const found = document.elementFromPoint(x, y)?.closest('[class*=st-key-answer-]')
    return found && !found.className.includes(one)
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = seed.make_home(tmp_path_factory.mktemp("shifting") / "home")
    seed.seed(home, (*seed.STORY, *HELD, *NAMED, *TOGETHER, *TWICE))
    return home


@pytest.fixture(scope="module")
def office(home: Home) -> World:
    return World(open_office(home))


@pytest.fixture
def world(office: World) -> World:
    """The shop; whatever a test does at a page is judged by what that test alone added."""
    office.begin()
    return office


def card(life: seed.Life, kind: str) -> str:
    return f"{order_id(seed.SHOP, life.order_no)}-{kind}-"


def all_cards(seen: Visit) -> None:
    """Open Today with every order that is to be checked, each a card."""
    seen.go("/?kind=confirm")
    for rows in seen.page.locator("[class*=st-key-open-] label").all():
        rows.click()
        seen.drawn()
    seen.page.locator(f".st-key-todo-{card(NAMED[-1], 'confirm')}").wait_for()
    seen.drawn()


def keep_the_rules(seen: Visit) -> None:
    if seen.page.locator(".st-key-keep-rules").count():
        seen.button("keep-rules")
        seen.page.locator(".st-key-keep-rules").wait_for(state="detached")


def choose(seen: Visit, words: str) -> None:
    dialog = seen.page.locator("[role=dialog]")
    dialog.locator(".st-key-form-command input").click()
    seen.page.get_by_role("option", name=words).click()
    dialog.locator(".st-key-form-hold").wait_for()


def told(seen: Visit) -> str:
    found = seen.page.locator(TOLD).first
    found.wait_for()
    return found.inner_text()


def test_done_on_today_is_done_to_the_order_of_the_card(seen: Visit, world: World):
    life = NAMED[0]
    all_cards(seen)
    world.moves_on(*HELD[:2])
    seen.button(f"answer-{card(life, 'confirm')}-confirm")
    assert f"Order {life.order_no}" in told(seen)
    assert world.acts() == {f"{life.order_no}: confirm": 1}


def test_a_second_click_of_the_same_hand_is_not_taken_for_the_order_that_moved_up_to_there(seen: Visit, world: World):
    before, clicked, below = TWICE[:3]
    all_cards(seen)
    seen.button(f"answer-{card(before, 'confirm')}-confirm")
    assert before.order_no in told(seen)  # from now on this line stands above: the list moves by a whole card
    seen.drawn()
    button = seen.page.locator(f".st-key-answer-{card(clicked, 'confirm')}-confirm button")
    button.click(trial=True)
    seen.page.evaluate(STAND_STILL)
    button.click()
    at = seen.page.evaluate("window.at")
    seen.page.wait_for_function(ANOTHER_IS_THERE, arg=[*at, card(clicked, "confirm")])
    seen.page.mouse.click(*at)
    first, second = seen.page.evaluate("window.fell")
    assert card(clicked, "confirm") in first
    assert second == ""
    seen.drawn()
    seen.page.wait_for_function(GO_ON)
    seen.page.mouse.click(*at)
    seen.page.locator(f"{TOLD}:has-text('{below.order_no}')").wait_for()
    assert world.acts() == {f"{life.order_no}: confirm": 1 for life in (before, clicked, below)}


def test_what_comes_up_above_the_list_by_itself_puts_no_other_order_under_a_click(seen: Visit, world: World):
    life = TWICE[4]
    all_cards(seen)
    seen.page.evaluate(STAND_STILL)
    world.moves_on()
    seen.page.locator(".st-key-reload button").wait_for()
    button = seen.page.locator(f".st-key-answer-{card(life, 'confirm')}-confirm button")
    seen.page.mouse.click(*middle_of(button))
    assert seen.page.evaluate("window.fell") == [""]
    seen.page.wait_for_function(GO_ON)
    button.click()
    assert life.order_no in told(seen)
    assert world.acts() == {f"{life.order_no}: confirm": 1}


def test_a_newer_list_is_shown_by_the_button_that_offers_it(seen: Visit, world: World):
    seen.go("/")
    counts = seen.page.locator("[data-testid=stMain] [data-testid=stButtonGroup]").first
    before = counts.inner_text()
    world.moves_on()
    offer = seen.page.locator(".st-key-reload button")
    offer.click()
    offer.wait_for(state="detached")
    assert counts.inner_text() != before


def test_a_double_click_on_today_is_one_command_for_one_order(seen: Visit, world: World):
    all_cards(seen)
    seen.page.locator(f".st-key-answer-{card(TWICE[3], 'confirm')}-confirm button").dblclick()
    assert TWICE[3].order_no in told(seen)
    seen.drawn()
    assert world.acts() == {f"{TWICE[3].order_no}: confirm": 1}


def test_a_problem_on_today_is_that_of_the_order_which_the_dialog_names(seen: Visit, world: World):
    life = NAMED[1]
    all_cards(seen)
    world.moves_on(*HELD[2:4])
    seen.button(f"problem-{card(life, 'confirm')}")
    assert life.order_no in seen.page.locator("[role=dialog]").inner_text()
    choose(seen, "Put on hold")
    world.moves_on()
    seen.button("form-do")
    assert f"Order {life.order_no}" in told(seen)
    assert world.acts() == {f"{life.order_no}: hold": 1}


def test_an_action_on_an_orders_page_is_for_that_order_whichever_was_listed_where_it_stood(seen: Visit, world: World):
    life = NAMED[2]
    seen.go(f"/orders?q={life.order_no[:-4]}06")
    world.moves_on(*HELD[4:6])
    seen.page.locator(f".st-key-order-{order_id(seed.SHOP, life.order_no)} a").click()
    seen.page.locator(f"h1:has-text('{life.order_no}')").wait_for()
    seen.drawn()
    world.moves_on()
    seen.button("command-confirm")
    assert life.order_no in seen.page.locator("[role=dialog]").inner_text()
    world.moves_on()
    seen.button("form-do")
    assert f"Order {life.order_no}" in told(seen)
    assert world.acts() == {f"{life.order_no}: confirm": 1}


def test_what_another_did_to_the_order_while_the_dialog_was_open_stands_and_is_told(seen: Visit, world: World):
    life = NAMED[3]
    seen.go(f"/order?order={life.order_no}&shop=Lotus+Lane+Home")
    seen.button("command-confirm")
    seen.page.locator("[role=dialog] .st-key-form-do").wait_for()
    world.cancelled(life)
    world.moves_on()
    seen.button("form-do")
    assert f"Order {life.order_no}: not done." in told(seen)
    assert world.acts() == {}


def test_run_again_is_for_the_step_of_the_order_that_was_asked_about(seen: Visit, world: World):
    key = f"{order_id(seed.SHOP, seed.BROKEN.order_no)}-pack"
    seen.go("/problems")
    seen.page.locator(f".st-key-ask-{key} button").first.click()
    seen.page.get_by_role("button", name=f"Run again for {seed.BROKEN.order_no}").wait_for()
    world.moves_on(*HELD[6:8])
    seen.button(f"rerun-{key}")
    assert seed.BROKEN.order_no in told(seen)
    assert world.acts() == {f"{seed.BROKEN.order_no}: rerun pack": 1}


@pytest.mark.parametrize(("key", "outcome"), [("ignore", "dismissed"), ("let-in", "released"), ("read", "parsed")])
def test_what_is_said_of_a_mail_is_said_of_that_one(seen: Visit, world: World, key: str, outcome: str):
    world.understandable_mail_waits()
    waiting = world.waiting()
    number = max(waiting)
    seen.go("/mail")
    if key != "read":
        seen.page.locator(f".st-key-ask-{key}-{number} button").first.click()
        seen.page.locator(f".st-key-{key}-{number} button").wait_for()
    world.moves_on()
    world.dismisses(min(waiting))
    seen.button(f"{key}-{number}")
    told(seen)
    after = {min(waiting): "dismissed", number: outcome}
    assert world.outcomes(waiting) == {**dict.fromkeys(waiting, "quarantined"), **after}


def test_what_is_taught_is_taught_from_the_mail_of_the_dialog(seen: Visit, world: World):
    world.mail_arrives()
    number = world.mail_with_a_label_of_its_own_waits()
    waiting = world.waiting()
    seen.go("/mail")
    seen.button(f"why-{number}")
    label = seen.page.locator("[role=dialog] .st-key-teach-label-order_no input")
    label.click()  # typing alone opens no list
    label.fill("Ficus")
    seen.page.get_by_role("option", name=OWN_LABEL, exact=True).click()
    seen.drawn()
    world.dismisses(min(waiting))
    world.moves_on()
    seen.button("teach-do")
    assert "now read as: new order" in told(seen)
    after = {min(waiting): "dismissed", number: "parsed"}
    assert world.outcomes(waiting) == {**dict.fromkeys(waiting, "quarantined"), **after}


def test_a_list_at_the_packing_table_packs_what_its_button_counted(seen: Visit, world: World):
    lives = NAMED[4:8]
    seen.go("/packing")
    keep_the_rules(seen)
    seen.page.locator("[data-testid=stExpander] summary").click()
    seen.page.locator(".st-key-packing-paste textarea").fill(" ".join(life.order_no for life in lives))
    seen.button("add")
    seen.page.get_by_role("button", name="Packed (4)", exact=True).wait_for()
    world.moves_on(lives[1], *HELD[8:10])
    world.cancelled(lives[2])
    seen.button("do-packed")
    words = told(seen)
    assert "Packed: 2." in words
    assert all(f"Order {life.order_no}: not done." in words for life in lives[1:3])
    assert world.acts() == {f"{life.order_no}: mark_packed": 1 for life in (lives[0], lives[3])}


def test_a_batch_on_today_goes_to_the_packing_table_with_the_orders_it_was_drawn_with(seen: Visit, world: World):
    seen.go("/?kind=pack")
    world.moves_on()
    world.confirmed(HELD[10])
    seen.page.get_by_role("button", name=f"Pack these {len(TOGETHER)}", exact=True).click()
    seen.page.locator("h1:has-text('Packing')").wait_for()
    seen.drawn()
    keep_the_rules(seen)
    world.moves_on()
    seen.page.get_by_role("button", name=f"Packed ({len(TOGETHER)})", exact=True).click()
    seen.page.get_by_text(f"Packed: {len(TOGETHER)}.").wait_for()
    assert world.acts() == {f"{life.order_no}: mark_packed": 1 for life in TOGETHER}


def test_two_people_who_click_at_once_on_lists_that_shift_act_on_what_they_clicked_alone(
    started: tuple[Playwright, Browser], address: str, world: World
):
    choice, left = Random(7), list(NAMED[8:])
    wanted: Counter[str] = Counter()
    with ExitStack() as stack:
        people = [stack.enter_context(visit(started[1], address)) for _ in range(2)]
        for one in people:
            all_cards(one)
        while left:
            world.moves_on()
            lives = [choice.choice(left) for _ in people]
            for one, life in zip(people, lives, strict=True):
                one.button(f"answer-{card(life, 'confirm')}-confirm")
            for one, life in zip(people, lives, strict=True):
                one.page.locator(f"{TOLD}:has-text('{life.order_no}')").wait_for()
                one.drawn()
            wanted.update({f"{life.order_no}: confirm" for life in lives})
            left = [life for life in left if life not in lives]
    assert world.acts() == wanted
