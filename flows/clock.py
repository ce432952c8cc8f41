"""The one place that knows what time it is.

The wall clock, or, in a demo, the virtual moment kept in the demo's own database: so worker processes, the
dashboard and Prefect's Retry live in the same present. Rules never ask here, they are told.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from models.db.insert import insert_new
from models.db.session import open_connection, open_session
from models.db.tables import ClockRow

VIRTUAL: Final = select(col(ClockRow.now)).where(col(ClockRow.id) == 1)
KEPT_SECONDS: Final = 0.05  # a step asks ten times within these; each question is one to the database

_kept: Final = WeakKeyDictionary[Engine, tuple[float, datetime | None]]()  # until when, and the virtual moment


def now(engine: Engine) -> datetime:
    """Give the present moment, aware and in UTC."""
    until, virtual = _kept.get(engine, (0.0, None))
    asked_at = time.monotonic()
    if asked_at >= until:
        with open_connection(engine) as connection:
            virtual = connection.execute(VIRTUAL).scalar()
        _kept[engine] = (asked_at + KEPT_SECONDS, virtual)
    return virtual or datetime.now(UTC)


def set_virtual(engine: Engine, moment: datetime) -> None:
    """Put the virtual clock to `moment`; from then on this database lives in virtual time."""
    with open_session(engine) as session:
        _put(session, moment)
        session.commit()
    _kept.pop(engine, None)


def _put(session: Session, moment: datetime) -> None:
    if not insert_new(session, ClockRow, [{"id": 1, "now": moment}]):
        session.merge(ClockRow(id=1, now=moment))
