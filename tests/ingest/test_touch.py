"""Nothing is flagged or moved unless the settings ask for it; then only mails that told of orders, after the commit."""

from __future__ import annotations

import os
import signal

import pytest

from ingest.errors import TouchRefusedError
from ingest.poll import has_news
from ingest.touch import KEYWORD, SEEN
from models.settings import MailboxSettings
from tests.dovecot import Account
from tests.forks import forks
from tests.ingest.desk import RECEIVER, Desk, corpus, new_order, order_no
from tests.ingest.fake_server import scripted_server
from tests.ingest.killed_poll import poll_and_die

SPOOFED, MARKETING = corpus("070", "050")
MARKED = (SEEN, KEYWORD)


def in_folder(account: Account, folder: str) -> int:
    with account.client() as client:
        return client.select_folder(folder, readonly=True)[b"EXISTS"] if client.folder_exists(folder) else 0


@pytest.mark.parametrize("asked", [{}, {"after_reading": "leave"}])
def test_unless_it_is_asked_for_the_mailbox_stays_as_it_was(desk: Desk, account: Account, asked: dict[str, str]):
    account.append(new_order(1), SPOOFED, MARKETING)
    before = account.flags()
    assert desk.poll(account.settings(**RECEIVER, **asked)).parsed == 1
    assert account.flags() == before


def test_marked_are_the_mails_that_became_orders_and_no_other(desk: Desk, account: Account):
    account.append(new_order(1), SPOOFED, MARKETING, new_order(2), new_order(2))
    result = desk.poll(account.settings(after_reading="mark", **RECEIVER))
    assert (result.parsed, result.quarantined, result.ignored, result.duplicates) == (2, 1, 1, 1)
    flags = {uid: set(found) for uid, found in account.flags().items()}
    assert flags == {1: set(MARKED), 2: set(), 3: set(), 4: set(MARKED), 5: set()}


def test_moved_are_the_mails_that_became_orders_into_a_folder_that_is_made(desk: Desk, account: Account):
    account.append(new_order(1), SPOOFED, MARKETING, new_order(2))
    mailbox = account.settings(after_reading="move", move_to="Done", **RECEIVER)
    desk.poll(mailbox)
    assert (in_folder(account, "INBOX"), in_folder(account, "Done")) == (2, 2)
    assert set(desk.orders()) == {order_no(1), order_no(2)}
    assert desk.poll(mailbox).seen == 0


def test_a_mail_that_a_person_marks_as_unread_again_stays_so(desk: Desk, account: Account):
    account.append(new_order(1))
    mailbox = account.settings(after_reading="mark", **RECEIVER)
    desk.poll(mailbox)
    with account.client() as client:
        client.select_folder("INBOX")
        client.remove_flags([1], [SEEN])
    account.append(new_order(2))
    desk.poll(mailbox)
    assert account.flags() == {1: (KEYWORD,), 2: account.flags()[2]}
    assert set(account.flags()[2]) == set(MARKED)


def test_what_was_read_before_it_was_asked_for_is_left_alone(desk: Desk, account: Account):
    account.append(new_order(1))
    desk.poll(account.settings(**RECEIVER))
    account.append(new_order(2))
    desk.poll(account.settings(after_reading="move", **RECEIVER))
    assert set(account.flags()) == {1}


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL: the systems of .ci/install-debian have it")
@pytest.mark.parametrize("point", ["touch", "touched"])
@pytest.mark.parametrize("asked", ["mark", "move"])
def test_a_poll_killed_between_commit_and_touch_is_caught_up_by_the_next(
    desk: Desk, account: Account, asked: str, point: str
):
    numbers = range(3)
    account.append(*[new_order(number) for number in numbers])
    mailbox = account.settings(after_reading=asked, **RECEIVER)
    process = forks().Process(target=poll_and_die, args=(desk.home, mailbox, point, 1))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert set(desk.orders()) == {order_no(number) for number in numbers}
    assert has_news(desk.engine, mailbox, desk.home)

    assert desk.poll(mailbox).seen == 0

    marked = [uid for uid, flags in account.flags().items() if set(flags) == set(MARKED)]
    assert (len(marked), in_folder(account, "Shipclock")) == ((3, 0) if asked == "mark" else (0, 3))
    assert not has_news(desk.engine, mailbox, desk.home)
    assert desk.outcomes() == {("parsed", None): 3}


def test_a_mailbox_that_was_rebuilt_meanwhile_is_not_touched(desk: Desk, account: Account, monkeypatch):
    account.append(new_order(1))
    mailbox = account.settings(after_reading="move", **RECEIVER)
    with monkeypatch.context() as patched:
        patched.setattr("ingest.poll.touch_read", lambda *_: None)  # as if it was killed then
        desk.poll(mailbox)
    account.rebuild()
    account.append(new_order(2))
    desk.poll(mailbox)
    assert in_folder(account, "INBOX") == 1  # the first one: its number means nothing any more
    assert set(desk.orders()) == {order_no(1), order_no(2)}


def replies(answer: bytes) -> dict[bytes, bytes | list[bytes]]:
    mail = new_order(1).replace(b"%", b"")  # in a script it stands for the tag
    size = str(len(mail)).encode()
    opened = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 2] ok\r\n% OK done\r\n"
    return {
        b"STATUS": b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)\r\n% OK done\r\n",
        b"EXAMINE": opened,
        b"SELECT": opened,
        b"UID": [
            b"* SEARCH 1\r\n% OK done\r\n",
            b"* 1 FETCH (UID 1 RFC822.SIZE " + size + b")\r\n% OK done\r\n",
            b"* 1 FETCH (UID 1 BODY[] {" + size + b"}\r\n" + mail + b")\r\n% OK done\r\n",
            answer,
        ],
    }


@pytest.mark.parametrize("asked", ["mark", "move"])
def test_a_server_that_refuses_is_told_once_and_the_order_is_there(desk: Desk, asked: str):
    with scripted_server(replies(b"% NO [NOPERM] not yours\r\n")) as port:
        mailbox = MailboxSettings(
            name="main",
            host="127.0.0.1",
            port=port,
            tls=False,
            user="shop",
            folders=("INBOX",),
            **RECEIVER,
            after_reading=asked,
        )
        with pytest.raises(TouchRefusedError, match="after_reading"):
            desk.poll(mailbox)
        assert len(desk.orders()) == 1
        assert desk.mailbox().last_error == "touch_refused"
        assert not has_news(desk.engine, mailbox, desk.home)  # it is not tried each minute
        assert desk.poll(mailbox).seen == 0
