"""Two workers of one Prefect server share the orders on one PostgreSQL, each with a run of drive-orders of its own.

python -m tests.flows.two_workers --orders 2000

Effects are done at the simulated shops over HTTP, which count what was done twice. Every order must arrive, and each
worker must have done at least a fifth of the steps.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from flows.bench.driving import drive
from flows.bench.floor import Floor, open_floor
from flows.bench.prefect_side import PrefectSide
from flows.look import Work
from flows.processes import Child, end_children
from flows.server import DRIVE, ROOT, WORKERS, put_schedules_to_rest, worker_command
from flows.shop.simulator.tally import double_effects
from flows.stack import Stack
from models.db.session import open_session
from models.db.tables import AttemptRow
from tests.postgres import Postgres

CREW: Final = 2
PATIENCE: Final = 3.0  # seconds for a worker to end
SHARE: Final = 5  # each does at least one of so many
TAKEN: Final = "/runs/flow-run/{run}"  # the run's page, in the log of the worker that carries it out


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: steps that ended well by worker, and the shops' own count."""

    orders: int
    steps: Counter[str]
    double_effects: int
    minutes: float

    @property
    def good(self) -> bool:
        """Whether nothing was doubled and each did its part."""
        return not self.double_effects and all(n * SHARE >= self.steps.total() for n in self.steps.values())


class _BothAtOnce(PrefectSide):
    """Starts a run of drive-orders for each worker in one look, in place of one in each look."""

    def start(self, work: tuple[Work, ...]) -> None:
        super().start(work)
        for _ in range(CREW - 1):
            super().start(tuple(one for one in work if one.deployment == DRIVE))


def run(folder: Path, url: str, orders: int) -> Outcome:
    """Let two workers bring so many orders from mail to delivered."""
    began = time.monotonic()
    with open_floor(folder / "floor", orders, 1, database_url=url) as floor, _stack(floor) as stack:
        with _crew(stack) as crew:
            drive(floor, _BothAtOnce(stack=stack), _say)
        return Outcome(
            orders=orders,
            steps=_steps(floor, crew),
            double_effects=double_effects(floor.shop.store),
            minutes=(time.monotonic() - began) / 60,
        )


@contextmanager
def _stack(floor: Floor) -> Iterator[Stack]:
    home = replace(floor.office.home, environment={**floor.environment, WORKERS: str(CREW)})
    with Stack(home, tell=_say) as stack:
        stack.start_server()
        stack.deploy()
        put_schedules_to_rest(stack.api_url)
        yield stack


@contextmanager
def _crew(stack: Stack) -> Iterator[list[Child]]:
    """Run the workers, each with room for one run, so that two runs at once are one for each."""
    crew = [
        Child(
            name=f"worker {number}",
            command=[*worker_command(), "--name", f"worker {number}", "--limit", "1"],
            environment=stack.environment,
            cwd=ROOT,
            log=stack.home.path / "logs" / f"worker-{number}.log",
        )
        for number in range(1, CREW + 1)
    ]
    try:
        for one in crew:
            one.start()
        yield crew
    finally:
        end_children(crew, PATIENCE)


def _steps(floor: Floor, crew: list[Child]) -> Counter[str]:
    """Count the steps that ended well, by the worker that carried out their run."""
    count = select(AttemptRow.flow_run_id, func.count()).where(AttemptRow.result == "ok")
    with open_session(floor.office.engine, read_only=True) as session:
        by_run = session.exec(count.group_by(col(AttemptRow.flow_run_id))).all()
    logs = {one.name: one.log.read_text(encoding="utf-8") for one in crew}
    did = Counter(dict.fromkeys(logs, 0))
    for run_id, steps in by_run:
        did[next((name for name, log in logs.items() if TAKEN.format(run=run_id) in log), "nobody")] += steps
    return did


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def told(outcome: Outcome) -> str:
    """Give the outcome in a line."""
    shares = ", ".join(f"{name} {count:,}" for name, count in sorted(outcome.steps.items()))
    verdict = "good" if outcome.good else "BAR MISSED"
    return (
        f"{outcome.orders:,} orders delivered in {outcome.minutes:.1f} min; steps: {shares}; "
        f"double effects: {outcome.double_effects}; {verdict}"
    )


def main() -> int:
    """Run, print what came of it, and fail if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=2_000)
    given = parser.parse_args()
    with TemporaryDirectory() as folder, Postgres() as server, server.database() as url:
        outcome = run(Path(folder), url, given.orders)
    sys.stdout.write(f"{told(outcome)}\n")
    return 0 if outcome.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
