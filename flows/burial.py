"""Runs whose process is gone end as Crashed, on a server of our own.

Left alone, they would look as if they ran for ever and keep their deployment from starting another. No work is lost
by it: what is due stands in our own database. On a server of the user's, Prefect's heartbeats do the same later.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from flows.server import PAGE, POOL, prefect_client

UNDER_WAY: Final = ("PENDING", "RUNNING", "CANCELLING")
TRY_SECONDS: Final = 2.0


def bury_runs(api_url: str) -> int:
    """Mark as crashed what was under way when all processes of an earlier start were killed; return how many.

    Only before the worker starts.
    """
    return _bury(api_url, of_pool=False, until=None)


@dataclass(kw_only=True)
class Burial:
    """Buries the runs of a worker that died and was started again, in a thread: the server may have died with it."""

    api_url: str
    died_at: datetime | None = None  # UTC; by the server's clock, which is this machine's
    _thread: threading.Thread | None = field(default=None, init=False)
    _due_at: float = field(default=0.0, init=False)  # seconds of the monotonic clock

    def note_death(self) -> None:
        """Learn that the worker, and with it each run that it carried out, has died by now."""
        self.died_at = datetime.now(UTC)

    def tend(self, moment: float) -> None:
        """Bury what is to be buried, again until the server answers; returns at once."""
        if self.died_at is None or moment < self._due_at or (self._thread and self._thread.is_alive()):
            return
        self._due_at = moment + TRY_SECONDS
        self._thread = threading.Thread(target=self._try, args=(self.died_at,), daemon=True)
        self._thread.start()

    def _try(self, died_at: datetime) -> None:
        with suppress(Exception):  # whatever Prefect's client raises: it is tried again
            _bury(self.api_url, of_pool=True, until=died_at)
            self.died_at = None if self.died_at == died_at else self.died_at


def _bury(api_url: str, *, of_pool: bool, until: datetime | None) -> int:
    """End runs that came into their state by `until`; `of_pool`: those of a worker alone."""
    from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter  # noqa: PLC0415  # seconds of import
    from prefect.states import Crashed  # noqa: PLC0415  # with it

    under_way = FlowRunFilter.model_validate({"state": {"type": {"any_": UNDER_WAY}}})
    pool = WorkPoolFilter.model_validate({"name": {"any_": [POOL]}}) if of_pool else None
    with prefect_client(api_url) as client:
        runs = client.read_flow_runs(flow_run_filter=under_way, work_pool_filter=pool, limit=PAGE)
        dead = [run for run in runs if until is None or (run.state and run.state.timestamp <= until)]
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message="Its worker ended while this ran."))
    return len(dead)
