"""What Shipclock costs while nothing happens: processor, memory, runs and growth of a whole `up` at rest.

A home of its own in a temporary folder, one shop and one empty mailbox behind a Dovecot on loopback. Read from
/proc, so on Linux alone. Memory is each process's own part (PSS): what processes share counts once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import tomlkit

from flows.bench.figure import BenchError, Figure
from flows.bench.group import MIB, cpu_seconds, memory
from flows.demo.dovecot import PASSWORD, Dovecot
from flows.server import ROOT, prefect_client
from flows.stack import read_run_file
from flows.supervise import Supervisor
from models.home import CONFIG_NAME, Home, find_home, password_name

MAILBOX: Final = "quiet"
LOOKS: Final = 500
OURS_AT_MOST: Final = 3.0  # percent of a core
PREFECTS_AT_MOST: Final = 15.0  # the same
MEMORY_AT_MOST: Final = 1024.0  # MiB
GROWTH_AT_MOST: Final = 20.0  # MiB
READY_SECONDS: Final = 300.0
WARM_LOOKS: Final = 10
WARM_SECONDS: Final = 90.0  # what a start costs is no part of a rest
PREFECTS: Final = ("server", "worker")
TICK: Final = 0.5
SETTINGS: Final[Mapping[str, Any]] = {
    "name": "Quiet shop",
    "market": "VN",
    "currency": "VND",
    "timezone": "Asia/Ho_Chi_Minh",
    "policy": "article",
    "mailbox": MAILBOX,
}
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """A rest that was watched: its seconds, the processor seconds of each process, and the runs that began in it."""

    seconds: float
    used: Mapping[str, float]
    runs: Counter[str]

    def percent(self, *names: str) -> float:
        """How much of a core these used, in percent."""
        return 100 * sum(self.used[name] for name in names) / self.seconds


def measure(folder: Path, *, minutes: float, looks: int, tell: Tell) -> Iterator[Figure]:
    """Watch an `up` that has nothing to do; `tell` hears of the progress. Raises BenchError or DovecotMissingError."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise BenchError("What processes use is read from /proc, which only Linux has.")
    with Dovecot() as server:
        home = _home(folder, server)
        with _up(home, tell) as pids:
            rest = _watch(home, pids, minutes, tell)
            yield from _processor(rest)
            yield _memory(pids, tell)
            tell("runs in that time: " + (", ".join(f"{name} {n}" for name, n in sorted(rest.runs.items())) or "none"))
            yield _needless(rest)
            yield from _growth(home, looks, tell)


def _home(folder: Path, server: Dovecot) -> Home:
    maildir = server.add_user(MAILBOX)
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    server.give(maildir.parent)
    box = {"name": MAILBOX, "host": "localhost", "port": server.port, "user": MAILBOX, "ca_file": str(server.cert)}
    (folder / CONFIG_NAME).write_text(tomlkit.dumps({"mailbox": [box], "shop": [SETTINGS]}), encoding="utf-8")
    return find_home({"SHIPCLOCK_HOME": str(folder), password_name(MAILBOX): PASSWORD})


@contextmanager
def _up(home: Home, tell: Tell) -> Iterator[Mapping[str, int]]:
    """Run `shipclock up` while the block lasts; give its processes by name, its own as "up"."""
    tell("starting Shipclock (half a minute) ...")
    environment = {**os.environ, **home.environment, "SHIPCLOCK_CONFIG": str(home.config)}
    environment.pop("PREFECT_API_URL", None)
    with (home.path / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "up"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield {"up": process.pid, **_children(home, process)}
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _children(home: Home, process: subprocess.Popen[bytes]) -> Mapping[str, int]:
    """Wait until all of it runs, the waker too, which the first look starts."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = read_run_file(home).get("processes") or {}
        if "waker" in found:
            return {name: one["pid"] for name, one in found.items()}
        time.sleep(TICK)  # a process of its own: its run.json is all that tells
    raise BenchError(f"Shipclock did not start: {(home.path / 'up.log').read_text('utf-8')[-300:]}")


def _watch(home: Home, pids: Mapping[str, int], minutes: float, tell: Tell) -> _Rest:
    time.sleep(WARM_SECONDS)  # what is measured is time that passes while nothing happens
    since = datetime.now(UTC)
    began, before = time.monotonic(), {name: cpu_seconds(pid) for name, pid in pids.items()}
    for minute in range(1, int(minutes) + 1):
        _sleep_until(began + minute * 60)
        if minute % 5 == 0:
            tell(f"{minute} of {minutes:.0f} minutes of rest are over")
    _sleep_until(began + minutes * 60)
    used = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()}
    return _Rest(seconds=time.monotonic() - began, used=used, runs=_runs_since(home, since))


def _sleep_until(moment: float) -> None:
    """Do nothing up to this moment of the monotonic clock: the rest itself is what is measured."""
    time.sleep(max(0.0, moment - time.monotonic()))


def _runs_since(home: Home, since: datetime) -> Counter[str]:
    """Count the runs that began since then: those of a schedule as such, others by their deployment."""
    from prefect.client.schemas.filters import FlowRunFilter  # noqa: PLC0415  # seconds of import

    chosen = FlowRunFilter.model_validate({"start_time": {"after_": since}})
    with prefect_client(read_run_file(home)["prefect_api_url"]) as client:
        runs = client.read_flow_runs(flow_run_filter=chosen)
    return Counter("by schedule" if run.auto_scheduled else run.name for run in runs)


def _processor(rest: _Rest) -> Iterator[Figure]:
    ours = [name for name in rest.used if name not in PREFECTS]
    told = ", ".join(f"{name} {rest.percent(name):.2f}" for name in ours)
    minutes = f"over {rest.seconds / 60:.0f} min"
    yield Figure(name=f"our processes {minutes} ({told})", value=rest.percent(*ours), limit=OURS_AT_MOST, unit="% CPU")
    told = ", ".join(f"{name} {rest.percent(name):.2f}" for name in PREFECTS)
    value = rest.percent(*PREFECTS)
    yield Figure(name=f"Prefect's {minutes} ({told})", value=value, limit=PREFECTS_AT_MOST, unit="% CPU")


def _memory(pids: Mapping[str, int], tell: Tell) -> Figure:
    used = {name: memory(pid) / MIB for name, pid in pids.items()}
    tell("memory: " + ", ".join(f"{name} {mib:.0f} MiB" for name, mib in used.items()))
    return Figure(name="memory of all processes together", value=sum(used.values()), limit=MEMORY_AT_MOST, unit="MiB")


def _needless(rest: _Rest) -> Figure:
    needless = sum(count for name, count in rest.runs.items() if name != "by schedule")
    return Figure(name="runs that nobody's schedule wanted", value=needless, limit=0, unit="runs")


def _growth(home: Home, looks: int, tell: Tell) -> Iterator[Figure]:
    """Look so often in a process of its own; give how its memory and the home's files grew."""
    tell(f"looking {looks} times ...")
    before = _size(home.path)
    command = [sys.executable, "-m", "flows.bench.idle", str(looks)]
    environment = {**os.environ, **home.environment, "SHIPCLOCK_CONFIG": str(home.config)}
    told = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603  # ourselves
    if told.returncode:
        raise BenchError(f"the process that looks ended with {told.returncode}: {told.stderr[-300:]}")
    yield Figure(name=f"memory grown over {looks} looks", value=float(told.stdout), limit=GROWTH_AT_MOST, unit="MiB")
    grown = (_size(home.path) - before) / MIB
    yield Figure(name="files grown in that time", value=grown, limit=GROWTH_AT_MOST, unit="MiB")


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _main(looks: str) -> None:
    """Look so often as `up` does, and print by how many MiB this process grew: what `_growth` starts."""
    api_url = read_run_file(find_home())["prefect_api_url"]
    environment = {**os.environ, "PREFECT_API_URL": api_url}
    supervisor = Supervisor(environment=environment, tell=lambda words: print(words, file=sys.stderr))  # noqa: T201  # its log
    for _ in range(WARM_LOOKS):
        supervisor.look_once()
    before = memory(os.getpid())
    for _ in range(int(looks)):
        supervisor.look_once()
    print((memory(os.getpid()) - before) / MIB)  # noqa: T201  # its only answer


if __name__ == "__main__":
    _main(*sys.argv[1:])
