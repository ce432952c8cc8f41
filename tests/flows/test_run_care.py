"""Prefect's records of our runs are kept true: real runs, a real server, a process that is really killed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events.clients import PrefectEventSubscriber
from prefect.events.filters import EventFilter
from prefect.events.schemas.automations import Automation, EventTrigger
from prefect.states import Pending, Running, Scheduled

from flows.burial import GRACE_SECONDS, Burial
from flows.run_care import (
    BEATS,
    SILENT_FOR,
    STUCK_FOR_SURE,
    STUCK_SECONDS,
    ZOMBIES,
    RunCare,
    collapse_missed,
    tend_now,
    watch_for_zombies,
    worker_seen,
)
from flows.server import POOL, prefect_client
from flows.stack import Stack
from flows.watch import watch_deadlines
from tests.waiting import wait_for

SOON = timedelta(seconds=10)  # the least that Prefect allows
HANGS = """
import time
from prefect import flow, tags
from prefect.runtime import flow_run
@flow
def hang():
    print(flow_run.id, flush=True)
    time.sleep(600)
with tags("shipclock"):
    hang()
"""


@pytest.fixture
def held(prefect_stack: Stack) -> Iterator[Stack]:
    """The server with its pool paused, so that a run stays as a test has made it; what is left is deleted."""
    with prefect_client(prefect_stack.api_url) as client:
        before = {run.id for run in client.read_flow_runs()}
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))
        yield prefect_stack
        for run in client.read_flow_runs():
            if run.id not in before:
                client.delete_flow_run(run.id)
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False))


def a_pending_run(client: SyncPrefectClient) -> UUID:
    """A run of ours that a worker took and that never began."""
    found = client.read_deployment_by_name("sweep/sweep")
    later: Any = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(hours=2))
    run = client.create_flow_run_from_deployment(found.id, state=later)
    client.set_flow_run_state(run.id, Pending(), force=True)
    return run.id


def state_of(client: SyncPrefectClient, run: UUID) -> str:
    return str(client.read_flow_run(run).state_name)


@contextmanager
def missed_runs(client: SyncPrefectClient, count: int) -> Iterator[list[UUID]]:
    """What the server's scheduler makes for a schedule of hours that have passed, the oldest first."""
    deployment = client.read_deployment_by_name("watch-deadlines/watch-deadlines").id
    hourly: Any = IntervalSchedule(interval=timedelta(hours=1))
    (schedule,) = client.create_deployment_schedules(deployment, [(hourly, True)])
    now = datetime.now(UTC)
    passed = {"start_time": str(now - timedelta(hours=count)), "end_time": str(now), "max_runs": count}
    client.request("POST", "/deployments/{id}/schedule", path_params={"id": deployment}, json=passed)
    late = FlowRunFilter.model_validate(
        {"deployment_id": {"any_": [deployment]}, "expected_start_time": {"before_": now}}
    )
    runs = client.read_flow_runs(flow_run_filter=late, sort=FlowRunSort.EXPECTED_START_TIME_ASC)
    yield [run.id for run in runs if run.auto_scheduled and run.state_name in {"Scheduled", "Late"}]
    client.delete_deployment_schedule(deployment, schedule.id)


def test_a_run_whose_process_is_killed_ends_as_crashed_by_itself(prefect_stack: Stack):
    with prefect_client(prefect_stack.api_url) as client:
        (kept,) = client.read_automations_by_name(ZOMBIES)  # made before the worker started
        assert silence_of(kept) == SILENT_FOR
        watch_for_zombies(client)
        assert client.read_automations_by_name(ZOMBIES) == [kept]
        watch_for_zombies(client, SOON)
        try:
            run = killed_run(prefect_stack)
            assert state_of(client, run) == "Running"
            wait_for(lambda: state_of(client, run) == "Crashed", "the end of a run whose process is gone")
        finally:
            watch_for_zombies(client)
        (again,) = client.read_automations_by_name(ZOMBIES)
    assert (again.id, silence_of(again)) == (kept.id, SILENT_FOR)


def buried(burial: Burial, moment: float) -> bool:
    burial.tend(moment)
    return not burial.deaths


def test_runs_that_died_with_their_worker_end_as_soon_as_it_is_back_and_later_ones_go_on(held: Stack):
    burial = Burial(api_url=held.api_url)
    with prefect_client(held.api_url) as client:
        dead = a_pending_run(client)
        burial.note_worker(time.monotonic())
        later = a_pending_run(client)
        wait_for(lambda: buried(burial, time.monotonic()), "the burial")
        assert (state_of(client, dead), state_of(client, later)) == ("Crashed", "Pending")


def test_a_run_that_was_lost_on_its_way_when_the_server_died_has_time_to_show_up_and_then_ends(held: Stack):
    burial = Burial(api_url=held.api_url)
    with prefect_client(held.api_url) as client:
        lost = a_pending_run(client)
        running = a_pending_run(client)
        client.set_flow_run_state(running, Running(), force=True)
        burial.note_server(0.0)
        burial.tend(GRACE_SECONDS - 1)
        assert (burial.deaths != [], state_of(client, lost)) == (True, "Pending")
        wait_for(lambda: buried(burial, GRACE_SECONDS + time.monotonic()), "the burial")
        assert (state_of(client, lost), state_of(client, running)) == ("Crashed", "Running")


def silence_of(automation: Automation) -> timedelta:
    """After how long without a sign of life it ends a run."""
    assert isinstance(automation.trigger, EventTrigger)
    return automation.trigger.within


def killed_run(stack: Stack) -> UUID:
    """Start a run in a process of its own and kill that."""
    environment = {**os.environ, **stack.environment}
    with subprocess.Popen([sys.executable, "-c", HANGS], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        run = UUID(process.stdout.readline().strip())
        asyncio.run(heartbeat(stack, run))
        process.kill()
    return run


async def heartbeat(stack: Stack, run: UUID) -> None:
    """Wait until the server hears that the run is alive."""
    beats = EventFilter.model_validate({"event": {"name": [BEATS]}, "resource": {"id": [f"prefect.flow-run.{run}"]}})
    async with PrefectEventSubscriber(stack.api_url, beats) as heard:
        async for _ in heard:
            return


def test_a_run_that_stays_pending_for_ten_minutes_is_let_go_and_not_before(held: Stack):
    care = RunCare(api_url=held.api_url)
    with prefect_client(held.api_url) as client:
        run = a_pending_run(client)
        assert [care.tend(0.0).stuck, care.tend(STUCK_SECONDS).stuck] == [0, 0]
        assert state_of(client, run) == "Pending"
        assert care.tend(STUCK_SECONDS + 1).stuck == 1
        assert state_of(client, run) == "Crashed"


def test_the_hourly_sweep_lets_go_too_where_no_up_runs(held: Stack):
    with prefect_client(held.api_url) as client:
        run = a_pending_run(client)
        now = datetime.now(UTC)
        assert tend_now(client, now).stuck == 0
        assert tend_now(client, now + STUCK_FOR_SURE * 1.1).stuck == 1
        assert state_of(client, run) == "Crashed"


def test_runs_of_others_are_left_alone(held: Stack):
    with prefect_client(held.api_url) as client:
        other = client.create_flow_run(watch_deadlines, state=Pending())
        assert tend_now(client, datetime.now(UTC) + STUCK_FOR_SURE * 2).stuck == 0
        assert state_of(client, other.id) == "Pending"


def test_of_schedules_that_were_missed_the_oldest_run_makes_up_for_all(held: Stack):
    with prefect_client(held.api_url) as client, missed_runs(client, 4) as missed:
        assert len(missed) >= 3
        assert collapse_missed(client) == len(missed) - 1
        states = [state_of(client, run) for run in missed]
        assert states[0] in {"Scheduled", "Late"}
        assert set(states[1:]) == {"Cancelled"}
        assert collapse_missed(client) == 0


def test_what_a_person_started_is_kept_and_makes_up_for_the_missed(held: Stack):
    with prefect_client(held.api_url) as client, missed_runs(client, 3) as missed:
        deployment = client.read_deployment_by_name("watch-deadlines/watch-deadlines").id
        theirs = client.create_flow_run_from_deployment(deployment).id
        assert collapse_missed(client) == len(missed) >= 2
        assert state_of(client, theirs) in {"Scheduled", "Late"}


def test_a_worker_that_runs_is_heard_of(prefect_stack: Stack):
    with prefect_client(prefect_stack.api_url) as client:
        assert wait_for(lambda: worker_seen(client), "the worker's heartbeat") <= datetime.now(UTC)
