"""The processes that make Shipclock run for one home: server, worker, waker, dashboard; and run.json about them.

`up` and the demo are built from this. Whatever happens, leaving the `with` block ends every process.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from flows.burial import Burial, bury_runs
from flows.ports import HOST, ClaimedPort, claim_port
from flows.processes import Child, Tell, birth, end_children, end_stray
from flows.run_care import collapse_missed, watch_for_zombies
from flows.server import (
    PREFECT_PORT,
    ROOT,
    RUNS_AT_A_TIME,
    WORKERS,
    answers,
    deploy_command,
    environment_for,
    given_server,
    let_drive,
    make_pool,
    prefect_client,
    server_command,
    worker_command,
)
from models.home import Home
from models.settings_dashboard import DashboardSettings
from models.settings_file import load_settings

READY_SECONDS: Final = 180.0  # a busy machine took 45
TRIES: Final = 3  # a free port may be taken by another program before ours gets to it
TICK_SECONDS: Final = 0.1
WORKER_PATIENCE: Final = 2.5  # together with the next and two kills under the 10 s a Ctrl-C may take
SERVER_PATIENCE: Final = 2.5
THREAD_PATIENCE: Final = 1.0
DASHBOARD_SETTINGS: Final[Mapping[str, str]] = {
    "STREAMLIT_SERVER_HEADLESS": "true",  # no browser, no question about an e-mail address
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
}
Given = TypeVar("Given")


class StackError(Exception):
    """Something did not start; the message says what and where its log is."""


def workers_of(home: Home) -> int:
    """Give how many workers share the runs, from SHIPCLOCK_WORKERS; 1 where it is not given. Raises StackError."""
    given = home.environment.get(WORKERS) or "1"
    if not given.isdecimal() or int(given) < 1:
        raise StackError(f"{WORKERS}={given} is no number of workers. Example: {WORKERS}=3")
    return int(given)


class StoppedError(Exception):
    """The user asked to end while something was still starting."""


class AlreadyRunningError(StackError):
    """Another Shipclock runs in this home."""


class Stack:
    """What runs for one home. Not for use by several threads.

    `stop` ends every wait soon (StoppedError); it is only asked, so that a signal handler may set it.
    """

    def __init__(self, home: Home, *, tell: Tell, stop: threading.Event | None = None) -> None:
        self.home = home
        self.tell = tell
        self.asked_to_stop = stop or threading.Event()
        self.children: dict[str, Child] = {}
        self.claims: list[ClaimedPort] = []
        self.background: list[threading.Thread] = []
        self.api_url = given_server(home) or ""
        self.dashboard_url: str | None = None
        self.health_url: str | None = None
        self.burial: Burial | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What our processes find in their environment, known once the server runs."""
        return environment_for(self.home, self.api_url)

    @property
    def prefect_url(self) -> str:
        """Where a person sees Prefect's pages."""
        return self.api_url.removesuffix("/").removesuffix("/api")

    def __enter__(self) -> Self:
        """End what an earlier start left behind. Raises AlreadyRunningError."""
        self.home.path.mkdir(parents=True, exist_ok=True)
        told = read_run_file(self.home)
        if running(self.home):
            address = told.get("dashboard_url") or told.get("prefect_url")
            message = f"Shipclock already runs for {self.home.path}: {address}. Ctrl-C ends it where it runs."
            raise AlreadyRunningError(message)
        for name, left in dict(told.get("processes") or {}).items():
            if end_stray(left["pid"], left["born"], SERVER_PATIENCE):
                self.tell(f"Ended the {name} that an earlier start had left behind.")
        self.write_run_file()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End every process."""
        self.stop()

    def start_server(self, port: int = PREFECT_PORT) -> None:
        """Start a Prefect server, wait until it answers, make the pool. The user's own is only asked.

        Raises StackError.
        """
        if given_server(self.home):
            if not answers(f"{self.api_url}/health"):
                raise StackError(f"The Prefect server of PREFECT_API_URL does not answer at {self.api_url}.")
        else:
            self._start_on_a_port("server", port, self._serve, lambda: f"{self.api_url}/health")
        self.in_background(self._prepare)

    def _serve(self, port: int) -> Child:
        self.api_url = f"http://{HOST}:{port}/api"
        return self._child("server", server_command(port))

    def _prepare(self) -> None:
        make_pool(self.api_url, RUNS_AT_A_TIME * workers_of(self.home))
        with prefect_client(self.api_url) as client:
            watch_for_zombies(client)  # counts for runs that start after it, so before the worker
            collapse_missed(client)
        if not given_server(self.home) and (buried := bury_runs(self.api_url)):
            self.tell(f"{buried} runs were cut short when Shipclock ended last time; what they did is kept.")

    def deploy(self) -> None:
        """Deploy prefect.yaml and wait for it. Raises StackError."""
        child = self._child("deploy", deploy_command(), keep=False)
        child.start()
        try:
            self._wait(lambda: not child.alive, child)
        finally:
            end_children([child], 0.0)
        if child.code:
            raise StackError(f"The deployments of prefect.yaml did not go in. See {child.log}")
        if (workers := workers_of(self.home)) > 1:
            self.in_background(lambda: let_drive(self.api_url, workers))

    def start_worker(self) -> None:
        """Start the worker that carries out the runs."""
        self._child("worker", worker_command()).start()
        if not given_server(self.home):
            self.burial = Burial(api_url=self.api_url)
        self.write_run_file()

    def start_waker(self) -> None:
        """Start what reads a mailbox as soon as its server tells of mail, unless it was started before."""
        if "waker" not in self.children:
            self._child("waker", [sys.executable, "-m", "flows.waker"]).start()
            self.write_run_file()

    def start_dashboard(self, port: int | None = None) -> None:
        """Start the dashboard as the settings want it and wait until it answers; on the next free port if need be.

        Raises SettingsError or StackError.
        """
        door = load_settings(self.home).dashboard
        self._start_on_a_port(
            "dashboard", port or door.port, partial(self._show, door), lambda: f"{self.dashboard_url}/_stcore/health"
        )

    def _show(self, door: DashboardSettings, port: int) -> Child:
        self.dashboard_url = f"{door.scheme}://{door.own_address}:{port}"
        page = str(ROOT / "dashboard" / "app.py")
        where = ["--server.address", door.address, "--server.port", str(port)]
        if door.certificate and door.certificate_key:
            files = (door.certificate, door.certificate_key)
            where += ["--server.sslCertFile", str(files[0]), "--server.sslKeyFile", str(files[1])]
        return self._child("dashboard", [sys.executable, "-m", "streamlit", "run", page, *where])

    def _start_on_a_port(self, name: str, port: int, make: Callable[[int], Child], health: Callable[[], str]) -> None:
        wanted = port
        for _ in range(TRIES):
            claim = claim_port(wanted)
            self.claims.append(claim)
            if claim.number != port:
                self.tell(f"Port {port} is in use; the {name} takes {claim.number}.")
            child = make(claim.number)
            child.start()
            self.write_run_file()
            self._wait(lambda: answers(health()) or not child.alive, child)  # noqa: B023  # asked within this round
            if child.alive:
                return
            wanted = claim.number + 1
        raise StackError(f"The {name} does not start. See {self.home.path / 'logs'}")

    def tend(self) -> None:
        """Start again what died, with growing waits; quick when all is well."""
        moment = time.monotonic()
        started = [name for name, child in self.children.items() if child.tend(moment, self.tell)]
        if started:
            self.write_run_file()
        if self.burial:
            self._bury(self.burial, started, moment)

    def _bury(self, burial: Burial, started: Collection[str], moment: float) -> None:
        """See to the runs that died with what had to be started again."""
        if "worker" in started:
            burial.note_worker(moment)
        if "server" in started:
            burial.note_server(moment)
        burial.tend(moment)

    def in_background(self, work: Callable[[], Given]) -> Given:
        """Do the work in a thread and wait for it, or for a stop. Raises what the work raises."""
        given: list[Given] = []
        failed: list[BaseException] = []

        def do() -> None:
            try:
                given.append(work())
            except BaseException as fault:  # noqa: BLE001  # raised again where it is waited for
                failed.append(fault)

        thread = threading.Thread(target=do, daemon=True)
        thread.start()
        self.background.append(thread)
        self._wait(lambda: not thread.is_alive(), None)
        if failed:
            raise failed[0]
        return given[0]

    def stop(self) -> None:
        """End every process within 9 s: runs and pages first, so that runs can still report to the server."""
        server = self.children.pop("server", None)
        end_children(self.children.values(), WORKER_PATIENCE)
        end_children([server] if server else [], SERVER_PATIENCE)
        self.children.clear()
        for thread in self.background:
            thread.join(THREAD_PATIENCE)  # the server it talked to has gone, so it ends soon
        self.background.clear()
        for claim in self.claims:
            claim.give_up()
        self.claims.clear()
        self.home.run_file.unlink(missing_ok=True)

    def write_run_file(self) -> None:
        """Write run.json, whole or not at all: addresses, process ids and paths of what runs now."""
        told = {
            "pid": os.getpid(),
            "born": birth(os.getpid()),
            "dashboard_url": self.dashboard_url,
            "health_url": self.health_url,
            "prefect_url": self.prefect_url or None,
            "prefect_api_url": self.api_url or None,
            "home": str(self.home.path),
            "settings": str(self.home.config),
            "logs": str(self.home.path / "logs"),
            "processes": dict(self._processes()),
        }
        draft = self.home.run_file.with_name("run.json.new")
        draft.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.home.run_file)

    def _processes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, child in self.children.items():
            if child.pid is not None and (born := birth(child.pid)):
                yield name, {"pid": child.pid, "born": born}

    def _child(self, name: str, command: list[str], *, keep: bool = True) -> Child:
        child = Child(
            name=f"The {name}",
            command=command,
            environment={**self.environment, **DASHBOARD_SETTINGS},
            cwd=ROOT,
            log=self.home.path / "logs" / f"{name}.log",
        )
        if keep:
            self.children[name] = child
        return child

    def _wait(self, ready: Callable[[], bool], child: Child | None) -> None:
        until = time.monotonic() + READY_SECONDS
        while not ready():
            if self.asked_to_stop.is_set():
                raise StoppedError
            if time.monotonic() > until:
                what = child.name if child else "Prefect"
                raise StackError(f"{what} did not answer within {READY_SECONDS:.0f} s. See {self.home.path / 'logs'}")
            time.sleep(TICK_SECONDS)


def read_run_file(home: Home) -> dict[str, Any]:
    """Give what run.json tells; empty when nothing runs or it is not whole."""
    try:
        told = json.loads(home.run_file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def running(home: Home) -> bool:
    """Whether another process's Shipclock runs in this home."""
    told = read_run_file(home)
    return told.get("pid") != os.getpid() and _lives(told)


def _lives(told: Mapping[str, Any]) -> bool:
    pid, born = told.get("pid"), told.get("born")
    return isinstance(pid, int) and born is not None and birth(pid) == born
