"""One real Prefect server with a worker for all tests of a session, and ways to wait for its runs.

All of prefect.yaml is deployed, with its schedules at rest: nothing runs beside a test that it did not start.
Everything listens on loopback ports that were free, lives in a temporary home and is ended by process id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from flows.office import open_office
from flows.server import prefect_client, put_schedules_to_rest
from flows.stack import Stack
from models.home import Home
from tests.databases import in_folder
from tests.waiting import wait_for

# A busy server may miss a new schedule in its quick look at what is new; the thorough one comes each minute.
OFTEN: Final = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5"}
SETTINGS: Final = """
[[mailbox]]
name = "main"
kind = "maildir"
path = "mail"

[[shop]]
name = "Tre Viet Store"
market = "VN"
currency = "VND"
timezone = "Asia/Ho_Chi_Minh"
policy = "article"
mailbox = "main"
"""


def a_home(folder: Path, database: str | None = None) -> Home:
    """A home with an empty Maildir and a shop, and nothing of this machine's environment."""
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    config = folder / "shipclock.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    return Home(path=folder, config=config, database_url=database or in_folder(folder))


@pytest.fixture(scope="session")
def prefect_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server with all of prefect.yaml deployed and a worker; its runs work in `prefect_stack.home`."""
    home = replace(a_home(tmp_path_factory.mktemp("prefect")), environment=OFTEN)
    open_office(home).engine.dispose()  # makes the database, as `up` does first
    with Stack(home, tell=lambda _: None) as stack:
        stack.start_server()
        stack.start_worker()
        stack.deploy()
        put_schedules_to_rest(stack.api_url)
        yield stack


def start_run(stack: Stack, deployment: str, **parameters: object) -> UUID:
    """Have the worker run a deployment; give the run's id at once."""
    with prefect_client(stack.api_url) as client:
        found = client.read_deployment_by_name(f"{deployment}/{deployment}")
        return client.create_flow_run_from_deployment(found.id, parameters=parameters).id


def run_to_end(stack: Stack, deployment: str, **parameters: object) -> Any:  # noqa: ANN401  # Prefect's State of anything
    """Have the worker run a deployment; give the state that it ends in."""
    return wait_for_end(stack, start_run(stack, deployment, **parameters))


def run_again(stack: Stack, run: UUID) -> None:
    """Do what Retry does on Prefect's page: the same run, from the start."""
    from prefect.states import Scheduled

    with prefect_client(stack.api_url) as client:
        client.set_flow_run_state(run, Scheduled())


def wait_for_end(stack: Stack, run: UUID) -> Any:  # noqa: ANN401  # Prefect's State of anything
    """Wait until the run is over and give its last state; fails when that never comes."""
    with prefect_client(stack.api_url) as client:  # one for all questions: to make it costs more than to ask

        def ended() -> Any:  # noqa: ANN401  # as above
            stack.tend()
            state = client.read_flow_run(run).state
            return state if state is not None and state.is_final() else None

        return wait_for(ended, f"the end of run {run}")
