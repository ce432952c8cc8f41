"""Signing in on the terminal: what a person sees while it goes on, the login tried, the tokens kept."""

from __future__ import annotations

import sys
import webbrowser

import typer

from flows.cli.opening import opened
from flows.cli.output import EXIT_FAULT, fail, note, say
from flows.office import Office
from ingest import oauth_google, oauth_microsoft, tokens
from ingest.errors import LoginRefusedError
from ingest.oauth import App, Tokens, app_of
from ingest.opening import open_mailbox
from models.catalogue import words
from models.home import Home
from models.settings import MailboxSettings

NOWHERE = "http://127.0.0.1:1"  # nothing listens there: the browser shows an error, and the answer in its address


def sign_in_for(provider: str, name: str | None, *, paste: bool = False) -> None:
    """Sign in for a mailbox of the settings, and keep it if the mail server agrees. Raises MailboxError."""
    office = opened()
    mailbox = _mailbox(office, provider, name)
    gained = signed_in(mailbox, office.home, paste=paste)
    tokens.store(office.engine, mailbox, office.home, gained)
    say(words().text("cli.auth.done", mailbox=mailbox.name))


def signed_in(mailbox: MailboxSettings, home: Home, *, paste: bool = False) -> Tokens:
    """Give the tokens of a sign-in that the mail server accepts. Raises MailboxError."""
    app = app_of(mailbox, home)
    gained = _agreed(app, paste=paste)
    note(words().text("cli.auth.trying", mailbox=mailbox.name))
    try:
        open_mailbox(mailbox, gained.access).close()
    except LoginRefusedError:
        fail(words().text("cli.auth.mailbox_refused", mailbox=mailbox.name, provider=app.title), EXIT_FAULT)
    return gained


def _agreed(app: App, *, paste: bool) -> Tokens:
    if app.provider == "microsoft":
        return oauth_microsoft.sign_in(app, _tell_code)
    if not paste:
        return oauth_google.sign_in(app, _open_browser)
    consent = oauth_google.begin(app, NOWHERE)
    note(words().text("cli.auth.paste", address=consent.address))
    return oauth_google.finish(app, consent, str(typer.prompt(words().text("cli.auth.pasted"), err=True)))


def _tell_code(address: str, code: str) -> None:
    note(words().text("cli.auth.code", address=address, code=code))


def _open_browser(address: str) -> None:
    note(words().text("cli.auth.browser", address=address))
    if sys.platform != "linux" or webbrowser.get().name not in {"www-browser", "links", "elinks", "lynx", "w3m"}:
        webbrowser.open(address)


def _mailbox(office: Office, provider: str, name: str | None) -> MailboxSettings:
    """Give the mailbox that is meant: the one that is named, else the only one that signs in there."""
    boxes = office.settings.mailbox
    known = ", ".join(box.name for box in boxes)
    fitting = [box for box in boxes if (box.name == name if name else box.auth == provider)] or list(boxes)
    if name and office.mailbox(name) is None:
        fail(words().text("cli.no_mailbox", given=name, known=known))
    if len(fitting) != 1:
        fail(words().text("cli.auth.which", provider=provider, known=known))
    if fitting[0].auth != provider:
        fail(words().text("cli.auth.not_set", mailbox=fitting[0].name, provider=provider, file=office.home.config))
    return fitting[0]
