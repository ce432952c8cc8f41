"""Children are restarted after growing waits, and ended with all they started, by id and never by name."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.ports import claim_port
from flows.processes import LOG_BYTES, Child, birth, end_children, end_stray, trim
from tests.waiting import wait_for

SLEEPS = "import time; print('ready', flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def children() -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    end_children(made, 0.0)


def a_child(folder: Path, program: str) -> Child:
    return Child(
        name="The child",
        command=[sys.executable, "-c", program],
        environment=os.environ,
        cwd=folder,
        log=folder / "logs" / "child.log",
    )


def a_running_child(folder: Path, program: str) -> Child:
    child = a_child(folder, program)
    child.start()
    wait_for(child.log.read_text, "the child's first words")
    return child


def a_child_that_died(folder: Path) -> Child:
    child = a_child(folder, "raise SystemExit(3)")
    child.start()
    assert child.process
    child.process.wait()
    return child


def test_a_child_that_died_is_started_again_after_a_wait(tmp_path: Path, children: list[Child]):
    child = a_child_that_died(tmp_path)
    children.append(child)
    said: list[str] = []
    died = child.started_at + 1
    assert not child.tend(died, said.append)
    assert not child.tend(died + 1.9, said.append)
    assert child.tend(died + 2, said.append)
    assert "code 3" in said[0]
    assert "running again" in said[1]


def test_one_that_cannot_be_started_just_now_is_tried_again_a_minute_later(tmp_path: Path, children: list[Child]):
    child = a_child_that_died(tmp_path)
    children.append(child)
    died = child.started_at + 1
    child.tend(died, lambda _: None)
    child.cwd = tmp_path / "a place that is away"
    with pytest.raises(FileNotFoundError):
        child.tend(died + 2, lambda _: None)
    assert not child.tend(died + 3, lambda _: None)
    child.cwd = tmp_path
    assert child.tend(died + 63, lambda _: None)


def test_the_wait_grows_with_each_failure_up_to_a_minute_and_is_forgotten_after_steady_work(
    tmp_path: Path, children: list[Child]
):
    child = a_child(tmp_path, "raise SystemExit(3)")
    children.append(child)
    waits = []
    for lived in (1, 1, 1, 1, 1, 1, 1, 61):
        child.start()
        assert child.process
        child.process.wait()
        died = child.started_at + lived
        child.tend(died, lambda _: None)
        assert child.due_at is not None
        waits.append(round(child.due_at - died))
    assert waits == [2, 4, 8, 16, 32, 60, 60, 2]


@pytest.mark.parametrize("program", [SLEEPS, DEAF])
def test_a_child_is_ended_even_if_it_does_not_listen(tmp_path: Path, program: str):
    child = a_running_child(tmp_path, program)
    end_children([child], 0.2)
    assert not child.alive


def test_what_a_child_started_is_ended_with_it(tmp_path: Path):
    child = a_running_child(tmp_path, PARENT)
    grandchild = int(child.log.read_text().split()[0])
    assert birth(grandchild)
    end_children([child], 1.0)
    wait_for(lambda: birth(grandchild) is None, "the end of the grandchild")


def test_a_process_with_the_id_of_an_earlier_child_is_left_alone(tmp_path: Path, children: list[Child]):
    child = a_running_child(tmp_path, SLEEPS)
    children.append(child)
    assert child.pid
    assert not end_stray(child.pid, "born at another time", 0.0)
    assert child.alive


def test_a_child_that_an_earlier_start_left_behind_is_ended(tmp_path: Path):
    child = a_running_child(tmp_path, SLEEPS)
    assert child.pid
    born = birth(child.pid)
    assert born
    assert end_stray(child.pid, born, 0.2)
    wait_for(lambda: not child.alive, "the end of the child")


def test_the_log_of_the_time_before_is_kept_beside_the_new_one(tmp_path: Path):
    child = a_child(tmp_path, "import os; print(os.getpid())")
    for _ in range(2):
        child.start()
        assert child.process
        child.process.wait()
    assert child.log.read_text().strip() == str(child.pid)
    assert child.log.with_name("child.log.1").read_text().strip() != str(child.pid)


def test_a_log_that_has_grown_large_is_put_aside(tmp_path: Path):
    log = tmp_path / "large.log"
    log.write_bytes(b"x" * (LOG_BYTES + 1))
    trim(log)
    assert log.stat().st_size == 0
    assert log.with_name("large.log.1").stat().st_size == LOG_BYTES + 1


def test_ports_in_use_are_stepped_around():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        claim = claim_port(port)
        assert claim.number > port
        claim.give_up()


def test_two_that_start_together_claim_different_ports():
    first, second = claim_port(4800), claim_port(4800)
    assert first.number < second.number
    first.give_up()
    second.give_up()
