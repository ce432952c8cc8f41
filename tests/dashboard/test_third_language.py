"""A third language is one folder of texts: pages and terminal speak it without a line of code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from models.language import VARIABLE, languages
from tests.browser import ROOT, dashboard, needs_chromium, visit

MALAY = "ms"
CHANGED = {  # file: what its English says: what the new folder says instead
    "pages.toml": {'today = "Today"': 'today = "Hari ini"', 'name = "English"': 'name = "Bahasa Melayu"'},
    "times.toml": {'late = "late by {span}"': 'late = "lewat {span}"'},
    "cli.toml": {'due = "Due"': 'due = "Tarikh akhir"'},
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shipclock's own files, with one folder more: a copy of the English texts, some of them in Malay."""
    root = tmp_path_factory.mktemp("third") / "shipclock"
    for package in ("models", "ingest", "flows", "dashboard", ".streamlit"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    words = root / "models" / "words"
    shutil.copytree(words / "en", words / MALAY)
    for name, changes in CHANGED.items():
        file = words / MALAY / name
        text = file.read_text(encoding="utf-8")
        for english, malay in changes.items():
            assert english in text
            text = text.replace(english, malay, 1)
        file.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def place(seeded: Path, tmp_path: Path) -> Path:
    """A home with orders."""
    return shutil.copytree(seeded, tmp_path / "home")


def told(root: Path, home: Path, *words: str, language: str = MALAY) -> str:
    """Run a command of the code below `root`; give what it prints."""
    own = {"SHIPCLOCK_HOME": str(home), "SHIPCLOCK_CONFIG": str(home / "shipclock.toml"), VARIABLE: language}
    ended = subprocess.run(
        [sys.executable, "-m", "flows", *words],
        cwd=root, env={**os.environ, **own}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ended.stdout + ended.stderr


def test_the_language_is_none_of_those_that_come_along():
    assert MALAY not in languages()


def test_the_terminal_speaks_it_and_writes_its_dates(installed, place):
    said = told(installed, place, "todo")
    assert "Tarikh akhir" in said.splitlines()[0]
    assert re.search(r"lewat \d+ h ", said)
    assert re.search(r"\d+ Mac 2026 \d\d:\d\d \+07", said)
    assert "Known: en, ms, vi." in told(installed, place, "todo", language="xx")


@pytest.fixture
def address(installed: Path, place: Path) -> Iterator[str]:
    with dashboard(place, root=installed) as served:
        yield served


@needs_chromium
def test_a_page_speaks_it_writes_its_dates_and_offers_it_by_its_own_name(
    started: tuple[Playwright, Browser], address: str
) -> None:
    with visit(started[1], address) as seen:
        page = seen.go(f"/?language={MALAY}")
        assert "Hari ini" in page.inner_text("body")
        assert re.search(r"lewat \d+ h", seen.text())
        assert re.search(r"(Isn|Sel|Rab|Kha|Jum|Sab|Ahd), \d+ Mac \d\d:\d\d", seen.text())
        assert page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").input_value() == "Bahasa Melayu"
        assert seen.foreign == []
