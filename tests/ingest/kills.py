"""Polls that die in every way there is, while mail arrives: `python -m tests.ingest.kills` prints the tally of 200.

Killed between any two steps; the server's process killed, or the wire cut, in the middle of a mail; the disk full;
two pollers at once. A step is counted before and after each call of STEPS, so that every run dies at the same places.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from ingest import ledger, recording
from ingest.apart import Judge
from ingest.errors import MailboxError
from ingest.imap import ImapMailbox
from ingest.lease import Lease
from models.db.session import DatabaseError
from models.settings import MailboxSettings
from tests.dovecot import Account, Dovecot
from tests.forks import forks
from tests.ingest.desk import RECEIVER, Desk, new_order, order_no
from tests.ingest.fake_server import cut_wire

STEPS: Final[tuple[tuple[Any, str], ...]] = (
    (ImapMailbox, "look"), (ImapMailbox, "open"), (ImapMailbox, "find"), (ImapMailbox, "_sizes"),
    (ImapMailbox, "_peek"), (Judge, "judge"), (recording, "record_told"), (recording, "seal"),
    (ledger, "start_folder"), (ledger, "advance_mark"), (ledger, "finish_folder"), (ledger, "note_success"),
    (Lease, "renew"), (Lease, "give_back"), (Session, "commit"),
)  # fmt: skip
WAYS: Final = ("step", "step", "step", "step", "server", "wire", "disk", "two")
AT_FIRST: Final = 30  # mails
FORGED: Final = 5  # every fifth mail is quarantined, so that bytes are sealed too
MOMENTS: Final = 50  # of a poll that finds some mails
SAID: Final = (2_500, 12_000)  # bytes by the server: from its greeting to the last of some mails
ROOM: Final = 40_000  # bytes that a file may have on a full disk: less than the database and its log
LONG: Final = 200


@dataclass(slots=True)
class Tally:
    """How the polls died, and what the mails came to."""

    ways: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    outcomes: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    orders: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """In one line."""
        ways = ", ".join(f"{count} by {way}" for way, count in self.ways.most_common())
        told = ", ".join(f"{count} {outcome}" for (outcome, _), count in self.outcomes.most_common())
        return f"{self.ways.total()} polls broken off ({ways}); {self.mails} mails: {told}; {self.orders} orders"


def mail(number: int) -> bytes:
    """A genuine mail of a new order; every fifth is forged."""
    raw = new_order(number)
    return raw if number % FORGED else raw.replace(b"dmarc=pass", b"dmarc=fail")


def run(desk: Desk, account: Account, kills: int, seed: int = 4) -> Tally:
    """Break off `kills` polls while mails arrive, poll once more, and say what there is."""
    tally, breaker = Tally(), _Breaker(desk, account, random.Random(seed))
    account.fill([mail(number) for number in range(AT_FIRST)])
    tally.mails = AT_FIRST
    for number in range(kills):
        way = WAYS[number % len(WAYS)]
        ended = getattr(breaker, way)()
        tally.ways[way if ended else f"{way} (was through before)"] += 1
        account.append(mail(tally.mails), mail(tally.mails + 1))
        tally.mails += 2
    desk.poll(account.settings(**RECEIVER))
    _take_stock(desk, tally)
    return tally


def _take_stock(desk: Desk, tally: Tally) -> None:
    expected = {order_no(number) for number in range(tally.mails) if number % FORGED}
    orders, rows = set(desk.orders()), desk.ledger()
    tally.outcomes, tally.orders = desk.outcomes(), len(orders)
    places = Counter((row.folder, row.uidvalidity, row.uid) for row in rows)
    if orders != expected:
        tally.wrong.append(f"{len(expected - orders)} orders lost, {len(orders - expected)} too many")
    if len(places) != tally.mails or places.total() != tally.mails:
        tally.wrong.append(f"{len(places)} of {tally.mails} mails have {places.total()} rows")
    if desk.facts() != 2 * len(expected):  # placed and paid
        tally.wrong.append(f"{desk.facts()} facts of {len(expected)} orders")


@dataclass(slots=True)
class _Breaker:
    """Breaks off polls; each way says whether the poll really ended by it."""

    desk: Desk
    account: Account
    chance: random.Random
    context: ForkServerContext = field(default_factory=forks)

    def step(self) -> bool:
        """Kill the process between two steps."""
        return self._ended(self._process(_poll_and_die, self.chance.randint(1, MOMENTS))) == -signal.SIGKILL

    def server(self) -> bool:
        """Kill the server's process for this connection in the middle of what it says."""
        return self._cut(self.account.server.kill_sessions)

    def wire(self) -> bool:
        """Cut the wire in the middle of what the server says."""
        return self._cut(lambda: None)

    def disk(self) -> bool:
        """Let the disk be full after some bytes."""
        return self._ended(self._process(_poll_on_a_full_disk, self.chance.randint(0, ROOM))) == FULL

    def two(self) -> bool:
        """Let two poll at once, and kill one."""
        other = self._process(_poll_and_die, 100_000)
        killed = self._ended(self._process(_poll_and_die, self.chance.randint(1, MOMENTS))) == -signal.SIGKILL
        self._ended(other)
        return killed

    def _cut(self, at_cut: Callable[[], None]) -> bool:
        with cut_wire(self.account.server.port, self.chance.randint(*SAID), at_cut) as port:
            try:
                self.desk.poll(self.account.settings(**RECEIVER, port=port))
            except MailboxError:
                return True
        return False

    def _process(self, target: Callable[..., None], number: int) -> Any:  # noqa: ANN401  a process of that context
        mailbox = self.account.settings(**RECEIVER)
        process = self.context.Process(target=target, args=(self.desk.home.path, mailbox, number))
        process.start()
        return process

    def _ended(self, process: Any) -> int:  # noqa: ANN401  the same
        process.join()
        code: int = process.exitcode
        return code


FULL: Final = 28  # ENOSPC


def _poll_and_die(home: Path, mailbox: MailboxSettings, at: int) -> None:
    """Poll; die before or after a step, the `at`th such moment."""
    left = iter(range(at - 1, -1, -1))

    def moment() -> None:
        if next(left, 1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, _between(getattr(owner, name), moment))
    with suppress(MailboxError):  # another poller is at it
        Desk.at(home).poll(mailbox)


def _between(step: Callable[..., Any], moment: Callable[[], None]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  stands for any function
        moment()
        result = step(*args, **kwargs)
        moment()
        return result

    return counted


def _poll_on_a_full_disk(home: Path, mailbox: MailboxSettings, room: int) -> None:
    """Poll where nothing can be written behind the first `room` bytes of a file: it fails as a full disk does."""
    import resource  # noqa: PLC0415  not on Windows

    desk = Desk.at(home)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        desk.poll(mailbox)
    except DatabaseError:
        os._exit(FULL)
    except MailboxError:
        return


def main() -> None:
    """Break off 200 polls, or as many as the first argument says, and print what became of the mails."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LONG
    with tempfile.TemporaryDirectory() as folder, Dovecot() as server:
        tally = run(Desk.at(Path(folder)), server.account(), count)
    print(tally, *tally.wrong, sep="\n")  # noqa: T201  it is a command
    sys.exit(bool(tally.wrong))


if __name__ == "__main__":
    main()
