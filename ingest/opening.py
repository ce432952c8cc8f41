"""Opening the mailbox that the settings describe, without getting its account locked.

A login that was refused twice in a row is not tried again until it is another one, or a person insists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from ingest import ledger
from ingest.errors import FolderMissingError, LoginRefusedError, PasswordMissingError
from ingest.files import FileMailbox
from ingest.imap import ImapMailbox
from ingest.mailbox import Mailbox
from ingest.oauth import sign_in_needed
from ingest.tokens import access_token, refuse
from models.db.session import open_session
from models.home import Home, password_name
from models.settings import MailboxSettings

TRIES: Final = 2  # accounts get locked (email-notifications, section 4.12)


@contextmanager
def connected(engine: Engine, settings: MailboxSettings, home: Home, *, insist: bool = False) -> Iterator[Mailbox]:
    """The mailbox, connected inside the block. Raises MailboxError.

    `insist`: a person asks (`shipclock check`), so a login that was refused before is tried once more.
    """
    if settings.auth != "password":
        with _signed_in(engine, settings, home) as mailbox:
            yield mailbox
        return
    password = home.password(settings.name)
    login = _login_digest(settings, password, home)
    with open_session(engine, read_only=True) as session:
        refused, refused_with = ledger.refusals(session, settings.name)
    if refused >= TRIES and refused_with == login and not insist:
        raise LoginRefusedError(
            f"Mailbox {settings.name}: the server refused the login {TRIES} times and is not asked again, "
            "so that the account is not locked. Correct user or password, then run `shipclock check`."
        )
    try:
        mailbox = open_mailbox(settings, password)
    except LoginRefusedError:
        with open_session(engine) as session:
            ledger.note_refusal(session, settings.name, login)
            session.commit()
        raise
    try:
        if refused:
            with open_session(engine) as session:
                ledger.forget_refusals(session, settings.name)
                session.commit()
        yield mailbox
    finally:
        mailbox.close()


@contextmanager
def _signed_in(engine: Engine, settings: MailboxSettings, home: Home) -> Iterator[Mailbox]:
    """The mailbox, opened by token. A refused one is refreshed and tried once more, then a person must help."""
    token = access_token(engine, settings, home)
    try:
        mailbox = open_mailbox(settings, token)
    except LoginRefusedError:
        fresh = access_token(engine, settings, home, refused=token)
        try:
            mailbox = open_mailbox(settings, fresh)
        except LoginRefusedError:
            refuse(engine, settings)
            raise sign_in_needed(settings.name, settings.auth) from None
    try:
        yield mailbox
    finally:
        mailbox.close()


def _login_digest(settings: MailboxSettings, password: str | None, home: Home) -> str:
    """Tell logins apart without storing one; keyed, so that a copy of the database gives no guess."""
    if settings.kind != "imap":
        return ""
    login = f"{settings.host}\n{settings.port}\n{settings.user}\n{password}"
    return blake2b(login.encode(), key=home.key()[:64], digest_size=16).hexdigest()


def open_mailbox(settings: MailboxSettings, secret: str | None) -> Mailbox:
    """Connect to the mailbox with its password or access token; files need neither. Raises MailboxError."""
    if settings.kind == "imap":
        if not secret:
            raise PasswordMissingError(
                f"Mailbox {settings.name}: no password. "
                f"Set {password_name(settings.name)} in the environment or in .env."
            )
        return ImapMailbox(settings, secret)
    return FileMailbox(settings.name, _path(settings), maildir=settings.kind == "maildir")


def _path(settings: MailboxSettings) -> Path:
    if settings.path is None:
        raise FolderMissingError(f"Mailbox {settings.name}: kind = {settings.kind!r} needs a `path`.")
    return settings.path
