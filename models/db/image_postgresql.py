"""PostgreSQL's tables as an image, by its own programs: pg_dump's custom format, and back in one transaction.

The password goes to them by the environment: others on the machine see the words of a command line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from models.db.advice import DatabaseFault, advice, told
from models.db.image import Finish, InUseError, Progress, Saved, TakenError
from models.db.session import DatabaseError, make_engine

PIPE_BYTES: Final = 2**20
UNHURRIED: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"
OTHERS: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class PostgresqlStore:
    """The tables in the usual schema of a database."""

    url: URL
    engine: str = "postgresql"

    @property
    def folder(self) -> None:
        """It lies at the server, wherever the image does."""

    def save(self, image: Path, progress: Progress) -> Saved:
        """See Store: rows are counted at the very moment that pg_dump copies."""
        with self._connected() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                connection.execute(text(UNHURRIED))
                saved = _saved(connection)
                size = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
                moment = connection.scalar(text("SELECT pg_export_snapshot()"))
                progress(0, size)
                tables = [f'--table="{_schema(connection)}"."{name}"' for name in saved.rows]
                options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", *tables]
                self._run("pg_dump", *options, f"--file={image}", f"--dbname={self._address}")
                progress(size, size)
        self._run("pg_restore", f"--file={os.devnull}", str(image))  # reads all of it once
        return saved

    def holds_something(self) -> bool:
        """See Store."""
        with self._connected() as connection:
            return bool(_tables(connection))

    def load(self, image: Path, rows: Mapping[str, int], finish: Finish, *, aside: str | None) -> str | None:
        """See Store: putting aside, restoring and counting are one transaction."""
        with self._connected() as connection:
            tables, schema = _tables(connection), _schema(connection)
            others = int(connection.scalar(text(OTHERS)) or 0)
        if others:
            raise InUseError(told(DatabaseFault.USED_BY_OTHERS, count=others))
        if tables and aside is None:
            raise TakenError(told(DatabaseFault.TAKEN_ON_SERVER))
        kept = f"{schema}_{aside}".replace("-", "_").lower() if tables else None
        before = [] if kept is None else _put_aside(tables, schema, kept)
        self._restore(image, before, _counting(rows, schema))
        self._finish(finish)
        return kept

    def _restore(self, image: Path, before: list[str], after: list[str]) -> None:
        """Let psql carry out all of it at once; it is killed rather than told the end of what broke off."""
        psql = [_program("psql"), "--single-transaction", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        options = ["--file=-", f"--dbname={self._address}"]
        reading = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(image)]
        with subprocess.Popen(  # noqa: S603  # PostgreSQL's own program
            [*psql, *options],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as writer:
            assert writer.stdin is not None  # noqa: S101  # it is a pipe
            try:
                _send(writer.stdin, ["SET lock_timeout = '30s';", *before])
                _copy(reading, writer.stdin)
                _send(writer.stdin, after)
            except BrokenPipeError:  # psql gave up and has said why
                pass
            except BaseException:  # a Ctrl-C too: psql must not commit half of it
                writer.kill()
                with suppress(BrokenPipeError):
                    writer.stdin.close()
                raise
            _, told = writer.communicate()
        _check_end("psql", writer.returncode, told)

    def _finish(self, finish: Finish) -> None:
        engine = make_engine(self.url.render_as_string(hide_password=False))
        try:
            finish(engine)
        finally:
            engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine: Engine = make_engine(self.url.render_as_string(hide_password=False))
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as fault:
            raise DatabaseError(advice(fault)) from None
        finally:
            engine.dispose()

    @property
    def _address(self) -> str:
        return self.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)

    @property
    def _environment(self) -> dict[str, str]:
        password = {"PGPASSWORD": str(self.url.password)} if self.url.password else {}
        return {**os.environ, **password, "PGCONNECT_TIMEOUT": "30", "LC_ALL": "C"}

    def _run(self, name: str, *options: str) -> None:
        done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs
            [_program(name), *options], env=self._environment, capture_output=True, check=False
        )
        _check_end(name, done.returncode, done.stderr)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DatabaseError(told(DatabaseFault.NO_PROGRAM, name=name))
    return found


def _check_end(name: str, code: int, said: bytes) -> None:
    """Raise DatabaseError if the program failed; its first line names tables and versions, later ones may tell rows."""
    if code:
        first = next((line for line in said.decode("utf-8", "replace").splitlines() if line.strip()), "")
        raise DatabaseError(told(DatabaseFault.PROGRAM_FAILED, name=name, why=first[:300] or f"code {code}"))


def _schema(connection: Connection) -> str:
    return str(inspect(connection).default_schema_name)


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _saved(connection: Connection) -> Saved:
    tables = _tables(connection)
    if "alembic_version" not in tables:
        raise DatabaseError(told(DatabaseFault.NOTHING_HERE))
    rows = {name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in tables}  # noqa: S608  # it named them itself
    return Saved(version=str(connection.scalar(text("SELECT version_num FROM alembic_version"))), rows=rows)


def _put_aside(tables: list[str], schema: str, kept: str) -> list[str]:
    moves = [f'ALTER TABLE "{schema}"."{name}" SET SCHEMA "{kept}";' for name in tables]
    return [f'CREATE SCHEMA "{kept}";', *moves]


def _counting(rows: Mapping[str, int], schema: str) -> list[str]:
    """Statements that fail, and so undo all, where a table has not as many rows as were saved."""
    return [
        f'DO $$ BEGIN IF (SELECT count(*) FROM "{schema}"."{name}") <> {count} THEN '  # noqa: S608  # names of ours
        f"RAISE EXCEPTION 'the backup is damaged: not all rows of {name} are there'; END IF; END $$;"
        for name, count in rows.items()
    ]


def _send(to: IO[bytes], statements: list[str]) -> None:
    to.write("".join(f"{statement}\n" for statement in statements).encode())
    to.flush()


def _copy(command: list[str], to: IO[bytes]) -> None:
    """Pass on what the command writes. Raises DatabaseError if it fails, BrokenPipeError if nobody listens."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:  # noqa: S603  # as above
        assert reader.stdout is not None  # noqa: S101  # it is a pipe
        try:
            shutil.copyfileobj(reader.stdout, to, PIPE_BYTES)
        except BrokenPipeError:
            reader.kill()
            raise
        _, said = reader.communicate()
    _check_end("pg_restore", reader.returncode, said)
