"""Mail that waits for a person: sealed, read again, vouched for, dismissed, and forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from ingest.poll import PollResult
from ingest.quarantine import Waiting, dismiss, list_quarantined, purge_expired, read_again, release
from ingest.recording import SEALED_FOR
from ingest.sealed import SealError
from models.db.mail_tables import SealedMailRow
from models.db.session import open_session
from models.db.tables import AlertRow, AuditRow, FactRow
from models.notification import Quarantined, QuarantineReason
from models.settings import MailboxSettings, Settings
from tests.ingest.desk import NOW, RECEIVER, Desk, corpus, new_order, order_no

LATER = NOW + timedelta(hours=1)
SPOOFED, FORWARDED, UNKNOWN_SHOP = "070", "080", "109"


@pytest.fixture
def mailbox(desk: Desk) -> MailboxSettings:
    folder = desk.home.path / "mails"
    folder.mkdir()
    return MailboxSettings(name="main", kind="folder", path=folder, **RECEIVER)


def arrive(desk: Desk, mailbox: MailboxSettings, *raws: bytes) -> PollResult:
    assert mailbox.path is not None
    for number, raw in enumerate(raws):
        (mailbox.path / f"{number}.eml").write_bytes(raw)
    return desk.poll(mailbox)


def waiting(desk: Desk) -> list[Waiting]:
    with open_session(desk.engine, read_only=True) as session:
        return list_quarantined(session)


def sealed(desk: Desk) -> list[bytes]:
    with open_session(desk.engine, read_only=True) as session:
        return list(session.exec(select(SealedMailRow.ciphertext)).all())


def as_if_unknown(desk: Desk, mailbox: MailboxSettings, monkeypatch: pytest.MonkeyPatch, *raws: bytes) -> Settings:
    """Let mails arrive while their wording is not known yet."""
    unknown = Quarantined(reason=QuarantineReason.UNKNOWN_KIND)
    with monkeypatch.context() as patched:
        patched.setattr("ingest.finding.read_message", lambda *_: unknown)
        arrive(desk, mailbox, *raws)
    return desk.settings(mailbox)


def test_only_mail_that_waits_keeps_its_bytes_and_those_are_unreadable(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus("001", "058", SPOOFED))

    [kept] = sealed(desk)
    assert b"Subject" not in kept
    [one] = waiting(desk)
    assert (one.reason, one.readable) == (QuarantineReason.SENDER_UNAUTHENTICATED, True)


@pytest.mark.row("X15")
def test_reading_again_gives_the_orders_that_a_new_wording_reveals(
    desk: Desk, mailbox: MailboxSettings, monkeypatch: pytest.MonkeyPatch
):
    settings = as_if_unknown(desk, mailbox, monkeypatch, new_order(1), new_order(2))
    assert desk.orders() == {}

    result = read_again(desk.engine, settings, desk.home, LATER)

    assert (result.parsed, result.quarantined) == (2, 0)
    assert set(desk.orders()) == {order_no(1), order_no(2)}
    assert (waiting(desk), sealed(desk)) == ([], [])
    assert read_again(desk.engine, settings, desk.home, LATER).seen == 0


def test_a_wording_that_the_seller_teaches_counts_at_the_next_reading(desk: Desk, mailbox: MailboxSettings):
    strange = corpus("001")[0].replace(b"Order ID", b"Bonsai tag").replace(b"You have a new order 57", b"News 57")
    arrive(desk, mailbox, strange)
    assert desk.orders() == {}
    own = desk.home.path / "labels"
    own.mkdir()
    (own / "en.toml").write_text('language = "en"\n[labels]\norder_no = ["Bonsai tag"]\n', encoding="utf-8")
    read_again(desk.engine, desk.settings(mailbox), desk.home, NOW)
    assert len(desk.orders()) == 1


def test_one_mail_alone_can_be_read_again(desk: Desk, mailbox: MailboxSettings, monkeypatch: pytest.MonkeyPatch):
    settings = as_if_unknown(desk, mailbox, monkeypatch, new_order(1), new_order(2))

    read_again(desk.engine, settings, desk.home, LATER, waiting(desk)[1].message_id)

    assert set(desk.orders()) == {order_no(2)}
    assert len(waiting(desk)) == 1


@pytest.mark.row("X15")
def test_a_mail_that_is_still_unclear_goes_on_waiting(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED))

    result = read_again(desk.engine, desk.settings(mailbox), desk.home, LATER)

    assert (result.parsed, result.quarantined) == (0, 1)
    [one] = waiting(desk)
    assert (one.attempts, one.readable) == (2, True)


def test_a_shop_that_was_added_gets_its_mail(desk: Desk, mailbox: MailboxSettings):
    every = desk.shops
    desk.shops = every[:2]
    arrive(desk, mailbox, *corpus("001"))
    assert [one.reason for one in waiting(desk)] == [QuarantineReason.UNKNOWN_SHOP]

    desk.shops = every
    assert read_again(desk.engine, desk.settings(mailbox), desk.home, LATER).parsed == 1


def test_a_fault_in_our_code_while_reading_again_leaves_the_mail_waiting(
    desk: Desk, mailbox: MailboxSettings, monkeypatch: pytest.MonkeyPatch
):
    settings = as_if_unknown(desk, mailbox, monkeypatch, new_order(1), new_order(2))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("ingest.recording.record_facts", broken)
        assert read_again(desk.engine, settings, desk.home, LATER).quarantined == 2
    assert {one.reason for one in waiting(desk)} == {QuarantineReason.READER_FAILED}

    assert read_again(desk.engine, settings, desk.home, LATER).parsed == 2


def test_a_person_may_vouch_for_a_forwarded_mail_and_then_it_is_that_persons_word(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED))

    result = release(desk.engine, desk.settings(mailbox), desk.home, LATER, waiting(desk)[0].message_id, by="lan")

    assert len(result.new_orders) == 1
    with open_session(desk.engine, read_only=True) as session:
        assert {row.authority for row in session.exec(select(FactRow)).all()} == {"human"}
        [audit] = session.exec(select(AuditRow).where(AuditRow.action == "release_mail")).all()
    assert (audit.actor, audit.reason) == ("lan", "sender_unauthenticated")
    assert desk.outcomes() == {("released", None): 1}
    assert sealed(desk) == []


def test_a_replayed_mail_starts_nothing_until_a_person_vouches_for_it(desk: Desk, mailbox: MailboxSettings):
    desk.poll(mailbox, NOW + timedelta(days=60))
    arrive(desk, mailbox, new_order(1))
    settings = desk.settings(mailbox)
    assert [one.reason for one in waiting(desk)] == [QuarantineReason.REPLAYED]
    assert read_again(desk.engine, settings, desk.home, LATER).seen == 0

    release(desk.engine, settings, desk.home, LATER, waiting(desk)[0].message_id, by="lan")

    assert set(desk.orders()) == {order_no(1)}
    with open_session(desk.engine, read_only=True) as session:
        assert {row.authority for row in session.exec(select(FactRow)).all()} == {"platform"}


def test_a_dismissed_mail_is_gone_once_and_for_all(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED))
    message_id = waiting(desk)[0].message_id

    assert dismiss(desk.engine, LATER, message_id, by="lan")

    assert not dismiss(desk.engine, LATER, message_id, by="lan")
    assert (waiting(desk), sealed(desk)) == ([], [])
    assert desk.poll(mailbox).seen == 0


def test_sealed_bytes_are_deleted_after_their_time_and_the_mail_still_waits(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED))
    assert purge_expired(desk.engine, NOW + SEALED_FOR - timedelta(seconds=1)) == 0

    assert purge_expired(desk.engine, NOW + SEALED_FOR) == 1

    [one] = waiting(desk)
    assert not one.readable
    assert read_again(desk.engine, desk.settings(mailbox), desk.home, LATER).seen == 0


def test_another_key_opens_nothing_and_says_so(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED))
    (desk.home.path / "key").unlink()

    with pytest.raises(SealError, match="SHIPCLOCK_KEY"):
        read_again(desk.engine, desk.settings(mailbox), desk.home, LATER)
    assert waiting(desk)[0].readable


def test_a_mail_sealed_under_another_key_holds_up_no_other(
    desk: Desk, mailbox: MailboxSettings, monkeypatch: pytest.MonkeyPatch
):
    settings = as_if_unknown(desk, mailbox, monkeypatch, new_order(1))
    (desk.home.path / "key").unlink()
    settings = as_if_unknown(desk, mailbox, monkeypatch, new_order(1), new_order(2))

    result = read_again(desk.engine, settings, desk.home, LATER)

    assert set(desk.orders()) == {order_no(2)}
    assert (result.parsed, result.quarantined) == (1, 1)
    assert [mail.readable for mail in waiting(desk)] == [True]
    with pytest.raises(SealError, match="Put the old key back"):
        read_again(desk.engine, settings, desk.home, LATER)


@pytest.mark.row("X12")
def test_a_fake_is_shouted_at_once_and_once_but_other_mail_has_its_hour(desk: Desk, mailbox: MailboxSettings):
    arrive(desk, mailbox, *corpus(SPOOFED, UNKNOWN_SHOP))
    arrive(desk, mailbox, *corpus(SPOOFED, UNKNOWN_SHOP, FORWARDED))

    with open_session(desk.engine, read_only=True) as session:
        told = [(alert.text_key, alert.order_no) for alert in session.exec(select(AlertRow).order_by(AlertRow.about))]
    assert told == [("fake", None)]
