"""Child processes: each in a group of its own, watched, started again after growing waits, ended for certain.

Knows nothing of what they do. A process is recognised by its id and its birth, never by its name.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

Tell: TypeAlias = Callable[[str], None]

STEADY_SECONDS: Final = 60.0  # who lived this long has not failed in a row
LONGEST_WAIT: Final = 60.0
LOG_BYTES: Final = 10 * 1024 * 1024
KILL_SECONDS: Final = 1.0  # for the system to take away what was killed
TICK_SECONDS: Final = 0.05


@dataclass(kw_only=True)
class Child:
    """One child process. Its output goes to `log`; what it said the time before stays beside it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)  # seconds of the monotonic clock, like all here
    due_at: float | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)

    @property
    def pid(self) -> int | None:
        """Its process id, which is its group's too; None before the first start."""
        return self.process.pid if self.process else None

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        """Its exit code; None as long as it runs."""
        return self.process.poll() if self.process else None

    def start(self) -> None:
        """Start it, in a group of its own so that a Ctrl-C of the terminal does not reach it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        keep_previous(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  # our own command lines
                list(self.command),
                env=dict(self.environment),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        self.started_at, self.due_at = time.monotonic(), None

    def tend(self, moment: float, tell: Tell) -> bool:
        """Start it again if it died, after a wait that doubles each time; True when that happened."""
        if self.alive or self.process is None:
            trim(self.log)
            return False
        if self.due_at is None:
            end_groups([self.process.pid])  # what it had started itself must not outlive it
            self.failures = 1 if moment - self.started_at > STEADY_SECONDS else self.failures + 1
            wait = min(2.0**self.failures, LONGEST_WAIT)
            self.due_at = moment + wait
            told = f"{self.name} ended by itself (code {self.code}); starting it again in {wait:.0f} s."
            tell(f"{told} See {self.log}")
            return False
        if moment < self.due_at:
            return False
        self.due_at = moment + LONGEST_WAIT  # in case that it cannot be started now
        self.start()
        tell(f"{self.name} is running again.")
        return True


def end_children(children: Iterable[Child], patience: float) -> None:
    """End these children and all they started: asked first, killed after `patience` seconds."""
    running = [child for child in children if child.process is not None]
    groups = [child.process.pid for child in running if child.process]
    end_groups(groups, patience, reap=lambda: [child.alive for child in running])
    for child in running:
        if child.process:
            with suppress(subprocess.TimeoutExpired):  # a busy system takes its time with the dead
                child.process.wait(KILL_SECONDS)


def end_groups(groups: Iterable[int], patience: float = 0.0, *, reap: Callable[[], object] = tuple) -> None:
    """End whole process groups: asked first, killed after `patience` seconds. `reap` buries own children."""
    left = [group for group in groups if _signal(group, force=False)]
    for force, seconds in ((False, patience), (True, KILL_SECONDS)):
        if force:
            left = [group for group in left if _signal(group, force=True)]
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            time.sleep(TICK_SECONDS)
            left = [group for group in left if _exists(group)]
    reap()


def end_stray(pid: int, born: str, patience: float) -> bool:
    """End the group of a process of an earlier start; False if it is gone and its id perhaps another's."""
    if birth(pid) != born:
        return False
    end_groups([pid], patience)
    return True


def birth(pid: int) -> str | None:
    """Tell when the process began, as text to compare; None if it is gone or this system does not say."""
    if sys.platform == "linux":
        try:
            state, *fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        except OSError:
            return None
        return None if state in "ZX" else f"{boot} {fields[18]}"  # proc(5): starttime, in ticks since boot
    ps = shutil.which("ps")
    if ps is None:
        return None
    told = subprocess.run([ps, "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603  # an id
    return told.stdout.strip() or None


def keep_previous(log: Path) -> None:
    """Put the log of the time before aside."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def trim(log: Path) -> None:
    """Put a log that has grown large aside while its process goes on writing at the end of the same file."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        with suppress(OSError):  # a disk that has no room for the copy needs the room of the log all the more
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def _exists(group: int) -> bool:
    if sys.platform == "win32":
        return True  # nothing here says so: who was asked to end is killed after the patience, if it is still there
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return sys.platform != "linux" or any(members(group))


def members(group: int) -> Iterator[tuple[Path, Sequence[str]]]:
    """Give the living processes of a group: the folder of each in /proc, and what follows its name in proc(5)'s stat.

    The dead are left out: where nobody buries them (containers), they stay in the group. Linux alone.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile
            fields = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
            if fields[0] not in "ZX" and int(fields[2]) == group:
                yield process, fields


def _signal(group: int, *, force: bool) -> bool:
    """Ask the group to end, or kill it; False if there is none."""
    if sys.platform == "win32":
        if not force:
            try:
                os.kill(group, signal.CTRL_BREAK_EVENT)
            except OSError:
                return False
            return True
        taskkill = shutil.which("taskkill") or "taskkill"
        killed = subprocess.run([taskkill, "/T", "/F", "/PID", str(group)], check=False)  # noqa: S603  # an id
        return killed.returncode == 0
    try:
        os.killpg(group, signal.SIGKILL if force else signal.SIGTERM)
    except OSError:
        return False
    return True
