"""Consents and tokens: a code that works once within 30 minutes, tokens for seven days, a grant for a year.

Rows of the store; their secrets are made here and are worth nothing anywhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flows.shop.simulator.cast import casts
from flows.shop.simulator.store import Play, Store, seconds
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.web.routes import USUAL

CODE_LIVES: Final = timedelta(minutes=30)
TOKEN_LIVES: Final = timedelta(days=7)
GRANT_LIVES: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppKeys:
    """The keys of the app that may call the simulator; they open nothing else."""

    app_key: str = "6simulatedapp"
    secret: str = "5e1f5e1f0000simulated00secret00000000abc"  # noqa: S105  # opens the simulator alone
    service_id: str = "7400000000000000001"
    redirect: str = ""  # where the consent page sends the seller; empty: to a page of the simulator's own
    scopes: tuple[str, ...] = USUAL


def consent(play: Play, now: datetime) -> str:
    """Let the seller agree; give the code that the app exchanges for tokens."""
    code = f"ROW_{secrets.token_urlsafe(24)}"
    play.sql("insert into consent (code, created) values (?, ?)", code, seconds(now))
    return code


def exchange(play: Play, code: str, now: datetime, keys: AppKeys) -> dict[str, Any]:
    """Give tokens for a code. Raises Refusal for one that was used, is too old or was never given."""
    found = play.sql(
        "update consent set used = 1 where code = ? and used = 0 and created > ?", code, seconds(now - CODE_LIVES)
    )
    if not found.rowcount:
        raise Refusal("code")
    return issue(play, now, keys.scopes, until=seconds(now + GRANT_LIVES))


def refresh(play: Play, token: str, now: datetime) -> dict[str, Any]:
    """Give new tokens for a refresh token, which dies as soon as the new ones are used. Raises Refusal."""
    row = play.sql("select scopes, refresh_expires from grant_token where refresh = ?", token).fetchone()
    if row is None or row[1] <= seconds(now):
        raise Refusal("refresh")
    return issue(play, now, row[0].split(), until=row[1], parent=token)


def issue(
    play: Play, now: datetime, scopes: Sequence[str], *, until: int | None = None, parent: str | None = None
) -> dict[str, Any]:
    """Write new tokens and give them as the platform's answer has them: "expire_in" are moments, not durations."""
    access, fresh = (f"ROW_{secrets.token_urlsafe(32)}" for _ in range(2))
    expires, over = seconds(now + TOKEN_LIVES), until or seconds(now + GRANT_LIVES)
    play.sql(
        "insert into grant_token values (?, ?, ?, ?, ?, ?)", access, expires, fresh, over, " ".join(scopes), parent
    )
    return {
        "access_token": access,
        "access_token_expire_in": expires,
        "refresh_token": fresh,
        "refresh_token_expire_in": over,
        "granted_scopes": list(scopes),
    }


def whole_answer(told: dict[str, Any], market: str) -> dict[str, Any]:
    """Add what the platform says of the seller."""
    cast = next(iter(casts(market).values()))
    seller = {"open_id": "7010000000000000001", "seller_name": cast.name, "seller_base_region": cast.market}
    return {**told, **seller, "user_type": 0}


def scopes_of(play: Play, token: str, now: datetime) -> frozenset[str]:
    """Give what a token allows. Raises Refusal for one that is unknown or over."""
    row = play.sql("select access_expires, scopes, parent from grant_token where access = ?", token).fetchone()
    if row is None:
        raise Refusal("token_unknown")
    if row[0] <= seconds(now):
        raise Refusal("token_expired")
    if row[2]:
        play.sql("delete from grant_token where refresh = ?", row[2])
        play.sql("update grant_token set parent = null where access = ?", token)
    return frozenset(row[1].split())


def token_for(store: Store, scopes: Sequence[str] = USUAL) -> dict[str, Any]:
    """Give tokens without a consent, for tests that are about something else."""
    with store.change() as play:
        return issue(play, play.now(), scopes)


def revoke_all(store: Store) -> None:
    """Let the seller take back every consent."""
    with store.change() as play:
        play.sql("delete from grant_token")
