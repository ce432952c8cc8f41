"""Chaos: a play on the whole stack while its processes are killed at random, beside a twin that nobody disturbs.

python -m tests.flows.chaos --minutes 60 --kills 100 --postgresql

Killed are the worker with its runs, single runs, the Prefect server, the mail server and, on PostgreSQL, the
connections to the database. In the end each order must be where the twin's is, the simulated platform must have
counted no effect twice and no mail lost, and Prefect must have no run that looks as if it still ran.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from sqlmodel import select

from flows.demo.dovecot import PASSWORD, Dovecot
from flows.demo.home import START, DemoHome, MailServer, open_demo_home
from flows.demo.report import report
from flows.shop.simulator.drop import MaildirDrop
from flows.stack import Stack
from models.db.session import open_session
from models.db.tables import OrderRow
from tests.flows.chaos_killer import Killer, Victims
from tests.flows.chaos_play import WAITING, StackPlay, states_of
from tests.flows.demo.playing import moments, play
from tests.postgres import Postgres

DAYS: Final = 20
ENDS: Final = 48  # nothing moves after 32 in peace; what was held up, and what follows from it, is over by then
SETTLE_SECONDS: Final = 900.0
USER: Final = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how hard: virtual `days` under fire, spread over real `minutes`, then in peace up to day `ends`.

    `begins`: up to this day all is in peace, so that there is something to disturb.
    `url`: a database in place of a file, for the one under fire.
    """

    minutes: float
    kills: int
    begins: float = 0
    days: float = DAYS
    ends: int = ENDS
    seed: int = 7
    url: str | None = None


@dataclass(kw_only=True)
class Outcome:
    """What came of a chaos: counts, and what differs from the twin."""

    orders: int
    elsewhere: Mapping[str, tuple[str | None, str | None]]  # order number: (twin's stage, ours)
    double_effects: int
    lost_mails: int
    kills: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    minutes: float = 0.0
    settled_after: float = 0.0  # seconds until no run looked as if it ran

    @property
    def left_running(self) -> int:
        """How many runs still look as if they ran."""
        return sum(self.runs[state] for state in WAITING)

    @property
    def good(self) -> bool:
        """Whether nothing shows of what was done to it."""
        return not (self.elsewhere or self.double_effects or self.lost_mails or self.left_running)


def run(folder: Path, plan: Plan, twin: Mapping[str, str] | None = None) -> Outcome:
    """Play under fire, and compare with the twin: each order's stage in the end, played here where it is not given."""
    twin = twin or _play_twin(folder / "twin", plan)
    began = time.monotonic()
    with _mail_server() as mail, open_demo_home(folder / "home", plan.seed, mail.given, plan.url) as demo:
        calm, over = play(demo, plan.begins), plan.begins + plan.days
        with Stack(demo.home, tell=_say) as stack:
            _start(stack)
            killer = Killer(Victims(stack=stack, mail=mail.server, engine=demo.office.engine), seed=plan.seed)
            under_fire = StackPlay(demo, stack)
            with killer.at_work(plan.kills, plan.minutes * 60):
                _play(under_fire, moments(plan.begins, over), plan.minutes * 60)
                while killer.killed.total() < plan.kills:
                    under_fire.keep_busy()  # however fast this machine is, who is still to die dies at work
            lived = (time.monotonic() - began) / 60
            settled, runs = _settle(stack)
        in_peace = play(demo, plan.ends, since=over)
        came_of_it = report(demo, reruns=calm.reruns + under_fire.reruns + in_peace.reruns)
        ours = stages(demo)
    return Outcome(
        orders=len(twin),
        elsewhere={no: (twin.get(no), ours.get(no)) for no in {*twin, *ours} if twin.get(no) != ours.get(no)},
        double_effects=came_of_it["double_effects"],
        lost_mails=came_of_it["lost_mails"],
        kills=killer.killed,
        runs=runs,
        minutes=lived,
        settled_after=settled,
    )


def _play_twin(folder: Path, plan: Plan) -> Mapping[str, str]:
    with open_demo_home(folder, plan.seed) as demo:
        play(demo, plan.ends)
        return stages(demo)


def stages(demo: DemoHome) -> Mapping[str, str]:
    """Give each order's stage."""
    with open_session(demo.office.engine, read_only=True) as session:
        return {row.order_no: row.stage for row in session.exec(select(OrderRow))}


def _start(stack: Stack) -> None:
    stack.start_server()
    stack.deploy()
    stack.start_worker()


def _play(under_fire: StackPlay, moments: Sequence[datetime], seconds: float) -> None:
    """Move to these moments within so many real seconds, or as soon as the runs allow."""
    began, pace = time.monotonic(), seconds / len(moments)
    for number, moment in enumerate(moments, 1):
        under_fire.move_to(moment)
        _say(f"day {(moment - START) / timedelta(days=1):5.2f} after {(time.monotonic() - began) / 60:5.1f} min")
        under_fire.rest_until(began + number * pace)


def _settle(stack: Stack) -> tuple[float, Counter[str]]:
    """Wait until no run looks as if it ran; give how long that took, and all runs by their state at that moment."""
    began, runs = time.monotonic(), Counter[str]()
    while (waited := time.monotonic() - began) < SETTLE_SECONDS:
        stack.tend()
        with suppress(httpx.HTTPError):
            runs = states_of(stack)
            if not any(runs[state] for state in WAITING):
                break
        time.sleep(1)  # Prefect's own clocks end what is left
    return waited, runs


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail server that can be killed, and what the settings say of it."""

    server: Dovecot
    given: MailServer


@contextmanager
def _mail_server() -> Iterator[_Mail]:
    with Dovecot() as server:
        maildir = MaildirDrop(server.add_user(USER)).path
        server.give(maildir)
        address: dict[str, str | int] = {"kind": "imap", "host": "localhost", "port": server.port, "user": USER}
        given = MailServer(maildir=maildir, password=PASSWORD, settings={**address, "ca_file": str(server.cert)})
        yield _Mail(server, given)


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


@contextmanager
def _database(*, postgresql: bool) -> Iterator[str | None]:
    """Give the address of a new PostgreSQL database, or None for the file that a home has anyway."""
    if not postgresql:
        yield None
        return
    with Postgres() as server, server.database() as url:
        yield url


def told(outcome: Outcome) -> str:
    """Give the outcome in words, a line for each figure."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(outcome.kills.items()))
    runs = ", ".join(f"{state.lower()} {count}" for state, count in sorted(outcome.runs.items()) if count)
    lines = [
        f"under fire for   {outcome.minutes:.0f} min",
        f"killed           {outcome.kills.total()} ({kills})",
        f"orders           {outcome.orders}, elsewhere than the twin's: {len(outcome.elsewhere)}",
        f"double effects   {outcome.double_effects}",
        f"lost mails       {outcome.lost_mails}",
        f"runs             {runs}; left running {outcome.left_running}, {outcome.settled_after:.0f} s after the last",
        *(f"  {number}: twin {twin}, here {ours}" for number, (twin, ours) in sorted(outcome.elsewhere.items())),
        "nothing shows of it" if outcome.good else "CHAOS SHOWS",
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print what came of it, and fail if anything shows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="real minutes under fire")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--days", type=float, default=DAYS, help="virtual days of the play")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL, whose connections are killed, too")
    given = vars(parser.parse_args())
    with TemporaryDirectory() as folder, _database(postgresql=given.pop("postgresql")) as url:
        outcome = run(Path(folder), Plan(**given, url=url))
    sys.stdout.write(f"{told(outcome)}\n")
    return 0 if outcome.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
