"""`up` starts everything, ends everything, and starts again after whatever happened to the one before.

The real thing: processes, signals and ports. Only the first test has a Prefect server of its own.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener
from uuid import UUID

import pytest

from flows import up as up_module
from flows.processes import birth, end_groups
from flows.server import answers, prefect_client
from flows.stack import Stack, read_run_file
from models.home import Home
from tests.flows.prefect_server import a_home
from tests.waiting import PATIENCE, wait_for

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX; .ci/install-debian runs there"),
]
RUNNING = "looks for work each minute"
IMAP = """
[[mailbox]]
name = "far"
host = "localhost"
port = 9
user = "shop"
"""
PROGRAM = """
import sys
from flows.__main__ import leave
from flows.up import run_up
from models.home import find_home
leave(run_up(find_home(), port=int(sys.argv[1]), no_dashboard=sys.argv[2] == "no"))
"""


@dataclass(frozen=True, slots=True)
class Up:
    """An `up` under test: its process and what it says."""

    process: subprocess.Popen[bytes]
    words: Path
    home: Home

    def says(self, words: str) -> bool:
        if self.process.poll() is not None and words not in self.words.read_text():
            pytest.fail(f"up ended with {self.process.returncode}: {self.words.read_text()}")
        return words in self.words.read_text()

    def wait_until_it_says(self, words: str) -> None:
        wait_for(lambda: self.says(words), f"{words!r} from up")

    def running(self) -> dict[str, Any]:
        """The processes of run.json."""
        found: dict[str, Any] = read_run_file(self.home)["processes"]
        return found

    def metrics(self) -> str:
        """What /metrics tells: the figures' names and values, without what explains them."""
        with build_opener(ProxyHandler({})).open(f"{read_run_file(self.home)['health_url']}/metrics") as reply:
            text: str = reply.read().decode()
        return "\n".join(line for line in text.splitlines() if not line.startswith("#"))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = a_home(tmp_path)
    yield made
    for left in dict(read_run_file(made).get("processes") or {}).values():
        end_groups([left["pid"]])


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for up in started:
        up.process.kill()
        up.process.wait()


def start_up(ups: list[Up], home: Home, *, server: str = "", dashboard_port: int | None = None) -> Up:
    environment = {**os.environ, "SHIPCLOCK_HOME": str(home.path), "SHIPCLOCK_CONFIG": str(home.config)}
    environment["PREFECT_API_URL"] = server
    words = home.path / f"said-{len(ups)}.txt"
    dashboard = ["1", "no"] if dashboard_port is None else [str(dashboard_port), "yes"]
    with words.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *dashboard],
            cwd=home.path,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    ups.append(Up(process, words, home))
    return ups[-1]


def gone(processes: dict[str, Any]) -> bool:
    """Whether nothing is left of these process groups."""
    for one in processes.values():
        try:
            os.killpg(one["pid"], 0)
        except ProcessLookupError:
            continue
        return False
    return True


def deployments(stack: Stack) -> dict[str, UUID]:
    with prefect_client(stack.api_url) as client:
        return {one.name: one.id for one in client.read_deployments()}


def test_up_runs_on_free_ports_and_ctrl_c_ends_every_process(ups: list[Up], home: Home, prefect_stack: Stack):
    home.config.write_text(home.config.read_text() + IMAP)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up = start_up(ups, home, dashboard_port=port)
        up.wait_until_it_says(RUNNING)
    wait_for(lambda: "waker" in up.running(), "the waker, after the first look")
    told = read_run_file(home)
    assert told["pid"] == up.process.pid
    assert told["prefect_api_url"] != prefect_stack.api_url
    assert told["dashboard_url"] != f"http://127.0.0.1:{port}"
    for url in (f"{told['prefect_api_url']}/health", told["dashboard_url"], f"{told['health_url']}/metrics"):
        wait_for(partial(answers, url), f"an answer from {url}, however busy this machine is")
    wait_for(lambda: "worker_seen" in up.metrics(), "the worker in /metrics, after a look")
    assert told["dashboard_url"] in up.words.read_text().splitlines()
    assert told["processes"].keys() == {"server", "worker", "waker", "dashboard"}
    assert up.end(signal.SIGINT) == 0
    assert gone(told["processes"])
    assert not home.run_file.exists()


@pytest.mark.long  # two workers and two rounds of deploying: 25 s
def test_up_starts_again_after_it_was_killed(ups: list[Up], home: Home, prefect_stack: Stack):
    deployed = deployments(prefect_stack)
    first = start_up(ups, home, server=prefect_stack.api_url)
    first.wait_until_it_says(RUNNING)
    orphans = first.running()
    first.process.kill()
    first.process.wait()
    assert not gone(orphans)
    second = start_up(ups, home, server=prefect_stack.api_url)
    second.wait_until_it_says("had left behind")
    assert all(birth(one["pid"]) != one["born"] for one in orphans.values())
    second.wait_until_it_says(RUNNING)
    assert second.end(signal.SIGTERM) == 0
    assert deployments(prefect_stack) == deployed  # deploying again changes nothing


def test_up_can_be_ended_while_it_starts(ups: list[Up], home: Home):
    up = start_up(ups, home)
    wait_for(lambda: home.run_file.exists() and up.running(), "the first process")
    started = up.running()
    assert up.end(signal.SIGTERM) == 0
    assert gone(started)
    assert not home.run_file.exists()


def test_a_second_up_in_the_same_home_is_told_where_the_first_one_is(ups: list[Up], home: Home, prefect_stack: Stack):
    first = start_up(ups, home, server=prefect_stack.api_url)
    wait_for(home.run_file.exists, "run.json")
    second = start_up(ups, home, server=prefect_stack.api_url)
    assert second.process.wait(PATIENCE) == 3
    assert "already runs" in second.words.read_text()
    assert json.loads(home.run_file.read_text())["pid"] == first.process.pid
    assert first.end(signal.SIGINT) == 0


def test_a_prefect_server_of_the_users_that_is_silent_is_named(ups: list[Up], home: Home):
    up = start_up(ups, home, server="http://127.0.0.1:9/api")
    assert up.process.wait(PATIENCE) == 1
    assert "http://127.0.0.1:9/api" in up.words.read_text()
    assert not home.run_file.exists()


def test_a_full_disk_ends_nothing_and_is_told_once(home: Home, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    stack = Stack(replace(home, environment={"PREFECT_API_URL": "http://127.0.0.1:9/api"}), tell=said.append)
    full = OSError(ENOSPC, os.strerror(ENOSPC))
    ticks: list[Exception] = [full, full, RuntimeError(), RuntimeError()]

    def tend() -> None:
        fault = ticks.pop(0)
        if not ticks:
            stack.asked_to_stop.set()
        raise fault

    monkeypatch.setattr(stack, "tend", tend)
    monkeypatch.setattr(up_module, "say", said.append)
    monkeypatch.setattr(up_module, "TICK_SECONDS", 0)
    up_module.keep_running(stack)
    assert [words.count("No space left") for words in said] == [1, 0]


def test_what_a_start_by_nohup_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with up_module.ending_on_signals(threading.Event()) as asked:
            signal.raise_signal(signal.SIGHUP)
            assert not asked.is_set()
            signal.raise_signal(signal.SIGTERM)
            assert asked.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
