"""A company's sign-in (OpenID Connect) on loopback: it vouches for one person, at once, by a signed id token."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT: Final = "shipclock-at-work"
SECRET: Final = "what the company gave us"  # a made-up one


@dataclass(slots=True)
class Company:
    """The provider; `person` is what it vouches for the next time that it is asked."""

    person: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    nonces: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))

    @property
    def provider(self) -> str:
        """What stands in the settings."""
        return f"{self.address}/.well-known/openid-configuration"

    def answer(self, path: str, given: dict[str, str]) -> dict[str, Any] | str:
        """Answer one request: with JSON, or with the address to go on to."""
        match path:
            case "/.well-known/openid-configuration":
                names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                found = {name: f"{self.address}/{end}" for name, end in names.items()}
                return {"issuer": self.address, "id_token_signing_alg_values_supported": ["RS256"], **found}
            case "/authorize":
                code = f"code-{len(self.nonces)}"
                self.nonces[code] = given["nonce"]
                return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"
            case "/token":
                return {"token_type": "Bearer", "access_token": "a", "expires_in": 600, "id_token": self._vouch(given)}
            case _:
                return {"keys": [self.key.as_dict(private=False)]}

    def _vouch(self, given: dict[str, str]) -> str:
        moment = int(time.time())
        about = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 600,
            "nonce": self.nonces[given["code"]],
        }
        return jwt.encode({"alg": "RS256", "kid": "1"}, {"sub": "1", **about, **self.person}, self.key)


@contextmanager
def company() -> Iterator[Company]:
    """Serve a company's sign-in."""
    here = Company()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(here.answer(parts.path, _flat(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._answer(here.answer(self.path, _flat(body.decode())))

        def _answer(self, told: dict[str, Any] | str) -> None:
            self.send_response(302 if isinstance(told, str) else 200)
            body = b"" if isinstance(told, str) else json.dumps(told).encode()
            if isinstance(told, str):
                self.send_header("Location", told)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
