"""Asking a Prefect server that is busy, that loses an answer, or that wants a key: one wish makes one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from uuid import UUID

import httpx
import pytest

from flows.office import Office, open_office
from flows.ports import HOST, claim_port
from flows.prefect_api import PrefectApi, find_server
from flows.server import POOL, prefect_client
from flows.stack import Stack
from tests.flows.prefect_server import a_home
from tests.waiting import PATIENCE

DEPLOYMENT: Final = "order-stage/order-stage"
WISH: Final = {"shop": "Tre Viet Store", "order_no": "573372572883888492", "step": "confirm", "by": "Lan"}
SECRET: Final = "admin:pass"


@pytest.fixture
def server(prefect_stack: Stack) -> Iterator[PrefectApi]:
    """A real server whose worker starts nothing meanwhile: the runs of these tests are counted and taken back."""
    from prefect.client.schemas.actions import WorkPoolUpdate

    with prefect_client(prefect_stack.api_url) as client:
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))
        before = set(runs_made(prefect_stack.api_url))
        yield PrefectApi(address=prefect_stack.api_url, headers={})
        for run in set(runs_made(prefect_stack.api_url)) - before:
            client.delete_flow_run(UUID(run))
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False))


def runs_made(address: str) -> list[str]:
    """Give the ids of the runs that wait for a worker."""
    waiting = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    return [run["id"] for run in httpx.post(f"{address}/flow_runs/filter", json=waiting, timeout=PATIENCE).json()]


@dataclass
class Wire:
    """A way to a real server: the first requests find it busy, the first runs it makes are not answered."""

    server: str
    busy: int = 0
    loses: int = 0
    made: int = 0
    keys: set[str | None] = field(default_factory=set)
    address: str = ""

    def carry(self, asked: BaseHTTPRequestHandler) -> httpx.Response | None:
        """Give the server's answer; None where it is lost."""
        self.keys.add(asked.headers["Authorization"])
        body = asked.rfile.read(int(asked.headers["Content-Length"] or 0))
        kind = {"Content-Type": "application/json"}
        where = self.server.removesuffix("/api") + asked.path
        if self.busy:
            self.busy -= 1
            return httpx.Response(503, json={"exception_message": "Service Unavailable"})  # as Prefect 3 says it
        answer = httpx.request(asked.command, where, content=body, headers=kind, timeout=PATIENCE)
        if not asked.path.endswith("create_flow_run") or answer.is_error:
            return answer
        self.made += 1
        return answer if self.made > self.loses else None


@contextmanager
def wire_to(server: str, *, busy: int = 0, loses: int = 0) -> Iterator[Wire]:
    """Lay a wire to the server for as long as the block lasts."""
    wire = Wire(server, busy, loses)

    class Carries(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._carry()

        def do_POST(self) -> None:
            self._carry()

        def _carry(self) -> None:
            if (answer := wire.carry(self)) is None:
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Carries) as listening:
        wire.address = f"http://{HOST}:{listening.server_port}/api"
        thread = Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield wire
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An installation that was told of no server."""
    made = open_office(a_home(tmp_path))
    yield made
    made.engine.dispose()


def told(office: Office, **environment: str) -> Office:
    """The same installation, told of a server."""
    return replace(office, home=replace(office.home, environment=environment))


def test_whoever_asks_a_server_for_a_run_while_it_is_busy_is_given_one(server: PrefectApi) -> None:
    with wire_to(server.address, busy=3) as wire:
        run = replace(server, address=wire.address).start_run(DEPLOYMENT, WISH)
    assert run in runs_made(server.address)


def test_a_run_whose_answer_was_lost_is_not_made_twice(server: PrefectApi) -> None:
    before = set(runs_made(server.address))
    with wire_to(server.address, loses=1) as wire:
        run = replace(server, address=wire.address).start_run(DEPLOYMENT, WISH)
    assert wire.made == 2
    assert set(runs_made(server.address)) - before == {run}


def test_a_server_that_is_gone_is_not_found_and_makes_no_run(office: Office) -> None:
    silent = claim_port(4300)
    address = f"http://{HOST}:{silent.number}/api"
    assert find_server(told(office, PREFECT_API_URL=address)) is None
    assert PrefectApi(address=address, headers={}).start_run(DEPLOYMENT, WISH) is None
    silent.give_up()


@pytest.mark.parametrize("name", ["PREFECT_API_KEY", "PREFECT_API_AUTH_STRING"])
def test_a_server_that_wants_a_key_is_shown_it_as_prefects_own_client_does(
    server: PrefectApi, office: Office, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire_to(server.address) as wire:
        found = find_server(told(office, PREFECT_API_URL=wire.address, **{name: SECRET}))
        assert found is not None
        assert found.deployments({})
        ours = set(wire.keys)
        wire.keys.clear()
        monkeypatch.setenv(name, SECRET)
        with prefect_client(wire.address) as client:
            client.read_deployments()
        theirs = wire.keys - {None}  # it asks for the version without
    assert ours == theirs
    assert len(ours) == 1
