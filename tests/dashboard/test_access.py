"""The rules of access (by axe): nothing grave against any page, in the light and in the dark; and no mouse needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser import needs_chromium
from tests.dashboard import seed
from tests.dashboard.looks import LOOKS, PATHS, against, homes, looking

CUT_OFF = """[...document.querySelectorAll("[data-testid=stMain] p")].filter(
    words => words.scrollWidth > words.clientWidth + 1).length"""
IS_DARK = "(getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[0] < 128)"
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with homes(tmp_path_factory.mktemp("access"), ("full", "shared")) as served:
        yield dict(served)


def in_light_and_dark(page: Page) -> list[str]:
    """Give what is grave against a page; in the dark nothing but the colours is different."""
    in_light = against(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    in_dark = [f"dark: {told}" for told in against(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"!{IS_DARK}")
    return in_light + in_dark


def test_nothing_grave_is_said_against_any_page(started: tuple[Playwright, Browser], addresses):
    playwright, browser = started
    with looking(playwright, browser, addresses["full"], LOOKS["desktop"]) as seen:
        assert {path: told for path in PATHS if (told := in_light_and_dark(seen.go(path)))} == {}
    with looking(playwright, browser, addresses["shared"], LOOKS["desktop"]) as seen:
        seen.page.goto(f"{addresses['shared']}/sign-in")
        assert in_light_and_dark(seen.page) == []


def test_on_a_phone_no_word_is_cut_off(started: tuple[Playwright, Browser], addresses):
    playwright, browser = started
    with looking(playwright, browser, addresses["full"], LOOKS["phone"]) as seen:
        assert {path: count for path in PATHS if (count := seen.go(path).evaluate(CUT_OFF))} == {}


def test_a_packer_needs_no_mouse(started: tuple[Playwright, Browser], addresses):
    playwright, browser = started
    with looking(playwright, browser, addresses["full"], LOOKS["desktop"]) as seen:
        page = seen.go("/packing")
        _tab_to(page, "I keep these rules")
        page.keyboard.press("Enter")
        page.locator(".st-key-keep-rules").wait_for(state="detached")
        page.get_by_role("textbox").first.focus()
        page.keyboard.type(seed.TO_PACK.order_no)
        page.keyboard.press("Enter")
        page.locator(".st-key-verdict-go").wait_for()
        seen.drawn()
        _tab_to(page, "Packed (1)")
        page.keyboard.press("Enter")
        page.get_by_text("Packed: 1.").wait_for()


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until what has these words is in focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == words:
            return
    pytest.fail(f"40 times Tab do not lead to {words!r}")
