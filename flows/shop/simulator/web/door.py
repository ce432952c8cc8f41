"""The simulated platform's door over HTTP: one ASGI application for the API, tokens, consent and the count.

Each call is one transaction of the store. Faults that are planted or drawn take effect here: before, after, or in
place of the answer. The loop is blocked while a transaction runs, which takes less than a thread's start.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as Address
from starlette.types import Receive, Scope, Send

from flows.shop.simulator import fault
from flows.shop.simulator.cast import Cast
from flows.shop.simulator.fault import DONE, FaultMode
from flows.shop.simulator.store import Play, Store
from flows.shop.simulator.tally import tally
from flows.shop.simulator.web import grants
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.gate import Knock, let_in, read_query, shop_of
from flows.shop.simulator.web.grants import AppKeys
from flows.shop.simulator.web.label import label_of
from flows.shop.simulator.web.meter import Meter
from flows.shop.simulator.web.refusal import REFUSALS, Refusal
from flows.shop.simulator.web.routes import Route, find_route
from flows.shop.simulator.web.weather import Weather

PER_SECOND: Final = 50  # calls of one kind, for one shop
TOLD_AS: Final = {  # what a fault says in place of an answer
    FaultMode.REFUSES: "overload",
    FaultMode.LIMITED: "limit",
    FaultMode.INTERNAL: "internal",
    FaultMode.INTERNAL_DONE: "internal",
    FaultMode.BROKEN: "broken",
    FaultMode.NOT_READY: "label_late",
}
CUTTING: Final = frozenset({FaultMode.CUT, FaultMode.LOSES_ANSWER})
SILENT: Final = frozenset({FaultMode.SILENT, FaultMode.SILENT_DONE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a status and the envelope; or nothing, in one of two ways."""

    http: HTTPStatus
    body: dict[str, Any]
    mode: FaultMode | None = None


class Lost(Response):
    """An answer that never arrives whole: the connection ends, or stays open until the caller gives up."""

    def __init__(self, *, silent: bool) -> None:
        """Say in which way."""
        super().__init__()
        self._silent = silent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI
        """Wait for the caller to hang up, or promise a body and hang up oneself."""
        if self._silent:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = [(b"content-length", b"4096"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass(slots=True, kw_only=True)
class Door:
    """The platform over HTTP, for one store.

    `real_stamps`: timestamps are compared with this machine's clock instead of the play's, for callers who can't
    follow a play that runs in another time.
    """

    store: Store
    keys: AppKeys = field(default_factory=AppKeys)
    weather: Weather = field(default_factory=Weather)
    limit: int = PER_SECOND
    real_stamps: bool = False
    meter: Meter = field(default_factory=Meter)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def app(self) -> Starlette:
        """Give the ASGI application."""
        return Starlette(
            routes=[
                Address("/api/v2/token/{what}", self.tokens),
                Address("/open/authorize", self.consent),
                Address("/simulator/consented", consented),
                Address("/simulator/tally", self.count),
                Address("/simulator/label/{package_id}.pdf", self.label),
                Address("/{path:path}", self.call, methods=["GET", "POST", "PUT", "DELETE"]),
            ]
        )

    async def call(self, request: Request) -> Response:
        """Answer a call of the Open API."""
        body = await request.body()
        answer = self._answer(request, body)
        if answer.mode in CUTTING or answer.mode in SILENT:
            return Lost(silent=answer.mode in SILENT)
        return self._json(answer.http, answer.body)

    async def tokens(self, request: Request) -> Response:
        """Exchange a code, or refresh a token."""
        try:
            with self.store.change() as play:
                told = self._tokens(play, request)
        except Refusal as refusal:
            return self._refused(refusal)
        return self._json(HTTPStatus.OK, {"code": 0, "message": "success", "data": told})

    async def consent(self, request: Request) -> Response:
        """Play the seller who agrees (or, with `refuse=1`, does not) and is sent back to the app."""
        if request.query_params.get("service_id") != self.keys.service_id:
            return self._refused(Refusal("parameter", "'service_id'"))
        back = {"code": "null", "error": "auth_denied"}
        if "refuse" not in request.query_params:
            with self.store.change() as play:
                back = {"code": grants.consent(play, play.now()), "locale": "en"}
        if state := request.query_params.get("state"):
            back["state"] = state
        target = self.keys.redirect or f"{_base(request)}/simulator/consented"
        return RedirectResponse(f"{target}?{urlencode(back)}", HTTPStatus.FOUND)

    async def count(self, _: Request) -> Response:
        """Give the simulator's own count."""
        told = {**tally(self.store), "rates": self.meter.rates()}
        told |= {"refused": dict(self.meter.refused), "faults": dict(self.meter.faults)}
        return JSONResponse(told)

    async def label(self, request: Request) -> Response:
        """Serve a made-up label, to anyone who has its address."""
        return Response(label_of(request.path_params["package_id"]), media_type="application/pdf")

    def _tokens(self, play: Play, request: Request) -> dict[str, Any]:
        query, now = request.query_params, play.now()
        if (query.get("app_key"), query.get("app_secret")) != (self.keys.app_key, self.keys.secret):
            raise Refusal("parameter", "'app_key', 'app_secret'")
        steps: dict[tuple[str, str | None], Callable[[], dict[str, Any]]] = {
            ("get", "authorized_code"): lambda: grants.exchange(play, query.get("auth_code", ""), now, self.keys),
            ("refresh", "refresh_token"): lambda: grants.refresh(play, query.get("refresh_token", ""), now),
        }
        step = steps.get((request.path_params["what"], query.get("grant_type")))
        if step is None:
            raise Refusal("parameter", "'grant_type'")
        return grants.whole_answer(step(), self.store.script.market)

    def _answer(self, request: Request, body: bytes) -> Answer:
        at = time.monotonic()
        try:
            route, ids = find_route(request.method, request.url.path)
            knock = Knock(
                path=request.url.path,
                query=read_query(request.scope["query_string"]),
                body=body,
                token=request.headers.get("x-tts-access-token", ""),
            )
            with self.store.change() if route.writes else self.store.look() as play:
                now = play.now()
                stamp_now = datetime.now(UTC) if self.real_stamps else now
                let_in(play, knock, route, self.keys, now=now, stamp_now=stamp_now)
                cast = shop_of(knock, route, self.store.script.market)
                self._limit(route, cast, at)
                return self._do(route, self._ask(play, request, knock, ids, cast), knock)
        except Refusal as refusal:
            self.meter.refuse(_name_of(refusal))
            return Answer(refusal.words.http, self._envelope(refusal.code, refusal.message, None))

    def _limit(self, route: Route, cast: Cast, at: float) -> None:
        if self.meter.count(route.name, cast.name if route.cipher else "", at) > self.limit:
            raise Refusal("limit")

    def _ask(self, play: Play, request: Request, knock: Knock, ids: tuple[str, ...], cast: Cast) -> Ask:
        return Ask(
            play=play,
            script=self.store.script,
            cast=cast,
            now=play.now(),
            ids=ids,
            query=knock.query,
            body=_object(knock.body),
            base=_base(request),
        )

    def _do(self, route: Route, ask: Ask, knock: Knock) -> Answer:
        """Do what is asked, with the fault that is due; refusals of the call itself are answers, kept as deeds."""
        mode = self._fault(route, ask)
        if mode in TOLD_AS and mode not in DONE:
            words = REFUSALS[TOLD_AS[mode]]
            return Answer(words.http, self._envelope(words.code, words.message, None), mode)
        if mode is not None and mode not in DONE:
            return Answer(HTTPStatus.OK, {}, mode)
        code, message, data = self._carry_out(route, ask, knock)
        if mode is FaultMode.INTERNAL_DONE:
            words = REFUSALS["internal"]
            code, message, data = words.code, words.message, None
        if mode is FaultMode.ODD_VALUES and data:
            _estrange(data)
        return Answer(HTTPStatus.OK, self._envelope(code, message, data), mode)

    def _carry_out(self, route: Route, ask: Ask, knock: Knock) -> tuple[int, str, Any]:
        key = knock.query.get("idempotency_key", "") if route.keyed else ""
        if key and _was_done(ask, route, key):
            return 0, "Success", {}
        try:
            result: tuple[int, str, Any] = (0, "Success", route.call(ask))
        except Refusal as refusal:
            self.meter.refuse(_name_of(refusal))
            result = (refusal.code, refusal.message, None)
        for deed in ask.deeds:
            ask.play.sql(
                "insert into deed (at, shop, endpoint, subject, order_no, key, applied, code)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                ask.unix,
                ask.cast.name,
                route.name,
                deed.subject,
                deed.order_no,
                key,
                deed.applied,
                deed.code,
            )
        return result

    def _fault(self, route: Route, ask: Ask) -> FaultMode | None:
        planted = fault.due(ask.play, _order_of(ask), route.name, *route.names)
        if planted:
            fault.wear_off(ask.play, planted)
        mode = planted.mode if planted else self.weather.next(writes=route.writes)
        if mode:
            self.meter.fail(mode)
        return mode

    def _refused(self, refusal: Refusal) -> Response:
        self.meter.refuse(_name_of(refusal))
        return self._json(refusal.words.http, {"code": refusal.code, "message": refusal.message, "data": None})

    def _envelope(self, code: int, message: str, data: object) -> dict[str, Any]:
        return {"code": code, "message": message, "data": data}

    def _json(self, http: HTTPStatus, body: dict[str, Any]) -> Response:
        now = self.store.now()
        number = f"{now:%Y%m%d%H%M%S}{next(self._numbers):020X}"
        raw = json.dumps({**body, "request_id": number}, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"date": format_datetime(now, usegmt=True), "x-tt-logid": number}
        return Response(raw, http, headers, "application/json")


async def consented(request: Request) -> Response:
    """Show the seller's last page: its own address is what the app wants."""
    agreed = request.query_params.get("code") != "null"
    words = "You have agreed" if agreed else "You have refused"
    return HTMLResponse(f"<p>{words}. Copy this page's address into Shipclock.</p>")


def _base(request: Request) -> str:
    return f"http://{request.headers.get('host', '127.0.0.1')}"


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        raise Refusal("format") from None
    if not isinstance(found, dict):
        raise Refusal("format")
    return found


def _order_of(ask: Ask) -> str:
    """Find the order that a call is about, for the faults that are planted for it; empty: about none, or many."""
    named = str(ask.body.get("order_id") or "")
    if named or not ask.ids:
        return named
    one = ask.ids[0]
    for table, key in (("package", "package_id"), ("cancellation", "cancel_id"), ("return_order", "return_id")):
        row = ask.play.sql(f"select order_no from {table} where {key} = ?", one).fetchone()  # noqa: S608  # our own names
        if row:
            return str(row[0])
    return one


def _was_done(ask: Ask, route: Route, key: str) -> bool:
    row = ask.play.sql(
        "select 1 from deed where endpoint = ? and subject = ? and key = ? and applied = 1", route.name, ask.ids[0], key
    )
    return row.fetchone() is not None


def _estrange(data: dict[str, Any]) -> None:
    """Put a status that nobody has heard of in place of each."""
    for rows in data.values():
        for row in rows if isinstance(rows, list) else ():
            for name in ("status", "cancel_status", "return_status"):
                if isinstance(row, dict) and name in row:
                    row[name] = "AWAITING_THE_TIDE"


def _name_of(refusal: Refusal) -> str:
    return next(name for name, words in REFUSALS.items() if words is refusal.words)
