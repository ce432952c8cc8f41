"""A listener polls when a mail comes, waits its turn, says what is wrong, and begins again whatever happened."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from flows import waker
from flows.listener import BUSY_SECONDS, Listener
from flows.office import Office, open_office
from ingest.lease import held_lease
from ingest.poll import poll_mailbox
from models.settings import MailboxSettings
from tests.dovecot import PASSWORD, Account, Dovecot, missing
from tests.flows.prefect_server import a_home
from tests.ingest.desk import RECEIVER, new_order
from tests.ingest.fake_server import scripted_server
from tests.waiting import PATIENCE
from tests.wire import Wire, wire_to


@dataclass
class Desk:
    """A listener with what it polled and said, as it does so."""

    office: Office
    account: Account
    wire: Wire
    polled: queue.Queue[str] = field(default_factory=queue.Queue)
    said: queue.Queue[str] = field(default_factory=queue.Queue)
    listeners: list[Listener] = field(default_factory=list)

    def listen(self, stop: threading.Event | None = None) -> Listener:
        mailbox = self.account.settings(port=self.wire.port, **RECEIVER)
        made = Listener(
            mailbox=mailbox, poll=self.poll, tell=self.said.put, glance=0.05, stop=stop or threading.Event()
        )
        self.listeners.append(made)
        self.listeners[-1].start()
        return self.listeners[-1]

    def poll(self, name: str) -> None:
        """Do what the flow does, and tell the test."""
        mailbox = self.listeners[-1].mailbox
        poll_mailbox(self.office.engine, mailbox, (), self.office.home, self.office.now)
        self.polled.put(name)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    if reason := missing():
        pytest.skip(reason)
    home = a_home(tmp_path)
    for name, value in {
        "SHIPCLOCK_HOME": str(home.path),
        "SHIPCLOCK_CONFIG": str(home.config),
        "SHIPCLOCK_PASSWORD_MAIN": PASSWORD,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("flows.listener.AGAIN_SECONDS", 0.05)
    office = open_office(replace(home, environment={"SHIPCLOCK_PASSWORD_MAIN": PASSWORD}))
    with Dovecot() as server, wire_to(server.port) as wire:
        made = Desk(office, server.account(), wire)
        yield made
        for one in made.listeners:
            one.stop.set()
            one.join(PATIENCE)
    office.engine.dispose()


def test_it_polls_what_was_there_before_and_each_time_that_mail_comes(desk: Desk):
    desk.listen()
    assert desk.polled.get(timeout=PATIENCE) == "main"
    for number in range(3):
        desk.account.append(new_order(number))
        assert desk.polled.get(timeout=PATIENCE) == "main"


def test_a_connection_that_is_cut_is_opened_again_and_said(desk: Desk):
    desk.listen()
    desk.polled.get(timeout=PATIENCE)
    desk.wire.cut()
    assert "It is waited on again in" in desk.said.get(timeout=PATIENCE)
    desk.account.append(new_order(1))
    desk.polled.get(timeout=PATIENCE)


def test_who_hears_of_nothing_though_others_read_mail_opens_another_connection(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    glances: queue.Queue[str] = queue.Queue()
    asks = Listener._finished  # noqa: SLF001  at each glance from within IDLE

    def counted(listener: Listener, office: Office, folder: str) -> tuple[int, int]:
        glances.put(folder)
        return asks(listener, office, folder)

    monkeypatch.setattr(Listener, "_finished", counted)
    listener = desk.listen()
    desk.polled.get(timeout=PATIENCE)
    for _ in range(3):
        glances.get(timeout=PATIENCE)
    desk.wire.go_silent()
    desk.account.append(new_order(1))
    poll_mailbox(desk.office.engine, listener.mailbox, (), desk.office.home, desk.office.now)  # the look's
    desk.account.append(new_order(2))
    desk.polled.get(timeout=PATIENCE)


def test_a_poll_waits_until_the_one_that_is_under_way_is_over(desk: Desk):
    waits = Waits()
    with held_lease(desk.office.engine, "main", desk.office.now):
        desk.listen(waits)
        assert [waits.each.get(timeout=PATIENCE) for _ in range(3)] == [BUSY_SECONDS] * 3
        assert desk.polled.empty()
    desk.polled.get(timeout=PATIENCE)


class Waits(threading.Event):
    """Tells how long was waited each time, and waits no longer than it must."""

    def __init__(self) -> None:
        super().__init__()
        self.each: queue.Queue[float | None] = queue.Queue()

    def wait(self, timeout: float | None = None) -> bool:
        self.each.put(timeout)
        return super().wait(timeout)


def test_a_poll_that_fails_ends_no_waiting(desk: Desk):
    listener = desk.listen()
    desk.polled.get(timeout=PATIENCE)
    works, listener.poll = listener.poll, fails
    desk.account.append(new_order(1))
    assert "RuntimeError" in desk.said.get(timeout=PATIENCE)
    listener.poll = works
    desk.account.append(new_order(2))
    desk.polled.get(timeout=PATIENCE)


def fails(_: str) -> None:
    raise RuntimeError("a buyer's name could stand here")


def test_a_server_without_idle_is_told_once_and_left_to_the_look(desk: Desk):
    with scripted_server({}) as port:
        settings = MailboxSettings(name="main", host="localhost", port=port, tls=False, user="shop", folders=("INBOX",))
        listener = Listener(mailbox=settings, poll=desk.poll, tell=desk.said.put)
        listener.start()
        listener.join(PATIENCE)
    assert "offers no IDLE" in desk.said.get(timeout=PATIENCE)
    assert desk.said.empty()
    assert listener.thread is not None
    assert not listener.thread.is_alive()


def test_settings_that_change_end_what_waits_and_start_what_they_ask_for(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Listener, "start", lambda _: None)
    first = desk.account.settings("first")
    second = desk.account.settings("second", idle=False)
    files = MailboxSettings(name="files", kind="folder", path=Path("mail"))
    listeners = waker.brought_up_to_date({}, [first, second, files], desk.poll)
    assert list(listeners) == ["first"]
    changed = first.model_copy(update={"user": "another"})
    after = waker.brought_up_to_date(listeners, [changed], desk.poll)
    assert listeners["first"].stop.is_set()
    assert [one.mailbox for one in after.values()] == [changed]
    assert waker.brought_up_to_date(after, [changed], desk.poll) == after
    assert waker.brought_up_to_date(after, [], desk.poll) == {}
