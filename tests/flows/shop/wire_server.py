"""The platform's wire format on loopback: checks each request as the platform does, then plays what a test scripts.

It knows no order: what is answered is the test's. What it was asked is in `requests`.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

from flows.shop.signing import sign

SAMPLES: Final = Path(__file__).parent / "samples"
APP_KEY: Final = "6testappkey01"
SECRET: Final = "0123456789abcdef0123456789abcdef01234567"
CIPHER: Final = "ROW_FAKEcipherAAAAAA-bb_cc"
SHOP_ID: Final = "7490000000000000001"
REQUEST_ID: Final = "20260101000000FAKE0000000000000000"
EARLIEST: Final = -300  # seconds around the platform's now
LATEST: Final = 30


@dataclass(frozen=True, slots=True)
class Request:
    """What the platform was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever was sent
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What it says; `lost`: it hangs up without a word, the request was read all the same."""

    body: object = None
    status: int = 200
    lost: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


LOST: Final = Answer(lost=True)


def done(data: object = None) -> Answer:
    """Give an answer that says that it was done."""
    return Answer({"code": 0, "message": "Success", "data": data, "request_id": REQUEST_ID})


def failed(code: int, message: str = "Said in words.", *, status: int = 200) -> Answer:
    """Give an answer that is an error."""
    return Answer({"code": code, "message": message, "data": None, "request_id": REQUEST_ID}, status)


def sample(name: str, *keys: str) -> Answer:
    """Give a recorded answer."""
    body = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    for key in keys:
        body = body[key]
    return Answer(body)


class WireServer:
    """The server. Its attributes say how it behaves."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.token = "ROW_access_1"
        self.cipher = CIPHER
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._scripts: dict[str, deque[Answer]] = defaultdict(deque)
        self._always: dict[str, Answer] = {}
        self._lock = threading.Lock()
        self._http = self._listener()

    def __enter__(self) -> Self:
        """Serve."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def script(self, path: str, *answers: Answer) -> None:
        """Let calls whose path ends so be answered so, one after the other."""
        self._scripts[path].extend(answers)

    def always(self, path: str, answer: Answer) -> None:
        """Let calls whose path ends so be answered so whenever nothing is scripted."""
        self._always[path] = answer

    def asked(self, path: str) -> list[Request]:
        """List the requests whose path ends so."""
        return [request for request in self.requests if request.path.endswith(path)]

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        with self._lock:
            self.requests.append(request)
            for path, answers in self._scripts.items():
                if request.path.endswith(path) and answers:
                    return answers.popleft()
            if (refusal := self._refusal(request)) is not None:
                return refusal
            found = next((answer for path, answer in self._always.items() if request.path.endswith(path)), None)
            return found or failed(36009009, "Invalid path.")

    def _refusal(self, request: Request) -> Answer | None:
        """Check a request as the platform does; token calls are not signed."""
        if request.path.startswith("/api/v2/token/"):
            return None
        query = dict(request.query)
        if query.get("sign") != sign(request.path, query, request.body, SECRET):
            return failed(106001, status=401)
        if not EARLIEST <= int(query["timestamp"]) - self.now().timestamp() <= LATEST:
            return failed(36009004, "Invalid timestamp.", status=400)
        if request.headers.get("x-tts-access-token") != self.token:
            return failed(105002, status=401)
        shops = request.path.startswith("/authorization/")
        if query.get("shop_cipher") != (None if shops else self.cipher):
            return failed(36009004 if shops else 106013, "Cipher.")
        return None

    def _listener(self) -> ThreadingHTTPServer:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply()

            def do_POST(self) -> None:
                self._reply()

            def _reply(self) -> None:
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = dict(parse_qsl(address.query, keep_blank_values=True, strict_parsing=bool(address.query)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = ours.answer(Request(self.command, address.path, query, headers, body))
                if answer.lost:
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response_only(answer.status)
                for name, value in {"Date": format_datetime(ours.now(), usegmt=True), **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
