"""How many orders an hour go from mail to delivered, on a real Prefect server with a real worker, and what it costs.

What has work is found and started as `up` does it. The clock runs while Shipclock and Prefect work, until Prefect has
recorded all of it; it stands while the simulated platform plays its buyers and carriers, which is not our work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from flows.bench.figure import BenchError, Figure
from flows.bench.floor import START, Floor, open_floor
from flows.bench.naive import seconds_of_peer
from flows.bench.prefect_side import PrefectSide, Recorded, database_bytes
from flows.look import Work, look
from flows.server import put_schedules_to_rest
from flows.stack import Stack
from models.db.session import open_session
from models.db.tables import AttemptRow

AT_LEAST: Final = 20_000.0  # orders an hour
TIMES_AT_LEAST: Final = 8.0  # against the naive peer
MEMORY_AT_MOST: Final = 1280.0  # MiB, of a server, a worker and four runs at a time
BEHIND_AT_MOST: Final = 10_000.0  # task runs that Prefect has yet to record when the runs are over
OURS_AT_MOST, PREFECTS_AT_MOST = 40.0, 250.0  # kB an order
FAILING: Final = 4  # orders whose step fails on purpose: each holds the run up for some seconds, as such steps do
PATIENCE: Final = 3_600.0  # seconds for the work of one move
LOOK_SECONDS: Final = 5.0  # `up` looks 15 s after there was work: on a full day the difference is small
MOST_MOVES: Final = 30
MOVE: Final = timedelta(days=1)
AFTER_MIDNIGHT: Final = timedelta(hours=2)  # the platform holds an order for an hour
ARRIVED: Final = frozenset({"DELIVERED", "COMPLETED"})
KB, HOUR = 1000, 3600
Tell = Callable[[str], None]


@dataclass(kw_only=True)
class Spent:
    """Seconds: of Shipclock and Prefect together, thereof of waiting for Prefect's records; of the platform apart."""

    working: float = 0.0
    catching_up: float = 0.0
    playing: float = 0.0
    packed: int = 0
    recorded: Recorded = field(default_factory=lambda: Recorded(done=0, failed=0, task_runs=0))


def measure(folder: Path, *, orders: int, a_day: int, peer_orders: int, tell: Tell) -> Iterator[Figure]:
    """Measure in `folder`; `tell` hears of the progress. Raises BenchError or StackError."""
    days = -(-orders // a_day)
    tell(f"writing the play of {orders:,} orders in {days} days ...")
    with open_floor(folder / "ours", orders, days, failing=FAILING) as floor, _prefect(floor, tell) as stack:
        side = PrefectSide(stack=stack)
        prefect_before, ours_before = side.database_bytes(), _own_bytes(floor)
        spent = drive(floor, side, tell)
        _check_failures(floor, side)
        rate = orders / spent.working * HOUR
        tell(_account(side, spent))
        yield Figure(
            name=f"orders from mail to delivered, {orders:,} of them", value=rate, limit=AT_LEAST, unit="orders/h",
            least=True,
        )  # fmt: skip
        yield Figure(
            name="Prefect's backlog at the end of a round", value=side.most_behind, limit=BEHIND_AT_MOST,
            unit="task runs",
        )  # fmt: skip
        yield Figure(name="memory of Prefect's server, worker and runs", value=sum(side.peak.values()),
                     limit=MEMORY_AT_MOST, unit="MiB")  # fmt: skip
        own, theirs = _own_bytes(floor) - ours_before, side.database_bytes() - prefect_before
        yield Figure(name="growth of our database", value=own / orders / KB, limit=OURS_AT_MOST, unit="kB an order")
        yield Figure(
            name="growth of Prefect's database, before it is purged", value=theirs / orders / KB,
            limit=PREFECTS_AT_MOST, unit="kB an order",
        )  # fmt: skip
        tell(f"the naive peer: order-stage once for each step of {peer_orders} orders, in one process ...")
        with open_floor(folder / "naive", peer_orders, 1) as other:
            took = seconds_of_peer(other, stack.environment, tell)
        name = (
            f"orders/h against the naive peer ({peer_orders / took * HOUR:,.0f} orders/h, mail and packers not counted)"
        )
        yield Figure(
            name=name, value=rate / (peer_orders / took * HOUR), limit=TIMES_AT_LEAST, unit="times", least=True
        )


@contextmanager
def _prefect(floor: Floor, tell: Tell) -> Iterator[Stack]:
    """Run a server with all of prefect.yaml and a worker while the block lasts; what runs is what the look found."""
    tell("starting a Prefect server and a worker ...")
    with Stack(replace(floor.office.home, environment=floor.environment), tell=tell) as stack:
        stack.start_server()
        stack.start_worker()
        stack.deploy()
        put_schedules_to_rest(stack.api_url)
        yield stack


def drive(floor: Floor, side: PrefectSide, tell: Tell) -> Spent:
    """Move day by day until every order has arrived."""
    spent = Spent()
    for number in range(1, MOST_MOVES + 1):
        began = time.perf_counter()
        floor.play_to(START + number * MOVE + AFTER_MIDNIGHT)
        spent.playing += time.perf_counter() - began
        began = time.perf_counter()
        _work(floor, side, spent)
        spent.working += time.perf_counter() - began
        stages = floor.stages()
        told = ", ".join(f"{count:,} {stage}" for stage, count in stages.items())
        tell(f"day {number}: {told}; {spent.working:.0f} s so far, {spent.recorded.task_runs:,} task runs")
        if set(stages) <= ARRIVED and sum(stages.values()) == len(floor.plans):
            return spent
    raise BenchError(f"after {MOST_MOVES} days: {floor.stages()}")


def _work(floor: Floor, side: PrefectSide, spent: Spent) -> None:
    """Run what has work while the packers pack, until nothing is left and Prefect has recorded all of it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        working = side.is_working()
        work = look(floor.office).work
        side.start(work)
        packed = floor.pack()
        spent.packed += packed
        if not (working or packed or any(_leads_on(one) for one in work)):
            break
        side.rest(LOOK_SECONDS)
    else:
        raise BenchError(f"work did not end within {PATIENCE:.0f} s")
    began = time.perf_counter()
    spent.recorded = side.catch_up(*_attempts(floor))
    spent.catching_up += time.perf_counter() - began


def _leads_on(work: Work) -> bool:
    """Whether it may have made other work: not what waits for an address that nobody gave."""
    return work.deployment != "send-alerts"


def _attempts(floor: Floor) -> tuple[int, int]:
    """How many steps ended well and how many failed, by our own records."""
    failed = col(AttemptRow.result).in_(["failed", "transient"])
    count = select(func.count()).select_from(AttemptRow)
    with open_session(floor.office.engine, read_only=True) as session:
        return session.exec(count.where(~failed)).one(), session.exec(count.where(failed)).one()


def _check_failures(floor: Floor, side: PrefectSide) -> None:
    """Every failed step is a visible failed task run. Raises BenchError."""
    shown, expected = side.failed_names(), {f"hand_over-{order_no}" for order_no in floor.failing}
    if not expected <= shown:
        raise BenchError(f"{len(expected - shown)} of {len(expected)} failed steps have no failed task run")
    if side.unfinished():
        raise BenchError(f"{side.unfinished()} flow runs came to no end of their own")


def _account(side: PrefectSide, spent: Spent) -> str:
    """Say what is counted and what is not."""
    memory = ", ".join(f"{name} {mib:.0f} MiB" for name, mib in side.peak.items())
    recorded = spent.recorded
    return (
        f"counted: {spent.working:.0f} s from finding mail to Prefect's last record, "
        f"thereof {spent.catching_up:.0f} s waiting for it;\n"
        f"  in it: mail, the shops' API over HTTP, {recorded.done:,} steps in {recorded.task_runs:,} task runs, "
        f"{spent.packed:,} packers' clicks, the starts of all runs\n"
        f"not counted: {spent.playing:.0f} s in which the simulated platform played its buyers and carriers\n"
        f"failed on purpose: {recorded.failed} steps, each a failed task run; most memory: {memory}"
    )


def _own_bytes(floor: Floor) -> int:
    return database_bytes(floor.office.home.path / "shipclock.db")
