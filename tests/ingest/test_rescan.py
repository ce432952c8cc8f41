"""Days that are read again, on a real server: what was missed is found, what was read is not read twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from ingest.poll import has_news
from ingest.rescan import ask_after_restore
from models.db.mail_tables import FolderRow, RescanRow
from models.db.session import open_session
from models.db.tables import AlertRow
from tests.dovecot import Account
from tests.ingest.desk import NOW, RECEIVER, Desk, corpus, new_order, order_no

DAY = timedelta(days=1)
STATUS = "037"  # en, picked up
STATUS_ORDER = "576470000111222333"
ELSEWHERE = ("Archive", "Shops/TikTok")


def status(number: int) -> bytes:
    """News of an order's way, genuine and without its first mail."""
    raw = corpus(STATUS)[0]
    assert STATUS_ORDER.encode() in raw
    return raw.replace(STATUS_ORDER.encode(), order_no(number).encode())


def requests(desk: Desk) -> list[RescanRow]:
    with open_session(desk.engine, read_only=True) as session:
        return list(session.exec(select(RescanRow).order_by(col(RescanRow.id))).all())


def alerts(desk: Desk) -> Sequence[AlertRow]:
    with open_session(desk.engine, read_only=True) as session:
        return session.exec(select(AlertRow).where(AlertRow.rule == "X11")).all()


def mark(desk: Desk, folder: str = "INBOX") -> int:
    with open_session(desk.engine, read_only=True) as session:
        return session.get_one(FolderRow, ("main", folder)).mark


def create(account: Account, *folders: str) -> None:
    with account.client() as client:
        for folder in folders:
            client.create_folder(folder)


def test_a_rebuilt_folder_is_read_by_its_days_and_what_lies_before_is_finished(desk: Desk, account: Account):
    account.append(new_order(0))
    account.leave([new_order(number) for number in range(1, 41)], arrived=NOW - 300 * DAY)
    account.leave([new_order(41)], arrived=NOW - 2 * DAY)
    mailbox = account.settings(**RECEIVER)
    desk.poll(mailbox)

    account.rebuild()
    account.leave([new_order(42)], arrived=NOW + DAY)
    again = desk.poll(mailbox, NOW + DAY)

    assert (again.seen, again.duplicates) == (3, 2)
    assert again.new_orders == {("Juniper & Pine Co.", order_no(42))}
    assert mark(desk) == 43
    assert desk.poll(mailbox, NOW + DAY).seen == 0


@pytest.mark.parametrize("killed", ["after it was asked for", "in the middle"])
def test_a_poll_that_dies_before_a_rebuilt_folder_is_read_leaves_it_to_the_next(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch, killed: str
):
    mailbox = account.settings(**RECEIVER)
    account.append(*[new_order(number) for number in range(60)])
    desk.poll(mailbox)
    account.rebuild()
    account.append(new_order(60))

    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        where = "find" if killed == "after it was asked for" else "_peek"
        patched.setattr(f"ingest.imap.ImapMailbox.{where}", dies)
        with pytest.raises(SystemExit):
            desk.poll(mailbox)
    assert has_news(desk.engine, mailbox, desk.home)
    desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(number) for number in range(61)}
    assert [request.cause for request in requests(desk)] == ["rebuilt"]
    assert all(request.done_at for request in requests(desk))


def test_after_a_gap_a_mail_below_the_mark_that_nobody_saw_is_found(desk: Desk, account: Account):
    """As a server shows it that numbers two deliveries at once and ends the later one first."""
    mailbox = account.settings(**RECEIVER)
    account.append(new_order(1), new_order(2))
    desk.poll(mailbox)
    with open_session(desk.engine) as session:
        for row in desk.ledger()[:1]:
            session.delete(session.merge(row))
        session.commit()
    account.append(new_order(3))

    assert desk.poll(mailbox, NOW + timedelta(minutes=30)).seen == 1
    account.append(new_order(4))
    found = desk.poll(mailbox, NOW + timedelta(minutes=61))

    assert found.seen == 2
    assert [row.uid for row in desk.ledger()] == [1, 2, 3, 4]
    assert [request.cause for request in requests(desk)] == ["gap"]
    assert mark(desk) == 4


@pytest.mark.row("T03", "X11")
@pytest.mark.parametrize("folder", ELSEWHERE)
def test_an_order_first_heard_of_by_later_news_is_made_whole_by_its_mail_in_another_folder(
    desk: Desk, account: Account, folder: str
):
    create(account, *ELSEWHERE)
    account.append(new_order(1), b"From: a@example.com\r\n\r\nhello\r\n", folder=folder)
    account.append(status(1))

    first = desk.poll(account.settings(**RECEIVER))

    assert (first.seen, first.parsed) == (2, 2)
    assert {(row.folder, row.kind) for row in desk.ledger()} == {("INBOX", "picked_up"), (folder, "new_order")}
    assert alerts(desk) == []
    assert [(one.cause, one.done_at) for one in requests(desk)] == [("unknown_order", NOW)]


@pytest.mark.row("T03", "X11")
def test_a_first_mail_that_is_nowhere_is_told_once(desk: Desk, account: Account):
    mailbox = account.settings(**RECEIVER)
    account.append(status(1))
    desk.poll(mailbox)
    assert [(alert.order_no, alert.text_key) for alert in alerts(desk)] == [(order_no(1), "mail_missing")]

    account.append(status(1).replace(b"\n", b"\nX-Again: yes\n", 1))
    desk.poll(mailbox, NOW + DAY)
    assert len(alerts(desk)) == 1
    assert [request.cause for request in requests(desk)] == ["unknown_order", "gap"]


def test_news_that_came_before_its_orders_first_mail_in_the_same_poll_misses_nothing(desk: Desk, account: Account):
    account.append(status(1), *[new_order(number) for number in range(2, 60)], new_order(1))
    assert desk.poll(account.settings(**RECEIVER)).parsed == 60
    assert alerts(desk) == []


def test_of_orders_that_may_be_older_than_the_shops_start_the_to_do_says_enough(desk: Desk, account: Account):
    desk.shops = tuple(shop.model_copy(update={"orders_from": (NOW - 8 * DAY).date()}) for shop in desk.shops)
    account.append(status(1))
    desk.poll(account.settings(**RECEIVER))
    assert set(desk.orders()) == {order_no(1)}
    assert alerts(desk) == []


def test_mail_in_other_folders_that_is_not_tiktok_shops_leaves_no_trace(desk: Desk, account: Account):
    create(account, "Old mail")
    account.append(*corpus("050", "070", "073", "001"), folder="Old mail")
    account.append(status(1))
    desk.poll(account.settings(**RECEIVER))
    assert [(row.folder, row.outcome) for row in desk.ledger()] == [("INBOX", "parsed"), ("Old mail", "parsed")]


def test_after_a_restore_what_was_read_and_moved_since_the_backup_is_found_where_it_is(desk: Desk, account: Account):
    create(account, *ELSEWHERE)
    mailbox = account.settings(**RECEIVER)
    account.append(new_order(1))
    desk.poll(mailbox)
    account.append(new_order(2), folder=ELSEWHERE[0])
    with open_session(desk.engine) as session:
        ask_after_restore(session, ["main"], NOW, NOW)
        session.commit()

    desk.poll(mailbox)

    assert set(desk.orders()) == {order_no(1), order_no(2)}
    assert [(one.cause, one.done_at) for one in requests(desk)] == [("restored", NOW)]


def test_a_request_stays_open_until_all_of_it_is_read(desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch):
    create(account, "Archive")
    mailbox = account.settings(**RECEIVER)
    account.append(new_order(1), folder="Archive")
    account.append(status(1))

    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("ingest.imap.ImapMailbox.folders", dies)
        with pytest.raises(SystemExit):
            desk.poll(mailbox)
    assert [request.done_at for request in requests(desk)] == [None]
    assert has_news(desk.engine, mailbox, desk.home)
    desk.poll(mailbox)
    assert {row.folder for row in desk.ledger()} == {"INBOX", "Archive"}
    assert not has_news(desk.engine, mailbox, desk.home)


def test_what_cannot_be_searched_for_a_day_holds_up_the_mailbox_no_longer(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
):
    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr("ingest.imap.ImapMailbox.folders", dies)
    account.append(status(1))
    with pytest.raises(SystemExit):
        desk.poll(account.settings(**RECEIVER))
    desk.poll(account.settings(**RECEIVER), NOW + DAY)
    assert all(request.done_at for request in requests(desk))


def test_a_moment_is_given_in_the_servers_days(account: Account):
    """What a test leaves in a mailbox arrived when it says: the other tests here count on it."""
    account.append(b"From: a@example.com\r\n\r\nnow\r\n")
    account.leave([b"From: a@example.com\r\n\r\nold\r\n"], arrived=datetime(2026, 1, 1, 12, tzinfo=UTC))
    with account.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["SINCE", datetime(2026, 1, 2, tzinfo=UTC).date()]) == [1]
