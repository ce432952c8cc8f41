"""`rerun` as a list, as a count and for many: faults and refusals apart; `check` sees a deployment's lost folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from models.db.session import open_session
from models.db.tables import OrderRow, StepRow
from tests.flows.cli.conftest import JUNIPER, LOTUS, Said, Shipclock

GOES_THERE = "prefect.deployments.steps.set_working_directory"


@pytest.fixture
def failed(shipclock: Shipclock, deliver: Callable[..., None], engine: Engine) -> Shipclock:
    """One step of each of two orders in trouble: one for want of the shop, one refused."""
    deliver("001", "004")
    assert shipclock("poll").code == 0
    _set(engine, JUNIPER, status="dead", error_code="unavailable", error_class="shop_unavailable")
    _set(engine, LOTUS, status="waiting", outcome="refused", error_code="out_of_stock", error_class="refused")
    return shipclock


def _set(engine: Engine, order_no: str, **columns: str) -> None:
    with open_session(engine) as session:
        mine = col(StepRow.order_id).in_(select(OrderRow.id).where(OrderRow.order_no == order_no))
        session.connection().execute(update(StepRow).where(mine).values(**columns))
        session.commit()


def test_without_a_further_word_the_failed_steps_are_listed_faults_and_refusals_apart(failed: Shipclock) -> None:
    lines = {order: line for line in failed("rerun").out.splitlines() for order in (JUNIPER, LOTUS) if order in line}
    assert "fault" in lines[JUNIPER]
    assert "The shop was not reachable." in lines[JUNIPER]
    assert "decide" in lines[LOTUS]
    told = failed("rerun", "--json").json["failed"]
    assert {one["order_no"]: one["decision_needed"] for one in told} == {JUNIPER: False, LOTUS: True}


def test_a_dry_run_counts_and_says_what_is_left_to_decide(failed: Shipclock) -> None:
    said = failed("rerun", "--all", "--dry-run")
    assert "Failed steps that would run again: 1." in said.out
    assert "shop_unavailable" in said.out
    assert "1 more wait until you decide" in said.err
    assert failed("rerun", "--all", "--class", "refused", "--dry-run", "--json").json["count"] == 1
    assert failed("rerun", JUNIPER, LOTUS, "--dry-run", "--json").json["count"] == 2


def test_all_of_a_class_run_again_here_where_no_server_answers(failed: Shipclock) -> None:
    said = failed("rerun", "--all", "--class", "shop_unavailable", "--reason", "back")
    assert said.code == 0
    assert "1 steps were queued again" in said.out
    assert "No failed step is like that" in failed("rerun", "--all", "--class", "shop_unavailable").out


@pytest.mark.parametrize("words", [("--all", JUNIPER), (JUNIPER, LOTUS, "confirm"), ("--all", "--shop", "Nobody")])
def test_what_cannot_be_meant_is_said_and_nothing_is_done(failed: Shipclock, words: tuple[str, ...]) -> None:
    assert failed("rerun", *words).code == 2
    assert len(failed("rerun", "--json").json["failed"]) == 2


@contextmanager
def a_server(deployments: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What answers as Prefect's API does when it is asked for its health and its deployments."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(True)  # noqa: FBT003  # the body of /health

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(deployments)

        def _answer(self, body: object) -> None:
            sent = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def checked(shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Said:
    stored = [{"name": name, "pull_steps": [{GOES_THERE: {"directory": str(folder)}}]} for name in ("sweep", "other")]
    with a_server(stored) as address:
        monkeypatch.setenv("PREFECT_API_URL", address)
        return shipclock("check", "--offline")


def test_check_tells_of_deployments_whose_folder_is_gone_and_what_to_do(
    shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = checked(shipclock, monkeypatch, tmp_path / "moved")
    assert said.code == 1
    assert f"the folder {tmp_path / 'moved'}" in said.out
    assert "other, sweep" in said.out
    assert "deploy --all" in said.out


def test_check_is_content_with_deployments_whose_folder_is_there_and_silent_without_a_server(
    shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "2 deployments work in a folder that is there" in checked(shipclock, monkeypatch, tmp_path).out
    monkeypatch.delenv("PREFECT_API_URL")
    assert "eployments" not in shipclock("check", "--offline").out
