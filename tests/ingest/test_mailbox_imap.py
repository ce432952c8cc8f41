"""The IMAP end of a mailbox: what it asks, what it refuses, what it tells when a server misbehaves."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ingest import mailbox as bounds
from ingest.errors import (
    CertificateRefusedError,
    FolderMissingError,
    PlainTextRefusedError,
    TimedOutError,
    UnreachableError,
)
from ingest.imap import ImapMailbox, _batches
from ingest.mailbox import BATCH_BYTES, BATCH_MAILS, FolderState
from models.notification import QuarantineReason
from models.settings import MailboxSettings
from tests.dovecot import PASSWORD, Account
from tests.ingest.desk import corpus, new_order
from tests.ingest.fake_server import scripted_server

Replies = dict[bytes, bytes | list[bytes]]
OPENED = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n% OK done\r\n"


@pytest.fixture
def box(account: Account):
    account.append(*[new_order(number) for number in range(5)])
    mailbox = ImapMailbox(account.settings(), PASSWORD)
    yield mailbox
    mailbox.close()


def local(port: int) -> MailboxSettings:
    return MailboxSettings(name="main", host="localhost", port=port, tls=False, user="shop")


def test_bytes_come_as_they_are(account: Account, box: ImapMailbox):
    raws = corpus("016", "095", "097", "108")
    account.append(*raws)
    box.open("INBOX")
    fetched = [message.raw for batch in box.fetch(box.find(after=5)) for message in batch]
    assert fetched == [raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for raw in raws]


def test_no_mail_is_written_out_for_a_log_whatever_is_logged(box: ImapMailbox, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "imapclient")
    box.open("INBOX")
    mails = b"".join(message.raw or b"" for batch in box.fetch(box.find()) for message in batch)
    assert "FETCH" in caplog.text
    assert "Subject:" in mails.decode()
    assert "Subject:" not in caplog.text


def test_nothing_above_the_mark_is_nothing_though_a_server_repeats_its_last_message(box: ImapMailbox):
    box.open("INBOX")
    assert list(box.find(after=2)) == [3, 4, 5]
    assert list(box.find(after=5)) == []
    assert list(box.find(after=4_294_967_295)) == []


def test_what_is_deleted_between_finding_and_fetching_is_left_out(account: Account, box: ImapMailbox):
    box.open("INBOX")
    uids = box.find()
    with account.client() as client:
        client.select_folder("INBOX")
        client.delete_messages([2, 4])
        client.expunge()
    assert [message.uid for batch in box.fetch(uids) for message in batch] == [1, 3, 5]
    assert list(box.fetch([2, 4])) == []


def test_a_folder_is_opened_so_that_the_server_itself_lets_nothing_change(account: Account, box: ImapMailbox):
    looked = box.look("INBOX")
    assert box.open("INBOX") == looked
    box.client.add_flags([1], [rb"\Seen"])  # what the product never does
    assert set(account.flags().values()) == {()}


def test_a_missing_folder_is_named(box: ImapMailbox):
    with pytest.raises(FolderMissingError, match="Orders"):
        box.look("Orders")


def test_a_certificate_that_nobody_vouches_for_is_refused(account: Account):
    with pytest.raises(CertificateRefusedError):
        ImapMailbox(account.settings(ca_file=None), PASSWORD)


@pytest.mark.parametrize("host", ["imap.example.com", "192.0.2.1", "localhost.example.com"])
def test_a_password_goes_unencrypted_to_this_machine_alone(host: str):
    with pytest.raises(PlainTextRefusedError):
        ImapMailbox(MailboxSettings(name="main", host=host, tls=False, user="shop"), PASSWORD)


def test_a_server_that_falls_silent_is_left_after_the_timeout():
    with scripted_server({b"LOGIN": b""}) as port, pytest.raises(TimedOutError):
        ImapMailbox(local(port), PASSWORD, timeout=0.2)


def test_the_client_logs_neither_user_nor_mail(account: Account, caplog: pytest.LogCaptureFixture):
    account.append(new_order(1))
    with caplog.at_level("DEBUG"):
        box = ImapMailbox(account.settings(), PASSWORD)
        box.open("INBOX")
        assert list(box.fetch([1]))
        box.close()
    assert account.user not in caplog.text
    assert "BODY" not in caplog.text


def test_no_server_is_told_without_the_password_or_the_address(account: Account):
    settings = account.settings(port=1, user="orders@shop.example")
    with pytest.raises(UnreachableError) as fault:
        ImapMailbox(settings, PASSWORD)
    assert PASSWORD not in str(fault.value)
    assert "orders@" not in str(fault.value)


def test_a_mail_that_the_server_keeps_but_does_not_hand_over_is_told():
    replies: Replies = {
        b"EXAMINE": OPENED,
        b"NOOP": b"% OK done\r\n",
        b"UID": [
            b"* 1 FETCH (UID 3 RFC822.SIZE 10)\r\n* 2 FETCH (UID 8 RFC822.SIZE 4)\r\n% OK done\r\n",
            b"* 1 FETCH (UID 3)\r\n* 2 FETCH (UID 8 BODY[] {4}\r\nbody)\r\n% OK done\r\n",
            b"* SEARCH 3\r\n% OK done\r\n",
        ],
    }
    with scripted_server(replies) as port:
        box = ImapMailbox(local(port), PASSWORD)
        assert box.open("INBOX") == FolderState(uidvalidity=7, uidnext=9, messages=2)
        messages = [message for batch in box.fetch([3, 8]) for message in batch]
        box.close()
    assert [(one.uid, one.raw, one.refused) for one in messages] == [
        (3, None, QuarantineReason.INCOMPLETE),
        (8, b"body", None),
    ]


def test_a_mail_that_breaks_a_batch_is_found_by_asking_for_each_alone():
    replies: Replies = {
        b"EXAMINE": OPENED,
        b"UID": [
            b"* 1 FETCH (UID 3 RFC822.SIZE 10)\r\n* 2 FETCH (UID 8 RFC822.SIZE 4)\r\n% OK done\r\n",
            b"% NO [CANNOT] one of them is broken\r\n",
            b"% NO [CANNOT] broken\r\n",
            b"* 2 FETCH (UID 8 BODY[] {4}\r\nbody)\r\n% OK done\r\n",
            b"* SEARCH 3\r\n% OK done\r\n",
        ],
    }
    with scripted_server(replies) as port:
        box = ImapMailbox(local(port), PASSWORD)
        box.open("INBOX")
        messages = [message for batch in box.fetch([3, 8]) for message in batch]
        box.close()
    assert [(one.uid, one.raw) for one in messages] == [(3, None), (8, b"body")]


def test_a_size_that_the_server_lied_about_is_found_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.imap.MAX_MAIL_BYTES", 8)
    replies: Replies = {
        b"EXAMINE": OPENED,
        b"UID": [
            b"* 1 FETCH (UID 3 RFC822.SIZE 4)\r\n% OK done\r\n",
            b"* 1 FETCH (UID 3 BODY[] {10}\r\n0123456789)\r\n% OK done\r\n",
        ],
    }
    with scripted_server(replies) as port:
        box = ImapMailbox(local(port), PASSWORD)
        box.open("INBOX")
        [[message]] = list(box.fetch([3]))
        box.close()
    assert (message.raw, message.refused) == (None, QuarantineReason.TOO_LARGE)


def test_a_batch_is_bounded_by_count_and_by_bytes():
    small = [(uid, 20_000) for uid in range(1, 2 * BATCH_MAILS + 21)]
    assert [len(batch) for batch in _batches(small)] == [BATCH_MAILS, BATCH_MAILS, 20]
    large = [(uid, 3_000_000) for uid in range(1, 6)]
    assert [len(batch) for batch in _batches(large)] == [2, 2, 1]
    assert all(sum(size for _, size in batch) <= BATCH_BYTES for batch in _batches(large))
    refused = [(uid, bounds.MAX_MAIL_BYTES + 1) for uid in range(1, 6)]
    assert [len(batch) for batch in _batches(refused)] == [5]


@pytest.mark.parametrize("content", [None, b"this is no certificate"])
def test_a_ca_file_that_holds_no_certificate_is_named(tmp_path: Path, content: bytes | None):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    settings = MailboxSettings(name="main", host="localhost", user="shop", ca_file=file)
    with pytest.raises(CertificateRefusedError, match=r"ca\.pem cannot be read as certificates"):
        ImapMailbox(settings, PASSWORD)
