"""The simulator's own memory: one SQLite file beside Shipclock's database, never part of it.

Several processes use it at once, each change is one transaction. It keeps order numbers, moments and
codes; buyers and the text of mails stay in the script and in the mailbox.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from flows.shop.simulator.script import Script, write_script
from models.fact import Json
from models.platform_status import PlatformStatus

BUSY: Final = 30.0  # seconds to wait for another process

SCHEMA: Final = """
create table if not exists play (seed integer not null, start text not null);
create table if not exists orders (order_no text primary key, status text not null, shipped_at text,
    cancel_open integer not null default 0);
create table if not exists event (id integer primary key, at text not null, order_no text not null,
    kind text not null, detail text not null, state text not null default 'pending');
create index if not exists event_due on event (state, at);
create table if not exists effect (id integer primary key, at text not null, order_no text not null,
    effect text not null, key text not null, applied integer not null, answer text not null);
create table if not exists mail (id integer primary key, at text not null, order_no text not null,
    kind text not null, sha256 text not null, genuine integer not null, readable integer not null);
create table if not exists scan (order_no text not null, at text not null, kind text not null,
    attempt integer, unique (order_no, at, kind));
create table if not exists fault (order_no text not null, effect text not null, mode text not null,
    remaining integer, primary key (order_no, effect));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens by itself at a moment (UTC) of the play."""

    event_id: int = 0
    at: datetime
    order_no: str
    kind: str
    detail: dict[str, Json] = field(default_factory=dict)


class Store:
    """Opens the file for one change or one look at a time; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Point at a store; `prepare` makes it."""
        self.path = path

    def prepare(self) -> None:
        """Make the file and its tables where they are missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(SCHEMA)

    @cached_property
    def script(self) -> Script:
        """The script of this play."""
        with self.look() as play:
            seed, start = play.sql("select seed, start from play").fetchone()
        return write_script(int(seed), datetime.fromisoformat(start))

    @contextmanager
    def change(self) -> Iterator[Play]:
        """Open one transaction that may write: all of it counts or nothing."""
        with closing(self._connect()) as connection:
            connection.execute("begin immediate")
            try:
                yield Play(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def look(self) -> Iterator[Play]:
        """Open a connection to read with."""
        with closing(self._connect()) as connection:
            yield Play(connection)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Spare SQLite the clean-up after the last connection, for many changes in a row."""
        with self.look() as play:
            play.sql("select 1 from play")
            yield

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
        connection.execute("pragma synchronous = off")  # a play outlives a kill; it need not outlive a power cut
        return connection


class Play:
    """What can be read and written within one transaction of the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on an open connection."""
        self._connection = connection

    def sql(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def begins(self, script: Script) -> bool:
        """Write down which script is played; False when that was done before."""
        begun = bool(self.sql("select count(*) from play").fetchone()[0])
        if not begun:
            self.sql("insert into play values (?, ?)", script.seed, text_of(script.start))
        return not begun

    def status(self, order_no: str) -> PlatformStatus | None:
        """Where the platform has the order; None before it is placed."""
        row = self.sql("select status from orders where order_no = ?", order_no).fetchone()
        return PlatformStatus(row[0]) if row else None

    def set_status(self, order_no: str, status: PlatformStatus) -> None:
        """Move an order, or start it."""
        self.sql(
            "insert into orders (order_no, status) values (?, ?)"
            " on conflict (order_no) do update set status = excluded.status",
            order_no,
            status,
        )

    def cancel_is_open(self, order_no: str) -> bool:
        """Whether the buyer's request to cancel waits for an answer."""
        row = self.sql("select cancel_open from orders where order_no = ?", order_no).fetchone()
        return bool(row and row[0])

    def set_cancel_open(self, order_no: str, *, is_open: bool) -> None:
        """Open or close the buyer's request."""
        self.sql("update orders set cancel_open = ? where order_no = ?", is_open, order_no)

    def schedule(self, event: Event) -> None:
        """Let something happen later."""
        self.sql(
            "insert into event (at, order_no, kind, detail) values (?, ?, ?, ?)",
            text_of(event.at),
            event.order_no,
            event.kind,
            json.dumps(event.detail, ensure_ascii=False),
        )

    def next_event(self, until: datetime | None = None) -> Event | None:
        """Find the first thing that has not happened yet (up to `until`); None when all is quiet."""
        row = self.sql(
            "select id, at, order_no, kind, detail from event where state = 'pending' and at <= ?"
            " order by at, order_no, kind, detail, id limit 1",
            text_of(until) if until else "9999",
        ).fetchone()
        return row and _event(row)

    def pending(self, order_no: str, kind: str) -> list[Event]:
        """Find what is still to happen to an order."""
        rows = self.sql(
            "select id, at, order_no, kind, detail from event"
            " where state = 'pending' and order_no = ? and kind = ? order by at, id",
            order_no,
            kind,
        )
        return [_event(row) for row in rows]

    def finish(self, event: Event, state: str = "done") -> None:
        """Mark an event as happened, or as never to happen."""
        self.sql("update event set state = ? where id = ?", state, event.event_id)

    def add_scan(self, order_no: str, at: datetime, kind: str, attempt: int | None) -> None:
        """Keep what the carrier saw."""
        self.sql("insert or ignore into scan values (?, ?, ?, ?)", order_no, text_of(at), kind, attempt)

    def scans(self, order_no: str) -> list[tuple[datetime, str, int | None]]:
        """List what the carrier saw, oldest first."""
        rows = self.sql("select at, kind, attempt from scan where order_no = ? order by at", order_no)
        return [(datetime.fromisoformat(at), kind, attempt) for at, kind, attempt in rows]


def text_of(moment: datetime) -> str:
    """Give a moment as text that sorts: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _event(row: tuple[int, str, str, str, str]) -> Event:
    event_id, at, order_no, kind, detail = row
    return Event(
        event_id=event_id,
        at=datetime.fromisoformat(at),
        order_no=order_no,
        kind=kind,
        detail=json.loads(detail),
    )
