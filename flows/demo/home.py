"""The demo's own home: settings, database with a virtual clock, mailbox, and the simulated shops with their API.

Everything lies in one folder that is printed; nothing of the user's own Shipclock is read or touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import tomlkit

from flows import clock
from flows.office import Office, open_office
from flows.shop.consent import app_of, exchanged
from flows.shop.grant import Grant
from flows.shop.grant import store as store_grant
from flows.shop.simulator.cast import casts
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.marketplace import begin_play
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.store import Store
from flows.shop.wire import open_http
from models.db.page_reading import is_virtual
from models.db.session import open_session
from models.home import CONFIG_NAME, TIKTOK_SECRET, Home, find_home, password_name

START: Final = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # a Monday; the demo's present has nothing to do with ours
MAILBOX: Final = "demo"
SIMULATOR: Final = "simulator.db"
SHIFT_HOURS: Final = 168  # twelve hours are 24 seconds of a demo: an onlooker is asked each few minutes


class OtherPlayError(Exception):
    """The home holds a demo of another seed; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHome:
    """A demo's home, ready to be played in; its shops are served over HTTP at `shop`."""

    home: Home
    office: Office
    shop: Served
    maildir: Path

    @property
    def store(self) -> Store:
        """The simulated platform's own memory."""
        return self.shop.store


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An IMAP server in front of a Maildir: what the settings say of it, and the password."""

    maildir: Path
    password: str
    settings: Mapping[str, str | int]


@contextmanager
def open_demo_home(
    path: Path | None,
    seed: int,
    server: MailServer | None = None,
    database_url: str | None = None,
    crowd: Crowd | None = None,
) -> Iterator[DemoHome]:
    """Make the home of a demo, and serve its shops while the block lasts; in a temporary folder when `path` is None.

    Its database is a file in it, unless `database_url` names another that is the demo's alone. A `crowd` buys in
    place of those who live through the stories.

    A home that was played in before goes on from where it was. Processes that are started afterwards find it
    through the environment. Raises OtherPlayError for a home of another seed.
    """
    folder = path or Path(tempfile.mkdtemp(prefix="shipclock-demo-"))
    with serve(_play_in(folder, seed, crowd)) as shop:
        maildir = server.maildir if server else folder / "Maildir"
        (folder / CONFIG_NAME).write_text(_settings(shop, maildir, server), encoding="utf-8")
        os.environ.update(SHIPCLOCK_HOME=str(folder), SHIPCLOCK_CONFIG=str(folder / CONFIG_NAME))
        os.environ[TIKTOK_SECRET] = shop.keys.secret
        os.environ.pop("SHIPCLOCK_DATABASE_URL", None)
        os.environ.update({"SHIPCLOCK_DATABASE_URL": database_url} if database_url else {})
        if server:
            os.environ[password_name(MAILBOX)] = server.password
        office = open_office(find_home())
        _begin(office)
        agree(office, shop)
        yield DemoHome(home=office.home, office=office, shop=shop, maildir=maildir)


def _play_in(folder: Path, seed: int, crowd: Crowd | None) -> Store:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return begin_play(folder / SIMULATOR, seed=seed, start=START, crowd=crowd)
    except ValueError:
        raise OtherPlayError(f"{folder} holds a demo of another --seed. Give that one, or another --home.") from None


def _begin(office: Office) -> None:
    with open_session(office.engine, read_only=True) as session:
        begun = is_virtual(session)
    if not begun:
        clock.set_virtual(office.engine, START)


def agree(office: Office, shop: Served) -> None:
    """Let the invented seller consent that Shipclock acts for the shops, as a real one does with `auth tiktok`."""
    with closing(open_http()) as http:
        tokens = exchanged(http, app_of(office.home, office.settings), shop.code())
    for cast in casts(shop.store.script.market).values():
        grant = Grant(tokens=tokens, cipher=shop.ciphers[cast.name], platform_id=cast.platform_id)
        store_grant(office.engine, office.home, cast.name, grant)


def _settings(shop: Served, maildir: Path, server: MailServer | None) -> str:
    where = server.settings if server else {"kind": "maildir", "path": str(maildir)}
    box = {"name": MAILBOX, "authserv_id": RECEIVER, **where}
    shops = [{**cast.settings(MAILBOX), "policy": "article", "shift_hours": SHIFT_HOURS} for cast in casts().values()]
    return tomlkit.dumps({"mailbox": [box], "tiktok": shop.settings, "shop": shops})
