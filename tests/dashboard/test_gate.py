"""The gate before the pages: whose name was called, whose page asks, and who gets in without a sign-in."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from dashboard.gate import COOKIE, HEADERS, Gate
from models.settings_dashboard import DashboardSettings

ALONE = DashboardSettings()
SHARED = DashboardSettings(sign_in="pin", address="192.168.1.20", hosts=("Shop-PC.local",))
TOKEN = "the one that Lan's phone has"
HERE = "127.0.0.1:8501"


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the pages do, with orders."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse(f"orders of {Request(scope).url.path}")(scope, receive, send)


def gate(rules: DashboardSettings) -> Gate:
    return Gate(pages, rules=lambda: rules, known=lambda shown: shown == TOKEN)


def ask(rules: DashboardSettings, path: str, *, method: str = "GET", token: str = "", **headers: str) -> httpx.Response:
    """What a browser is answered that calls this machine by `host`."""
    given = {"host": HERE, **headers, **({"cookie": f'{COOKIE}="{token}"'} if token else {})}

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(gate(rules))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HERE}") as client:
            return await client.request(method, path, headers=given)

    return asyncio.run(answer())


def stream_opens(rules: DashboardSettings, *, token: str = "", **headers: str) -> bool:
    """Whether the stream of a page opens."""
    given = {"host": HERE, **headers, "cookie": f'{COOKIE}="{token}"'}
    told: list[str] = []

    async def send(message: Message) -> None:
        told.append(message["type"])

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": raw, "query_string": b"", "scheme": "ws"}
    asyncio.run(gate(rules)(scope, receive, send))
    [answer] = told
    return answer == "websocket.accept"


@pytest.mark.parametrize("host", [HERE, "localhost:8501", "[::1]:8501", "LOCALHOST"])
def test_this_machine_gets_in_where_nobody_signs_in(host):
    assert ask(ALONE, "/orders", host=host).text == "orders of /orders"


@pytest.mark.parametrize("host", ["evil.example:8501", "127.0.0.1.evil.example", "192.168.1.20:8501", "shop-pc.local"])
def test_a_name_that_leads_here_by_a_strangers_doing_shows_nothing(host):
    answer = ask(ALONE, "/orders", host=host)
    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert "orders of" not in answer.text
    assert not stream_opens(ALONE, host=host)


@pytest.mark.parametrize("host", ["192.168.1.20:8501", "shop-pc.local:8501", "SHOP-PC.LOCAL", HERE])
def test_a_shared_dashboard_answers_to_its_numbers_and_to_its_own_names(host):
    assert ask(SHARED, "/orders", host=host, token=TOKEN).status_code == HTTPStatus.OK


@pytest.mark.parametrize("host", ["evil.example", "evil.local:8501", "shop-pc.local.evil.example"])
def test_a_shared_dashboard_answers_to_no_other_name(host):
    assert ask(SHARED, "/orders", host=host, token=TOKEN).status_code == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("rules", [ALONE, SHARED])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", f"http://{HERE}.evil"])
def test_another_page_makes_a_browser_of_ours_change_nothing(rules, origin):
    assert ask(rules, "/orders", method="POST", token=TOKEN, origin=origin).status_code == HTTPStatus.FORBIDDEN
    assert not stream_opens(rules, token=TOKEN, origin=origin)


@pytest.mark.parametrize("rules", [ALONE, SHARED])
def test_the_own_page_may_ask_for_all_that_it_needs(rules):
    own = f"http://{HERE}"
    assert ask(rules, "/orders", method="POST", token=TOKEN, origin=own).status_code == HTTPStatus.OK
    assert stream_opens(rules, token=TOKEN, origin=own)


@pytest.mark.parametrize("token", ["", "a guess", '"', "x" * 5_000])
@pytest.mark.parametrize("path", ["/", "/orders", "/media/export.csv", "/_stcore/upload_file/x", "/component/x"])
def test_who_is_not_signed_in_sees_nothing_of_any_order(token, path):
    answer = ask(SHARED, path, token=token)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "orders of" not in answer.text
    answer = ask(SHARED, f"{path}?order=5", token=token, accept="text/html")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"].startswith("/sign-in?to=%2F")
    assert not stream_opens(SHARED, token=token)


@pytest.mark.parametrize("path", ["/static/js/index.js", "/_stcore/health", "/sign-in"])
def test_what_holds_no_order_needs_no_sign_in(path):
    assert ask(SHARED, path).status_code == HTTPStatus.OK


@pytest.mark.parametrize("rules", [ALONE, SHARED])
def test_streamlits_own_figures_are_told_to_nobody(rules):
    assert ask(rules, "/_stcore/metrics", token=TOKEN).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["/orders", "/static/x.js", "/sign-in", "/_stcore/metrics"])
def test_every_answer_has_the_headers_that_a_browser_guards_it_by(path):
    headers = ask(ALONE, path).headers
    assert {name: headers[name] for name in HEADERS} == dict(HEADERS)
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval' 'sha256-" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


def test_who_came_by_tls_comes_by_nothing_else():
    rules = DashboardSettings(sign_in="pin", certificate=Path("a.pem"), certificate_key=Path("a.key"))
    assert ask(rules, "/", token=TOKEN).headers["strict-transport-security"] == "max-age=31536000"
