"""What goes wrong while polling: each ends in one clear error or one quarantined mail, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from ingest.errors import (
    LoginRefusedError,
    MailboxError,
    OddReplyError,
    PasswordMissingError,
    ThrottledError,
    UnreachableError,
)
from ingest.mailbox import BATCH_MAILS
from ingest.message import Message
from ingest.opening import connected
from ingest.poll import has_news, poll_mailbox
from ingest.reader import read_message
from models.db.orders import Change, record_facts
from models.db.session import DatabaseError, make_engine
from models.fact import Fact
from models.notification import Reading
from models.settings import MailboxSettings, ShopSettings
from tests.databases import ON_SQLITE
from tests.dovecot import Account, Dovecot
from tests.ingest.desk import NOW, RECEIVER, Desk, new_order, order_no
from tests.ingest.fake_server import cut_wire, scripted_server

POISONED = order_no(1)
STATUS = b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)\r\n% OK done\r\n"


def local(port: int) -> MailboxSettings:
    return MailboxSettings(name="main", host="127.0.0.1", port=port, tls=False, user="shop", **RECEIVER)


def test_a_refused_login_is_tried_twice_and_no_third_time(account: Account, tmp_path: Path, database: str):
    wrong = Desk.at(tmp_path, database, password="wrong")
    mailbox = account.settings(**RECEIVER)
    for _ in range(2):
        with pytest.raises(LoginRefusedError):
            wrong.poll(mailbox)

    with pytest.raises(LoginRefusedError, match="not asked again"):
        wrong.poll(mailbox)
    with pytest.raises(LoginRefusedError, match="not asked again"):
        has_news(wrong.engine, mailbox, wrong.home)
    assert (wrong.mailbox().refused_logins, wrong.mailbox().last_error) == (2, "login_refused")
    wrong.engine.dispose()


def test_a_corrected_password_is_tried_without_being_told_to(
    desk: Desk, account: Account, tmp_path: Path, database: str
):
    account.append(new_order(1))
    mailbox = account.settings(**RECEIVER)
    wrong = Desk.at(tmp_path, database, password="wrong")
    for _ in range(3):
        with pytest.raises(LoginRefusedError):
            wrong.poll(mailbox)

    assert desk.poll(mailbox).parsed == 1
    assert (desk.mailbox().refused_logins, desk.mailbox().last_error) == (0, None)
    wrong.engine.dispose()


def test_a_person_may_insist_on_another_try_with_the_same_password(desk: Desk, account: Account):
    mailbox = account.settings(**RECEIVER)
    with scripted_server({b"LOGIN": b"% NO [AUTHENTICATIONFAILED] no\r\n"}) as port:
        for _ in range(3):
            with pytest.raises(LoginRefusedError):
                desk.poll(local(port))
        with pytest.raises(LoginRefusedError) as refused, connected(desk.engine, local(port), desk.home, insist=True):
            pass
    assert "not asked again" not in str(refused.value)
    with connected(desk.engine, mailbox, desk.home, insist=True):
        assert desk.mailbox().refused_logins == 0


def test_a_busy_server_is_no_refusal(desk: Desk):
    with scripted_server({b"LOGIN": b"% NO [UNAVAILABLE] later, shop@example.com\r\n"}) as port:
        for _ in range(3):
            with pytest.raises(ThrottledError) as fault:
                desk.poll(local(port))
    assert fault.value.transient
    assert "example.com" not in str(fault.value)
    assert desk.mailbox().refused_logins == 0


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ({b"STATUS": b"* BYE closing\r\n"}, UnreachableError),
        ({b"STATUS": b"* STATUS INBOX (MESSAGES many\r\n% OK done\r\n"}, OddReplyError),
        ({b"STATUS": STATUS, b"EXAMINE": b"* 1 EXISTS\r\n% OK done\r\n"}, OddReplyError),
        (
            {b"STATUS": STATUS, b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 2] changed\r\n% OK done\r\n"},
            OddReplyError,
        ),
    ],
)
def test_a_server_that_speaks_no_imap_is_a_passing_fault(
    desk: Desk, replies: dict[bytes, bytes], error: type[MailboxError]
):
    with scripted_server(replies) as port, pytest.raises(error) as fault:
        desk.poll(local(port))
    assert fault.value.transient
    assert desk.mailbox().last_error == error.code


def test_a_missing_password_says_where_to_set_it(desk: Desk, account: Account):
    with pytest.raises(PasswordMissingError, match="SHIPCLOCK_PASSWORD_OTHER"):
        desk.poll(account.settings("other", **RECEIVER))


def test_a_connection_cut_while_mail_is_fetched_loses_nothing(desk: Desk, account: Account):
    numbers = range(2 * BATCH_MAILS)
    account.fill([new_order(number) for number in numbers])
    mailbox = account.settings(**RECEIVER)
    with cut_wire(account.server.port, after_bytes=4_000 * BATCH_MAILS) as port, pytest.raises(UnreachableError):
        desk.poll(mailbox.model_copy(update={"port": port}))
    assert 0 < len(desk.orders()) < len(numbers)

    desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(number) for number in numbers}
    assert len(desk.ledger()) == len(numbers)


def test_a_server_that_dies_while_mail_is_fetched_loses_nothing(desk: Desk):
    numbers = range(2 * BATCH_MAILS + 20)
    with Dovecot() as server:
        account = server.account()
        account.fill([new_order(number) for number in numbers])
        mailbox = account.settings(**RECEIVER)

        def die(*_: object) -> None:
            server.stop()

        with pytest.raises(UnreachableError):
            poll_mailbox(desk.engine, mailbox, desk.shops, desk.home, lambda: NOW, on_progress=die)
        assert len(desk.orders()) == BATCH_MAILS
        server.start()
        desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(number) for number in numbers}
    assert len(desk.ledger()) == len(numbers)


def test_a_mail_on_which_our_code_breaks_is_quarantined_and_the_others_go_on(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
):
    def breaking(session: Session, shop: ShopSettings, told: Iterable[tuple[str, Fact]], now: datetime) -> list[Change]:
        facts = list(told)
        if any(number == POISONED for number, _ in facts):
            raise RuntimeError("a buyer's name could stand here")
        return record_facts(session, shop, facts, now)

    monkeypatch.setattr("ingest.recording.record_facts", breaking)
    account.append(*[new_order(number) for number in range(4)])

    desk.poll(account.settings(**RECEIVER))

    assert desk.outcomes() == {("parsed", None): 3, ("quarantined", "reader_failed"): 1}
    assert set(desk.orders()) == {order_no(number) for number in (0, 2, 3)}
    assert "buyer" not in desk.ledger()[1].detail


def test_a_mail_on_which_the_reader_breaks_is_quarantined_and_the_others_go_on(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
):
    def breaking(message: Message, *rest: Any) -> Reading:  # noqa: ANN401  # passed on as it comes
        if any(POISONED in text for text in message.texts):
            raise RecursionError
        return read_message(message, *rest)

    monkeypatch.setattr("ingest.finding.read_message", breaking)
    account.append(*[new_order(number) for number in range(4)])

    desk.poll(account.settings(**RECEIVER))

    assert desk.outcomes() == {("parsed", None): 3, ("quarantined", "reader_failed"): 1}


def limited(desk: Desk, pages: int) -> Desk:
    """The same installation on a disk that takes so many pages more."""
    with desk.engine.connect() as connection:
        used = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    engine = make_engine(desk.home.database_url)

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _: object) -> None:  # noqa: ANN401  # the driver's
        connection.execute(f"PRAGMA max_page_count = {used + pages}")

    return Desk(desk.home, engine, desk.shops)


@ON_SQLITE
@pytest.mark.parametrize("pages", [0, 1, 20])
def test_a_full_disk_is_told_and_loses_nothing(desk: Desk, account: Account, pages: int):
    numbers = range(150)
    account.fill([new_order(number) for number in numbers])
    mailbox = account.settings(**RECEIVER)
    full = limited(desk, pages)
    with pytest.raises(DatabaseError, match="full"):
        full.poll(mailbox)
    full.engine.dispose()

    desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(number) for number in numbers}
    assert desk.outcomes() == {("parsed", None): len(numbers)}
