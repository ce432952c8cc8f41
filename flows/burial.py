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
ON_ITS_WAY: Final = ("PENDING",)
TRY_SECONDS: Final = 2.0
GRACE_SECONDS: Final = (
    40.0  # [D] a server is back after 10 to 20 s; a run whose process was started has reached it then
)


def bury_runs(api_url: str) -> int:
    """Mark as crashed what was under way when all processes of an earlier start were killed; return how many.

    Only before the worker starts.
    """
    return _bury(api_url, UNDER_WAY, of_pool=False, until=None)


@dataclass(frozen=True, slots=True)
class Death:
    """What died by `at` (UTC, by the server's clock, which is this machine's): runs of our pool in these states."""

    at: datetime
    states: tuple[str, ...]
    due_at: float  # seconds of the monotonic clock


@dataclass(kw_only=True)
class Burial:
    """Buries the runs that died with a worker or a server, in a thread: the server has to be there for it."""

    api_url: str
    deaths: list[Death] = field(default_factory=list)
    _thread: threading.Thread | None = field(default=None, init=False)
    _due_at: float = field(default=0.0, init=False)  # seconds of the monotonic clock

    def note_worker(self, moment: float) -> None:
        """Learn that the worker has died by now, and with it each run that it carried out."""
        self.deaths.append(Death(datetime.now(UTC), UNDER_WAY, moment))

    def note_server(self, moment: float) -> None:
        """Learn that the server has died by now: the worker may have lost what it was about to start."""
        self.deaths.append(Death(datetime.now(UTC), ON_ITS_WAY, moment + GRACE_SECONDS))

    def tend(self, moment: float) -> None:
        """Bury what is to be buried, again until the server answers; returns at once."""
        due = next((death for death in self.deaths if death.due_at <= moment), None)
        if due is None or moment < self._due_at or (self._thread and self._thread.is_alive()):
            return
        self._due_at = moment + TRY_SECONDS
        self._thread = threading.Thread(target=self._try, args=(due,), daemon=True)
        self._thread.start()

    def _try(self, death: Death) -> None:
        with suppress(Exception):  # whatever Prefect's client raises: it is tried again
            _bury(self.api_url, death.states, of_pool=True, until=death.at)
            self.deaths.remove(death)


def _bury(api_url: str, states: tuple[str, ...], *, of_pool: bool, until: datetime | None) -> int:
    """End runs that came into one of these states by `until`; `of_pool`: those of a worker alone."""
    from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter  # noqa: PLC0415  # seconds of import
    from prefect.states import Crashed  # noqa: PLC0415  # with it

    chosen = FlowRunFilter.model_validate({"state": {"type": {"any_": states}}})
    pool = WorkPoolFilter.model_validate({"name": {"any_": [POOL]}}) if of_pool else None
    with prefect_client(api_url) as client:
        runs = client.read_flow_runs(flow_run_filter=chosen, work_pool_filter=pool, limit=PAGE)
        dead = [run for run in runs if until is None or (run.state and run.state.timestamp <= until)]
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message="What carried it out ended while it was under way."))
    return len(dead)
