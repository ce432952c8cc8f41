"""What Prefect keeps is really thrown away with our settings: runs after a fortnight; events it does not keep."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.states import Completed

from flows.server import prefect_client
from flows.stack import Stack
from tests.conftest import TOLD
from tests.flows.prefect_server import a_home
from tests.waiting import PATIENCE, wait_for

SOON = {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5"}  # else each hour
RUNS = 12
FORTNIGHT = timedelta(days=14)
HOUR = timedelta(hours=1)


@flow(name="nothing")
def nothing() -> None:
    """Is never run: its runs are rows."""


def rows(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def stored(moment: datetime) -> str:
    """As Prefect's SQLite keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@pytest.mark.long
def test_runs_whose_time_is_over_are_thrown_away_and_others_kept_and_no_event_is_stored(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    home = replace(a_home(tmp_path), environment=SOON)
    database = tmp_path / "prefect" / "prefect.db"
    with Stack(home, tell=lambda _: None) as stack:
        stack.start_server()
        with prefect_client(stack.api_url) as client:
            made = [str(client.create_flow_run(nothing, state=Completed()).id) for _ in range(RUNS)]
        now = datetime.now(UTC)
        old, kept = made[: RUNS // 2], made[RUNS // 2 :]
        for runs, ended in ((old, now - FORTNIGHT - HOUR), (kept, now - FORTNIGHT + HOUR)):
            marks = ", ".join("?" * len(runs))
            rows(database, f"update flow_run set end_time = ? where id in ({marks})", stored(ended), *runs)  # noqa: S608  # our own marks

        def left() -> bool:
            return {str(key) for (key,) in rows(database, "select id from flow_run")} == set(kept)

        wait_for(left, "the old runs to go and the others to stay")
        assert rows(database, "select count(*) from events") == [(0,)]
    record_property(TOLD, f"retention: {len(old)} of {RUNS} runs were thrown away")
