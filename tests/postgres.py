"""A real PostgreSQL for tests: one server of a test process's own, a new database for each test.

It runs as an ordinary user (PostgreSQL refuses root), in a temporary folder, on a unix socket alone. Nothing is
written through to the disk: a test's database need not outlive a power cut. Words are sorted as people sort them,
as most servers do it, so that what relies on the order of bytes is found out.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import psycopg

from models.db.schema import migrate
from models.db.session import make_engine
from tests.waiting import PATIENCE

USER: Final = "shipclock"
LOOK_SECONDS: Final = 0.02
NEWEST_FIRST: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: float(at.parent.name))[::-1]
INITDB: Final = ("--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8")
SORTED_AS_PEOPLE_DO: Final = ("--locale-provider=icu", "--icu-locale=en-US")
SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "timezone": "Asia/Ho_Chi_Minh",  # not UTC: what forgets to say its zone shows
}
CLEAR: Final = """DO $$ DECLARE one text; BEGIN
SET session_replication_role = replica;  -- foreign keys do not ask in which order
FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
END $$"""
_numbers: Final = count()


class Postgres:
    """The server. `with Postgres() as server, server.database() as url: ...`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # short, for a unix socket, and ours alone
        self._as_root = os.getuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._as_root else pwd.getpwuid(os.getuid())
        self._process: subprocess.Popen[bytes] | None = None
        self._template: str | None = None
        self._free: list[str] = []

    def __enter__(self) -> Self:
        """Make a cluster and start it."""
        if self._as_root:
            os.chown(self.home, self._owner.pw_uid, self._owner.pw_gid)
        made = self._run("initdb", "-D", str(self.home / "data"), "-U", USER, *INITDB, *SORTED_AS_PEOPLE_DO)
        if made.wait():
            raise RuntimeError((self.home / "log").read_text(encoding="utf-8"))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it and take its folder away."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        self._process = self._run("postgres", "-D", str(self.home / "data"), "-k", str(self.home), *settings)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError((self.home / "log").read_text(encoding="utf-8"))
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End it at once, as by a power cut: it gives back its shared memory and nothing more."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself
                self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """Give the address of a new database with today's tables, or with none, for as long as the block lasts.

        One with tables goes through many hands: to make one costs a hundred times what it costs to clear it.
        """
        name = self._free.pop() if self._free and not empty else self._made("template0" if empty else self._migrated())
        try:
            yield self.url(name)
        finally:
            self.kill_sessions(name)
            if empty:
                self.sql(f"DROP DATABASE {name}")
            else:
                self.sql(CLEAR, database=name)
                self._free.append(name)

    def _made(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, name: str) -> str:
        """Give the address of one of its databases."""
        return f"postgresql://{USER}@/{name}?host={self.home}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Carry out a statement as the server's master; give its rows."""
        with psycopg.connect(host=str(self.home), user=USER, dbname=database, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def kill_sessions(self, database: str) -> None:
        """End the connections of all its clients, as a restart of the server would, and wait until they are gone."""
        self.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'")  # noqa: S608  # a name of ours

    def _migrated(self) -> str:
        """Give the name of a database with all tables; to bring one up to date takes most of a test's time."""
        if self._template is None:
            self.sql("CREATE DATABASE migrated")
            engine = make_engine(self.url("migrated"))
            migrate(engine)
            engine.dispose()
            self._template = "migrated"
        return self._template

    def _answers(self) -> bool:
        try:
            self.sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        owner = self._owner
        who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [str(_program(program)), *arguments],
                cwd=self.home,
                start_new_session=True,  # a Ctrl-C is ours, not the server's
                stdout=log,
                stderr=log,
                **(who if self._as_root else {}),
            )


def missing() -> str | None:
    """Say why there can be no server here; None if there can."""
    return None if _program("initdb") and _program("postgres") else "PostgreSQL is missing: run .ci/install-debian"


def _program(name: str) -> str | None:
    """Find a program of the server: Debian keeps them off the path, a folder for each version."""
    return shutil.which(name, path=":".join(map(str, NEWEST_FIRST))) or shutil.which(name)
