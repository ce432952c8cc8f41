"""A play whose work is done by runs on the worker, by a stack whose processes may die at any moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

import httpx

from flows.demo.home import DemoHome
from flows.demo.play import ORDER_STAGE, Play
from flows.look import Work, look
from flows.run_care import RunCare
from flows.server import PAGE, prefect_client
from flows.stack import Stack
from flows.supervise import LOOK_SECONDS, start_runs
from models.db.session import DatabaseError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

PATIENCE: Final = 90.0  # seconds that a round of runs is waited for; what is left is done in the next
TRIES: Final = 100
TICK: Final = 0.3
WAITING: Final = frozenset({"SCHEDULED", "PENDING", "RUNNING", "CANCELLING"})
Given = TypeVar("Given")


class StackPlay(Play):
    """The play, with the worker in place of this process."""

    def __init__(self, demo: DemoHome, stack: Stack) -> None:
        """Take the stage; `stack` has a server, a worker and the deployments."""
        super().__init__(demo, {ORDER_STAGE: self._again})
        self.stack = stack
        self.care = RunCare(api_url=stack.api_url)
        self.care_due = 0.0  # seconds of the monotonic clock

    def move_to(self, moment: datetime, *, people: bool = True) -> None:
        """Play up to a moment, again and again if what it needs dies under it: a move may run twice."""
        self._until_it_works(lambda: super(StackPlay, self).move_to(moment, people=people))

    def rest_until(self, moment: float) -> None:
        """Do nothing up to this moment of the monotonic clock but look after the processes."""
        while (now := time.monotonic()) < moment:
            self.stack.tend()
            self._look_after_runs(now)
            time.sleep(TICK)  # the processes that work are looked after meanwhile

    def keep_busy(self) -> None:
        """Let a run look for what is due, though nothing is."""
        self._carry_through([Work(deployment="watch-deadlines")])

    def _look_after_runs(self, moment: float) -> None:
        """Do as the supervisor of `up` does once a minute."""
        if moment >= self.care_due:
            self.care_due = moment + LOOK_SECONDS
            with suppress(httpx.HTTPError):
                self.care.tend(moment)

    def _work(self) -> bool:
        """Start what has work as the supervisor does, and wait for it."""
        waiting = look(self.office).work
        self._carry_through(waiting)
        return bool(waiting)

    def _again(self, **parameters: str) -> None:
        self._carry_through([Work(deployment=ORDER_STAGE, parameters=parameters)])

    def _carry_through(self, work: Sequence[Work]) -> None:
        self._until_it_works(lambda: start_runs(work, self.stack.api_url))
        until = time.monotonic() + PATIENCE
        with impatient(self.stack.api_url) as client:  # one for all questions: to make it costs more than to ask
            while work and time.monotonic() < until and self._until_it_works(lambda: under_way(client)):
                self.rest_until(time.monotonic() + TICK)

    def _until_it_works(self, ask: Callable[[], Given]) -> Given:
        """Ask until the server and the database answer."""
        for _ in range(TRIES):
            try:
                return ask()
            except (httpx.HTTPError, DatabaseError):
                self.rest_until(time.monotonic() + 1)
        return ask()


@contextmanager
def impatient(api_url: str) -> Iterator[SyncPrefectClient]:
    """Give a client that asks once: who waits here for a server to come back does not start it again meanwhile."""
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), prefect_client(api_url) as client:
        yield client


def under_way(client: SyncPrefectClient) -> int:
    """How many runs that were started by somebody wait or run, as far as the server tells at once."""
    from prefect.client.schemas.filters import FlowRunFilter

    waiting = FlowRunFilter.model_validate({"state": {"type": {"any_": sorted(WAITING)}}})
    return sum(not _for_later(run) for run in client.read_flow_runs(flow_run_filter=waiting, limit=PAGE))


def _for_later(run: FlowRun) -> bool:
    """Whether a schedule made it, and it has not begun."""
    from prefect.client.schemas.objects import StateType

    return run.auto_scheduled and run.state_type is StateType.SCHEDULED


def states_of(stack: Stack) -> Counter[str]:
    """All runs of the server by their state, but for those that a schedule has for later."""
    from prefect.client.schemas.filters import FlowRunFilter

    found: Counter[str] = Counter()
    with prefect_client(stack.api_url) as client:
        for kind in (*WAITING, "COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            chosen = FlowRunFilter.model_validate({"state": {"type": {"any_": [kind]}}})
            offset = 0
            while runs := client.read_flow_runs(flow_run_filter=chosen, limit=PAGE, offset=offset):
                found[kind] += sum(not _for_later(run) for run in runs)
                offset += PAGE
    return found
