"""A provider's sign-in server on loopback: device flow, browser flow with PKCE, refreshing, and asking about a token.

Speaks TLS to Shipclock, and plain HTTP to Dovecot's questions (introspection, RFC 7662).
"""

from __future__ import annotations

import json
import ssl
import threading
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.waiting import PATIENCE

PENDING: Final = {"error": "authorization_pending"}
LASTS: Final = 3600  # seconds


class SignInServer:
    """The server. Its attributes say how it behaves; `asked` counts what it was asked."""

    def __init__(self, cert: Path, key: Path) -> None:
        self.user = ""  # whom its tokens let in
        self.lasts = LASTS
        self.rotates = True  # each refresh token works once
        self.fault: tuple[int, str] | None = None  # what is answered instead
        self.fault_at = ""  # where; empty: at all endpoints
        self.pending = 1  # so often the person has not yet typed the code
        self.asked: Counter[str] = Counter()
        self.client_secret = ""
        self.second = threading.Event()  # set: whoever was first need not wait for a second to be refused
        self.second.set()
        self.waits = threading.Event()  # set: a first one has come
        self.secrets: list[str] = []  # every token and code it ever gave
        self._alive: set[str] = set()
        self._challenges: dict[str, tuple[str, str]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._https, self._http = self._listener(), self._listener()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self._https.socket = context.wrap_socket(self._https.socket, server_side=True)

    def __enter__(self) -> Self:
        """Serve."""
        with ExitStack() as opened:
            for server in (self._https, self._http):
                thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
                thread.start()
                opened.callback(thread.join)
                opened.callback(server.server_close)
                opened.callback(server.shutdown)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._opened.close()

    @property
    def authority(self) -> str:
        """What stands in the settings."""
        return f"https://localhost:{self._https.server_port}/common"

    @property
    def introspection(self) -> str:
        """Where a mail server asks about a token."""
        return f"http://127.0.0.1:{self._http.server_port}/introspect"

    def grant(self) -> dict[str, Any]:
        """Give a pair of tokens that work."""
        access, refresh = self._secret("access"), self._secret("refresh")
        return {"token_type": "Bearer", "access_token": access, "refresh_token": refresh, "expires_in": self.lasts}

    def revoke(self, *tokens: str) -> None:
        """Let these, or all that there are, work no longer."""
        self._alive -= set(tokens) or self._alive.copy()

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[int, Any]:
        """Answer one request."""
        what = path.rpartition("/")[2]
        self.asked[what] += 1
        if self.fault is not None and self.fault_at in {"", what}:
            return self.fault
        match what:
            case "openid-configuration":
                return 200, {
                    "issuer": self.authority,
                    "authorization_endpoint": f"{self.authority}/authorize",
                    "token_endpoint": f"{self.authority}/token",
                    "device_authorization_endpoint": f"{self.authority}/devicecode",
                }
            case "devicecode":
                code = self._secret("device")
                return 200, {
                    "device_code": code,
                    "user_code": "ABCD-1234",
                    "verification_uri": "https://localhost/device",
                    "expires_in": 900,
                    "interval": 0,
                }
            case "authorize":
                return 302, self._agreed(form)
            case "introspect":
                return 200, {"active": form.get("token") in self._alive, "username": self.user}
            case _:
                answer = self._tokens(form)
                return (400 if "error" in answer else 200), answer

    def _tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        if self.client_secret and form.get("client_secret") != self.client_secret:
            return {"error": "invalid_client"}
        match form.get("grant_type", ""):
            case "refresh_token":
                return self._refreshed(form["refresh_token"])
            case "authorization_code":
                return self._exchanged(form)
            case _:
                self.pending -= 1
                return PENDING if self.pending >= 0 else self.grant()

    def _refreshed(self, token: str) -> dict[str, Any]:
        with self._lock:
            first = token in self._alive
            if first and self.rotates:
                self._alive.discard(token)
        if not first:
            self.second.set()
            return {"error": "invalid_grant", "error_description": f"{token} is over"}
        self.waits.set()
        self.second.wait(PATIENCE)
        return self.grant() if self.rotates else {**self.grant(), "refresh_token": None}

    def _agreed(self, form: Mapping[str, str]) -> str:
        code = self._secret("code")
        self._challenges[code] = (form["code_challenge"], form["redirect_uri"])
        return f"{form['redirect_uri']}/?{urlencode({'state': form['state'], 'code': code})}"

    def _exchanged(self, form: Mapping[str, str]) -> dict[str, Any]:
        proof = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        known = self._challenges.pop(form["code"], None)
        return self.grant() if known == (proof, form["redirect_uri"]) else {"error": "invalid_grant"}

    def _secret(self, kind: str) -> str:
        made = f"{kind}-{next(self._numbers):04d}-Zq7xVw93LmPb"
        self.secrets.append(made)
        self._alive.add(made)
        return made

    def _listener(self) -> ThreadingHTTPServer:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(urlsplit(self.path).query)

            def do_POST(self) -> None:
                self._reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _reply(self, query: str) -> None:
                form = {name: values[0] for name, values in parse_qs(query).items()}
                status, body = ours.answer(urlsplit(self.path).path, form)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body)
                raw = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
