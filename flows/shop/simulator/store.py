"""The simulator's own memory: one SQLite file beside Shipclock's database, never part of it.

Several processes use it at once, each change is one transaction. It keeps order numbers, moments and
codes; buyers and the text of mails stay in the script and in the mailbox.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from flows.shop.simulator.market import ARTICLE
from flows.shop.simulator.script import Crowd, Script, write_script
from models.fact import Json

BUSY: Final = 30.0  # seconds to wait for another process


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens by itself at a moment (UTC) of the play."""

    event_id: int = 0
    at: datetime
    order_no: str
    kind: str
    detail: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """By what the platform tells its news: mails, webhooks. What nobody listens to is not written."""

    mails: bool = True
    webhooks: bool = False


class Store:
    """Opens the file for one change or one look at a time; safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Point at a store; `prepare` makes it."""
        self.path = path
        self._own = threading.local()  # one connection a thread: opening costs more than most statements

    def prepare(self) -> None:
        """Make the file and its tables where they are missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = self._connection()
        connection.execute("pragma journal_mode = wal")
        connection.executescript(files(__package__).joinpath("store.sql").read_text(encoding="utf-8"))

    @cached_property
    def script(self) -> Script:
        """The script of this play."""
        with self.look() as play:
            row = play.sql("select seed, start, market, orders, days from play").fetchone()
        seed, start, market, orders, days = row
        crowd = Crowd(orders=orders, days=days) if orders else None
        return write_script(int(seed), datetime.fromisoformat(start), market or ARTICLE, crowd)

    @contextmanager
    def change(self) -> Iterator[Play]:
        """Open one transaction that may write: all of it counts or nothing."""
        connection = self._connection()
        connection.execute("begin immediate")
        try:
            yield Play(connection)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    @contextmanager
    def look(self) -> Iterator[Play]:
        """Read."""
        yield Play(self._connection())

    def now(self) -> datetime:
        """The play's present moment (UTC)."""
        with self.look() as play:
            return play.now()

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is not None:
            held.close()
            self._own.connection = None

    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is None:
            held = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
            held.execute("pragma synchronous = off")  # a play outlives a kill; it need not outlive a power cut
            self._own.connection = held
        return held


class Play:
    """What can be read and written within one transaction of the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on an open connection."""
        self._connection = connection

    def sql(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def begins(self, script: Script, channels: Channels) -> bool:
        """Write down which script is played; False when that was done before."""
        begun = bool(self.sql("select count(*) from play").fetchone()[0])
        if not begun:
            crowd = script.crowd or Crowd(orders=0, days=0)
            self.sql(
                "insert into play (seed, start, market, orders, days, mails, webhooks, clock)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                script.seed,
                text_of(script.start),
                script.market,
                crowd.orders,
                crowd.days,
                channels.mails,
                channels.webhooks,
                seconds(script.start),
            )
        return not begun

    def now(self) -> datetime:
        """The play's present moment (UTC)."""
        return moment_of(self.sql("select clock from play").fetchone()[0])

    def set_now(self, moment: datetime) -> None:
        """Move the play's clock; it never goes back."""
        self.sql("update play set clock = max(clock, ?)", seconds(moment))

    @cached_property
    def channels(self) -> Channels:
        """By what news are told."""
        mails, webhooks = self.sql("select mails, webhooks from play").fetchone()
        return Channels(mails=bool(mails), webhooks=bool(webhooks))

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

    def void(self, order_no: str, kind: str) -> None:
        """Let nothing of a kind happen to an order any more."""
        self.sql(
            "update event set state = 'void' where state = 'pending' and order_no = ? and kind = ?", order_no, kind
        )

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


def seconds(moment: datetime) -> int:
    """Give a moment as the API writes it: whole Unix seconds."""
    return int(moment.timestamp())


def moment_of(unix: int) -> datetime:
    """Give Unix seconds as a moment (UTC)."""
    return datetime.fromtimestamp(unix, UTC)


def _event(row: tuple[int, str, str, str, str]) -> Event:
    event_id, at, order_no, kind, detail = row
    return Event(
        event_id=event_id,
        at=datetime.fromisoformat(at),
        order_no=order_no,
        kind=kind,
        detail=json.loads(detail),
    )
