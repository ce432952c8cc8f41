"""Where people come in: a small page that asks for name and PIN, and the cookie that their browser gets for it.

Plain HTML without a script: it is drawn before anybody is known, on any phone.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.runtime.secrets import SecretsValue

from dashboard import queries
from dashboard.gate import COOKIE, SIGN_IN
from dashboard.language import LANGUAGE
from flows.people import Entry, NoEntry, enter, who
from models.catalogue import words
from models.db.session import DatabaseError
from models.language import languages
from models.person import LONGEST_NAME, PIN_LENGTHS
from models.settings_dashboard import DashboardSettings
from models.settings_file import SettingsError

COOKIE_PURPOSE: Final = b"the cookie of a company's sign-in"  # the key of kept mail signs nothing itself
LONGEST: Final = 2_000  # bytes of a form that is filled in by hand
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE: Final = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def rules() -> DashboardSettings:
    """Give who may come in; while the settings cannot be read, this machine alone."""
    try:
        return queries.office().settings.dashboard
    except (SettingsError, DatabaseError):
        return DashboardSettings()


def known(token: str) -> bool:
    """Tell whether somebody is signed in with that token."""
    return who(queries.office().engine, token) is not None


def company() -> Mapping[str, SecretsValue]:
    """Give what Streamlit's own sign-in needs to ask the company's provider; nothing where people sign in otherwise."""
    ruled = rules()
    if ruled.sign_in != "company":
        return {}
    home = queries.office().home
    return {
        "auth": {
            "redirect_uri": f"{ruled.public_url}/oauth2callback",
            "cookie_secret": hmac.digest(home.key(), COOKIE_PURPOSE, "sha256").hex(),
            "client_id": ruled.client_id,
            "client_secret": home.sign_in_secret(),
            "server_metadata_url": str(ruled.provider),
        }
    }


async def sign_in_page(request: Request) -> Response:
    """Ask for name and PIN."""
    return _page(request, "", "")


async def sign_in(request: Request) -> Response:
    """Let in who knows the PIN, and send them where they wanted to go; say in a sentence why not."""
    given = await _form(request)
    if given is None:
        return _page(request, "", "wrong", HTTPStatus.BAD_REQUEST)
    name, pin = given
    ruled = rules()
    lasts = timedelta(hours=ruled.session_hours)
    address = request.client.host if request.client else ""
    entry = await run_sync(enter, queries.office().engine, name, pin, address, lasts)
    if isinstance(entry, NoEntry):
        status = HTTPStatus.TOO_MANY_REQUESTS if entry is NoEntry.SHUT else HTTPStatus.FORBIDDEN
        return _page(request, name, entry.value, status)
    return _let_in(entry, _wanted(request), lasts, secure=ruled.secure)


async def _form(request: Request) -> tuple[str, str] | None:
    """Give the name and the PIN of a filled form; None where it is none."""
    if int(request.headers.get("content-length") or LONGEST + 1) > LONGEST:
        return None
    form = await request.form(max_files=0, max_fields=4)
    name, pin = form.get("name"), form.get("pin")
    if not isinstance(name, str) or not isinstance(pin, str) or len(name) > LONGEST_NAME:
        return None
    return name, pin


def _let_in(entry: Entry, to: str, lasts: timedelta, *, secure: bool) -> Response:
    answer = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    age = int(lasts.total_seconds())
    answer.set_cookie(COOKIE, entry.token, max_age=age, httponly=True, samesite="lax", secure=secure)
    return answer


def _wanted(request: Request) -> str:
    """Give the page somebody wanted; an address elsewhere, which a stranger may have put there, becomes Today's."""
    to = request.query_params.get("to", "/")
    there = urlsplit(to)
    local = to.startswith("/") and not to.startswith(("//", "/\\")) and not there.scheme and not there.netloc
    return to if local and not to.startswith(SIGN_IN) else "/"


def _spoken(request: Request) -> str:
    """Give the language that the wanted page's address names, as a packer's bookmark does; empty without one."""
    asked = dict(parse_qsl(urlsplit(_wanted(request)).query)).get(LANGUAGE, "")
    return asked if asked in languages() else ""


def _page(request: Request, given: str, fault: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    texts = words(_spoken(request))
    told = f'<p class="told" role="alert">{escape(texts.text(f"people.door.{fault}"))}</p>' if fault else ""
    page = PAGE.substitute(
        language=texts.language,
        told=told,
        action=f"{SIGN_IN}?to={quote(_wanted(request), safe='')}",
        given=escape(given),
        longest=LONGEST_NAME,
        digits=PIN_LENGTHS.stop - 1,
        **{key: escape(texts.text(f"people.door.{key}")) for key in ("title", "name", "pin", "enter")},
    )
    return HTMLResponse(page, status, {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


ROUTES: Final[Sequence[Route]] = (
    Route(SIGN_IN, sign_in_page, methods=["GET"]),
    Route(SIGN_IN, sign_in, methods=["POST"]),
)
