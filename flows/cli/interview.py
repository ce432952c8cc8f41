"""The talk of `init`: mailbox, login, a look at the last days, shops, and the settings written at its end.

Nothing is written before the last answer, and nothing over settings that exist unless that is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.cli.dry_run import look_around
from flows.cli.login import MAILBOX, Login, log_in, mailbox_of_files
from flows.cli.opening import tell_migration
from flows.cli.output import EXIT_REFUSED, fail, note, say
from flows.cli.provider import markets
from flows.cli.question import Asker
from flows.cli.settings_text import settings_text, write_secret, write_settings
from flows.office import open_office
from ingest.tokens import store
from models.catalogue import words
from models.home import Home, find_home, password_name
from models.policy_files import BASE, market_policy
from models.settings_file import parse_settings
from models.settings_key import CURRENCIES
from models.stage import HandoverMode, ShippingMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The options of `init`; None was not given and is asked."""

    address: str | None
    host: str | None
    port: int
    user: str | None
    ca_file: Path | None
    authserv_id: str | None
    verdict: str | None
    client_id: str | None
    maildir: Path | None
    folder: Path | None
    shops: tuple[str, ...]
    market: str | None
    currency: str | None
    timezone: str | None
    handover: HandoverMode | None
    shipping: ShippingMode | None
    orders_from: str | None
    days: int
    yes: bool
    force: bool


def interview(given: Given) -> None:
    """Ask what was not given, try it, and write the settings."""
    home, asker = find_home(), Asker(given.yes)
    _may_write(home, given, asker)
    login = _mailbox(given, asker, home)
    heard = look_around(login, home, given.days) if given.days else []
    shops = _shops(given, asker, heard)
    _finish(home, asker, login, shops)


def _may_write(home: Home, given: Given, asker: Asker) -> None:
    """Ask before settings are replaced; without an answer they stay."""
    if not home.config.exists() or given.force:
        return
    if given.yes or not asker.agree("replace", default=False, file=home.config):
        fail(words().text("cli.init.kept", file=home.config), EXIT_REFUSED)


def _mailbox(given: Given, asker: Asker, home: Home) -> Login:
    if given.maildir is not None or given.folder is not None:
        kind, path = ("maildir", given.maildir) if given.maildir is not None else ("folder", given.folder)
        return mailbox_of_files(asker, kind, path or Path(), given.authserv_id, given.verdict)
    return log_in(
        asker,
        home,
        address=given.address,
        host=given.host,
        port=given.port,
        user=given.user,
        ca_file=given.ca_file,
        receiver=given.authserv_id,
        verdict=given.verdict,
        client_id=given.client_id,
    )


def _shops(given: Given, asker: Asker, heard: list[str]) -> list[dict[str, Any]]:
    """Ask about the shops that were named or heard of, then for more."""
    asked = () if given.yes else heard  # --yes must not take a stranger's shop for the user's
    names = list(given.shops) or [name for name in asked if asker.agree("yours", name=name)]
    first = None if names else asker.ask("shop", given=None)
    shops = [_shop(given, asker, name) for name in names or [first or ""]]
    while not given.shops and not given.yes and asker.agree("another", default=False):
        shops.append(_shop(given, asker, asker.ask("shop", given=None)))
    return shops


def _shop(given: Given, asker: Asker, name: str) -> dict[str, Any]:
    """Ask for one shop's market and what follows from it."""
    market = asker.ask("market", given=_upper(given.market), valid=_is_market, name=name, known=", ".join(markets()))
    usual = markets().get(market.upper())
    currency = asker.ask(
        "currency",
        given=_upper(given.currency),
        default=usual.currency if usual else None,
        valid=_is_currency,
        name=name,
    )
    timezone = asker.ask(
        "timezone",
        given=given.timezone,
        default=usual.timezone if usual else None,
        valid=_is_timezone,
        name=name,
    )
    handover = asker.ask("handover", given=given.handover, default="pickup", valid=_is_handover, name=name)
    shipping = asker.ask("shipping", given=given.shipping, default="seller", valid=_is_shipping, name=name)
    today = datetime.now(ZoneInfo(timezone)).date().isoformat()
    start = asker.ask("orders_from", given=given.orders_from, default=today, valid=_is_date, name=name)
    return {
        "name": name,
        "market": market.upper(),
        "currency": currency.upper(),
        "timezone": timezone,
        "mailbox": MAILBOX,
        "handover": handover,
        "shipping": shipping,
        "orders_from": date.fromisoformat(start),
    }


def _finish(home: Home, asker: Asker, login: Login, shops: list[dict[str, Any]]) -> None:
    """Check the settings as they will be read, write them, and say what comes next."""
    text = settings_text(login.mailbox, shops)
    parse_settings(text, home.config)
    write_settings(home.config, text)
    say(words().text("cli.init.written", file=home.config))
    for shop in shops:
        policy = market_policy(shop["market"])
        key = "article" if policy == BASE else "chosen"
        say(words().text(f"policies.init.{key}", shop=shop["name"], market=shop["market"], policy=policy))
    if login.tokens is not None:
        office = open_office(home, tell=tell_migration)
        store(office.engine, login.settings(), home, login.tokens)
        say(words().text("cli.init.signed_in"))
    if login.password is not None and not login.from_environment:
        name = password_name(MAILBOX)
        if asker.agree("keep_password", file=home.dotenv):
            write_secret(home.dotenv, name, login.password)
            say(words().text("cli.init.password_written", file=home.dotenv))
        else:
            say(words().text("cli.init.password_elsewhere", name=name))
    note(words().text("cli.init.next"))


def _upper(given: str | None) -> str | None:
    return given.upper() if given else None


def _is_market(answer: str) -> bool:
    return len(answer) == 2 and answer.isalpha()  # noqa: PLR2004  # ISO 3166: two letters


def _is_currency(answer: str) -> bool:
    return answer.upper() in CURRENCIES


def _is_timezone(answer: str) -> bool:
    try:
        ZoneInfo(answer)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_handover(answer: str) -> bool:
    return answer in set(HandoverMode)


def _is_shipping(answer: str) -> bool:
    return answer in set(ShippingMode)


def _is_date(answer: str) -> bool:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True
