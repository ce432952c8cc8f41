"""The one place that knows what time it is.

The wall clock, or, in a demo, the virtual moment kept in the demo's own database: so worker processes, the
dashboard and Prefect's Retry live in the same present. Rules never ask here, they are told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from models.db.insert import insert_new
from models.db.session import open_connection, open_session
from models.db.tables import ClockRow

VIRTUAL: Final = select(col(ClockRow.now)).where(col(ClockRow.id) == 1)


def now(engine: Engine) -> datetime:
    """Give the present moment, aware and in UTC."""
    with open_connection(engine) as connection:
        virtual = connection.execute(VIRTUAL).scalar()
    return virtual or datetime.now(UTC)


def set_virtual(engine: Engine, moment: datetime) -> None:
    """Put the virtual clock to `moment`; from then on this database lives in virtual time."""
    with open_session(engine) as session:
        _put(session, moment)
        session.commit()


def _put(session: Session, moment: datetime) -> None:
    if not insert_new(session, ClockRow, [{"id": 1, "now": moment}]):
        session.merge(ClockRow(id=1, now=moment))
