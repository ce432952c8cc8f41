"""Tables, evidence and letters are given out by this machine alone: while they are saved, no request leaves it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode, urlsplit
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Playwright

from models.home import Home
from tests.browser import LOOPBACK, Visit, needs_chromium, visit
from tests.dashboard import seed
from tests.planted import search_bytes

pytestmark = needs_chromium
TABLES = ("days", "missed", "ship_times", "parcels")
LATE = seed.CARRIER_LATE.order_no
ORDER = "/order?" + urlencode({"order": LATE, "shop": seed.SHOP})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = seed.make_home(tmp_path_factory.mktemp("given") / "home")
    seed.seed(home, (*seed.STORY, *seed.PAST[:5]))
    return home


def saved(seen: Visit, key: str) -> Path:
    """Press the button of that key and give the file that the browser saved; it came from where the page came from."""
    with seen.page.expect_download() as coming:
        seen.button(key)
    file = coming.value
    assert urlsplit(file.url).netloc == urlsplit(seen.address).netloc
    assert file.failure() is None
    return file.path()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_saved_without_a_request_to_another_host(seen: Visit, table: str):
    seen.go("/figures")
    found = saved(seen, f"download-{table}").read_bytes()
    assert b"," in found.splitlines()[0]
    assert search_bytes(found, seed.PLANTED, table) == []


def test_evidence_is_made_and_saved_without_a_request_to_another_host(seen: Visit):
    seen.go(ORDER)
    key = f"evidence-{seed.SHOP}-{LATE}"
    seen.button(key)
    with ZipFile(saved(seen, f"save-{key}")) as archive:
        assert "summary.txt" in archive.namelist()
        assert LATE.encode() in archive.read("summary.txt")


def test_a_letter_is_copied_in_another_language_without_a_request_to_another_host(seen: Visit):
    page = seen.go(ORDER)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-testid=stExpander] summary").first.click()
    letter = page.locator("[data-testid=stCode]:visible").nth(1)
    letter.hover()
    letter.locator("button").click()
    page.wait_for_function(f"async () => (await navigator.clipboard.readText()).includes('{LATE}')")


def test_the_log_of_requests_sees_what_a_page_asks_of_another_host(started: tuple[Playwright, Browser]):
    with visit(started[1], "") as visited:
        page = visited.page
        page.goto("about:blank")  # the dashboard's own pages may not ask at all
        for what in ("fetch('http://shop.invalid/a').catch(() => 0)", "void new WebSocket('ws://shop.invalid/b')"):
            page.evaluate(what)
        with page.context.expect_page() as opened:
            page.evaluate("void open('http://shop.invalid/c')")
        opened.value.wait_for_load_state()
        assert sorted(urlsplit(url).path for url in visited.foreign) == ["/a", "/b", "/c"]
        assert not LOOPBACK & {urlsplit(url).hostname for url in visited.foreign}
