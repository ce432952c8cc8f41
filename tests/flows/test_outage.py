"""A week off while 300 mails come into two folders, one of which is rebuilt: one poll, each order once, one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from flows import clock
from flows.look import look
from flows.office import Office, open_office
from flows.outbox import send_due
from flows.telling import Message
from flows.watch import check_due
from ingest.poll import PollResult, poll_mailbox
from models.db.mail_tables import MessageRow, RescanRow
from models.db.session import open_session
from models.db.tables import FactRow, OrderRow
from models.home import Home
from tests.dovecot import PASSWORD, Account
from tests.ingest.desk import NOW, RECEIVER, corpus, new_order, order_no

SHOP = "Juniper & Pine Co."
SECOND = "Tik Tok"
DAY = timedelta(days=1)
OFF, OLD, CAME = 7 * DAY, 40, 300  # mails before it and in it
PICKED_UP, ITS_ORDER = "037", "576470000111222333"
SETTINGS = """
[[mailbox]]
name = "main"
host = "localhost"
port = {port}
user = "{user}"
ca_file = "{ca_file}"
authserv_id = "{authserv_id}"
allowed_from_domains = ["{domain}"]
folders = ["INBOX", "{second}"]

[[shop]]
name = "{shop}"
market = "US"
currency = "USD"
timezone = "America/Los_Angeles"
mailbox = "main"
"""


@pytest.fixture
def office(tmp_path: Path, database: str, account: Account) -> Iterator[Office]:
    """A shop with one mailbox of two folders; it is the last moment that somebody looks."""
    with account.client() as client:
        client.create_folder(SECOND)
    config = tmp_path / "shipclock.toml"
    config.write_text(
        SETTINGS.format(
            port=account.server.port,
            user=account.user,
            ca_file=account.server.cert,
            authserv_id=RECEIVER["authserv_id"],
            domain=RECEIVER["allowed_from_domains"][0],
            second=SECOND,
            shop=SHOP,
        ),
        encoding="utf-8",
    )
    home = Home(path=tmp_path, config=config, database_url=database, environment={"SHIPCLOCK_PASSWORD_MAIN": PASSWORD})
    opened = open_office(home)
    clock.set_virtual(opened.engine, NOW)
    yield opened
    opened.engine.dispose()


def poll(office: Office) -> PollResult:
    return poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)


def picked_up(number: int) -> bytes:
    """Later news of an order."""
    return corpus(PICKED_UP)[0].replace(ITS_ORDER.encode(), order_no(number).encode())


def facts(office: Office) -> Counter[str]:
    """How many facts each order has."""
    with open_session(office.engine, read_only=True) as session:
        rows = session.exec(select(OrderRow.order_no).join(FactRow, col(FactRow.order_id) == col(OrderRow.id))).all()
    return Counter(rows)


def ledger(office: Office) -> Counter[tuple[str, str]]:
    """How many mails of each folder came to what."""
    with open_session(office.engine, read_only=True) as session:
        return Counter((row.folder, row.outcome) for row in session.exec(select(MessageRow)))


def fill(account: Account) -> None:
    """While nobody looks: INBOX is rebuilt, and mail comes into both; ten times news comes before the first mail."""
    account.rebuild()
    inbox = [new_order(number) for number in range(60, 210)]
    second = [*(picked_up(number) for number in range(60, 70)), *(new_order(number) for number in range(210, 350))]
    for number, (one, other) in enumerate(zip(inbox, second, strict=True)):
        arrived = NOW + OFF * (number + 1) / (len(inbox) + 1)
        account.leave([one], arrived=arrived)
        account.leave([other], arrived=arrived, folder=f".{SECOND}")


def test_after_a_week_off_one_poll_has_all_of_300_mails_and_one_message_tells_it(
    office: Office, account: Account, told: list[Message]
):
    account.leave([new_order(number) for number in range(OLD)], arrived=NOW - 3 * DAY)
    account.leave([new_order(number) for number in range(OLD, 60)], arrived=NOW - 3 * DAY, folder=f".{SECOND}")
    poll(office)
    check_due(office)
    send_due(office)
    look(office)
    before = facts(office)
    assert set(before) == {order_no(number) for number in range(60)}
    told.clear()

    fill(account)
    clock.set_virtual(office.engine, NOW + OFF)
    looked = look(office)
    assert [work.deployment for work in looked.work if work.deployment == "poll-mailbox"] == ["poll-mailbox"]
    result = poll(office)

    assert result.parsed == CAME
    assert result.duplicates == OLD
    after = facts(office)
    assert set(after) == {order_no(number) for number in range(350)}
    assert {number: after[number] for number in before} == before
    with_news = {order_no(number) for number in range(60, 70)}
    assert {number for number, count in after.items() if count != before[order_no(0)]} == with_news
    assert ledger(office) == {
        ("INBOX", "parsed"): OLD + 150,
        ("INBOX", "duplicate"): OLD,
        (SECOND, "parsed"): 20 + 150,
    }
    assert "incomplete" not in flags_of(office)
    with open_session(office.engine, read_only=True) as session:
        causes = {(row.cause, row.done_at is not None) for row in session.exec(select(RescanRow))}
    assert causes == {("gap", True), ("rebuilt", True), ("unknown_order", True)}

    assert poll(office).seen == 0
    check_due(office)
    send_due(office)
    assert len(told) == 1
    assert told[0].body.startswith("Nobody looked from ")


def flags_of(office: Office) -> list[str]:
    """The flags of all orders."""
    with open_session(office.engine, read_only=True) as session:
        return [flag for row in session.exec(select(OrderRow)) for flag in row.flags]
