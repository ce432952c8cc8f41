"""The other end of a mailbox: a Maildir, or a folder of .eml files, read without touching it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.errors import FolderMissingError
from ingest.files import FileMailbox
from ingest.mailbox import MAX_MAIL_BYTES
from ingest.poll import has_news
from models.notification import QuarantineReason
from models.settings import MailboxSettings
from tests.ingest.desk import RECEIVER, Desk, new_order, order_no


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    path = tmp_path / "Maildir"
    for part in ("new", "cur", "tmp"):
        (path / part).mkdir(parents=True)
    return path


def deliver(maildir: Path, number: int) -> Path:
    file = maildir / "new" / f"17734800{number:02d}.M{number}P1.host"
    file.write_bytes(new_order(number))
    return file


def maildir_settings(path: Path) -> MailboxSettings:
    return MailboxSettings(name="main", kind="maildir", path=path, **RECEIVER)


def snapshot(path: Path) -> dict[str, tuple[int, int]]:
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(path.rglob("*"))}


def test_a_maildir_gives_each_order_once_and_is_not_touched(desk: Desk, maildir: Path):
    for number in range(3):
        deliver(maildir, number)
    before = snapshot(maildir)
    mailbox = maildir_settings(maildir)

    assert desk.poll(mailbox).parsed == 3
    assert desk.poll(mailbox).seen == 0
    assert set(desk.orders()) == {order_no(number) for number in range(3)}
    assert snapshot(maildir) == before


def test_a_mail_that_a_mail_program_moves_and_flags_stays_the_same_mail(desk: Desk, maildir: Path):
    file = deliver(maildir, 1)
    mailbox = maildir_settings(maildir)
    desk.poll(mailbox)

    file.rename(maildir / "cur" / f"{file.name}:2,RS")

    assert not has_news(desk.engine, mailbox, desk.home)
    assert desk.poll(mailbox).seen == 0


def test_one_mail_gone_and_one_come_is_news(desk: Desk, maildir: Path):
    file = deliver(maildir, 1)
    mailbox = maildir_settings(maildir)
    assert has_news(desk.engine, mailbox, desk.home)
    desk.poll(mailbox)
    file.unlink()
    deliver(maildir, 2)

    assert has_news(desk.engine, mailbox, desk.home)
    assert desk.poll(mailbox).new_orders == {("Juniper & Pine Co.", order_no(2))}
    assert not has_news(desk.engine, mailbox, desk.home)


def test_a_mail_that_is_flagged_while_it_is_read_is_found_under_its_new_name(maildir: Path):
    file = deliver(maildir, 1)
    box = FileMailbox("main", maildir, maildir=True)
    box.open("INBOX")
    uids = box.find()
    file.rename(maildir / "cur" / f"{file.name}:2,S")

    assert [message.raw for batch in box.fetch(uids) for message in batch] == [new_order(1)]


def test_a_mail_that_is_deleted_while_others_are_read_is_left_out(maildir: Path):
    file = deliver(maildir, 1)
    deliver(maildir, 2)
    box = FileMailbox("main", maildir, maildir=True)
    box.open("INBOX")
    uids = box.find()
    file.unlink()

    assert [message.raw for batch in box.fetch(uids) for message in batch] == [new_order(2)]


def test_a_folder_of_a_maildir_is_found_by_its_name(desk: Desk, maildir: Path):
    for part in ("new", "cur"):
        (maildir / ".Shop.TikTok" / part).mkdir(parents=True)
    deliver(maildir / ".Shop.TikTok", 1)

    desk.poll(maildir_settings(maildir).model_copy(update={"folders": ("INBOX", "Shop/TikTok")}))

    assert set(desk.orders()) == {order_no(1)}


def test_eml_files_are_read_by_name_and_other_files_left_alone(desk: Desk, tmp_path: Path):
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "b.eml").write_bytes(new_order(2))
    (folder / "a.EML").write_bytes(new_order(1))
    (folder / "notes.txt").write_bytes(new_order(3))
    mailbox = MailboxSettings(name="main", kind="folder", path=folder, **RECEIVER)

    assert desk.poll(mailbox).parsed == 2
    assert desk.poll(mailbox).seen == 0
    assert set(desk.orders()) == {order_no(1), order_no(2)}


def test_an_eml_file_that_was_half_written_is_read_again_when_it_is_whole(desk: Desk, tmp_path: Path):
    folder = tmp_path / "mails"
    folder.mkdir()
    file = folder / "a.eml"
    mailbox = MailboxSettings(name="main", kind="folder", path=folder, **RECEIVER)
    file.write_bytes(new_order(1)[:900])
    desk.poll(mailbox)
    assert desk.orders() == {}

    file.write_bytes(new_order(1))
    desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(1)}


def test_too_large_a_file_is_not_read(tmp_path: Path):
    with (tmp_path / "a.eml").open("wb") as file:
        file.truncate(MAX_MAIL_BYTES + 1)
    box = FileMailbox("main", tmp_path, maildir=False)
    box.open("INBOX")
    [[message]] = list(box.fetch(box.find()))
    assert (message.raw, message.refused) == (None, QuarantineReason.TOO_LARGE)


def test_a_path_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FolderMissingError, match="nowhere"):
        FileMailbox("main", tmp_path / "nowhere", maildir=True)
    with pytest.raises(FolderMissingError, match="Orders"):
        FileMailbox("main", tmp_path, maildir=False).look("Orders")


def test_names_that_are_no_utf8_are_read(tmp_path: Path):
    path = os.fsencode(tmp_path) + b"/order-\xff.eml"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    except OSError:  # a file system that takes UTF-8 alone
        return
    box = FileMailbox("main", tmp_path, maildir=False)
    assert box.look("INBOX").messages == 1
