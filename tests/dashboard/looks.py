"""Every page as people see it: on a desk, on a phone, in the dark, in Vietnamese, in an empty shop, and blind.

`python -m tests.dashboard.looks FOLDER` makes a picture of each, to look at, and judges it by the rules of access
(axe). Tests take the same pages and the same looks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote

import axe_playwright_python
import typer
from playwright.sync_api import Browser, Page, Playwright

from flows.clock import set_virtual
from models.db.packing_lists import keep_list
from models.db.session import make_engine, open_session
from models.fact import FactKind
from models.home import Home
from models.packing_turn import PackingList
from tests.browser import Visit, chromium, dashboard, visit
from tests.dashboard import seed

ORDER: Final = f"/order?order={seed.CARRIER_LATE.order_no}&shop=Lotus+Lane+Home"
LIST: Final = PackingList(
    token="looks",
    person="Lan",
    holds=True,
    numbers=(seed.CANCELLED.order_no, seed.NEW.order_no, seed.TO_PACK.order_no),
    changed_at=seed.NOW - timedelta(minutes=2),
)
TOGETHER: Final = tuple(seed.Life(400 + n, [*seed.paid(30), (FactKind.STOCK_CONFIRMED, 28)]) for n in range(12))
PATHS: Final = (
    "/",
    "/packing",
    f"/packing?list={LIST.token}",
    "/orders",
    ORDER,
    "/breaches",
    "/figures",
    "/problems",
    "/mail",
    "/settings",
)
SHARED: Final = '\n[dashboard]\nsign_in = "pin"\n'
# Streamlit scrolls within the page.
HEIGHT: Final = "document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0"
GRAVE: Final = frozenset({"serious", "critical"})
AXE: Final = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BLIND_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody looks at a page: by which device, in which language, at which shop."""

    home: str = "full"
    device: str = ""
    language: str = "en"
    options: Mapping[str, Any] = field(default_factory=dict)


LOOKS: Final[Mapping[str, Look]] = {
    "desktop": Look(),
    "phone": Look(device="Pixel 7"),
    "dark": Look(options={"color_scheme": "dark"}),
    "vietnamese": Look(language="vi"),
    "empty": Look(home="empty"),
    "blind": Look(home="blind"),
}


@contextmanager
def homes(folder: Path, names: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Serve homes of these names; give their addresses. `shared` is one whose door is shut."""
    with ExitStack() as served:
        yield {name: served.enter_context(dashboard(_home(folder / name, name))) for name in names}


def _home(path: Path, name: str) -> Path:
    home = seed.make_home(path)
    if name != "empty":
        seed.seed(home, (*seed.STORY, *seed.PAST, *TOGETHER))
        _list_at_the_packing_table(home)
    if name == "blind":
        engine = make_engine(home.database_url)
        set_virtual(engine, seed.NOW + BLIND_FOR)
        engine.dispose()
    if name == "shared":
        home.config.write_text(home.config.read_text(encoding="utf-8") + SHARED, encoding="utf-8")
    return home.path


def _list_at_the_packing_table(home: Home) -> None:
    engine = make_engine(home.database_url)
    with open_session(engine) as session:
        keep_list(session, LIST)
        session.commit()
    engine.dispose()


@contextmanager
def looking(playwright: Playwright, browser: Browser, address: str, look: Look) -> Iterator[Visit]:
    """Somebody who looks so."""
    device = dict(playwright.devices.get(look.device, {}))
    device.pop("default_browser_type", None)
    with visit(browser, address, **{**device, **look.options}) as seen:
        yield seen


def in_language(path: str, look: Look) -> str:
    """Give the path with the look's language."""
    return f"{path}{'&' if '?' in path else '?'}language={look.language}"


def against(page: Page, *rules: str) -> list[str]:
    """Give what is grave against a page by these rules of access, or by all: the rule, how often, and where first."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wanted = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("wanted => axe.run(wanted)", wanted)["violations"]
    grave = [(one["id"], one["nodes"]) for one in found if one["impact"] in GRAVE]
    return [f"{rule} x{len(places)}: {places[0]['html'][:100]}" for rule, places in grave]


def main(folder: Path) -> int:
    """Make all pictures; the number of pages against which something grave is said."""
    folder.mkdir(parents=True, exist_ok=True)
    grave = 0
    names = [*dict.fromkeys(look.home for look in LOOKS.values()), "shared"]
    with TemporaryDirectory() as place, chromium() as (playwright, browser), homes(Path(place), names) as addresses:
        for name, look in LOOKS.items():
            with looking(playwright, browser, addresses[look.home], look) as seen:
                for path in PATHS:
                    seen.go(in_language(path, look))
                    grave += _picture(seen.page, folder, f"{name}-{_named(path)}")
            with looking(playwright, browser, addresses["shared"], look) as seen:
                seen.page.goto(f"{addresses['shared']}/sign-in?to={quote(in_language('/', look))}")
                grave += _picture(seen.page, folder, f"{name}-sign-in")
    typer.echo(f"{len(list(folder.glob('*.png')))} pictures in {folder}; grave faults on {grave} of them")
    return grave


def _named(path: str) -> str:
    """Give a page's name for its picture: with a list it is another."""
    page, _, asked = path.strip("/").partition("?")
    return f"{page or 'today'}{'-list' if asked.startswith('list=') else ''}"


def _picture(page: Page, folder: Path, name: str) -> bool:
    size = page.viewport_size or {"width": 1400, "height": 900}
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], page.evaluate(HEIGHT))})
    page.screenshot(path=folder / f"{name}.png")
    page.set_viewport_size(size)
    told = against(page)
    typer.echo(f"{name}: {'; '.join(told) or 'good'}")
    return bool(told)


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
