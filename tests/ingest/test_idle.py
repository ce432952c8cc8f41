"""Waiting in IDLE ends: with a mail, when it is to be renewed, when asked, or with a fault that says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ingest.errors import MailboxError, ThrottledError, TimedOutError, UnreachableError
from ingest.idle import Heard, can_idle, wait_for_mail
from ingest.imap import ImapMailbox
from models.settings import MailboxSettings
from tests.dovecot import PASSWORD, Account
from tests.ingest.desk import new_order
from tests.ingest.fake_server import scripted_server
from tests.wire import wire_to

LONG = 60.0  # seconds that no test waits for
IDLES = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n% OK done\r\n"}


@pytest.fixture
def box(account: Account) -> Iterator[ImapMailbox]:
    account.append(new_order(0))
    mailbox = ImapMailbox(account.settings(), PASSWORD)
    mailbox.open("INBOX")
    yield mailbox
    mailbox.close()


def never() -> bool:
    return False


def test_a_mail_ends_the_wait(account: Account, box: ImapMailbox):
    later = threading.Timer(0.1, account.append, [new_order(1)])
    later.start()
    assert can_idle(box)
    assert wait_for_mail(box, never, renew_after=LONG) is Heard.MAIL
    later.join()


def test_a_mail_that_came_before_the_wait_or_between_two_ends_it_too(account: Account, box: ImapMailbox):
    account.append(new_order(1))
    assert wait_for_mail(box, never, renew_after=LONG) is Heard.MAIL
    account.append(new_order(2))
    assert wait_for_mail(box, never, renew_after=LONG) is Heard.MAIL
    assert wait_for_mail(box, never, renew_after=0.05) is Heard.NOTHING


def test_what_is_marked_or_deleted_is_no_mail(account: Account, box: ImapMailbox):
    with account.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Seen"])
        client.delete_messages([1])
        client.expunge()
    assert wait_for_mail(box, never, renew_after=1.0) is Heard.NOTHING


def test_a_wait_is_renewed_on_the_same_connection(box: ImapMailbox):
    waits = [wait_for_mail(box, never, renew_after=0.05) for _ in range(3)]
    assert waits == [Heard.NOTHING] * 3


def test_a_wait_ends_soon_when_it_is_to(box: ImapMailbox):
    asked = iter((False, False, True))
    assert wait_for_mail(box, lambda: next(asked), renew_after=LONG, glance=0.05) is Heard.ENDED


def test_a_connection_that_is_cut_is_told_and_not_waited_on(account: Account):
    with wire_to(account.server.port) as wire:
        box = ImapMailbox(account.settings(port=wire.port), PASSWORD)
        box.open("INBOX")
        later = threading.Timer(0.1, wire.cut)
        later.start()
        with pytest.raises(UnreachableError):
            wait_for_mail(box, never, renew_after=LONG, glance=LONG)
        later.join()
        box.close()


def test_a_connection_that_died_silently_is_told_when_it_is_renewed(account: Account):
    with wire_to(account.server.port) as wire:
        box = ImapMailbox(account.settings(port=wire.port), PASSWORD, timeout=0.5)
        box.open("INBOX")
        later = threading.Timer(0.1, wire.go_silent)
        later.start()
        with pytest.raises(TimedOutError):
            wait_for_mail(box, never, renew_after=0.3)
        later.join()
        box.close()


@pytest.mark.parametrize(
    ("farewell", "fault"),
    [
        (b"* BYE idle for too long\r\n", UnreachableError),
        (b"* BYE [UNAVAILABLE] Temporary System Error\r\n", ThrottledError),
        (b"* BYE Connection closed. 14\r\n", ThrottledError),
    ],
)
def test_a_farewell_is_understood(farewell: bytes, fault: type[MailboxError]):
    with scripted_server({**IDLES, b"IDLE": b"+ idling\r\n"}) as port, wire_to(port) as wire:
        box = ImapMailbox(local(wire.port), PASSWORD, timeout=1.0)
        later = threading.Timer(0.2, wire.say, [farewell])
        later.start()
        with pytest.raises(fault):
            wait_for_mail(box, never, renew_after=LONG)
        later.join()
        wire.cut()
        box.close()


def test_a_server_without_idle_says_so():
    with scripted_server({}) as port:
        box = ImapMailbox(local(port), PASSWORD)
        assert not can_idle(box)
        box.close()


def local(port: int) -> MailboxSettings:
    return MailboxSettings(name="main", host="localhost", port=port, tls=False, user="shop")
