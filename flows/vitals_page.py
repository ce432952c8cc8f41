"""Serving /healthz and /metrics over HTTP, for a monitor: in threads of `up`, so it is silent when `up` is dead.

Read-only, without personal data and without a log. Settings and figures are read anew for each answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self
from urllib.parse import urlsplit

from flows.office import open_office
from flows.vitals import as_json, as_metrics, reasons, vitals_of
from models.catalogue import words
from models.db.session import DatabaseError
from models.home import Home
from models.settings_file import SettingsError

PATIENCE: Final = 10.0  # seconds for whoever connects to ask
JSON: Final = "application/json"
PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
Answer = tuple[HTTPStatus, str, str]  # with its content type and text


def healthz(home: Home) -> Answer:
    """Give the verdict: 200 when all is well, 503 when not, so that a monitor needs to read no JSON."""
    office = open_office(home)
    try:
        vitals = vitals_of(office)
        why = reasons(vitals, office.settings)
    finally:
        office.engine.dispose()
    status = HTTPStatus.SERVICE_UNAVAILABLE if why else HTTPStatus.OK
    return status, JSON, json.dumps(as_json(vitals, why), ensure_ascii=False)


def metrics(home: Home) -> Answer:
    """Give the figures for Prometheus."""
    office = open_office(home)
    try:
        vitals = vitals_of(office)
        return HTTPStatus.OK, PROMETHEUS, as_metrics(vitals, reasons(vitals, office.settings))
    finally:
        office.engine.dispose()


PAGES: Final[dict[str, Callable[[Home], Answer]]] = {"/healthz": healthz, "/metrics": metrics}


def answer(home: Home, path: str) -> Answer:
    """Give what stands at a path; whatever is wrong is an answer too, told without details of it."""
    page = PAGES.get(urlsplit(path).path)
    if page is None:
        return HTTPStatus.NOT_FOUND, PROMETHEUS, "/healthz\n/metrics\n"
    try:
        return page(home)
    except (SettingsError, DatabaseError):
        told = {"status": "degraded", "reasons": [words().text("health.unreadable")]}
        return HTTPStatus.SERVICE_UNAVAILABLE, JSON, json.dumps(told)


class Visit(BaseHTTPRequestHandler):
    """One question; GET and HEAD are all there is."""

    timeout = PATIENCE
    server_version = "shipclock"
    sys_version = ""

    def __init__(self, home: Home, *connection: object) -> None:
        self.home = home
        super().__init__(*connection)  # type: ignore[arg-type]  # passed on as the server gave it

    def do_GET(self) -> None:
        """Answer with the text."""
        self.wfile.write(self._head())

    def do_HEAD(self) -> None:
        """Answer without the text."""
        self._head()

    def _head(self) -> bytes:
        status, kind, text = answer(self.home, self.path)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return body

    def log_message(self, *_: object) -> None:
        """Write no log: a monitor asks for ever."""


class VitalsPage:
    """Serves both pages inside a `with` block, from a thread of its own."""

    def __init__(self, home: Home, host: str, port: int) -> None:
        """Take the port. Raises OSError if that is not possible."""
        self.server = ThreadingHTTPServer((host, port), partial(Visit, home))
        self.url = f"http://{host}:{self.server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        threading.Thread(target=self.server.serve_forever, name="health", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
