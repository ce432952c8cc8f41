"""What kills processes at random moments of a chaos: the worker, a run, the servers, the database's connections."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from sqlalchemy import Engine, text

from flows.demo.dovecot import Dovecot
from flows.processes import members
from flows.stack import Stack
from models.db.session import DatabaseError

MAIL_AWAY: Final = (0.5, 5.0)  # seconds without a mail server, at least and at most
UNEVEN: Final = 1.6  # the longest pause between two deaths, in parts of the mean one
CONNECTIONS: Final = text(
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Victims:
    """What can be killed; each gives whether there was something to kill."""

    stack: Stack
    mail: Dovecot
    engine: Engine
    asked_to_stop: threading.Event = field(default_factory=threading.Event)

    @property
    def by_name(self) -> Mapping[str, Callable[[], bool]]:
        """All of them."""
        ways = {
            "worker": lambda: self._child("worker"),
            "run": self._a_run,
            "server": lambda: self._child("server"),
            "mail server": self._mail_server,
        }
        if self.engine.dialect.name == "postgresql":
            ways["database connection"] = self._connections
        return ways

    def _child(self, name: str) -> bool:
        """Kill a process with all that it started."""
        pid = self.stack.children[name].pid
        if pid is None or not self.stack.children[name].alive:
            return False
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        return True

    def _a_run(self) -> bool:
        """Kill one process of the worker's that carries out a run."""
        worker = self.stack.children["worker"].pid
        group = [int(process.name) for process, _ in members(worker)] if worker else []
        runs = [pid for pid in group if pid != worker]
        for pid in runs[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(runs)

    def _mail_server(self) -> bool:
        self.mail.stop()
        self.asked_to_stop.wait(Random().uniform(*MAIL_AWAY))
        self.mail.start()
        return True

    def _connections(self) -> bool:
        try:
            with self.engine.connect() as connection:
                return bool(connection.execute(CONNECTIONS).scalar())
        except (DatabaseError, OSError):
            return False


class Killer:
    """Kills in a thread of its own, at moments drawn from a seed, never all at once."""

    def __init__(self, victims: Victims, *, seed: int) -> None:
        """Choose by this seed."""
        self.victims = victims
        self.killed: Counter[str] = Counter()
        self._rng = Random(seed)

    @contextmanager
    def at_work(self, kills: int, seconds: float) -> Iterator[None]:
        """Kill so often within so many seconds, while the block lasts; it goes on until all are dead."""
        thread = threading.Thread(target=self._kill, args=(kills, seconds / max(kills, 1)), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.victims.asked_to_stop.set()
            thread.join()

    def _kill(self, kills: int, mean: float) -> None:
        """Kill one after the other, each kind as often; a victim that is not there lets another die before it."""
        stop, left = self.victims.asked_to_stop, list[str]()
        while self.killed.total() < kills and not stop.wait(self._rng.uniform(mean * (2 - UNEVEN), mean * UNEVEN)):
            left = left or self._shuffled()
            name = next((one for one in left if self.victims.by_name[one]()), None)
            if name:
                left.remove(name)
                self.killed[name] += 1

    def _shuffled(self) -> list[str]:
        names = [*self.victims.by_name]
        self._rng.shuffle(names)
        return names
