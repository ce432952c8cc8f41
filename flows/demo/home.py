"""The demo's own home: settings, database with a virtual clock, mailbox and the simulated shops' store.

Everything lies in one folder that is printed; nothing of the user's own Shipclock is read or touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import tomlkit

from flows import clock
from flows.office import SIMULATOR, Office, open_office
from flows.shop.simulator.cast import casts
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.marketplace import begin_play
from flows.shop.simulator.store import Store
from models.db.page_reading import is_virtual
from models.db.session import open_session
from models.home import CONFIG_NAME, Home, find_home, password_name

START: Final = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # a Monday; the demo's present has nothing to do with ours
MAILBOX: Final = "demo"


class OtherPlayError(Exception):
    """The home holds a demo of another seed; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHome:
    """A demo's home, ready to be played in."""

    home: Home
    office: Office
    store: Store
    maildir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An IMAP server in front of a Maildir: what the settings say of it, and the password."""

    maildir: Path
    password: str
    settings: Mapping[str, str | int]


def make_demo_home(path: Path | None, seed: int, server: MailServer | None = None) -> DemoHome:
    """Make the home of a demo; in a new temporary folder when `path` is None.

    A home that was played in before goes on from where it was. Processes that are started afterwards find it
    through the environment. Raises OtherPlayError for a home of another seed.
    """
    folder = path or Path(tempfile.mkdtemp(prefix="shipclock-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    maildir = server.maildir if server else folder / "Maildir"
    (folder / CONFIG_NAME).write_text(_settings(maildir, server), encoding="utf-8")
    os.environ.update(SHIPCLOCK_HOME=str(folder), SHIPCLOCK_CONFIG=str(folder / CONFIG_NAME))
    os.environ.pop("SHIPCLOCK_DATABASE_URL", None)
    if server:
        os.environ[password_name(MAILBOX)] = server.password
    home = find_home()
    try:
        store = begin_play(folder / SIMULATOR, seed=seed, start=START)
    except ValueError:
        raise OtherPlayError(f"{folder} holds a demo of another --seed. Give that one, or another --home.") from None
    office = open_office(home)
    with open_session(office.engine, read_only=True) as session:
        begun = is_virtual(session)
    if not begun:
        clock.set_virtual(office.engine, START)
    return DemoHome(home=home, office=office, store=store, maildir=maildir)


def _settings(maildir: Path, server: MailServer | None) -> str:
    where = server.settings if server else {"kind": "maildir", "path": str(maildir)}
    box = {"name": MAILBOX, "authserv_id": RECEIVER, **where}
    shops = [
        {
            "name": cast.name,
            "market": cast.market,
            "currency": cast.currency,
            "timezone": cast.timezone,
            "handover": cast.handover.value,
            "shipping": cast.shipping.value,
            "drop_off_point": cast.drop_off_point,
            "mailbox": MAILBOX,
            "policy": "article",
            "shift_hours": 168,  # twelve hours are 24 seconds of a demo: an onlooker is asked each few minutes
        }
        for cast in casts().values()
    ]
    return tomlkit.dumps({"mailbox": [box], "shop": shops})
