"""Mail and API tell of the same orders: what one of them lacks in its time is told, where both are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.mail_notices import find_notices
from flows.missing_watch import NO_MAIL, NOT_AT_API
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.session import open_session
from models.fact import FactKind
from tests.flows.shop.api_office import HOUR, ApiOffice, alerts, an_api_office, mail_told, order_no, seconds
from tests.flows.shop.clients import NOW, SHOP


@pytest.fixture
def api(tmp_path: Path, database: str) -> Iterator[ApiOffice]:
    """A shop with an API, and nothing in it."""
    with an_api_office(tmp_path, database=database) as made:
        yield made


def mailbox_read(api: ApiOffice, hours: float, error: str | None = None) -> None:
    """The mailbox was read then, and mails of new orders came before."""
    with open_session(api.office.engine) as session:
        session.merge(MailboxRow(name="main", last_ok_at=NOW + hours * HOUR, last_error=error))
        session.merge(
            MessageRow(id=1, mailbox="main", folder="INBOX", uidvalidity=1, uid=1, outcome="parsed", kind="new_order",
                       shop_id=SHOP, seen_at=NOW - HOUR)
        )  # fmt: skip
        session.commit()


def test_an_order_of_the_api_that_no_mail_told_of_in_its_time_is_told_once(api: ApiOffice):
    api.order(1, hours=0)
    api.order(2, hours=0)
    mail_told(api, 2, (FactKind.ORDER_PLACED, 0))
    mailbox_read(api, 1.9)
    api.sync(1.9)
    assert alerts(api) == []
    mailbox_read(api, 2.1)
    for hours in (2.1, 2.2):
        api.sync(hours)
        assert alerts(api) == [(NO_MAIL, order_no(1))]


def test_what_is_missing_stands_on_the_pages_as_long_as_it_is_in_a_line_for_each_direction(api: ApiOffice):
    for number in (1, 2, 3):
        api.order(number, hours=number / 100)
    mail_told(api, 4, (FactKind.ORDER_PLACED, 0))
    mailbox_read(api, 2.5)
    api.sync(2.5)
    by_mail, at_api = find_notices(api.office)
    assert order_no(1) in by_mail
    assert "2 other orders" in by_mail
    assert order_no(4) in at_api
    for number in (1, 2, 3):
        mail_told(api, number, (FactKind.ORDER_PLACED, 0))
    api.order(4, hours=0)
    api.sync(2.6)
    assert find_notices(api.office) == []


@pytest.mark.parametrize(("read_at", "error"), [(1.9, None), (2.1, "refused")])
def test_no_mail_is_missing_from_a_mailbox_that_was_not_read_since(api: ApiOffice, read_at: float, error: str | None):
    api.order(1, hours=0)
    mailbox_read(api, read_at, error)
    api.sync(3)
    assert alerts(api) == []


def test_a_shop_that_never_got_a_mail_of_an_order_lacks_none(api: ApiOffice):
    api.order(1, hours=0)
    with open_session(api.office.engine) as session:
        session.add(MailboxRow(name="main", last_ok_at=NOW + 3 * HOUR))
        session.commit()
    api.sync(3)
    assert alerts(api) == []


def test_an_order_of_a_mail_that_the_api_does_not_know_in_its_time_is_told_once(api: ApiOffice):
    mail_told(api, 1, (FactKind.ORDER_PLACED, 0))
    for hours, told in ((1.9, []), (2.1, [(NOT_AT_API, order_no(1))]), (2.2, [(NOT_AT_API, order_no(1))])):
        api.sync(hours)
        assert alerts(api) == told


def test_an_order_that_the_walk_missed_is_asked_for_before_it_is_called_unknown(api: ApiOffice):
    mail_told(api, 1, (FactKind.ORDER_PLACED, 0))
    api.order(1, hours=0, update_time=seconds(-2000))  # below all that is walked
    api.sync(2.1)
    assert alerts(api) == []
    assert "order_paid" in api.kinds()
