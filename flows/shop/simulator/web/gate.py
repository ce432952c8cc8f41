"""Who may come in: app key, timestamp, signature over the bytes that came, token, scope, cipher. In this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl

from flows.shop.signing import sign
from flows.shop.simulator.cast import Cast, casts
from flows.shop.simulator.store import Play, seconds
from flows.shop.simulator.web.grants import AppKeys, scopes_of
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.web.routes import Route

OLDEST: Final = 300  # seconds that a timestamp may lie behind the platform's clock
NEWEST: Final = 30  # and before it
STAMP_DIGITS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A request before it is let in: everything that is signed, and the token."""

    path: str
    query: Mapping[str, str]
    body: bytes
    token: str


def read_query(raw: bytes) -> dict[str, str]:
    """Decode a query; of a name that comes more than once the first value counts, as in TikTok's own Go code."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(raw.decode("ascii"), keep_blank_values=True):
        found.setdefault(name, value)
    return found


def let_in(play: Play, knock: Knock, route: Route, keys: AppKeys, *, now: datetime, stamp_now: datetime) -> None:
    """Check everything but the shop. Raises Refusal. `stamp_now`: what the timestamp is compared with."""
    if knock.query.get("app_key") != keys.app_key:
        raise Refusal("parameter", "'app_key'")
    _check_stamp(knock.query.get("timestamp", ""), seconds(stamp_now))
    given = knock.query.get("sign")
    if not given:
        raise Refusal("parameter", "'sign'")
    if not compare_digest(given.encode(), sign(knock.path, knock.query, knock.body, keys.secret).encode()):
        raise Refusal("sign")
    if not knock.token:
        raise Refusal("token_unknown")
    scopes = scopes_of(play, knock.token, now)
    if route.scope and route.scope not in scopes:
        raise Refusal("scope")


def shop_of(knock: Knock, route: Route, market: str) -> Cast:
    """Find the shop that a call is about; for calls above shops it makes no difference which. Raises Refusal."""
    given = knock.query.get("shop_cipher")
    shops = {cast.cipher: cast for cast in casts(market).values()}
    if not route.cipher:
        if given is not None:
            raise Refusal("cipher_unexpected")
        return next(iter(shops.values()))
    if not given:
        raise Refusal("cipher_missing")
    if given not in shops:
        raise Refusal("cipher_wrong")
    return shops[given]


def _check_stamp(given: str, now: int) -> None:
    if not given.isdecimal() or len(given) != STAMP_DIGITS:
        raise Refusal("parameter", "'timestamp'")
    if int(given) < now - OLDEST:
        raise Refusal("timestamp_old")
    if int(given) > now + NEWEST:
        raise Refusal("timestamp_new")
