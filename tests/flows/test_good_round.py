"""After each good round the outside watcher is told; after any other it is not, and it stops nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import rmtree

import pytest

from flows import supervise
from flows.good_round import tell_outside
from flows.office import Office, open_office
from flows.supervise import Supervisor
from models.db.session import open_session
from models.db.vitals import note_worker
from models.settings_file import SettingsError, load_settings
from tests.flows.prefect_server import a_home

SECRET = "a-token-nobody-may-read"


@dataclass(slots=True)
class Watcher:
    """A dead-man's switch on this machine: what it was asked for, and what it answers."""

    status: int = 200
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def listening_watcher() -> Iterator[Watcher]:
    watcher = Watcher()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            watcher.asked.append(self.path)
            self.send_response(watcher.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    watcher.address = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    try:
        yield watcher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with listening_watcher() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that is watched from outside and whose worker was just heard of."""
    home = a_home(tmp_path)
    home.config.write_text(f'{home.config.read_text()}\n[watch]\nping = "{watcher.address}"\n')
    made = open_office(home)
    with open_session(made.engine) as session:
        note_worker(session, made.now())
        session.commit()
    monkeypatch.setattr(supervise, "start_runs", lambda *_: [])  # no server runs here
    yield made
    made.engine.dispose()


def supervisor_of(office: Office, said: list[str]) -> Supervisor:
    where = {"SHIPCLOCK_HOME": str(office.home.path), "SHIPCLOCK_CONFIG": str(office.home.config)}
    return Supervisor(environment={**where, "PREFECT_API_URL": ""}, tell=said.append)


def test_each_good_round_is_told_to_the_outside_with_no_data(office: Office, watcher: Watcher):
    said: list[str] = []
    supervisor = supervisor_of(office, said)
    supervisor.look_once()
    supervisor.look_once()
    assert watcher.asked == [f"/{SECRET}"] * 2
    assert said == []


def test_a_round_whose_look_did_not_go_well_tells_nothing(office: Office, watcher: Watcher):
    rmtree(office.home.path / "mail")
    supervisor_of(office, []).look_once()
    assert watcher.asked == []


def test_a_round_without_a_worker_tells_nothing(office: Office, watcher: Watcher):
    with open_session(office.engine) as session:
        note_worker(session, office.now().replace(year=2020))
        session.commit()
    supervisor_of(office, []).look_once()
    assert watcher.asked == []


def test_a_watcher_that_refuses_is_named_once_without_its_address_and_once_when_it_is_well(
    office: Office, watcher: Watcher
):
    said: list[str] = []
    supervisor = supervisor_of(office, said)
    watcher.status = 500
    supervisor.look_once()
    supervisor.look_once()
    watcher.status = 200
    supervisor.look_once()
    assert len(watcher.asked) == 3
    assert len(said) == 2
    assert "500" in said[0]
    assert "well again" in said[1]
    assert SECRET not in "".join(said)


def test_a_watcher_that_does_not_answer_stops_nothing(office: Office):
    silent = office.settings.watch.model_copy(update={"ping": f"http://127.0.0.1:9/{SECRET}"})
    away = replace(office, settings=office.settings.model_copy(update={"watch": silent}))
    supervisor_of(office, []).look_once()  # the look that makes the round a good one
    (told,) = tell_outside(away, well=True).values()
    assert "127.0.0.1" in told
    assert SECRET not in told


def test_a_wrong_address_is_refused_without_repeating_it(office: Office):
    office.home.config.write_text(f'[watch]\nping = "http://far.example/{SECRET}"\n')
    with pytest.raises(SettingsError) as refused:
        load_settings(office.home)
    assert "ping" in str(refused.value)
    assert SECRET not in str(refused.value)
