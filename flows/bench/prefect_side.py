"""What Prefect's side of a measurement tells: runs and their ends, how far its recorder is, its size, its memory."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from flows.bench.figure import BenchError
from flows.bench.group import MIB, memory
from flows.look import Work
from flows.stack import Stack
from flows.supervise import start_runs

PATIENCE: Final = 1_800.0  # seconds
TICK: Final = 0.5
ASKING: Final = 60.0  # seconds for an answer of a busy server
PAGE: Final = 200
OVER: Final = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
CHUNK: Final = re.compile(r"-x(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the server has recorded of task runs: steps that ended well, alone or in chunks, and failed ones."""

    done: int
    failed: int
    task_runs: int


@dataclass(kw_only=True)
class PrefectSide:
    """A real server and a real worker; `peak` is the most memory seen by process group, in MiB."""

    stack: Stack
    peak: dict[str, float] = field(default_factory=dict)
    most_behind: int = 0

    def start(self, work: tuple[Work, ...]) -> None:
        """Start a run on the worker for each, unless one is under way."""
        start_runs(work, self.stack.api_url)

    def is_working(self) -> bool:
        """Whether a run is under way, or waits and is due."""
        by_now = {"before_": datetime.now(UTC).isoformat()}  # Prefect's clock
        runs = {"state": {"type": {"not_any_": list(OVER)}}, "expected_start_time": by_now}
        return int(self._ask("flow_runs/count", {"flow_runs": runs})) > 0

    def rest(self, seconds: float) -> None:
        """Keep the processes going for so long, and weigh them."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.stack.tend()
            time.sleep(TICK)  # the work is done by other processes
        self._weigh()

    def catch_up(self, done: int, failed: int) -> Recorded:
        """Wait until so many steps are recorded. Raises BenchError."""
        until = time.monotonic() + PATIENCE
        while True:
            recorded = self.recorded()
            behind = max(done - recorded.done, 0) + max(failed - recorded.failed, 0)
            self.most_behind = max(self.most_behind, behind)
            if not behind:
                return recorded
            if time.monotonic() > until:
                raise BenchError(f"{behind} steps were not recorded within {PATIENCE:.0f} s")
            self.rest(TICK)

    def recorded(self) -> Recorded:
        """Ask what is recorded by now; a step that failed within a chunk counts in both."""
        done = self._count("task_runs", {"type": {"any_": ["COMPLETED"]}})
        failed = self._count("task_runs", {"type": {"any_": ["FAILED"]}})
        sizes = [int(found[1]) for name in self._chunks() if (found := CHUNK.search(name))]
        return Recorded(done=done - len(sizes) + sum(sizes), failed=failed, task_runs=done + failed)

    def failed_names(self) -> set[str]:
        """Name the failed task runs."""
        return {str(run["name"]) for run in self._listed({"state": {"type": {"any_": ["FAILED"]}}})}

    def unfinished(self) -> int:
        """Count flow runs that did not come to an end of their own."""
        return self._count("flow_runs", {"type": {"any_": ["CRASHED", "CANCELLED", "RUNNING", "PENDING"]}})

    def database_bytes(self) -> int:
        """The size of the server's database, without what its log has yet to give to it."""
        return database_bytes(self.stack.home.path / "prefect" / "prefect.db")

    def _chunks(self) -> Iterator[str]:
        states = {"state": {"type": {"any_": ["COMPLETED"]}}, "name": {"like_": "-x"}}
        for run in self._listed(states):
            yield str(run["name"])

    def _listed(self, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for offset in range(0, 10**6, PAGE):
            page = self._ask("task_runs/filter", {"task_runs": wanted, "limit": PAGE, "offset": offset})
            yield from page
            if len(page) < PAGE:
                return

    def _count(self, what: str, state: dict[str, Any]) -> int:
        return int(self._ask(f"{what}/count", {what: {"state": state}}))

    def _ask(self, where: str, question: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON
        answer = httpx.post(f"{self.stack.api_url}/{where}", json=question, timeout=ASKING, trust_env=False)
        return answer.raise_for_status().json()

    def _weigh(self) -> None:
        for name, child in self.stack.children.items():
            if child.pid is not None:
                self.peak[name] = max(self.peak.get(name, 0.0), memory(child.pid) / MIB)


def database_bytes(file: Path) -> int:
    """The size of a SQLite database with what its log holds."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        pages, size = (connection.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(size)
