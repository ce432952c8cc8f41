"""`shipclock simulate-shop`: one simulated shop to practise on, served until Ctrl-C, with what to paste to use it.

The play begins some time ago, so that there are orders at once; from then on it follows the real clock, or runs ahead
of it at `speed`. A home that was played in before goes on from where it was.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import tomlkit

from flows.cli.output import EXIT_FAULT, EXIT_USAGE, note, say
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.market import ARTICLE
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.store import Channels, Store
from flows.shop.simulator.web.grants import AppKeys
from flows.shop.simulator.web.routes import CHAT, USUAL
from flows.shop.simulator.web.weather import Weather
from flows.shop.simulator.webhook import Webhooks
from flows.up import ending_on_signals
from models.home import TIKTOK_SECRET

STORE: Final = "simulator.db"
BEGAN_BEFORE: Final = timedelta(days=2)  # so that some orders wait for us and some are on their way
STEP_SECONDS: Final = 0.5
MAILBOX: Final = "simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What the user chose; `speed`: seconds of the play in a real second."""

    home: Path
    market: str = ARTICLE
    seed: int = 7
    crowd: Crowd | None = None
    speed: float = 1.0
    port: int = 0
    maildir: Path | None = None
    webhooks: str = ""
    faults: float = 0.0
    messages: bool = False
    keys: AppKeys = field(default_factory=AppKeys)


def run_rehearsal(chosen: Rehearsal) -> int:
    """Serve the play until Ctrl-C; give the exit code: 0 ended, 1 the port is in use, 2 a home of another play."""
    with ending_on_signals(threading.Event()) as stop:
        try:
            store = _open_store(chosen)
        except ValueError as fault:
            note(str(fault))
            return EXIT_USAGE
        keys = AppKeys(scopes=(*USUAL, CHAT)) if chosen.messages else chosen.keys
        weather = Weather(seed=chosen.seed, rate=chosen.faults)
        try:
            with serve(store, port=chosen.port, keys=keys, weather=weather, real_stamps=True) as served:
                _play(chosen, served, stop)
        except OSError as fault:
            note(f"Port {chosen.port} can't be used ({fault.strerror}). Choose another --port, or leave it out.")
            return EXIT_FAULT
        finally:
            store.close()
        note(f"Ended. The play stays in {chosen.home}: the same command goes on from here.")
    return 0


def _open_store(chosen: Rehearsal) -> Store:
    """Make the play, or find the one of this home. Raises ValueError for a home of another play."""
    channels = Channels(mails=chosen.maildir is not None, webhooks=bool(chosen.webhooks))
    path = chosen.home / STORE
    start = _began(path) or (datetime.now(UTC) - BEGAN_BEFORE).replace(microsecond=0)
    try:
        return begin_play(
            path, seed=chosen.seed, start=start, market=chosen.market, crowd=chosen.crowd, channels=channels
        )
    except ValueError:
        told = "holds a play of another --market, --seed, --orders or --days. Give those, or another --home."
        raise ValueError(f"{chosen.home} {told}") from None


def _began(path: Path) -> datetime | None:
    """When the play in a file began; None where there is none."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("select start from play").fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def _play(chosen: Rehearsal, served: Served, stop: threading.Event) -> None:
    """Let the play follow the clock; catching up with the present comes first."""
    drop = MaildirDrop(chosen.maildir) if chosen.maildir else None
    keys = served.keys
    hooks = Webhooks(url=chosen.webhooks, app_key=keys.app_key, secret=keys.secret) if chosen.webhooks else None
    platform = Platform(served.store, drop, hooks)
    began = max(datetime.now(UTC), served.store.now())
    note("Playing what has happened so far ...")
    platform.advance(began)
    _tell(chosen, served)
    since = time.monotonic()
    while not stop.is_set():
        time.sleep(STEP_SECONDS)  # not stop.wait: Ctrl-C sets it within this thread, which would hold its lock
        platform.advance(began + timedelta(seconds=(time.monotonic() - since) * chosen.speed))


def _tell(chosen: Rehearsal, served: Served) -> None:
    """Print what to paste, and where to look."""
    say(settings_text(chosen, served))
    say(f"# .env beside it, or your environment:\n# {TIKTOK_SECRET}={served.keys.secret}")
    note("")
    note("1. Put these lines into shipclock.toml and the secret into .env beside it.")
    note("2. Consent: `shipclock auth tiktok`. The page it opens agrees at once; or paste this code,")
    note(f"   good for 30 minutes of the play: {served.code()}")
    note("3. `shipclock check`, then `shipclock up`.")
    note(f"What was asked of the simulator, and what twice, is told at {served.url}/simulator/tally")
    if chosen.speed != 1:
        note(f"A second is {chosen.speed:g} seconds of the play: its times run ahead of your clock.")
    note("It runs until Ctrl-C.")


def settings_text(chosen: Rehearsal, served: Served) -> str:
    """Give the lines for shipclock.toml."""
    box: dict[str, object] = {"name": MAILBOX, "authserv_id": RECEIVER, "kind": "maildir"}
    box["path"] = str((chosen.maildir or chosen.home / "Maildir").absolute())
    shops = [cast.settings(MAILBOX) for cast in casts(served.store.script.market).values()]
    tiktok = {**served.settings, "consent_url": served.url}
    return tomlkit.dumps({"mailbox": [box], "tiktok": tiktok, "shop": shops})
