"""The hourly sweep tells what no longer follows from the facts, mends nothing, and deletes what has expired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from flows import clock
from flows.look import Work, look
from flows.office import Office, open_office
from flows.sweep import sweep_once
from ingest.poll import poll_mailbox
from ingest.rescan import ask, ask_as_routine
from models.db.mail_tables import MessageRow, RescanRow, SealedMailRow
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import OrderRow
from models.rescan import RescanCause
from tests.flows.prefect_server import a_home
from tests.models.makers import placed, t

SHOP = "Tre Viet Store"
NO = "576461413038785752"


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """An office with one order, one hour after it was placed."""
    opened = open_office(a_home(tmp_path, database))
    clock.set_virtual(opened.engine, t(1))
    with open_session(opened.engine) as session:
        record_facts(session, opened.shop(SHOP), [(NO, fact) for fact in placed(0)], t(1))
        session.commit()
    yield opened
    opened.engine.dispose()


def test_where_all_follows_from_the_facts_there_is_nothing_to_tell(office: Office):
    assert sweep_once(office).differences == []


def test_a_stored_value_that_no_fact_tells_is_told_and_left_and_shouted(office: Office):
    with open_session(office.engine) as session:
        session.exec(update(OrderRow).values(stage="DELIVERED"))
        session.commit()
    found = sweep_once(office).differences
    assert [(one.order_no, one.place, one.stored, one.computed) for one in found] == [
        (NO, "orders stage", "DELIVERED", "NEW")
    ]
    with open_session(office.engine, read_only=True) as session:
        assert session.exec(select(OrderRow.stage)).one() == "DELIVERED"
    assert Work(deployment="send-alerts") in look(office).work


def test_sealed_mails_go_when_their_time_is_over_and_their_rows_stay(office: Office):
    with open_session(office.engine) as session:
        for number, hours in ((1, 1), (2, 2)):
            row = MessageRow(
                id=number, mailbox="main", folder="new", uidvalidity=1, uid=number, outcome="quarantined", seen_at=t(0)
            )
            session.add(row)
            session.flush()
            session.add(SealedMailRow(message_id=number, ciphertext=b"sealed", expires_at=t(hours)))
        session.commit()
    assert sweep_once(office).purged == 1
    clock.set_virtual(office.engine, t(1) + timedelta(minutes=1))
    assert sweep_once(office).purged == 0
    with open_session(office.engine, read_only=True) as session:
        assert list(session.exec(select(SealedMailRow.message_id))) == [2]
        assert len(session.exec(select(MessageRow).order_by(col(MessageRow.id))).all()) == 2


@pytest.mark.parametrize(("kind", "asked"), [("imap", 1), ("maildir", 0)])
def test_the_last_days_of_mail_are_looked_through_again_unless_that_waits_anyway(office: Office, kind: str, asked: int):
    mailbox = office.settings.mailbox[0].model_copy(update={"kind": kind})
    of_kind = replace(office, settings=office.settings.model_copy(update={"mailbox": (mailbox,)}))
    sweep_once(of_kind)
    sweep_once(of_kind)
    with open_session(office.engine, read_only=True) as session:
        rows = session.exec(select(RescanRow)).all()
    assert [(row.cause, row.since) for row in rows] == [("routine", t(1) - timedelta(days=3))] * asked


def test_requests_that_were_done_long_ago_are_forgotten(office: Office):
    with open_session(office.engine) as session:
        for hours in (1, 2):
            at = t(hours) - timedelta(days=30, hours=1)
            session.add(RescanRow(mailbox="main", since=at, until=at, cause="gap", asked_at=at, done_at=at))
        ask_as_routine(session, "main", t(1))
        session.commit()
        assert [row.cause for row in session.exec(select(RescanRow)).all()] == ["gap", "routine"]


@pytest.mark.parametrize(("cause", "at_once"), [(RescanCause.GAP, True), (RescanCause.ROUTINE, False)])
def test_mail_to_be_looked_through_is_work_at_once_unless_the_poll_by_schedule_is_early_enough(
    office: Office, cause: RescanCause, *, at_once: bool
):
    def polling() -> list[Work]:
        return [work for work in look(office).work if work.deployment == "poll-mailbox"]

    poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)
    with open_session(office.engine) as session:
        ask(session, "main", office.now(), cause, office.now())
        session.commit()
    assert polling() == [Work(deployment="poll-mailbox", parameters={"mailbox": "main"})] * at_once
    poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)
    assert polling() == []
    with open_session(office.engine, read_only=True) as session:
        assert session.exec(select(RescanRow.done_at)).one() is not None
