"""Folders are found by what they are for, whatever they are called; mail in Junk needs the same proof as any."""

from __future__ import annotations

import pytest
from sqlmodel import select

from ingest.errors import FolderMissingError, UnreachableError
from ingest.imap import ImapMailbox
from ingest.ledger import FAKE_RULE
from ingest.poll import has_news
from ingest.quarantine import list_quarantined, read_again, release
from ingest.special_folders import Listed, resolved
from models.db.session import open_session
from models.db.tables import AlertRow, FactRow
from models.fact import Authority
from models.settings import MailboxSettings
from tests.dovecot import JUNK, Account
from tests.ingest.desk import NOW, RECEIVER, Desk, new_order, order_no
from tests.ingest.fake_server import scripted_server


def listed(*folders: str, delimiter: str = "/") -> list[Listed]:
    r"""Folders written as `name` or `name \Attribute`."""
    parts = [folder.partition(" \\") for folder in folders]
    return [
        Listed(name=name, attributes=frozenset({f"\\{attribute.lower()}"} if attribute else ()), delimiter=delimiter)
        for name, _, attribute in parts
    ]


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (listed("INBOX", "[Gmail]/Thư rác \\Junk", "Spam"), ("INBOX", "[Gmail]/Thư rác")),  # the attribute decides
        (listed("INBOX", "[Gmail]/Spam \\Spam"), ("INBOX", "[Gmail]/Spam")),  # XLIST
        (listed("INBOX", "INBOX.Junk E-mail", delimiter="."), ("INBOX", "INBOX.Junk E-mail")),
        (listed("INBOX", "Bulk Mail"), ("INBOX", "Bulk Mail")),
        (listed("INBOX", "Junk", "Spam"), ("INBOX", "Junk")),  # one is enough where nothing says which
        (listed("INBOX", "Junk \\Noselect"), ("INBOX",)),
        (listed("INBOX", "Junk bonds"), ("INBOX",)),
        (listed("INBOX"), ("INBOX",)),
    ],
)
def test_the_folder_of_a_use_is_found_in_every_language_and_left_out_where_there_is_none(there, found):
    assert resolved(("INBOX", r"\Junk"), there) == found


def test_a_folder_named_twice_is_read_once():
    there = listed("Spam \\Junk", "Everything \\All")
    assert resolved(("Spam", r"\JUNK", r"\all", "Orders"), there) == ("Spam", "Everything", "Orders")


def test_a_server_that_is_asked_for_no_use_is_not_asked_to_list():
    with scripted_server({b"LIST": b"* BYE nobody asked\r\n"}) as port:
        settings = MailboxSettings(name="main", host="127.0.0.1", port=port, tls=False, user="shop")
        box = ImapMailbox(settings, "secret")
        assert box.find_folders(("INBOX", "Orders")) == ("INBOX", "Orders")
        with pytest.raises(UnreachableError):
            box.find_folders(("INBOX", r"\Junk"))
        box.close()


@pytest.fixture
def junk(account: Account) -> Account:
    with account.client() as client:
        client.create_folder(JUNK)
    return account


def test_a_new_order_in_junk_is_an_order_if_the_server_proves_its_sender(desk: Desk, junk: Account):
    junk.append(new_order(1), folder=JUNK)
    mailbox = junk.settings(**RECEIVER)  # nothing is said of folders
    assert has_news(desk.engine, mailbox, desk.home)
    assert desk.poll(mailbox).parsed == 1
    assert set(desk.orders()) == {order_no(1)}
    assert [row.folder for row in desk.ledger()] == [JUNK]
    assert not has_news(desk.engine, mailbox, desk.home)


@pytest.mark.parametrize("verdict", ["fail", "none", "bestguesspass", "temperror"])
def test_without_that_proof_a_mail_in_junk_starts_nothing_until_a_person_vouches(
    desk: Desk, junk: Account, verdict: str
):
    junk.append(new_order(1).replace(b"dmarc=pass", b"dmarc=" + verdict.encode()), folder=JUNK)
    mailbox = junk.settings(**RECEIVER)
    desk.poll(mailbox)
    assert desk.outcomes() == {("quarantined", "sender_unauthenticated"): 1}
    assert read_again(desk.engine, desk.settings(mailbox), desk.home, NOW).parsed == 0
    assert desk.orders() == {}
    with open_session(desk.engine, read_only=True) as session:
        (waiting,) = list_quarantined(session)
    release(desk.engine, desk.settings(mailbox), desk.home, NOW, waiting.message_id, by="lan")
    with open_session(desk.engine, read_only=True) as session:
        facts = session.exec(select(FactRow)).all()
    assert {fact.authority for fact in facts} == {Authority.HUMAN}


def test_a_fake_is_shouted_about_unless_the_server_itself_put_it_into_junk(desk: Desk, junk: Account):
    fake = new_order(1).replace(b"dmarc=pass", b"dmarc=fail")
    junk.append(fake, folder=JUNK)
    mailbox = junk.settings(**RECEIVER)
    desk.poll(mailbox)
    assert (desk.outcomes(), fakes_told(desk)) == ({("quarantined", "sender_unauthenticated"): 1}, 0)
    junk.append(fake.replace(order_no(1).encode(), order_no(2).encode()))
    desk.poll(mailbox)
    desk.poll(mailbox)
    assert fakes_told(desk) == 1


def fakes_told(desk: Desk) -> int:
    with open_session(desk.engine, read_only=True) as session:
        return len(session.exec(select(AlertRow).where(AlertRow.rule == FAKE_RULE)).all())


def test_the_same_mail_in_the_inbox_and_in_junk_is_one_order(desk: Desk, junk: Account):
    junk.append(new_order(1))
    junk.append(new_order(1), new_order(2), folder=JUNK)
    result = desk.poll(junk.settings(**RECEIVER))
    assert (result.parsed, result.duplicates) == (2, 1)
    assert set(desk.orders()) == {order_no(1), order_no(2)}


def test_a_mailbox_without_junk_is_read_and_a_folder_that_was_named_must_be_there(desk: Desk, account: Account):
    account.append(new_order(1))
    assert desk.poll(account.settings(**RECEIVER)).parsed == 1
    with pytest.raises(FolderMissingError, match="Junk"):
        desk.poll(account.settings(folders=("INBOX", "Junk"), **RECEIVER))
