"""A changed wording is told once a week for each field, and stands on the pages as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlmodel import col, select

from flows import clock
from flows.mail_notices import find_notices
from flows.office import Office, open_office
from flows.sweep import sweep_once
from flows.telling import compose
from ingest.stated_mail import arrived_since, stated_since
from models.db.mail_tables import MessageRow
from models.db.session import open_session
from models.db.tables import AlertRow
from tests.flows.prefect_server import a_home

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
numbers = count(1)


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """An office on a Friday noon."""
    made = open_office(a_home(tmp_path, database))
    clock.set_virtual(made.engine, NOW)
    yield made
    made.engine.dispose()


def came(office: Office, mails: int, ago: timedelta, *fields: str, **columns: str | None) -> None:
    """So many mails of the shop, sent and seen so long ago."""
    usual = {"outcome": "parsed", "kind": "new_order", "language": "en", "shop_id": office.settings.shop[0].name}
    at = office.now() - ago
    with open_session(office.engine) as session:
        for number in range(mails):
            place = {"mailbox": "main", "folder": "INBOX", "uidvalidity": 1, "uid": next(numbers)}
            moment = at + timedelta(minutes=number)
            values = {**usual, **columns, "fields": list(fields), "sent_at": moment, "seen_at": moment}
            session.add(MessageRow.model_validate({**place, **values}))
        session.commit()


def alerts(office: Office) -> Sequence[AlertRow]:
    with open_session(office.engine, read_only=True) as session:
        return session.exec(select(AlertRow).order_by(col(AlertRow.dedup_key))).all()


def test_a_field_that_mails_no_longer_state_is_told_with_what_to_do(office: Office):
    came(office, 10, 10 * DAY, "total", "items")
    came(office, 10, 3 * DAY, "items")
    sweep_once(office)
    sweep_once(office)
    (alert,) = alerts(office)
    (told,) = compose([alert], office.now())
    assert 'mails about "new order" (English) no longer state "total" as before: 0 of 10' in told.body
    assert "last found 10 Mar 2026" in told.body
    assert "shipclock learn" in told.body
    assert find_notices(office) == [told.body]


def test_the_line_goes_when_mails_state_it_again(office: Office):
    came(office, 10, 10 * DAY, "total")
    came(office, 10, 3 * DAY)
    sweep_once(office)
    assert find_notices(office)
    came(office, 90, DAY, "total")
    assert find_notices(office) == []


def test_it_is_told_again_the_week_after_while_it_lasts(office: Office):
    came(office, 40, 10 * DAY, "total")
    came(office, 8, 6 * DAY)
    sweep_once(office)
    clock.set_virtual(office.engine, NOW + 3 * DAY)  # a Monday
    came(office, 20, DAY)
    sweep_once(office)
    assert [alert.about for alert in alerts(office)] == ["new_order|en|total|2026-W12", "new_order|en|total|2026-W13"]


def test_a_mail_that_states_nothing_any_more_is_one_message(office: Office):
    came(office, 10, 10 * DAY, "total", "items", "placed_at")
    came(office, 10, 3 * DAY)
    sweep_once(office)
    (told,) = compose(alerts(office), office.now())
    assert len(told.rows) == 3
    assert told.body.endswith("The same goes for 2 other things that mails state: see the page Mail.")


def test_more_mail_that_is_not_understood_is_told(office: Office):
    came(office, 20, 10 * DAY, "total")
    came(office, 5, 3 * DAY, "total")
    came(office, 15, 2 * DAY, outcome="quarantined", reason="unknown_kind", kind=None, language=None)
    sweep_once(office)
    assert [(alert.text_key, alert.values["found"]) for alert in alerts(office)] == [("unclear", "15")]
    assert any("15 of 20 in the last 7 days" in line for line in find_notices(office))


@pytest.mark.parametrize("reason", ["lookalike_sender", "totals_mismatch"])
def test_fakes_and_odd_orders_are_no_new_wording(office: Office, reason: str):
    came(office, 20, 10 * DAY, "total")
    came(office, 15, 2 * DAY, outcome="quarantined", reason=reason, kind=None, language=None)
    came(office, 8, 2 * DAY, "total")
    sweep_once(office)
    assert alerts(office) == []


def test_mail_that_was_read_before_its_fields_were_kept_is_no_drift(office: Office):
    came(office, 10, 10 * DAY, "total")
    came(office, 10, 3 * DAY, language=None)
    sweep_once(office)
    assert alerts(office) == []


def test_where_all_is_as_usual_there_is_no_line(office: Office):
    came(office, 10, 10 * DAY, "total")
    came(office, 10, 3 * DAY, "total")
    assert find_notices(office) == []


@pytest.mark.row("D22")
def test_mail_that_waits_too_long_is_a_line(office: Office):
    came(office, 2, DAY, outcome="quarantined", reason="totals_mismatch", kind=None, language=None)
    (line,) = find_notices(office)
    assert "waits too long: 2." in line


@pytest.mark.row("D21")
def test_a_silent_shop_is_a_line(office: Office):
    for hours in range(24, 24 * 7 * 9, 4):
        came(office, 1, timedelta(hours=hours), "total")
    (line,) = find_notices(office)
    assert line.startswith("Tre Viet Store: no mail from TikTok Shop for 24 h, which is unusual.")


def test_of_very_many_mails_some_are_looked_at_and_show_the_same(office: Office, monkeypatch: pytest.MonkeyPatch):
    came(office, 90, 10 * DAY, "total")
    came(office, 90, 3 * DAY)
    shop, since = office.settings.shop[0].name, NOW - 14 * DAY
    with open_session(office.engine, read_only=True) as session:
        assert (
            len(stated_since(session, shop, since, most=60))
            == len(arrived_since(session, "main", since, most=60))
            == 45
        )
        assert len(stated_since(session, shop, since, most=180)) == 90
        assert len(stated_since(session, shop, since, most=181)) == 180
    sweep_once(office)
    before = find_notices(office)
    monkeypatch.setattr("flows.wording_watch.stated_since", partial(stated_since, most=60))
    (told,) = find_notices(office)
    assert "0 of 90 in the last 7 days, 90 of 90" in before[0]
    assert "0 of 23 in the last 7 days, 22 of 22" in told
