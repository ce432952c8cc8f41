"""How much it costs to read mail: CPU a mail against two peers on the same mailbox, memory, a poll without news.

Everything lies in a temporary folder behind a Dovecot of our own on loopback; the user's mailbox is not touched.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

from sqlalchemy import Engine, create_engine

from flows.bench.figure import BenchError, Figure
from flows.bench.letters import made_up_mails
from flows.bench.peers import PEERS, Base, Labels
from flows.demo.dovecot import PASSWORD, Dovecot
from flows.shop.simulator.cast import casts
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.wording import read_template
from ingest.poll import poll_mailbox
from ingest.recording import PollResult
from models.db.schema import migrate
from models.db.session import make_engine
from models.home import Home, find_home, password_name
from models.settings import MailboxSettings, ShopSettings

MAILBOX: Final = "measured"
NOW: Final = datetime(2026, 3, 6, 12, tzinfo=UTC)
PLAIN_AT_MOST, BARE_AT_MOST = 1 / 3, 2.5  # of a peer's CPU a mail
MEMORY_AT_MOST: Final = 200.0  # MiB
NO_NEWS_AT_MOST: Final = 20.0  # ms of CPU
OURS: Final = "ours"
TINY: Final = b"From: somebody@example.com\nSubject: old\n\nold\n"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    mails: int
    rounds: int
    memory_mails: int
    old_mails: int


def measure(folder: Path, sizes: Sizes, tell: Tell) -> Iterator[Figure]:
    """Measure in `folder`; `tell` hears of the progress. Raises BenchError or DovecotMissingError."""
    with Dovecot() as server:
        mailbox = _mailbox(server, "mails", made_up_mails(sizes.mails))
        yield from _ratios(folder, mailbox, sizes, tell)
        tell(f"putting {sizes.memory_mails:,} mails into a mailbox ...")
        mailbox = _mailbox(server, "many", made_up_mails(sizes.memory_mails))
        yield _memory(folder / "memory", mailbox, sizes.memory_mails, tell)
        tell(f"putting {sizes.old_mails:,} old mails into a mailbox ...")
        yield _no_news(folder / "no-news", _mailbox(server, "old", (TINY for _ in range(sizes.old_mails))))


def _mailbox(server: Dovecot, user: str, mails: Iterable[bytes]) -> MailboxSettings:
    """A mailbox of the server that holds `mails`."""
    maildir = server.add_user(user)
    cur = maildir / "cur"
    cur.mkdir(parents=True)
    for number, raw in enumerate(mails):
        (cur / f"1772323200.M{number:06d}P1.bench,S={len(raw)}:2,").write_bytes(raw)
    server.give(maildir.parent)
    return MailboxSettings(
        name=MAILBOX,
        host="localhost",
        port=server.port,
        user=user,
        ca_file=server.cert,
        authserv_id=RECEIVER,
        folders=("INBOX",),
        dkim=False,  # its price is the name server's, not the reader's
    )


def _shops(orders_from: date | None = None) -> list[ShopSettings]:
    return [
        ShopSettings(
            name=cast.name,
            market=cast.market,
            currency=cast.currency,
            timezone=cast.timezone,
            mailbox=MAILBOX,
            orders_from=orders_from,
        )
        for cast in casts().values()
    ]


def _ratios(folder: Path, mailbox: MailboxSettings, sizes: Sizes, tell: Tell) -> Iterator[Figure]:
    """CPU a mail of us and the peers by turns, so that whatever else the machine does meets all alike."""
    readers: dict[str, Callable[[Path], float]] = {
        OURS: lambda home: _ours(home, mailbox, sizes.mails),
        **{name: _of_peer(name, mailbox, sizes.mails) for name in PEERS},
    }
    spent: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(sizes.rounds + 1):  # the first warms up, for all of them
        for name in _turned(list(readers), number):
            gc.collect()  # what the one before left behind is not this one's
            seconds = readers[name](folder / f"{name}-{number}")
            if number:
                spent[name].append(seconds / sizes.mails * 1000)
        if number:
            costs = ", ".join(f"{name} {spent[name][-1]:.2f}" for name in readers)
            tell(f"round {number} of {sizes.rounds}: {costs} ms CPU a mail")
    for name, limit in (("plain", PLAIN_AT_MOST), ("bare", BARE_AT_MOST)):
        ratio = median(ours / theirs for ours, theirs in zip(spent[OURS], spent[name], strict=True))
        told = f"CPU a mail ({median(spent[OURS]):.2f} ms) against the {name} peer's ({median(spent[name]):.2f} ms)"
        yield Figure(name=told, value=ratio, limit=limit, unit="times")


def _turned(names: list[str], number: int) -> Sequence[str]:
    start = number % len(names)
    return names[start:] + names[:start]


def _ours(home_path: Path, mailbox: MailboxSettings, mails: int) -> float:
    """Seconds of CPU for one poll into a new database. Raises BenchError unless each mail came to its end once."""
    with _opened(home_path) as (home, engine):
        began = process_time()
        result = _poll(engine, mailbox, home)
        spent = process_time() - began
        again = _poll(engine, mailbox, home)
    if result.seen != mails or result.quarantined or result.duplicates or again.seen:
        raise BenchError(f"{dict(result.outcomes)} of {mails} mails, then {again.seen} more")
    return spent


def _poll(engine: Engine, mailbox: MailboxSettings, home: Home) -> PollResult:
    return poll_mailbox(engine, mailbox, _shops(), home, lambda: NOW)


def _of_peer(name: str, mailbox: MailboxSettings, mails: int) -> Callable[[Path], float]:
    def read(path: Path) -> float:
        path.mkdir()
        engine = create_engine(f"sqlite:///{path / 'told.db'}")
        Base.metadata.create_all(engine)
        began = process_time()
        seen = PEERS[name](mailbox, PASSWORD, _labels(), engine)
        spent = process_time() - began
        engine.dispose()
        if seen != mails:
            raise BenchError(f"the {name} peer read {seen} of {mails} mails")
        return spent

    return read


def _labels() -> Labels:
    """The simulator's own labels: what such a programmer would copy from the mails at hand."""
    return {
        label.lower(): field
        for cast in casts().values()
        for field, labels in read_template(cast.language)["labels"].items()
        for label in labels
    }


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Home, Engine]]:
    path.mkdir()
    home = find_home({"SHIPCLOCK_HOME": str(path), password_name(MAILBOX): PASSWORD})
    engine = make_engine(home.database_url)
    migrate(engine)
    try:
        yield home, engine
    finally:
        engine.dispose()


def _memory(path: Path, mailbox: MailboxSettings, mails: int, tell: Tell) -> Figure:
    """The most memory of a process of its own that reads all of it."""
    tell(f"reading {mails:,} mails in a process of its own ...")
    command = [sys.executable, "-m", "flows.bench.intake", str(path), mailbox.model_dump_json(), str(mails)]
    told = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # ourselves
    if told.returncode:
        raise BenchError(f"the process that reads ended with {told.returncode}: {told.stderr[-300:]}")
    name = f"memory of the polling process over {mails:,} mails"
    return Figure(name=name, value=float(told.stdout), limit=MEMORY_AT_MOST, unit="MiB")


def _no_news(path: Path, mailbox: MailboxSettings) -> Figure:
    with _opened(path) as (home, engine):
        poll_mailbox(engine, mailbox, _shops(date(2100, 1, 1)), home, lambda: NOW)  # nothing is worth reading
        began = process_time()
        result = _poll(engine, mailbox, home)
        spent = process_time() - began
    if result.seen:
        raise BenchError(f"{result.seen} mails were new where none is")
    return Figure(name="a poll without news", value=spent * 1000, limit=NO_NEWS_AT_MOST, unit="ms CPU")


def _main(path: str, mailbox: str, mails: str) -> None:
    """Read a mailbox once and print the most memory in MiB: what `_memory` starts."""
    _ours(Path(path), MailboxSettings.model_validate_json(mailbox), int(mails))
    print(_most_memory())  # noqa: T201  # its only answer


def _most_memory() -> float:
    """The most memory of this program in MiB: Linux's getrusage would begin with that of the process it came from."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    _main(*sys.argv[1:])
