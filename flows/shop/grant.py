"""The right to act for a shop: tokens and cipher, sealed at rest, refreshed early, replaced by compare-and-set.

Two processes may refresh at once: what the first stores stays, the other takes it over. A refusal is kept until the
seller consents anew; nobody asks the platform again before that.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from sqlalchemy import Engine
from sqlmodel import col, select, update

from flows.shop.api_error import ApiError, ErrorKind, before_the_call
from flows.shop.consent import App, Tokens, refreshed
from ingest.sealed import SealError, seal, unseal
from models.db.alerts import OUTBOX, end_telling
from models.db.insert import insert_new
from models.db.session import open_session
from models.db.shop_tables import GrantRow
from models.home import Home

EARLY: Final = timedelta(minutes=10)  # before an access token ends
# Whether a refresh token works twice is not documented: who is refused looks whether another was quicker.
SECOND_LOOKS: Final = 10
SECOND_LOOK_SECONDS: Final = 0.2
LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
LEAST_CODE: Final = 1000  # the platform's own; what is below is the HTTP status of whoever stands in between
CONSENT_RULE: Final = "consent"  # what alerts are about that tell of its end
NOT_THE_CONSENT: Final = frozenset({ErrorKind.PERMISSION, ErrorKind.VERSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is sealed: tokens, the shop's cipher and its id at the platform."""

    tokens: Tokens
    cipher: str = field(repr=False)
    platform_id: str

    def as_bytes(self) -> bytes:
        """Give it for sealing; ends and scopes are columns."""
        kept = {"access": self.tokens.access, "refresh": self.tokens.refresh}
        return json.dumps({**kept, "cipher": self.cipher, "platform_id": self.platform_id}).encode()


def consent_needed(shop: str, why: str) -> ApiError:
    """Give what to raise where the seller has to consent."""
    told = f'Shop {shop}: {why} Type `shipclock auth tiktok "{shop}"`.'
    return ApiError("token/refresh", 0, ErrorKind.TOKEN_EXPIRED, told=told)


@dataclass(frozen=True, slots=True)
class FreshGrant:
    """A grant that is not kept yet: its token has just been bought, and nothing of it is renewed."""

    shop: str
    grant: Grant

    def current(self, *, refused: str | None = None) -> Grant:
        """Give it, as long as it is accepted."""
        if refused is not None:
            raise consent_needed(self.shop, "TikTok Shop does not accept the consent.")
        return self.grant

    def keep_cipher(self, cipher: str, *, seen: str) -> None:
        """Keep nothing."""


@dataclass(kw_only=True)
class Grants:
    """One shop's grant, for all threads of a process."""

    engine: Engine
    home: Home
    shop: str
    app: App
    http: httpx.Client
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    _known: Grant | None = field(default=None, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def current(self, *, refused: str | None = None) -> Grant:
        """Give a grant that lasts for some minutes, with a token other than one that was `refused`. Raises ApiError."""
        with self._turn:
            if self._known is None or not self._lasts(self._known, refused):
                self._known = self._renewed(refused)
            return self._known

    def keep_cipher(self, cipher: str, *, seen: str) -> None:
        """Keep a cipher that was fetched again because `seen` was refused."""
        with self._turn:
            row = self._row()
            grant = self._opened(row)
            if grant.cipher == seen:
                grant = replace(grant, cipher=cipher)
                self._replace(row, grant)
            self._known = grant

    def _lasts(self, grant: Grant, refused: str | None) -> bool:
        return grant.tokens.access != refused and grant.tokens.expires_at - EARLY > self.now()

    def _renewed(self, refused: str | None) -> Grant:
        row = self._row()
        grant = self._opened(row)
        if self._lasts(grant, refused):
            return grant
        try:
            fresh = replace(grant, tokens=self._refreshed(grant.tokens))
        except ApiError as fault:
            kept = self._without_refresh(row, grant, refused, fault)
            if kept is None:
                raise (before_the_call(fault) if fault.transient else fault) from None
            return kept
        self._replace(row, fresh)
        return fresh

    def _refreshed(self, tokens: Tokens) -> Tokens:
        """Ask for new tokens; what the answer does not say stays."""
        fresh = refreshed(self.http, self.app, tokens.refresh)
        return replace(fresh, ends_at=fresh.ends_at or tokens.ends_at, scopes=fresh.scopes or tokens.scopes)

    def _without_refresh(self, row: GrantRow, grant: Grant, refused: str | None, fault: ApiError) -> Grant | None:
        """Go on with what there is when no new token came; None: the fault is what to tell."""
        if fault.transient or fault.code < LEAST_CODE or fault.kind in NOT_THE_CONSENT:
            usable = grant.tokens.access != refused and grant.tokens.expires_at > self.now()
            return grant if usable else None
        if (others := self._stored_meanwhile(row.ciphertext)) is not None:
            return others
        refuse(self.engine, self.shop, self.now(), seen=row.ciphertext)
        raise consent_needed(self.shop, "TikTok Shop no longer accepts the consent.") from None

    def _replace(self, row: GrantRow, grant: Grant) -> None:
        """Store it in place of the row that was read, and in the rows of other shops of the same consent."""
        old = self._opened(row).tokens.refresh
        with open_session(self.engine, read_only=True) as session:
            rows = session.exec(select(GrantRow)).all()
        for other in rows:
            theirs = grant if other.shop_id == self.shop else self._same_consent(other, old, grant)
            if theirs is not None:
                seen = row.ciphertext if other.shop_id == self.shop else other.ciphertext
                self._swap(other.shop_id, seen, theirs)

    def _same_consent(self, row: GrantRow, old: str, grant: Grant) -> Grant | None:
        """A consent may open several shops, whose rows then hold the same refresh token."""
        try:
            theirs = _from_bytes(unseal(row.ciphertext, self.home), row)
        except SealError:
            return None
        return replace(theirs, tokens=grant.tokens) if theirs.tokens.refresh == old else None

    def _swap(self, shop: str, seen: bytes, grant: Grant) -> None:
        place = update(GrantRow).where(col(GrantRow.shop_id) == shop, col(GrantRow.ciphertext) == seen)
        with open_session(self.engine) as session:
            session.exec(place.values(**_values(grant, self.home)))
            session.commit()

    def _row(self) -> GrantRow:
        with open_session(self.engine, read_only=True) as session:
            row = session.exec(select(GrantRow).where(GrantRow.shop_id == self.shop)).one_or_none()
        if row is None:
            raise consent_needed(self.shop, "nobody has agreed yet that Shipclock acts for it.")
        if row.refused_at is not None:
            raise consent_needed(self.shop, "TikTok Shop no longer accepts the consent, so it is not asked again.")
        return row

    def _opened(self, row: GrantRow) -> Grant:
        try:
            return _from_bytes(unseal(row.ciphertext, self.home), row)
        except SealError:
            why = "its consent was kept under another SHIPCLOCK_KEY (or home's file `key`). Put the old key back, or:"
            raise consent_needed(self.shop, why) from None

    def _stored_meanwhile(self, seen: bytes) -> Grant | None:
        """What another process stored in place of `seen`, if it does within moments."""
        for looks_left in range(SECOND_LOOKS, -1, -1):
            row = self._row()
            if row.ciphertext != seen:
                return self._opened(row)
            if looks_left:
                self.sleep(SECOND_LOOK_SECONDS)
        return None


def store(engine: Engine, home: Home, shop: str, grant: Grant) -> None:
    """The seller consented: what was there before counts no more, and that it ends is told no more."""
    values = _values(grant, home)
    with open_session(engine) as session:
        insert_new(session, GrantRow, [{"shop_id": shop, **values}])
        session.exec(update(GrantRow).where(col(GrantRow.shop_id) == shop).values(**values))
        end_telling(session, (OUTBOX.c.shop_id == shop) & (OUTBOX.c.rule == CONSENT_RULE))
        session.commit()


def refuse(engine: Engine, shop: str, at: datetime, *, seen: bytes | None = None) -> None:
    """Note that the seller must consent; not if that was done since `seen` was read."""
    change = update(GrantRow).where(col(GrantRow.shop_id) == shop, col(GrantRow.refused_at).is_(None))
    if seen is not None:
        change = change.where(col(GrantRow.ciphertext) == seen)
    with open_session(engine) as session:
        session.exec(change.values(refused_at=at))
        session.commit()


def grant_row(engine: Engine, shop: str) -> GrantRow | None:
    """Give the shop's row, for looking at its ends and scopes; None: nobody consented yet."""
    with open_session(engine, read_only=True) as session:
        return session.exec(select(GrantRow).where(GrantRow.shop_id == shop)).one_or_none()


def _values(grant: Grant, home: Home) -> Mapping[str, Any]:
    return {
        "ciphertext": seal(grant.as_bytes(), home),
        "scopes": list(grant.tokens.scopes),
        "expires_at": grant.tokens.expires_at,
        "ends_at": grant.tokens.ends_at,
        "refused_at": None,
    }


def _from_bytes(raw: bytes, row: GrantRow) -> Grant:
    kept = json.loads(raw)
    tokens = Tokens(
        access=kept["access"],
        refresh=kept["refresh"],
        expires_at=row.expires_at or LONG_AGO,
        ends_at=row.ends_at,
        scopes=tuple(row.scopes),
    )
    return Grant(tokens=tokens, cipher=kept["cipher"], platform_id=kept["platform_id"])
