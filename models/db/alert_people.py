"""What people say to alerts: "I know" (acknowledged), "not now" (silenced for a while), and taking that back.

Each is done once, by compare-and-set, and stands in the audit by name. The caller commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from models.alert_plan import DIGEST, Silence, Why
from models.db.alert_tables import SilenceRow
from models.db.alerts import AT_A_TIME, OUTBOX
from models.db.audit import note
from models.db.tables import AlertRow
from models.fact import Json

NEVER: Final = datetime.min.replace(tzinfo=UTC)  # before any moment
ACKNOWLEDGED, SILENCED, UNSILENCED = "alert_acknowledged", "alert_silenced", "alert_unsilenced"


def open_alerts() -> tuple[ColumnElement[bool], ...]:
    """Give what makes an alert one that somebody may acknowledge: it waits, or it is told once more."""
    waits = (col(AlertRow.next_attempt_at) > NEVER) | (col(AlertRow.repeat_at) > NEVER)  # found by their indexes
    return (waits, col(AlertRow.acknowledged_at).is_(None), col(AlertRow.text_key) != DIGEST)


def open_keys(session: Session) -> list[str]:
    """Give the keys of all that may be acknowledged."""
    return list(session.exec(select(AlertRow.dedup_key).where(*open_alerts()).order_by(col(AlertRow.created_at))))


def acknowledge(session: Session, keys: Sequence[str], by: str, now: datetime) -> list[str]:
    """Note that somebody knows: it is not told once more, nor at all if it was not told yet.

    Give the keys that were new; what somebody else acknowledged before keeps that name.
    """
    done: list[str] = []
    for start in range(0, len(keys), AT_A_TIME):
        theirs = (OUTBOX.c.dedup_key.in_(keys[start : start + AT_A_TIME]), OUTBOX.c.acknowledged_at.is_(None))
        unsent = OUTBOX.c.suppressed | OUTBOX.c.sent_at.is_(None)
        known = {"acknowledged_at": now, "acknowledged_by": by, "suppressed": unsent}
        nothing = {"next_attempt_at": None, "repeat_at": None, "held_by": None}
        changed = update(OUTBOX).where(*theirs).values(**known, **nothing).returning(OUTBOX.c.dedup_key)
        done.extend(session.execute(changed).scalars())
    if done:
        note(session, at=now, actor=by, action=ACKNOWLEDGED, after={"alerts": len(done), "first": min(done)})
    return done


def silence(session: Session, wish: Silence, reason: str, by: str, now: datetime) -> int:
    """Keep back what the wish covers until its end, then tell what is still true; give the silence's number."""
    row = SilenceRow(shop_id=wish.shop, rule=wish.rule, since=now, until=wish.until, reason=reason, by=by)
    session.add(row)
    session.flush()
    number = row.id or 0
    after: dict[str, Json] = {"silence": number, "shop": wish.shop, "rule": wish.rule, "until": wish.until.isoformat()}
    note(session, at=now, actor=by, action=SILENCED, after=after, reason=reason)
    return number


def unsilence(session: Session, number: int, by: str, now: datetime) -> bool:
    """End a silence now; what it kept back is looked at again. False if there is none that still runs."""
    running = (col(SilenceRow.id) == number, col(SilenceRow.lifted_at).is_(None), col(SilenceRow.until) > now)
    if not session.exec(update(SilenceRow).where(*running).values(lifted_at=now, lifted_by=by)).rowcount:
        return False
    for column in (OUTBOX.c.next_attempt_at, OUTBOX.c.repeat_at):
        kept = update(OUTBOX).where(OUTBOX.c.held_by == Why.SILENCED.value, column.is_not(None))
        session.execute(kept.values({column.name: now}))
    note(session, at=now, actor=by, action=UNSILENCED, after={"silence": number})
    return True


def running_silences(session: Session, now: datetime) -> Sequence[SilenceRow]:
    """Give the silences that keep something back at this moment, those that end first at the head."""
    query = select(SilenceRow).where(col(SilenceRow.lifted_at).is_(None), col(SilenceRow.until) > now)
    return session.exec(query.order_by(col(SilenceRow.until), col(SilenceRow.id))).all()
