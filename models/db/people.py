"""The people of the dashboard, as they are kept: adding them, changing what they may do, letting them go.

Every change is in the audit, by the name of who made it. Nothing here knows a PIN: it comes and goes as Argon2id's
own form (`flows.people`). Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from models.db.audit import note
from models.db.people_tables import PersonRow
from models.db.sign_ins import sign_out_person
from models.person import Person, person_key
from models.stage import Role


def people(session: Session) -> Sequence[PersonRow]:
    """Give everybody who is here, by name."""
    return session.exec(select(PersonRow).where(col(PersonRow.left_at).is_(None)).order_by(col(PersonRow.key))).all()


def find_person(session: Session, name: str) -> PersonRow | None:
    """Find who is here by the name as somebody types it."""
    row = session.get(PersonRow, person_key(name))
    return row if row and row.left_at is None else None


def person_of_email(session: Session, email: str) -> Person | None:
    """Find who is here by the address that a company's sign-in vouches for; capitals do not count."""
    theirs = (col(PersonRow.email) == email.strip().casefold(), col(PersonRow.left_at).is_(None))
    row = session.exec(select(PersonRow).where(*theirs)).first()
    return person_of(row) if row else None


def person_of(row: PersonRow) -> Person:
    """Give the person of a row."""
    return Person(name=row.name, role=Role(row.role), email=row.email)


def add_person(session: Session, person: Person, pin: str | None, *, by: str, now: datetime) -> bool:
    """Add a person, or take back one who left, with this role, PIN and address. False: the name is taken already."""
    row = session.get(PersonRow, person_key(person.name))
    if row and row.left_at is None:
        return False
    made = row or PersonRow(key=person_key(person.name), name=person.name, role=person.role, made_at=now)
    made.name, made.role, made.pin, made.left_at = person.name, person.role.value, pin, None
    made.email = person.email.strip().casefold() if person.email else None
    session.add(made)
    note(session, at=now, actor=by, action="person added", after={"name": made.name, "role": made.role})
    return True


def change_role(session: Session, row: PersonRow, role: Role, *, by: str, now: datetime) -> None:
    """Change what a person may do, from the next thing that they do on."""
    note(
        session, at=now, actor=by, action="role changed",
        before={"name": row.name, "role": row.role}, after={"name": row.name, "role": role.value},
    )  # fmt: skip
    row.role = role.value
    session.add(row)


def change_pin(session: Session, row: PersonRow, pin: str, *, by: str, now: datetime) -> None:
    """Give a person another PIN; wherever they are signed in they must show it."""
    note(session, at=now, actor=by, action="pin changed", after={"name": row.name})
    row.pin = pin
    session.add(row)
    sign_out_person(session, row.key)


def let_go(session: Session, row: PersonRow, *, by: str, now: datetime) -> None:
    """Let a person go: they are signed out everywhere and cannot come back by themselves."""
    note(session, at=now, actor=by, action="person removed", before={"name": row.name, "role": row.role})
    session.exec(update(PersonRow).where(col(PersonRow.key) == row.key).values(left_at=now, pin=None, email=None))
    sign_out_person(session, row.key)
