"""The look of each minute names the deployments that have work, and asks no more of a mailbox than its state."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import rmtree

import pytest
from sqlmodel import select

from flows import clock, supervise
from flows.look import Work, look
from flows.office import Office, open_office
from flows.supervise import Supervisor
from flows.telling import compose
from ingest import backoff
from ingest.backoff import LONGEST
from ingest.errors import ThrottledError
from ingest.lease import held_lease
from ingest.poll import poll_mailbox
from models.db.alerts import Alert, due_alerts, raise_alert
from models.db.mail_tables import MailboxRow
from models.db.session import open_session
from models.db.tables import AlertRow
from models.settings import MailboxSettings
from tests.flows.prefect_server import a_home
from tests.ingest.fake_server import listening
from tests.waiting import PATIENCE

BLIND_AFTER = timedelta(minutes=15)
POLL = Work(deployment="poll-mailbox", parameters={"mailbox": "main"})


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """An office whose mailbox was read to its end."""
    made = open_office(a_home(tmp_path, database))
    (tmp_path / "mail" / "new" / "0").write_bytes(b"From: me@example.com\nSubject: old\n\nold\n")
    poll_mailbox(made.engine, made.settings.mailbox[0], made.settings.shop, made.home, made.now)
    yield made
    made.engine.dispose()


def test_where_nothing_is_due_there_is_no_work(office: Office):
    assert look(office).work == ()


def test_a_new_mail_is_work_for_poll_mailbox(office: Office):
    (office.home.path / "mail" / "new" / "1").write_bytes(b"From: me@example.com\nSubject: news\n\nnews\n")
    assert look(office).work == (POLL,)


def test_an_alert_that_waits_is_work_for_send_alerts(office: Office):
    with open_session(office.engine) as session:
        raise_alert(session, Alert(subject="mailbox:main", rule="silent", level=0, text_key="silent"), office.now())
        session.commit()
    assert look(office).work == (Work(deployment="send-alerts"),)


def test_a_mailbox_that_cannot_be_read_is_named_and_noted_and_holds_up_nothing(office: Office):
    rmtree(office.home.path / "mail")
    looked = look(office)
    assert looked.work == ()
    assert "main" in looked.faults["main"]
    with open_session(office.engine, read_only=True) as session:
        assert session.get_one(MailboxRow, "main").last_error == "folder_missing"


def test_a_look_without_news_counts_as_reading_the_mailbox(office: Office):
    with open_session(office.engine, read_only=True) as session:
        before = session.get_one(MailboxRow, "main").last_ok_at
    look(office)
    with open_session(office.engine, read_only=True) as session:
        after = session.get_one(MailboxRow, "main").last_ok_at
    assert before is not None
    assert after is not None
    assert after > before


@pytest.mark.row("D20")
def test_a_mailbox_that_stays_unread_is_shouted_once(office: Office):
    rmtree(office.home.path / "mail")
    clock.set_virtual(office.engine, office.now() + BLIND_AFTER / 2)
    assert look(office).work == ()
    clock.set_virtual(office.engine, office.now() + BLIND_AFTER)
    assert [look(office).work, look(office).work] == [(Work(deployment="send-alerts"),)] * 2
    with open_session(office.engine, read_only=True) as session:
        (alert,) = compose(due_alerts(session, office.now()), office.now())
    assert alert.title == "Mailbox not read"
    assert "Mailbox main has not been read for 22 min" in alert.body


def blind(office: Office) -> int:
    """How often it was told that a mailbox is not read."""
    with open_session(office.engine, read_only=True) as session:
        return len(session.exec(select(AlertRow).where(AlertRow.rule == "D20")).all())


def blind_after(office: Office, *minutes: int) -> list[int]:
    """The same after a look so many minutes after this moment, for each."""
    start, counts = office.now(), []
    for minute in minutes:
        clock.set_virtual(office.engine, start + timedelta(minutes=minute))
        look(office)
        counts.append(blind(office))
    return counts


def mail_comes(office: Office) -> None:
    clock.set_virtual(office.engine, office.now())
    look(office)
    (office.home.path / "mail" / "new" / "1").write_bytes(b"From: me@example.com\nSubject: news\n\nnews\n")


@pytest.mark.row("D20")
def test_news_that_no_poll_ever_ends_are_shouted_once(office: Office):
    mail_comes(office)
    assert blind_after(office, 15, 16, 29) == [0, 1, 1]


@pytest.mark.row("D20")
def test_news_that_waited_through_a_sleep_have_their_time_from_waking_up(office: Office):
    mail_comes(office)
    week = 7 * 24 * 60
    assert blind_after(office, week, week + 15, week + 16) == [0, 0, 1]


@pytest.mark.row("D20")
def test_while_a_poller_reads_for_long_nobody_is_blind(office: Office):
    mail_comes(office)
    clock.set_virtual(office.engine, office.now() + timedelta(minutes=20))
    with held_lease(office.engine, "main", office.now):
        look(office)
    assert blind(office) == 0


@pytest.mark.row("D20")
def test_a_server_that_is_left_in_peace_is_not_asked_and_still_shouted_in_time(office: Office):
    with open_session(office.engine) as session:
        for _ in range(9):
            backoff.note_fault(session, "main", ThrottledError(""), office.now() + BLIND_AFTER)
        session.commit()
    (office.home.path / "mail" / "new" / "1").write_bytes(b"From: me@example.com\nSubject: news\n\nnews\n")
    clock.set_virtual(office.engine, office.now() + BLIND_AFTER * 1.1)
    looked = look(office)
    assert looked.work == (Work(deployment="send-alerts"),)
    assert looked.waiting == {"main"}
    clock.set_virtual(office.engine, office.now() + LONGEST)
    assert POLL in look(office).work


def test_a_mailbox_that_is_silent_holds_up_no_other(office: Office):
    """Its look ends only after the other's poll was started: one after the other, that would never be."""
    (office.home.path / "mail" / "new" / "1").write_bytes(b"From: me@example.com\nSubject: news\n\nnews\n")
    started = threading.Event()
    in_time: list[bool] = []

    def silent(client: socket.socket) -> None:
        in_time.append(started.wait(PATIENCE))
        client.sendall(b"* BYE\r\n")

    with listening(silent) as port:
        mute = MailboxSettings(name="mute", host="localhost", port=port, tls=False, user="shop")
        both = office.settings.model_copy(update={"mailbox": (mute, *office.settings.mailbox)})
        environment = {"SHIPCLOCK_PASSWORD_MUTE": "made-up"}
        busy = replace(office, settings=both, home=replace(office.home, environment=environment))
        looked = look(busy, lambda work: started.set() if work == POLL else None)
    assert looked.work == (POLL,)
    assert looked.faults.keys() == {"mute"}
    assert in_time == [True]


def test_each_mailbox_with_news_has_a_run_of_its_own(office: Office):
    mail = office.home.path / "mail"
    (mail / "new" / "1").write_bytes(b"From: me@example.com\nSubject: news\n\nnews\n")
    other = office.settings.mailbox[0].model_copy(update={"name": "other"})
    two = office.settings.model_copy(update={"mailbox": (*office.settings.mailbox, other)})
    work = look(replace(office, settings=two)).work
    assert {one.parameters["mailbox"] for one in work} == {"main", "other"}


def test_the_supervisor_takes_nothing_for_well_again_that_was_not_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    where = {"SHIPCLOCK_HOME": str(office.home.path), "SHIPCLOCK_CONFIG": str(office.home.config)}
    supervisor = Supervisor(environment={**where, "PREFECT_API_URL": ""}, tell=said.append)
    monkeypatch.setattr(supervise, "start_runs", lambda *_: [])  # no server runs here
    rmtree(office.home.path / "mail")
    supervisor.look_once()
    with open_session(office.engine) as session:
        backoff.note_fault(session, "main", ThrottledError(""), office.now())
        session.commit()
    supervisor.look_once()
    assert len(said) == 1
    assert "main" in said[0]
