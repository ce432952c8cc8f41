"""The minute's look watches mailboxes and shops, too: D20 to D22 of order-lifecycle, section 7, as alerts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlmodel import select

from flows import clock
from flows.look import look
from flows.office import Office, open_office
from flows.shop_watch import watch_unread
from flows.telling import compose
from ingest.ledger import Outcome
from ingest.poll import poll_mailbox
from models.db.alert_ends import over_among
from models.db.alerts import due_alerts
from models.db.mail_tables import MessageRow
from models.db.session import open_session
from models.db.tables import AlertRow
from models.notification import QuarantineReason
from tests.flows.prefect_server import a_home

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
numbers = count(1)


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """An office whose empty mailbox was read."""
    made = open_office(a_home(tmp_path, database))
    clock.set_virtual(made.engine, MONDAY)
    poll_mailbox(made.engine, made.settings.mailbox[0], made.settings.shop, made.home, made.now)
    yield made
    made.engine.dispose()


def came(office: Office, *moments: datetime, outcome: Outcome = Outcome.PARSED, reason: str | None = None) -> None:
    """Mails of the shop that were sent and seen then."""
    with open_session(office.engine) as session:
        for moment in moments:
            session.add(
                MessageRow(
                    mailbox="main",
                    folder="INBOX",
                    uidvalidity=1,
                    uid=next(numbers),
                    outcome=outcome.value,
                    reason=reason,
                    shop_id=office.settings.shop[0].name,
                    sent_at=moment,
                    seen_at=moment,
                )
            )
        session.commit()


def alerts_at(office: Office, *moments: datetime) -> list[Sequence[AlertRow]]:
    """What the outbox held after a look at each of these moments."""
    found = []
    for moment in moments:
        clock.set_virtual(office.engine, moment)
        look(office)
        with open_session(office.engine, read_only=True) as session:
            found.append(session.exec(select(AlertRow)).all())
    return found


def test_a_password_that_is_refused_is_told_although_the_mailbox_was_never_read(tmp_path: Path):
    made = open_office(a_home(tmp_path))
    clock.set_virtual(made.engine, MONDAY)
    for _ in range(2):
        watch_unread(made, made.settings.mailbox[0], refused=True)
    with open_session(made.engine, read_only=True) as session:
        (told,) = session.exec(select(AlertRow)).all()
        assert "refuses the password" in compose([told], MONDAY)[0].body
    made.engine.dispose()


@pytest.mark.row("D21")
def test_a_shop_that_is_silent_for_long_is_told_once_for_each_silence(office: Office):
    came(office, *(MONDAY - number * HOUR for number in range(24 * 7 * 9)))
    usual, silent, still = alerts_at(office, *(MONDAY + hours * HOUR for hours in (12, 13, 20)))
    assert (list(usual), len(silent), len(still)) == ([], 1, 1)
    with open_session(office.engine, read_only=True) as session:
        (told,) = compose(due_alerts(session, office.now()), office.now())
    assert "no mail from TikTok Shop for 20 h" in told.body  # by now
    came(office, MONDAY + 21 * HOUR)
    (again,) = alerts_at(office, MONDAY + 60 * HOUR)
    assert [alert.rule for alert in again] == ["D21", "D21"]


@pytest.mark.row("D21")
def test_a_new_shop_is_not_expected_to_get_mail(office: Office):
    came(office, MONDAY - HOUR)
    assert alerts_at(office, MONDAY + 240 * HOUR) == [[]]


@pytest.mark.row("D22", "X15")
def test_a_mail_that_was_not_understood_is_told_before_and_after_its_business_hour(office: Office):
    came(office, MONDAY + 10 * HOUR, outcome=Outcome.QUARANTINED, reason=QuarantineReason.UNKNOWN_KIND)
    looks = alerts_at(office, *(MONDAY + hours * HOUR for hours in (10.5, 10.75, 11, 11.1, 12)))
    assert [len(alerts) for alerts in looks] == [0, 1, 1, 2, 2]
    assert {(alert.rule, alert.text_key) for alert in looks[-1]} == {("D22", "quarantine")}
    assert [alert.suppressed for alert in sorted(looks[-1], key=lambda alert: alert.level)] == [True, False]


def test_a_mail_that_somebody_has_seen_to_is_told_of_no_more(office: Office):
    came(office, MONDAY, MONDAY, outcome=Outcome.QUARANTINED, reason=QuarantineReason.INCOMPLETE.value)
    ((first, second),) = alerts_at(office, MONDAY + 48 * HOUR)
    with open_session(office.engine) as session:
        session.get_one(MessageRow, int(first.about)).outcome = Outcome.DISMISSED.value
        session.commit()
        assert over_among(session, [first, second]) == {first.dedup_key}


@pytest.mark.row("D22", "X12")
@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.DISMISSED, QuarantineReason.UNKNOWN_KIND),
        (Outcome.QUARANTINED, QuarantineReason.LOOKALIKE_SENDER),  # told when it came
        (Outcome.QUARANTINED, QuarantineReason.MALFORMED),  # nobody knows whose it is
    ],
)
def test_what_is_handled_or_is_not_tiktok_shops_waits_for_nothing(office: Office, outcome, reason):
    came(office, MONDAY + 10 * HOUR, outcome=outcome, reason=reason)
    assert alerts_at(office, MONDAY + 48 * HOUR) == [[]]
