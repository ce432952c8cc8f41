"""Signing in at the dashboard by name and PIN: who gets in, what is kept of it, and what a guesser is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from flows.people import Entry, NoEntry, digest, enter, fits, hashed, made_pin, subject_of, who
from models.db.people import add_person
from models.db.people_tables import PersonRow, SignInRow
from models.db.session import make_engine, open_session
from models.db.tables import AuditRow
from models.person import FREE_TRIES, FREE_TRIES_FROM, Person, pin_fault
from models.stage import Role
from tests.dashboard.seed import NOW
from tests.databases import in_folder
from tests.staff import become

PIN = "482913"
LASTS = timedelta(hours=12)
PHONE = "10.0.0.5"


@pytest.fixture
def engine(tmp_path) -> Engine:
    made = make_engine(in_folder(tmp_path))
    with open_session(made) as session:
        add_person(session, Person(name="Lan", role=Role.PACKER), hashed(PIN), by="owner", now=NOW)
        session.commit()
    return made


def actions(engine: Engine) -> list[tuple[str, str]]:
    with open_session(engine) as session:
        return [(row.actor, row.action) for row in session.exec(select(AuditRow).order_by(col(AuditRow.id))).all()][1:]


def test_who_knows_the_pin_gets_in_and_the_database_keeps_neither_pin_nor_token(engine):
    entry = enter(engine, " LAN ", PIN, PHONE, LASTS)
    assert isinstance(entry, Entry)
    assert who(engine, entry.token) == Person(name="Lan", role=Role.PACKER)
    assert actions(engine) == [("Lan", "signed in")]
    with open_session(engine) as session:
        assert session.exec(select(SignInRow.token)).all() == [digest(entry.token)]
        kept = session.exec(select(PersonRow.pin)).one() or ""
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PIN not in kept


@pytest.mark.parametrize(("name", "pin"), [("Lan", "482914"), ("Mai", PIN), ("Lan", ""), ("", PIN), ("Lan", "9" * 500)])
def test_a_wrong_name_and_a_wrong_pin_are_told_alike_and_are_in_the_audit(engine, name, pin):
    assert enter(engine, name, pin, PHONE, LASTS) is NoEntry.WRONG
    assert actions(engine) == [("Lan" if name == "Lan" else "unknown", "sign-in refused")]


def test_after_too_many_wrong_pins_the_right_one_does_not_open_either(engine):
    for _ in range(FREE_TRIES):
        assert enter(engine, "Lan", "482914", PHONE, LASTS) is NoEntry.WRONG
    for _ in range(20):
        assert enter(engine, "Lan", PIN, PHONE, LASTS) is NoEntry.SHUT
    assert len(actions(engine)) == FREE_TRIES  # what is only turned away fills no table


def test_from_one_place_names_cannot_be_tried_one_after_the_other(engine):
    told = [enter(engine, f"Mai {number}", PIN, PHONE, LASTS) for number in range(FREE_TRIES_FROM + 5)]
    assert told == [NoEntry.WRONG] * FREE_TRIES_FROM + [NoEntry.SHUT] * 5
    assert enter(engine, "Lan", PIN, PHONE, LASTS) is NoEntry.SHUT
    assert isinstance(enter(engine, "Lan", PIN, "10.0.0.6", LASTS), Entry)


def test_the_right_pin_forgets_what_was_mistyped_before(engine):
    for _ in range(3):
        for _ in range(FREE_TRIES - 1):
            enter(engine, "Lan", "482914", PHONE, LASTS)
        assert isinstance(enter(engine, "Lan", PIN, PHONE, LASTS), Entry)


def test_a_person_without_a_pin_signs_in_by_their_company_alone(engine):
    with open_session(engine) as session:
        add_person(session, Person(name="Mai", role=Role.MANAGER, email="mai@example.com"), None, by="owner", now=NOW)
        session.commit()
    assert enter(engine, "Mai", PIN, PHONE, LASTS) is NoEntry.WRONG


def test_a_role_counts_as_it_is_now_not_as_it_was_when_somebody_signed_in(engine):
    entry = enter(engine, "Lan", PIN, PHONE, LASTS)
    assert isinstance(entry, Entry)
    become(engine, "Lan", Role.VIEWER)
    assert who(engine, entry.token) == Person(name="Lan", role=Role.VIEWER)


def test_a_made_pin_is_a_good_one_and_fits_itself_alone():
    pin = made_pin()
    assert pin_fault(pin) is None
    assert fits(pin, hashed(pin))
    assert hashed(pin) != hashed(pin)
    assert not fits(pin[::-1] if pin[::-1] != pin else PIN, hashed(pin))


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("10.0.0.5", "from:10.0.0.5"),
        ("2001:db8:1:2:3:4:5:6", "from:2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "from:2001:db8:1:2::/64"),
        ("::ffff:10.0.0.5", "from:10.0.0.5"),
        ("", "from:unknown"),
    ],
)
def test_one_connection_is_one_place_whatever_numbers_it_gives_itself(address, subject):
    assert subject_of(address) == subject
