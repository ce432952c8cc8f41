"""The folders in which mail that went astray is looked for: by special use, never by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.files import FileMailbox
from ingest.imap import ImapMailbox
from models.settings import MailboxSettings
from tests.dovecot import PASSWORD, Account
from tests.ingest.desk import corpus, new_order, order_no
from tests.ingest.fake_server import scripted_server
from tests.waiting import PATIENCE

GMAIL = (
    b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n'
    b'* LIST (\\HasNoChildren) "/" "Bestellungen"\r\n'
    b'* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"\r\n'
    b'* LIST (\\All \\HasNoChildren) "/" "[Gmail]/Alle Nachrichten"\r\n'
    b'* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"\r\n'
    b'* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Papierkorb"\r\n'
    b'* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Gesendet"\r\n'
)
OTHERS = (
    b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n'
    b'* LIST (\\HasNoChildren) "/" "2026"\r\n'
    b'* LIST (\\HasChildren \\NoSelect) "/" "Shops"\r\n'
    b'* LIST (\\Drafts) "/" "Brouillons"\r\n'
    b'* LIST (\\Junk) "/" "Ind&AOk-sirables"\r\n'
)


@pytest.mark.parametrize(
    ("listed", "folders"),
    [
        (GMAIL, {"[Gmail]/Alle Nachrichten", "[Gmail]/Spam", "[Gmail]/Papierkorb"}),
        (OTHERS, {"INBOX", "2026", "Indésirables"}),
    ],
    ids=["all mail in one", "each for itself"],
)
def test_what_is_searched_is_all_mail_or_every_folder_that_is_not_our_own_writing(listed: bytes, folders: set[str]):
    with scripted_server({b"LIST": listed + b"% OK done\r\n"}) as port:
        settings = MailboxSettings(name="main", host="localhost", port=port, user="shop", tls=False)
        box = ImapMailbox(settings, PASSWORD, timeout=PATIENCE)
        try:
            assert set(box.folders()) == folders
        finally:
            box.close()


def test_of_100_000_mails_elsewhere_only_those_of_the_named_senders_are_fetched(account: Account):
    account.append(new_order(1), b"From: a@example.com\r\n\r\nhello\r\n", *corpus("058"))
    box = ImapMailbox(account.settings(), PASSWORD)
    try:
        box.open("INBOX")
        assert box.find(senders=["shop.tiktok.com"]) == [1]
        assert box.find(senders=["shop.tiktok.com", "EXAMPLE.com", "nobody.example"]) == [1, 2]
        assert len(box.find()) == 3
    finally:
        box.close()


def test_a_maildirs_other_folders_are_those_that_hold_mail(tmp_path: Path):
    for name in ("", ".Shops.TikTok", ".Junk"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / name / part).mkdir(parents=True)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".Shops.TikTok" / "new" / "1").write_bytes(new_order(1))
    box = FileMailbox("main", tmp_path, maildir=True)
    assert set(box.folders()) == {"Shops/TikTok", "Junk"}
    box.open("Shops/TikTok")
    ((message,),) = box.fetch(box.find())
    assert order_no(1).encode() in (message.raw or b"")


def test_beside_eml_files_every_folder_is_one(tmp_path: Path):
    (tmp_path / "old").mkdir()
    (tmp_path / "1.eml").write_bytes(new_order(1))
    assert FileMailbox("main", tmp_path, maildir=False).folders() == ["old"]
