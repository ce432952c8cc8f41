"""Polling a real IMAP server: the right orders, each once, and the mailbox as it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ingest.errors import MailboxBusyError
from ingest.finding import Context, Finding, judge
from ingest.lease import LEASE, held_lease
from ingest.mailbox import RawMessage
from ingest.poll import PollResult, has_news
from tests.dovecot import Account
from tests.ingest.desk import EXPECTED, FIRST_ORDER, NOW, RECEIVER, Desk, corpus, new_order, order_no

BAR = ("001", "002", "003", "004", "030", "031", "070", "082", "085")


def expected_orders(*numbers: str) -> dict[str, str]:
    entries = [entry for name, entry in EXPECTED["files"].items() if name[:3] in numbers]
    return {entry["order_id"]: entry["shop"] for entry in entries if entry["disposition"] == "parsed"}


@pytest.mark.row("T01", "T02")
def test_the_right_orders_come_of_the_mails_and_no_second_poll_makes_more(desk: Desk, account: Account):
    account.append(*corpus(*BAR))
    mailbox = account.settings(**RECEIVER)

    first = desk.poll(mailbox)

    assert desk.orders() == expected_orders(*BAR)
    assert (first.seen, first.quarantined, first.duplicates) == (9, 1, 1)
    assert first.new_orders == first.orders == {(shop, number) for number, shop in desk.orders().items()}
    facts = desk.facts()
    assert desk.poll(mailbox).seen == 0
    assert (desk.orders(), desk.facts()) == (expected_orders(*BAR), facts)


def test_a_changed_uidvalidity_makes_no_order_and_no_fact_twice(desk: Desk, account: Account):
    account.append(*corpus(*BAR))
    mailbox = account.settings(**RECEIVER)
    desk.poll(mailbox)
    before = (desk.orders(), desk.facts())

    account.rebuild()
    again = desk.poll(mailbox)

    assert (again.seen, again.duplicates, again.new_orders) == (9, 9, frozenset())
    assert (desk.orders(), desk.facts()) == before
    assert desk.poll(mailbox).seen == 0


def test_mail_that_comes_after_a_changed_uidvalidity_is_read(desk: Desk, account: Account):
    account.append(new_order(1))
    mailbox = account.settings(**RECEIVER)
    desk.poll(mailbox)
    account.rebuild()
    account.append(new_order(2))

    assert desk.poll(mailbox).new_orders == {("Juniper & Pine Co.", order_no(2))}


def test_what_a_mail_stated_is_kept_as_names_in_its_row(desk: Desk, account: Account):
    account.append(*corpus("058", "001", "001", "037"))
    desk.poll(account.settings(**RECEIVER))
    ignored, first, duplicate, picked_up = desk.ledger()
    assert {"items", "placed_at", "total", "unit_price"} <= set(first.fields)
    assert (first.language, picked_up.fields) == ("en", ["carrier", "event_at", "tracking_no"])
    assert (ignored.fields, duplicate.fields) == ([], [])


def test_flags_stay_as_they_were(desk: Desk, account: Account):
    account.append(*corpus(*BAR))
    with account.client() as client:
        client.select_folder("INBOX")
        client.add_flags([2], [rb"\Seen", rb"\Flagged"])
    before = account.flags()

    desk.poll(account.settings(**RECEIVER))

    assert account.flags() == before


def test_a_mail_that_a_person_read_first_is_an_order_all_the_same(desk: Desk, account: Account):
    account.append(new_order(1))
    with account.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [rb"\Seen"])

    desk.poll(account.settings(**RECEIVER))

    assert desk.orders() == {order_no(1): "Juniper & Pine Co."}


def test_news_is_what_came_since_the_last_finished_poll(desk: Desk, account: Account):
    mailbox = account.settings(**RECEIVER)
    assert has_news(desk.engine, mailbox, desk.home)
    desk.poll(mailbox)
    assert not has_news(desk.engine, mailbox, desk.home)

    account.append(new_order(1))
    assert has_news(desk.engine, mailbox, desk.home)
    desk.poll(mailbox)
    assert not has_news(desk.engine, mailbox, desk.home)


def test_looking_into_a_mailbox_of_10_000_mails_neither_opens_nor_lists_it(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
):
    """None of them arrived since the shops count, so that they need not be read first."""
    account.fill([b"From: a@example.com\r\nSubject: hello\r\n\r\nnothing\r\n"] * 10_000)
    mailbox = account.settings(**RECEIVER)
    assert has_news(desk.engine, mailbox, desk.home)
    desk.shops = tuple(shop.model_copy(update={"orders_from": date(2100, 1, 1)}) for shop in desk.shops)
    assert desk.poll(mailbox).seen == 0

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a folder without news was opened")

    monkeypatch.setattr("ingest.imap.ImapMailbox.open", refuse)
    assert not has_news(desk.engine, mailbox, desk.home)
    assert desk.poll(mailbox).seen == 0


def test_two_folders_are_read_and_the_same_mail_in_both_is_one(desk: Desk, account: Account):
    with account.client() as client:
        client.create_folder("Tik Tok")
    account.append(new_order(1), new_order(2))
    account.append(new_order(2), new_order(3), folder="Tik Tok")

    result = desk.poll(account.settings(folders=("INBOX", "Tik Tok"), **RECEIVER))

    assert result.duplicates == 1
    assert set(desk.orders()) == {order_no(number) for number in (1, 2, 3)}


def test_a_mail_over_the_size_limit_is_quarantined_without_being_downloaded(desk: Desk, account: Account):
    account.append(new_order(1), b"From: a@example.com\r\n\r\n" + b"x" * 6_000_000, new_order(2))

    desk.poll(account.settings(**RECEIVER))

    row = desk.ledger()[1]
    assert (row.outcome, row.reason, row.raw_hash) == ("quarantined", "too_large", None)
    assert set(desk.orders()) == {order_no(1), order_no(2)}


def test_a_mail_of_3_mebibytes_is_read(desk: Desk, account: Account):
    account.append(*corpus("088"))

    desk.poll(account.settings(**RECEIVER))

    assert desk.ledger()[0].reason != "too_large"
    assert desk.ledger()[0].raw_hash is not None


def test_orders_placed_before_the_shop_counts_are_silent_history(desk: Desk, account: Account):
    start = (NOW - timedelta(days=5)).date()  # the first fixture's order was placed on 14 March
    desk.shops = tuple(shop.model_copy(update={"orders_from": start}) for shop in desk.shops)
    account.append(*corpus("001", "003"))

    desk.poll(account.settings(**RECEIVER))

    assert desk.outcomes() == {("ignored", "before_start"): 1, ("parsed", None): 1}
    assert FIRST_ORDER not in desk.orders()


def test_on_the_first_look_old_orders_count_but_later_they_are_taken_for_replays(desk: Desk, account: Account):
    late = NOW + timedelta(days=60)
    mailbox = account.settings(**RECEIVER)
    account.append(new_order(1))
    desk.poll(mailbox, late)

    account.append(new_order(2))
    desk.poll(mailbox, late)

    assert desk.outcomes() == {("parsed", None): 1, ("quarantined", "replayed"): 1}
    assert set(desk.orders()) == {order_no(1)}


def test_mail_that_waited_through_a_long_outage_is_no_replay(desk: Desk, account: Account):
    mailbox = account.settings(**RECEIVER)
    desk.poll(mailbox, NOW)
    account.append(new_order(1))

    desk.poll(mailbox, NOW + timedelta(days=60))

    assert set(desk.orders()) == {order_no(1)}


def test_while_one_polls_another_is_told_who_and_until_when(desk: Desk, account: Account):
    account.append(new_order(1))
    mailbox = account.settings(**RECEIVER)
    with held_lease(desk.engine, "main", lambda: NOW):
        with pytest.raises(MailboxBusyError) as busy:
            desk.poll(mailbox)
        assert busy.value.until == NOW + LEASE
        assert desk.orders() == {}

    assert desk.poll(mailbox).parsed == 1


def test_the_lease_lapses_when_its_holder_does_not_renew_it(desk: Desk, account: Account):
    account.append(new_order(1))
    with held_lease(desk.engine, "main", lambda: NOW):
        assert desk.poll(account.settings(**RECEIVER), NOW + LEASE).parsed == 1


def test_two_pollers_that_meet_all_the_same_record_each_mail_once(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
):
    """The second poller runs in full between the first one's reading and its recording."""
    account.append(*[new_order(number) for number in range(5)])
    mailbox = account.settings(**RECEIVER)
    met: list[PollResult] = []

    def meeting(message: RawMessage, context: Context, **options: bool) -> Finding:
        if not met:
            met.append(PollResult())
            met.append(desk.poll(mailbox, NOW + LEASE))
        return judge(message, context, **options)

    monkeypatch.setattr("ingest.apart.judge", meeting)
    with pytest.raises(MailboxBusyError):
        desk.poll(mailbox)

    assert met[-1].parsed == 5
    assert len(desk.ledger()) == 5
    assert len(desk.orders()) == 5
