"""Taking steps that are due, for tests and harnesses that attempt them one by one."""

from __future__ import annotations

from flows.office import Office
from models.db.session import open_session
from models.db.steps import Claim, claim, due_steps


def claim_due(office: Office, *, by: str, limit: int = 500) -> list[Claim]:
    """Take the steps that are due now; what another run took first is left to it."""
    moment = office.now()
    with open_session(office.engine) as session:
        due = due_steps(session, moment, limit)
        claims = [claim(session, row, order, by=by, now=moment) for row, order in due]
        session.commit()
    return [taken for taken in claims if taken is not None]
