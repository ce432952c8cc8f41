"""A seller's consent: the link where it is given, the code that comes back, and the tokens that the code buys.

Token calls carry the app's secret in their address (tiktok-shop-api, section 1): nothing here shows an address but
the consent link, which holds none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import compare_digest
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.wire import exchange
from models.home import TIKTOK_SECRET, Home
from models.settings import Settings, ShopSettings, TikTokSettings

CONSENT_HOSTS: Final = {"US": "https://services.us.tiktokshop.com"}
ELSEWHERE: Final = "https://services.tiktokshop.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The seller's own app at Partner Center."""

    key: str
    secret: str = field(repr=False)
    api_url: str
    auth_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The right to act: now, and the right to get a new one later. Never printed. `ends_at`: of the consent itself."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    ends_at: datetime | None
    scopes: tuple[str, ...] = ()


class ConsentError(Exception):
    """What was pasted is not the answer to this consent; `denied`: the seller said no."""

    def __init__(self, *, denied: bool = False) -> None:
        super().__init__("denied" if denied else "not the answer")
        self.denied = denied


def app_of(home: Home, settings: Settings) -> App:
    """Give the app of the settings. Raises ApiError with what to do when its key or secret is not set."""
    own, secret = settings.tiktok, home.tiktok_secret()
    if not own.app_key or not secret:
        lacks = f"{TIKTOK_SECRET} is not set" if own.app_key else "app_key in [tiktok] is not set"
        raise ApiError(
            "app",
            0,
            ErrorKind.SIGNATURE,
            told=f"{lacks}. `shipclock auth tiktok --help` says where an app's key and secret come from.",
        )
    return App(key=own.app_key, secret=secret, api_url=own.api_url, auth_url=own.auth_url)


def consent_link(own: TikTokSettings, shop: ShopSettings, state: str) -> str:
    """Give the page where the seller agrees; `state` comes back with the answer."""
    host = own.consent_url or CONSENT_HOSTS.get(shop.market, ELSEWHERE)
    return f"{host}/open/authorize?{urlencode({'service_id': own.service_id, 'state': state})}"


def code_from(pasted: str, state: str) -> str:
    """Take the code out of the address that the browser ended at, or take a bare code. Raises ConsentError."""
    text = pasted.strip()
    query = urlsplit(text).query or (text if "=" in text and "&" in text else "")
    if not query:
        return _plain(text)
    given = {name: values[0] for name, values in parse_qs(query).items()}
    if "error" in given or given.get("code") == "null":
        raise ConsentError(denied=True)
    if not compare_digest(given.get("state", "").encode(), state.encode()):
        raise ConsentError
    return _plain(given.get("code", ""))


def _plain(code: str) -> str:
    if not code or code == "null" or any(sign.isspace() for sign in code) or "://" in code:
        raise ConsentError
    return code


def exchanged(http: httpx.Client, app: App, code: str) -> Tokens:
    """Turn the code, which works once and for 30 minutes, into tokens. Raises ApiError."""
    return _asked(http, app, "token/get", {"auth_code": code, "grant_type": "authorized_code"})


def refreshed(http: httpx.Client, app: App, refresh: str) -> Tokens:
    """Give new tokens for a refresh token; both are new. Raises ApiError."""
    return _asked(http, app, "token/refresh", {"refresh_token": refresh, "grant_type": "refresh_token"})


def _asked(http: httpx.Client, app: App, call: str, question: Mapping[str, str]) -> Tokens:
    query = {"app_key": app.key, "app_secret": app.secret, **question}
    answer = exchange(http, call, http.build_request("GET", f"{app.auth_url}/api/v2/{call}", params=query))
    if answer.kind is not None:
        raise answer.fault()
    tokens = _tokens(answer.data)
    if tokens is None:
        raise ApiError(call, 0, ErrorKind.UNKNOWN, request_id=answer.request_id)
    return tokens


def _tokens(data: Mapping[str, Any]) -> Tokens | None:
    """Read a token answer; despite "_in" the ends are moments, in Unix seconds."""
    access, refresh, expires = (data.get(name) for name in ("access_token", "refresh_token", "access_token_expire_in"))
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh and isinstance(expires, int)):
        return None
    ends = data.get("refresh_token_expire_in")
    scopes = data.get("granted_scopes")
    return Tokens(
        access=access,
        refresh=refresh,
        expires_at=datetime.fromtimestamp(expires, UTC),
        ends_at=datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends else None,
        scopes=tuple(scope for scope in scopes if isinstance(scope, str)) if isinstance(scopes, list) else (),
    )
