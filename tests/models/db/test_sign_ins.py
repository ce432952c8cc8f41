"""The dashboard's door, on both databases: tries are counted before a PIN is looked at, sign-ins end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.db import people, sign_ins
from models.db.people_tables import SignInTryRow
from models.db.session import open_session
from models.db.tables import AuditRow
from models.person import FORGOTTEN_AFTER, FREE_TRIES, FREE_TRIES_FROM, LONGEST_WAIT, Person
from models.stage import Role
from tests.staff import row_of

NOW = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
LAN = Person(name="Lan", role=Role.PACKER, email="Lan@Example.com")
BY_NAME = sign_ins.BY_NAME + "lan"
FROM = sign_ins.FROM + "10.0.0.5"
SECOND = timedelta(seconds=1)


@pytest.fixture
def session(engine: Engine):
    with open_session(engine) as opened:
        people.add_person(opened, LAN, "a hash", by="owner", now=NOW)
        opened.commit()
        yield opened


@pytest.mark.parametrize(("subject", "free"), [(BY_NAME, FREE_TRIES), (FROM, FREE_TRIES_FROM)])
def test_after_some_wrong_pins_the_door_stays_shut_and_more_tries_are_only_counted(session, subject, free):
    tries = [sign_ins.take_try(session, subject, NOW + SECOND * number) for number in range(free)]
    assert [one.may for one in tries] == [True] * free
    assert [one.shuts for one in tries] == [False] * (free - 1) + [True]
    for number in range(100):
        assert not sign_ins.take_try(session, subject, NOW + SECOND * (free + number % 10)).may
    row = session.get_one(SignInTryRow, subject)
    assert (row.failures, row.turned_away) == (free, 100)


def test_the_door_opens_again_by_itself_and_then_stays_shut_for_longer(session):
    moment = NOW
    waits = []
    for _ in range(FREE_TRIES + 12):
        assert sign_ins.take_try(session, BY_NAME, moment).may
        until = sign_ins.shut_until(session, moment).get(BY_NAME, moment)
        waits.append(until - moment)
        moment = until + SECOND
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_a_door_that_nobody_tried_for_a_day_forgets(session):
    for _ in range(FREE_TRIES - 1):
        sign_ins.take_try(session, BY_NAME, NOW)
    assert not sign_ins.take_try(session, BY_NAME, NOW + FORGOTTEN_AFTER).shuts
    assert session.get_one(SignInTryRow, BY_NAME).failures == 1


def test_the_right_pin_or_a_manager_opens_the_door(session):
    for _ in range(FREE_TRIES):
        sign_ins.take_try(session, BY_NAME, NOW)
    assert sign_ins.clear_tries(session, BY_NAME) == 1
    assert sign_ins.take_try(session, BY_NAME, NOW).may


def test_guessing_at_once_is_no_faster_than_guessing_in_turn(engine):
    def guess(_: int) -> bool:
        with open_session(engine) as session:
            may = sign_ins.take_try(session, BY_NAME, NOW).may
            session.commit()
            return may

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(40))) <= FREE_TRIES


def signed_in(session: Session, token: str, now: datetime = NOW) -> str | None:
    person = sign_ins.signed_in(session, token, now)
    return person.name if person else None


def test_a_sign_in_ends_with_its_hours_with_the_person_or_when_they_say_so(session):
    for token in ("one", "two", "three"):
        sign_ins.sign_in(session, token, "lan", NOW, timedelta(hours=12))
    session.flush()
    assert signed_in(session, "one") == "Lan"
    assert signed_in(session, "four") is None
    assert signed_in(session, "one", NOW + timedelta(hours=12)) is None
    sign_ins.sign_out(session, "one")
    assert (signed_in(session, "one"), signed_in(session, "two")) == (None, "Lan")
    people.let_go(session, row_of(session, "LAN"), by="owner", now=NOW)
    session.commit()
    assert signed_in(session, "two") is None


def test_who_gets_another_pin_is_signed_out_everywhere(session):
    sign_ins.sign_in(session, "one", "lan", NOW, timedelta(hours=12))
    people.change_pin(session, row_of(session, "lan"), "another hash", by="owner", now=NOW)
    session.commit()
    assert signed_in(session, "one") is None


def test_a_role_that_changes_counts_at_once(session):
    sign_ins.sign_in(session, "one", "lan", NOW, timedelta(hours=12))
    people.change_role(session, row_of(session, "lan"), Role.VIEWER, by="owner", now=NOW)
    session.commit()
    assert sign_ins.signed_in(session, "one", NOW) == Person(name="Lan", role=Role.VIEWER, email="lan@example.com")


def test_what_ended_is_deleted_and_what_counts_stays(session):
    sign_ins.sign_in(session, "over", "lan", NOW - timedelta(hours=13), timedelta(hours=12))
    sign_ins.sign_in(session, "on", "lan", NOW, timedelta(hours=12))
    sign_ins.take_try(session, BY_NAME, NOW - FORGOTTEN_AFTER)
    sign_ins.take_try(session, FROM, NOW)
    session.commit()
    assert sign_ins.purge_sign_ins(session, NOW) == 2
    session.commit()
    assert signed_in(session, "on") == "Lan"
    assert session.get(SignInTryRow, FROM) is not None


def test_a_name_is_one_persons_and_who_left_may_come_back(session):
    assert not people.add_person(session, Person(name="LAN", role=Role.MANAGER), None, by="owner", now=NOW)
    people.let_go(session, row_of(session, "lan"), by="owner", now=NOW)
    session.commit()
    session.expire_all()
    assert people.find_person(session, "lan") is None
    assert people.person_of_email(session, "lan@example.com") is None
    assert people.add_person(session, Person(name="Lan", role=Role.VIEWER), "new", by="owner", now=NOW)
    session.commit()
    assert row_of(session, "Lan").role == Role.VIEWER


def test_a_companys_address_names_the_person_whatever_its_capitals(session):
    found = people.person_of_email(session, " LAN@example.COM")
    assert found is not None
    assert found.name == "Lan"


def test_every_change_of_a_person_is_in_the_audit_by_name(session):
    row = row_of(session, "lan")
    people.change_role(session, row, Role.MANAGER, by="owner", now=NOW)
    people.change_pin(session, row, "another", by="owner", now=NOW)
    people.let_go(session, row, by="owner", now=NOW)
    session.commit()
    told = session.exec(select(AuditRow.actor, AuditRow.action).order_by(col(AuditRow.id))).all()
    assert told == [("owner", action) for action in ("person added", "role changed", "pin changed", "person removed")]
