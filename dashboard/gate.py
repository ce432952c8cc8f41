"""What every request passes before a page sees it: whose name was called, from where, and who asks.

A stranger's page can make a browser of ours ask for things: under a name that leads here (Host), or from its own
address (Origin). Both are turned away. Where people sign in, nothing but Streamlit's own files goes to anybody else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlsplit

import streamlit
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.settings_dashboard import DashboardSettings

COOKIE: Final = "shipclock"
SIGN_IN: Final = "/sign-in"
# Streamlit's own scripts and styles, and whether it lives: nothing of any order is in them.
OPEN_TO_ALL: Final = ("/static/", "/_stcore/health", "/_stcore/host-config", "/favicon", SIGN_IN)
# Where they are is told to the scrapers of `shipclock up`; Streamlit's own figures are nobody's business.
CLOSED: Final = ("/_stcore/metrics",)
ASKS_ONLY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",  # an order's number stands in the address
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
SECURE: Final = "max-age=31536000"  # a browser that came by TLS once comes by nothing else


class Gate:
    """ASGI middleware. `rules` gives the settings, `known` tells whether somebody is signed in with a token."""

    def __init__(self, app: ASGIApp, *, rules: Callable[[], DashboardSettings], known: Callable[[str], bool]) -> None:
        """Stand before `app`."""
        self.app, self.rules, self.known = app, rules, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, with the headers of its answer, or turn it away."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        rules, asked = self.rules(), HTTPConnection(scope)
        refusal = refusal_of(rules, scope, asked.headers) or await self._stranger(rules, scope, asked)
        answer = with_headers(send, secure=rules.certificate is not None)
        if refusal is None:
            await self.app(scope, receive, answer)
        elif scope["type"] == "http":
            await refusal(scope, receive, answer)
        else:  # refused before it opens: the browser gets 403
            await send({"type": "websocket.close", "code": 1008})

    async def _stranger(self, rules: DashboardSettings, scope: Scope, asked: HTTPConnection) -> Response | None:
        """Send to the door whoever must sign in and has not."""
        if rules.sign_in != "pin" or scope["path"].startswith(OPEN_TO_ALL):
            return None
        token = token_of(asked.headers.get("cookie"))
        if token is not None:
            is_known: bool = await run_sync(self.known, token)
            if is_known:
                return None
        if scope["type"] == "http" and "text/html" in asked.headers.get("accept", ""):
            there = quote(asked.url.path + (f"?{asked.url.query}" if asked.url.query else ""), safe="")
            return RedirectResponse(f"{SIGN_IN}?to={there}", HTTPStatus.SEE_OTHER)
        return _refused("Sign in first.", HTTPStatus.UNAUTHORIZED)


def refusal_of(rules: DashboardSettings, scope: Scope, headers: Headers) -> Response | None:
    """Give the answer to a request that is not for this dashboard, or that another page makes; None for a good one."""
    host = headers.get("host", "")
    if not rules.answers_to(_name(host)):
        told = "This dashboard does not go by that name. Add it to `hosts` in [dashboard] of shipclock.toml."
        return _refused(told, HTTPStatus.MISDIRECTED_REQUEST)
    changes = scope["type"] == "websocket" or scope["method"] not in ASKS_ONLY
    origin = headers.get("origin")
    if origin is not None and changes and urlsplit(origin).netloc != host:
        return _refused("Another page asks for this.", HTTPStatus.FORBIDDEN)
    if scope["path"].startswith(CLOSED):
        return _refused("Shipclock's own figures are at /metrics of `[watch] port`.", HTTPStatus.NOT_FOUND)
    return None


def token_of(cookies: str | None) -> str | None:
    """Give the token among a request's cookies."""
    try:
        found = SimpleCookie(cookies or "").get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def with_headers(send: Send, *, secure: bool) -> Send:
    """Give each answer the headers that a browser guards it by; what the answer itself says stays."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", policy())
            if secure:
                headers.setdefault("Strict-Transport-Security", SECURE)
        await send(message)

    return tell


@cache
def policy() -> str:
    """Give what a page may load and run: our own alone, and the scripts that Streamlit's page itself begins with.

    Streamlit writes styles into the page, and compiles what its charts say.
    """
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    digests = [b64encode(sha256(script).digest()).decode() for script in INLINE.findall(page)]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'self'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def _name(host: str) -> str:
    """Give a Host header's name without its port."""
    return urlsplit(f"//{host}").hostname or ""


def _refused(words: str, status: HTTPStatus) -> Response:
    return PlainTextResponse(words, status)
