"""People of the dashboard, for tests: who must be there."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session

from models.db.people import change_role, find_person
from models.db.people_tables import PersonRow
from models.db.session import open_session
from models.stage import Role
from tests.dashboard.seed import NOW


def row_of(session: Session, name: str) -> PersonRow:
    """The row of somebody who is here."""
    row = find_person(session, name)
    assert row is not None
    return row


def become(engine: Engine, name: str, role: Role) -> None:
    """Give somebody another role."""
    with open_session(engine) as session:
        change_role(session, row_of(session, name), role, by="owner", now=NOW)
        session.commit()
