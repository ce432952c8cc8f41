"""A home full of orders for the pages, and a way to open a page on it without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from playwright.sync_api import Browser, Playwright
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from models.db.session import make_engine
from models.home import Home
from tests.browser import Visit, chromium, dashboard, visit
from tests.dashboard import seed
from tests.waiting import PATIENCE

APP = str(Path(__file__).parents[2] / "dashboard" / "frame.py")

OpenPage = Callable[..., AppTest]


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose database holds no order; the pages of this test show it."""
    home = seed.make_home(tmp_path / "home")
    monkeypatch.setenv("SHIPCLOCK_HOME", str(home.path))
    monkeypatch.setenv("SHIPCLOCK_CONFIG", str(home.config))
    st.cache_data.clear()
    return home


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a home full of orders lies, made once; tests work on copies."""
    path = tmp_path_factory.mktemp("seeded") / "home"
    seed.seed(seed.make_home(path))
    return path


@pytest.fixture
def home(empty_home: Home, seeded: Path) -> Home:
    """A home with orders in every stage, failed steps and quarantined mails."""
    shutil.copytree(seeded, empty_home.path, dirs_exist_ok=True)
    return empty_home


@pytest.fixture
def engine(home: Home) -> Engine:
    """The home's database."""
    return make_engine(home.database_url)


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    """Serve the dashboard of the home that a module of browser tests makes for itself."""
    with dashboard(home.path) as served:
        yield served


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[Playwright, Browser]]:
    """A browser for the tests of a module."""
    with chromium() as running:
        yield running


@pytest.fixture
def seen(started: tuple[Playwright, Browser], address: str) -> Iterator[Visit]:
    """A person at that dashboard; no request of the page leaves this machine."""
    with visit(started[1], address) as visited:
        yield visited
        assert visited.foreign == []


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """Let Streamlit look through the installed packages for components once, as a server does, not for each page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def open_page() -> OpenPage:
    """Open a page by its name, with the address's parameters."""

    def opened(name: str = "today", **parameters: str) -> AppTest:
        page = AppTest.from_file(APP, default_timeout=PATIENCE)
        for key, value in parameters.items():
            page.query_params[key] = value
        return (page if name == "today" else page.switch_page(f"views/{name}.py")).run()

    return opened
