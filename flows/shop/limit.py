"""No more calls of one kind for one shop than the platform allows: 50 in any second, as its side counts them.

A call takes a place before it is sent and gives it back a second after its answer came. Between those moments the
platform has seen it, so whatever the network delays, no second there sees more calls than there are places.
All processes of a home share the places through one small file; times are this machine's monotonic clock.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLACES: Final = 49  # one below the platform's 50 (tiktok-shop-api, section 5)
SECOND: Final = 1.0
LONGEST_SECONDS: Final = 15.0  # so long a call without an answer keeps its place: whoever made it may be dead
LOOK_AGAIN_SECONDS: Final = 0.02  # another process may give a place back at any moment
BUSY_SECONDS: Final = 30.0

TABLES: Final = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, free_at REAL NOT NULL);
    CREATE INDEX IF NOT EXISTS ix_place ON place (what, free_at);
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """All places are taken; the next may be free in so many seconds."""

    seconds: float


class Limiter:
    """The places of all kinds of calls; threads and processes may share its file."""

    def __init__(
        self,
        file: Path | str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open the file, or make it; `:memory:` is for one process alone."""
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._places = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self.close = weakref.finalize(self, self._places.close)
        self._places.executescript(TABLES)

    @contextmanager
    def turn(self, what: str) -> Iterator[None]:
        """Wait for a place, and hold it as long as the call takes and a second more."""
        while isinstance(place := self.take(what), Wait):
            self._sleep(place.seconds)
        try:
            yield
        finally:
            self.leave(place)

    def take(self, what: str) -> int | Wait:
        """Take a place for a call that is sent now, if there is one."""
        with self._writing() as places:
            now = self._clock()
            # A place that is free too far ahead was taken before this machine started anew.
            places.execute("DELETE FROM place WHERE free_at <= ? OR free_at > ?", (now, now + LONGEST_SECONDS + SECOND))
            taken, first = places.execute("SELECT count(*), min(free_at) FROM place WHERE what = ?", (what,)).fetchone()
            if taken >= PLACES:
                return Wait(min(first - now, LOOK_AGAIN_SECONDS))
            place = places.execute(
                "INSERT INTO place (what, free_at) VALUES (?, ?)", (what, now + LONGEST_SECONDS)
            ).lastrowid
        return int(place or 0)

    def leave(self, place: int) -> None:
        """The answer came: the place is free again when the platform's second is surely over."""
        with self._writing() as places:
            places.execute("UPDATE place SET free_at = ? WHERE id = ?", (self._clock() + SECOND, place))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._places.execute("BEGIN IMMEDIATE")
            try:
                yield self._places
            except BaseException:
                self._places.execute("ROLLBACK")
                raise
            self._places.execute("COMMIT")
