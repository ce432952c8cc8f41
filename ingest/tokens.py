"""The tokens of mailboxes: sealed at rest, refreshed early, replaced by compare-and-set.

Two processes may refresh at once: what the first stores stays, the other uses its own for once. A refusal is kept
until somebody signs in anew; nobody asks the provider again before that.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine
from sqlmodel import col, select, update

from ingest import oauth_google, oauth_microsoft
from ingest.errors import SignInNeededError
from ingest.oauth import Tokens, app_of, now, providers, sign_in_needed
from ingest.sealed import SealError, seal, unseal
from models.db.insert import insert_new
from models.db.mail_tables import TokenRow
from models.db.session import open_session
from models.home import Home
from models.settings import MailboxSettings

EARLY: Final = timedelta(minutes=5)  # before the access token ends; a poll takes less
# A provider that takes each refresh token once refuses whoever asks second, before the first has stored its answer.
SECOND_LOOKS: Final = 10
SECOND_LOOK_SECONDS: Final = 0.2
REFRESHED: Final = {"microsoft": oauth_microsoft.refreshed, "google": oauth_google.refreshed}


def access_token(engine: Engine, mailbox: MailboxSettings, home: Home, *, refused: str | None = None) -> str:
    """An access token that lasts for some minutes, other than one that the mail server `refused`.

    Raises MailboxError; without asking anybody if a person has to sign in.
    """
    row = _row(engine, mailbox)
    tokens = _opened(row, mailbox, home)
    if tokens.access != refused and tokens.expires_at - EARLY > now():
        return tokens.access
    app = app_of(mailbox, home)
    try:
        fresh = REFRESHED[mailbox.auth](app, tokens.refresh)
    except SignInNeededError:
        if (others := _stored_meanwhile(engine, mailbox, home, row.ciphertext)) is not None:
            return others.access
        refuse(engine, mailbox, seen=row.ciphertext)
        raise
    sealed = seal(fresh.as_bytes(), home)
    with open_session(engine) as session:
        place = update(TokenRow).where(
            col(TokenRow.mailbox) == mailbox.name, col(TokenRow.ciphertext) == row.ciphertext
        )
        session.exec(place.values(ciphertext=sealed, expires_at=fresh.expires_at, refused_at=None))
        session.commit()
    return fresh.access


def store(engine: Engine, mailbox: MailboxSettings, home: Home, tokens: Tokens) -> None:
    """A person signed in: what was there before counts no more."""
    values = {
        "provider": mailbox.auth,
        "ciphertext": seal(tokens.as_bytes(), home),
        "expires_at": tokens.expires_at,
        "refused_at": None,
    }
    with open_session(engine) as session:
        insert_new(session, TokenRow, [{"mailbox": mailbox.name, **values}])
        session.exec(update(TokenRow).where(col(TokenRow.mailbox) == mailbox.name).values(**values))
        session.commit()


def refuse(engine: Engine, mailbox: MailboxSettings, *, seen: bytes | None = None) -> None:
    """Note that a person must sign in; not if somebody did since `seen` was read."""
    change = update(TokenRow).where(col(TokenRow.mailbox) == mailbox.name, col(TokenRow.refused_at).is_(None))
    if seen is not None:
        change = change.where(col(TokenRow.ciphertext) == seen)
    with open_session(engine) as session:
        session.exec(change.values(refused_at=now()))
        session.commit()


def _row(engine: Engine, mailbox: MailboxSettings) -> TokenRow:
    with open_session(engine, read_only=True) as session:
        row = session.exec(select(TokenRow).where(TokenRow.mailbox == mailbox.name)).one_or_none()
    if row is None or row.provider != mailbox.auth:
        raise SignInNeededError(
            f"Mailbox {mailbox.name}: nobody has signed in at {providers()[mailbox.auth]['title']} yet. "
            f"Type `shipclock auth {mailbox.auth} {mailbox.name}`."
        )
    if row.refused_at is not None:
        raise sign_in_needed(mailbox.name, mailbox.auth)
    return row


def _opened(row: TokenRow, mailbox: MailboxSettings, home: Home) -> Tokens:
    try:
        return Tokens.from_bytes(unseal(row.ciphertext, home))
    except SealError:
        raise SignInNeededError(
            f"Mailbox {mailbox.name}: its sign-in was kept under another SHIPCLOCK_KEY (or home's file `key`). "
            f"Put the old key back, or sign in anew: `shipclock auth {mailbox.auth} {mailbox.name}`."
        ) from None


def _stored_meanwhile(engine: Engine, mailbox: MailboxSettings, home: Home, seen: bytes) -> Tokens | None:
    """What another process stored in place of `seen`, if it does within moments."""
    for looks_left in range(SECOND_LOOKS, -1, -1):
        row = _row(engine, mailbox)
        if row.ciphertext != seen:
            return _opened(row, mailbox, home)
        if looks_left:
            time.sleep(SECOND_LOOK_SECONDS)  # who was quicker to refresh stores it within moments
    return None
