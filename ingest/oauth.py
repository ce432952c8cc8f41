"""Signing in for a mailbox without a password (OAuth): where, as which app, and what comes of it.

Owns what the two providers share. A token, a code or the provider's own words never stand in an error.
"""

from __future__ import annotations

import json
import logging
import ssl
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import httpx

from ingest.errors import CertificateRefusedError, MailboxError, SignInNeededError, UnreachableError
from models.home import Home
from models.settings import MailboxSettings

# msal tells what it was answered at DEBUG, httpx each address at INFO: neither belongs into our logs.
logging.getLogger("msal").setLevel(logging.WARNING)
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT_SECONDS: Final = 30.0
USUAL_LIFE: Final = 3600  # seconds, where a provider does not say (RFC 6749, section 5.1 only recommends it)
TOO_MANY_REQUESTS: Final = 429
# What passes by itself; every other code of RFC 6749, OpenID Connect and the providers' own needs a person.
PASSING: Final = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """The right to log in: now, and the right to get a new one later. Never printed."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime  # of the access token, UTC

    def as_bytes(self) -> bytes:
        """Give them for sealing."""
        return json.dumps({**asdict(self), "expires_at": self.expires_at.isoformat()}).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Tokens:
        """Read them again."""
        kept = json.loads(raw)
        return cls(kept["access"], kept["refresh"], datetime.fromisoformat(kept["expires_at"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One mailbox's way to sign in: provider, app, and what the app asks for."""

    mailbox: str
    provider: str
    title: str
    authority: str
    scope: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    tls: ssl.SSLContext = field(repr=False, compare=False)


def app_of(mailbox: MailboxSettings, home: Home) -> App:
    """Give the mailbox's app. Raises SignInNeededError when the settings name none, CertificateRefusedError."""
    row = providers()[mailbox.auth]
    client_id = mailbox.client_id or row["client_id"]
    if not client_id:
        raise SignInNeededError(
            f"Mailbox {mailbox.name}: signing in at {row['title']} needs an app registration of your own. "
            f"`shipclock auth {mailbox.auth} --help` says how to make one; put its `client_id` into the settings."
        )
    return App(
        mailbox=mailbox.name,
        provider=mailbox.auth,
        title=row["title"],
        authority=(mailbox.authority or row["authority"]).rstrip("/"),
        scope=row["scope"],
        client_id=client_id,
        client_secret=home.client_secret(mailbox.name),
        tls=_trusted(mailbox),
    )


@cache
def providers() -> Mapping[str, Mapping[str, str]]:
    """What is known of each provider, by the word that stands in the settings."""
    return tomllib.loads((files("ingest") / "oauth.toml").read_text(encoding="utf-8"))


def tokens_from(answer: Mapping[str, Any], app: App, asked_at: datetime, *, kept: str = "") -> Tokens:
    """Read a token endpoint's answer; `kept` is the refresh token that goes on where it gives no new one.

    Raises SignInNeededError where a person must sign in, UnreachableError where it passes by itself.
    """
    if "error" in answer:
        raise _refusal(str(answer["error"]), app)
    access, refresh = answer.get("access_token"), answer.get("refresh_token") or kept
    if not isinstance(access, str) or not access:
        raise UnreachableError(f"Mailbox {app.mailbox}: {app.title}'s sign-in server gave an odd answer. {AGAIN}")
    if not isinstance(refresh, str) or not refresh:
        raise SignInNeededError(
            f"Mailbox {app.mailbox}: {app.title} gave no lasting permission. Sign in again and agree to all it asks."
        )
    return Tokens(access, refresh, asked_at + timedelta(seconds=_seconds(answer.get("expires_in"))))


AGAIN: Final = "It is tried again by itself."


def _refusal(code: str, app: App) -> MailboxError:
    if code in PASSING:
        return UnreachableError(f"Mailbox {app.mailbox}: {app.title}'s sign-in server is busy. {AGAIN}")
    return sign_in_needed(app.mailbox, app.provider)


def sign_in_needed(mailbox: str, provider: str) -> SignInNeededError:
    """Give what to say when the provider no longer accepts the sign-in."""
    return SignInNeededError(
        f"Mailbox {mailbox}: {providers()[provider]['title']} no longer accepts its sign-in, so it is not asked again. "
        f"Sign in anew: `shipclock auth {provider} {mailbox}`."
    )


def _seconds(given: object) -> int:
    try:
        return max(0, int(str(given)))
    except ValueError:
        return USUAL_LIFE


@contextmanager
def asking(app: App) -> Iterator[httpx.Client]:
    """A client for the provider's endpoints; what goes wrong on the way is one MailboxError without its words."""
    try:
        with httpx.Client(
            verify=app.tls, timeout=TIMEOUT_SECONDS, event_hooks={"response": [_busy_is_a_fault]}
        ) as client:
            yield client
    except MailboxError:
        raise
    except Exception:  # noqa: BLE001  msal raises ValueError, RuntimeError, KeyError and its own; httpx and ssl theirs
        raise UnreachableError(
            f"Mailbox {app.mailbox}: {app.title}'s sign-in server did not answer as it should. {AGAIN} "
            "If this lasts, check the network and, if it is set, `authority` in the settings."
        ) from None


def _busy_is_a_fault(response: httpx.Response) -> None:
    if response.status_code == TOO_MANY_REQUESTS or response.is_server_error:
        response.raise_for_status()


def now() -> datetime:
    """The present moment of the real clock: tokens end by their provider's, also while a demo plays."""
    return datetime.now(UTC)


def _trusted(mailbox: MailboxSettings) -> ssl.SSLContext:
    """Trust what this machine trusts, and the mailbox's own certificates, if it has some."""
    context = ssl.create_default_context()
    if mailbox.ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(mailbox.ca_file))
        except OSError:  # ssl.SSLError is one
            raise CertificateRefusedError(
                f"Mailbox {mailbox.name}: {mailbox.ca_file} cannot be read as certificates (PEM). "
                "Check ca_file in the settings."
            ) from None
    return context
