"""The mailbox of `init`: where it is, its password, a login tried at most twice, whose verdicts count."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args

from flows.cli.output import fail, note
from flows.cli.provider import Provider, provider_at, provider_of, provider_titles
from flows.cli.question import Asker
from flows.cli.receiver import Learned, is_receiver_name, newest_receiver
from flows.cli.sign_in import signed_in
from ingest.errors import LoginRefusedError
from ingest.mailbox import Mailbox
from ingest.oauth import Tokens
from ingest.opening import open_mailbox
from models.catalogue import words
from models.home import Home
from models.settings import MailboxSettings
from models.settings_key import Place

MAILBOX: Final = "main"
PLACES: Final[tuple[str, ...]] = get_args(Place)  # the usual one first


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A mailbox that could be opened: its keys for the settings, and its password if it has one."""

    mailbox: dict[str, Any]
    password: str | None = None
    from_environment: bool = False
    tokens: Tokens | None = None

    @property
    def secret(self) -> str | None:
        """What opens the mailbox: its password or an access token."""
        return self.tokens.access if self.tokens else self.password

    def settings(self) -> MailboxSettings:
        """Give the mailbox's settings."""
        return MailboxSettings.model_validate(self.mailbox)

    def open(self) -> Mailbox:
        """Connect. Raises MailboxError."""
        return open_mailbox(self.settings(), self.secret)


def mailbox_of_files(asker: Asker, kind: str, path: Path, receiver: str | None, verdict: str | None) -> Login:
    """Give the login of a Maildir or a folder of .eml files; needs no password. Raises MailboxError."""
    login = Login(mailbox={"name": MAILBOX, "kind": kind, "path": str(path.expanduser().absolute())})
    return _with_receiver(asker, login, receiver, verdict)


def log_in(
    asker: Asker,
    home: Home,
    *,
    address: str | None,
    host: str | None,
    port: int,
    user: str | None,
    ca_file: Path | None,
    receiver: str | None,
    verdict: str | None,
    client_id: str | None,
) -> Login:
    """Ask for the mail server and the password, and try them. Raises MailboxError."""
    chosen = asker.ask("address", given=address, valid=_is_address)
    provider = provider_of(chosen) or provider_at(host)
    if provider is None and host is None:
        note(words().text("cli.init.unknown_provider", known=", ".join(provider_titles())))
    server = asker.ask("host", given=host or (provider.host if provider else None))
    if provider is not None and receiver is None and server == provider.host:
        receiver = provider.authserv_id
    mailbox: dict[str, Any] = {"name": MAILBOX, "kind": "imap", "host": server, "port": port, "user": user or chosen}
    if ca_file is not None:
        mailbox["ca_file"] = str(ca_file.expanduser().absolute())
    if provider is not None and provider.sign_in is not None and server == provider.host:
        login = _signed_in(asker, home, {**mailbox, "auth": provider.sign_in}, provider, client_id)
    else:
        login = _tried(asker, home, mailbox, provider)
    return _with_receiver(asker, login, receiver, verdict)


def _signed_in(asker: Asker, home: Home, mailbox: dict[str, Any], provider: Provider, client_id: str | None) -> Login:
    """Let the user sign in as an app of their own."""
    note(words().text("cli.init.which_sign_in", provider=provider.title, auth=provider.sign_in))
    chosen = asker.ask("client_id", given=client_id, valid=_is_client_id)
    login = Login(mailbox={**mailbox, "client_id": chosen})
    return replace(login, tokens=signed_in(login.settings(), home))


def _tried(asker: Asker, home: Home, mailbox: dict[str, Any], provider: Provider | None) -> Login:
    """Try the login with the password from the environment, else with one that is typed; twice at most."""
    known = home.password(MAILBOX)
    if asker.yes and known is None:
        fail(words().text("cli.init.no_password"))
    if provider is not None and known is None:
        note(words().text("cli.init.which_password", provider=provider.title, password=provider.password))
    typed = known or asker.secret("password")
    for tries_left in (1, 0):
        login = Login(mailbox=mailbox, password=typed, from_environment=known is not None)
        try:
            login.open().close()
        except LoginRefusedError as refused:
            if asker.yes or known is not None or not tries_left:
                raise
            note(str(refused))
            typed = asker.secret("password_again")
        else:
            break
    note(words().text("cli.init.login_works"))
    return login


def _with_receiver(asker: Asker, login: Login, receiver: str | None, verdict: str | None) -> Login:
    """Put how the server writes its verdicts; learned from its newest mails when its name is not known."""
    learned = None
    if receiver is None:
        with closing(login.open()) as box:
            learned = newest_receiver(box, login.settings())
        found = learned.name if learned else None
        note(words().text("cli.init.learned" if found else "cli.init.not_learned", found=found))
    receiver = asker.ask("authserv_id", given=receiver, default=learned.name if learned else "", valid=is_receiver_name)
    place = _place(asker, verdict, learned)
    return replace(login, mailbox={**login.mailbox, "authserv_id": receiver, **place})


def _place(asker: Asker, verdict: str | None, learned: Learned | None) -> dict[str, str]:
    """Put where the verdicts stand, if that is not the usual place; below is never taken over without a yes."""
    if verdict is None and (learned is None or learned.place == PLACES[0]):
        return {}
    if learned is not None and learned.place != PLACES[0]:
        note(words().text("cli.init.learned_below", found=learned.name))
    return {"verdict": asker.ask("verdict", given=verdict, default=PLACES[0], valid=PLACES.__contains__)}


def _is_address(answer: str) -> bool:
    local, at, domain = answer.rpartition("@")
    return bool(local and at and "." in domain)


def _is_client_id(answer: str) -> bool:
    return bool(answer) and not any(sign.isspace() for sign in answer)
