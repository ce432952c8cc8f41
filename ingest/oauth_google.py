"""Signing in at Google with a client of the seller's own: in a browser, back by a loopback address, with PKCE.

Google's device flow does not give access to mail, so a machine without a browser has the address pasted back.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import token_urlsafe
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from ingest.errors import SignInNeededError
from ingest.oauth import App, Tokens, asking, now, tokens_from

PATIENCE_SECONDS: Final = 300.0
DONE: Final = b"<!doctype html><title>Shipclock</title><p>You can close this window and go back to Shipclock."
NOT_OURS: Final = b"<!doctype html><title>Shipclock</title><p>Nothing waits here."


@dataclass(frozen=True, slots=True)
class Consent:
    """One attempt: the address to open, and what proves that the answer belongs to it (RFC 7636)."""

    address: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def sign_in(app: App, tell: Callable[[str], None]) -> Tokens:
    """Let a person agree in a browser of this machine; `tell` hears the address to open. Raises MailboxError."""
    with _Loopback(("127.0.0.1", 0), _Answer) as server:
        server.timeout = PATIENCE_SECONDS
        consent = begin(app, f"http://127.0.0.1:{server.server_port}")
        server.state = consent.state
        tell(consent.address)
        server.answer = None
        while server.answer is None and not server.late:
            server.handle_request()
        answer = server.answer
    if answer is None:
        raise SignInNeededError(f"Mailbox {app.mailbox}: nobody agreed in time. Start again when you are ready.")
    return finish(app, consent, answer)


def begin(app: App, redirect: str) -> Consent:
    """Give the address where a person agrees. Raises MailboxError."""
    state, verifier = token_urlsafe(24), token_urlsafe(48)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    question = {
        "client_id": app.client_id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": app.scope,
        "access_type": "offline",
        "prompt": "consent",  # without it Google gives no refresh token the second time
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return Consent(f"{_endpoints(app)['authorization_endpoint']}?{urlencode(question)}", redirect, state, verifier)


def finish(app: App, consent: Consent, answer: str) -> Tokens:
    """Turn the address that the browser was sent back to into tokens. Raises MailboxError."""
    given = {name: values[0] for name, values in parse_qs(urlsplit(answer.strip()).query).items()}
    if given.get("state") != consent.state or "code" not in given:
        raise SignInNeededError(
            f"Mailbox {app.mailbox}: that is not the answer to this sign-in. Start again, agree to all that is asked, "
            "and with --paste copy the whole address of the page that cannot be shown."
        )
    return _tokens(
        app,
        {
            "grant_type": "authorization_code",
            "code": given["code"],
            "redirect_uri": consent.redirect,
            "code_verifier": consent.verifier,
        },
    )


def refreshed(app: App, refresh_token: str) -> Tokens:
    """Give new tokens for a refresh token; Google mostly lets the old one go on. Raises MailboxError."""
    return _tokens(app, {"grant_type": "refresh_token", "refresh_token": refresh_token}, kept=refresh_token)


def _tokens(app: App, question: Mapping[str, str], *, kept: str = "") -> Tokens:
    who = {"client_id": app.client_id, **({"client_secret": app.client_secret} if app.client_secret else {})}
    asked_at = now()
    with asking(app) as client:
        answer = client.post(_endpoints(app)["token_endpoint"], data={**question, **who}).json()
    return tokens_from(answer if isinstance(answer, dict) else {}, app, asked_at, kept=kept)


def _endpoints(app: App) -> Mapping[str, Any]:
    with asking(app) as client:
        answer = client.get(f"{app.authority}/.well-known/openid-configuration").raise_for_status().json()
        return {name: answer[name] for name in ("authorization_endpoint", "token_endpoint")}


class _Loopback(HTTPServer):
    """Waits for the one request that brings the answer; strangers' requests are turned away."""

    state: str = ""
    answer: str | None = None
    late: bool = False

    def handle_timeout(self) -> None:
        self.late = True


class _Answer(BaseHTTPRequestHandler):
    server: _Loopback
    timeout: ClassVar[float] = 10.0  # seconds for a client that connects and says nothing

    def do_GET(self) -> None:  # the library's name
        ours = parse_qs(urlsplit(self.path).query).get("state") == [self.server.state]
        self.send_response(200 if ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(DONE if ours else NOT_OURS)
        if ours:
            self.server.answer = self.path

    def log_message(self, *_: object) -> None:
        """Log nothing: the address holds the code."""
