"""What `people` says: who there is, whose door is shut, and what came of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from sqlmodel import Session

from flows.cli.opening import opened
from flows.cli.outcome import actor
from flows.cli.output import EXIT_REFUSED, fail, say, table
from flows.cli.shops_page import Told
from flows.people import hashed, made_pin
from models import formats
from models.catalogue import words
from models.db import people, sign_ins
from models.db.people_tables import PersonRow
from models.db.session import open_session
from models.person import Person, name_fault, pin_fault
from models.stage import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Who is here, and until when whose door is shut."""

    people: Sequence[PersonRow]
    shut: Mapping[str, datetime]

    def show(self) -> None:
        """Print it."""
        if not self.people:
            say(words().text("people.nobody"))
            return
        columns = [words().text(f"people.columns.{name}") for name in ("name", "role", "by", "door")]
        table(columns, [self._row(row) for row in self.people])

    def _row(self, row: PersonRow) -> list[str]:
        by = [row.email or "", words().text("people.door.pin") if row.pin else ""]
        until = self._shut_until(row)
        door = words().text("people.shut_until", at=formats.clock(until.astimezone())) if until else ""
        return [row.name, words().text(f"people.roles.{row.role}"), ", ".join(filter(None, by)), door]

    def _shut_until(self, row: PersonRow) -> datetime | None:
        return self.shut.get(sign_ins.BY_NAME + row.key)

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "people": [
                {
                    "name": row.name,
                    "role": row.role,
                    "email": row.email,
                    "pin": row.pin is not None,
                    "shut_until": self._shut_until(row),
                }
                for row in self.people
            ]
        }


def read() -> Page:
    """Read who there is."""
    with open_session(opened().engine, read_only=True) as session:
        return Page(people=people.people(session), shut=sign_ins.shut_until(session, datetime.now(UTC)))


def add(name: str, role: Role, email: str | None, *, ask_pin: bool) -> Told:
    """Add a person with a PIN."""
    plain = " ".join(name.split())
    if fault := name_fault(plain):
        fail(words().text(f"people.name_faults.{fault}", name=name))
    office, pin = opened(), _pin(ask=ask_pin)
    person = Person(name=plain, role=role, email=email)
    with open_session(office.engine) as session:
        if email and people.person_of_email(session, email):
            return _told("email_taken", done=False, email=email)
        if not people.add_person(session, person, hashed(pin), by=actor(), now=office.now()):
            return _told("taken", done=False, name=plain)
        session.commit()
    return _handed("added", plain, pin, asked=ask_pin, role=words().text(f"people.roles.{role}"))


def change_role(name: str, role: Role) -> Told:
    """Change what a person may do."""
    office = opened()
    with open_session(office.engine) as session:
        row = _the_person(session, name)
        people.change_role(session, row, role, by=actor(), now=office.now())
        session.commit()
        return _told("role_changed", name=row.name, role=words().text(f"people.roles.{role}"))


def change_pin(name: str, *, ask_pin: bool) -> Told:
    """Give a person another PIN."""
    office = opened()
    with open_session(office.engine) as session:
        row = _the_person(session, name)
        pin = _pin(ask=ask_pin)
        people.change_pin(session, row, hashed(pin), by=actor(), now=office.now())
        sign_ins.clear_tries(session, sign_ins.BY_NAME + row.key)
        session.commit()
        return _handed("pin_changed", row.name, pin, asked=ask_pin)


def unlock(name: str | None) -> Told:
    """Open the doors that wrong PINs have shut."""
    office = opened()
    with open_session(office.engine) as session:
        shut = sign_ins.shut_until(session, datetime.now(UTC))
        wanted = [sign_ins.BY_NAME + _the_person(session, name).key] if name else list(shut)
        opened_now = sign_ins.clear_tries(session, *wanted)
        session.commit()
    return _told("unlocked", count=opened_now)


def sign_out(name: str) -> Told:
    """Sign a person out everywhere."""
    office = opened()
    with open_session(office.engine) as session:
        row = _the_person(session, name)
        count = sign_ins.sign_out_person(session, row.key)
        session.commit()
        return _told("signed_out_of", name=row.name, count=count)


def remove(name: str) -> Told:
    """Let a person go."""
    office = opened()
    with open_session(office.engine) as session:
        row = _the_person(session, name)
        told = _told("removed", name=row.name)
        people.let_go(session, row, by=actor(), now=office.now())
        session.commit()
    return told


def _the_person(session: Session, name: str) -> PersonRow:
    """Find the person, or say who there is and end the command."""
    row = people.find_person(session, name)
    if row is None:
        known = ", ".join(one.name for one in people.people(session)) or "-"
        fail(words().text("people.unknown", name=" ".join(name.split()), known=known), EXIT_REFUSED)
    return row


def _pin(*, ask: bool) -> str:
    """Give a PIN: made up, or typed twice on a terminal."""
    if not ask:
        return made_pin()
    pin = str(typer.prompt(words().text("people.type_pin"), hide_input=True, confirmation_prompt=True, err=True))
    if fault := pin_fault(pin):
        fail(words().text(f"people.pin_faults.{fault}"))
    return pin


def _handed(key: str, name: str, pin: str, *, asked: bool, **values: object) -> Told:
    """Say what was done, and the PIN once, unless the person typed it."""
    told = words().text(f"people.{key}", name=name, **values)
    if asked:
        return Told(done=True, words=told, values={"name": name})
    shown = words().text("people.made_pin", pin=pin)
    return Told(done=True, words=f"{told} {shown}", values={"name": name, "pin": pin})


def _told(key: str, *, done: bool = True, **values: object) -> Told:
    return Told(done=done, words=words().text(f"people.{key}", **values))
