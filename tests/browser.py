"""A real Chromium and a real Streamlit server for tests: one of each a session, one context a test.

Chromium is Debian's (`.ci/install-debian`); playwright downloads nothing. Nothing here sleeps.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, WebSocket, sync_playwright

from flows.ports import ClaimedPort, claim_port
from tests.waiting import PATIENCE

ROOT: Final = Path(__file__).parents[1]
# Without a window the shell does the same for a fifth less work.
CHROMIUM: Final = shutil.which("chromium-headless-shell") or shutil.which("chromium")
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
)  # fmt: skip
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})
FIRST_PORT: Final = 8600
LOOK: Final = 0.1  # seconds between two questions whether it does
DESKTOP: Final[Mapping[str, Any]] = {"viewport": {"width": 1400, "height": 900}}
_claims: Final[list[ClaimedPort]] = []

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium: .ci/install-debian installs it")
# Note what each click falls on; no moment is over before it is said to be, however slow a machine is: what the page
# says to settle for its moment, settles for an hour. Said where the words arrive, before the browser reads them.
STAND_STILL: Final = r"""() => {
    window.fell = []
    const button = target => target.closest('button')?.closest('[class*=st-key-answer-]')
    document.addEventListener('click', one => {
        window.fell.push(button(one.target)?.className ?? '')
        window.at = [one.clientX, one.clientY]
    }, true)
    const lengthen = style => {
        const longer = style.textContent.replace(/(settling-[-\w]+) [\d.]+s\b/g, '$1 3600s')
        if (longer !== style.textContent) style.textContent = longer
    }
    new MutationObserver(seen => {
        for (const node of seen.flatMap(one => [one.target, ...one.addedNodes]))
            if (node.matches?.('style')) lengthen(node)
            else node.querySelectorAll?.('style').forEach(lengthen)
    }).observe(document, {subtree: true, childList: true, characterData: true})
}"""
GO_ON: Final = """() => {
    const settling = document.getAnimations().filter(one => one.animationName?.startsWith('settling'))
    settling.forEach(one => one.finish())
    return settling.length > 0
}"""


def free_port() -> int:
    """Give a port that nobody listens on, and that no other test is given before this process ends."""
    _claims.append(claim_port(FIRST_PORT))
    return _claims[-1].number


@contextmanager
def dashboard(home: Path, port: int = 0, root: Path = ROOT) -> Iterator[str]:
    """Serve that home by the code in `root`; give the address. The server is ended by its own process id."""
    port = port or free_port()
    environment = {**os.environ, "SHIPCLOCK_HOME": str(home), "SHIPCLOCK_CONFIG": str(home / "shipclock.toml")}
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port)]
    with (home / "dashboard.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server says that it is healthy. Raises RuntimeError when it ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not _ended(server):
        with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310  # our own server
            return
    raise RuntimeError(f"the dashboard did not start (exit code {server.poll()})")


def _ended(server: subprocess.Popen[bytes]) -> bool:
    """Whether the server ends within a moment; who asks without one takes the core that it starts with."""
    with suppress(subprocess.TimeoutExpired):
        server.wait(LOOK)
    return server.poll() is not None


def middle_of(button: Locator) -> tuple[float, float]:
    """Give the point at which a hand clicks it, in view."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@contextmanager
def chromium() -> Iterator[tuple[Playwright, Browser]]:
    """Start Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield playwright, browser
        finally:
            browser.close()


@dataclass(slots=True)
class Visit:
    """A page that a person looks at, with everything it asked for and received."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)  # addresses beyond loopback
    frames: list[bytes] = field(default_factory=list)  # received over the web-socket

    def go(self, path: str) -> Page:
        """Open a path and wait until the page is drawn."""
        self.page.goto(self.address + path)
        self.drawn()
        return self.page

    def drawn(self) -> None:
        """Wait until Streamlit has finished drawing."""
        self.page.wait_for_selector("h1")
        self.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
            " && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')"
        )

    def text(self) -> str:
        """Give the words on the page."""
        return re.sub(r"\s+", " ", self.page.inner_text("[data-testid=stMain]"))

    def button(self, key: str) -> None:
        """Press the button of that key."""
        self.page.locator(f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)} button").first.click()


@contextmanager
def visit(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:  # noqa: ANN401  # playwright's options
    """Open a fresh context; what it asks of other hosts and what it receives is written down."""
    context = browser.new_context(**{**DESKTOP, **options})
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    visited = Visit(page, address)
    context.on("request", lambda request: _note(request.url, visited))  # of windows that it opens, too
    page.on("websocket", lambda socket: _listen(socket, visited))
    try:
        yield visited
    finally:
        context.close()


def _note(url: str, visited: Visit) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOOPBACK:
        visited.foreign.append(url)


def _listen(socket: WebSocket, visited: Visit) -> None:
    _note(socket.url, visited)  # it is no request
    socket.on(
        "framereceived", lambda frame: visited.frames.append(frame if isinstance(frame, bytes) else frame.encode())
    )
