"""Failed steps as a whole: how many there are of each class, and queueing many again, each once.

A batch is one transaction, and a row is changed only while it still is in trouble: two people (or a person and
a run) that ask for the same steps queue each of them once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, func, literal, tuple_
from sqlmodel import Session, and_, col, or_, select, update

from models.db.audit import note
from models.db.session import open_session
from models.db.steps import StepStatus
from models.db.tables import TROUBLE, OrderRow, StepRow
from models.error_class import FAULTS, ErrorClass

AT_A_TIME: Final = 200
STANDING: Final = (StepStatus.DEAD.value, StepStatus.WAITING.value, StepStatus.QUEUED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which failed steps are meant: of a class, of a shop, of some orders (by row id).

    Where neither class nor orders are named these are all faults: of a refusal nobody decided anything yet.
    """

    error_class: ErrorClass | None = None
    shop: str | None = None
    order_ids: Sequence[str] = ()


def count_failed(session: Session, choice: Choice, now: datetime) -> Mapping[ErrorClass, int]:
    """Count what `queue_failed` would queue, by class."""
    query = select(StepRow.error_class, func.count()).where(_chosen(choice, now)).group_by(StepRow.error_class)
    return {ErrorClass(name): count for name, count in session.exec(query.order_by(StepRow.error_class)) if name}


def queue_failed(engine: Engine, choice: Choice, now: datetime, *, by: str, reason: str | None = None) -> int:
    """Queue the steps of the choice again, batch by batch; give how many. Each is noted in its order's audit."""
    after, queued = ("", ""), 0
    while True:
        with open_session(engine) as session:
            keys = _next_keys(session, choice, now, after)
            for order, step in _queue(session, choice, now, keys):
                note(session, at=now, actor=by, action=f"rerun {step}", order_id=order, reason=reason)
                queued += 1
            session.commit()
        if not keys:
            return queued
        after = keys[-1]


KEY: Final = tuple_(col(StepRow.order_id), col(StepRow.step))


def _next_keys(session: Session, choice: Choice, now: datetime, after: tuple[str, str]) -> list[tuple[str, str]]:
    """Give the next keys of the choice: what fails again meanwhile is behind us, and not queued twice."""
    wanted = select(StepRow.order_id, StepRow.step).where(_chosen(choice, now), tuple_(*map(literal, after)) < KEY)
    rows = session.exec(wanted.order_by(StepRow.order_id, StepRow.step).limit(AT_A_TIME))
    return [(order, step) for order, step in rows]


def _queue(session: Session, choice: Choice, now: datetime, keys: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Queue those of the keys that are still in trouble."""
    queued = (
        update(StepRow)
        .where(KEY.in_(keys), _chosen(choice, now))
        .values(status=StepStatus.QUEUED.value, next_attempt_at=now, first_failed_at=None, updated_at=now)
        .returning(col(StepRow.order_id), col(StepRow.step))
    )
    return sorted((order, step) for order, step in session.connection().execute(queued))


def _chosen(choice: Choice, now: datetime) -> ColumnElement[bool]:
    """The condition for the choice: they failed or were refused and still matter, and nobody is at it."""
    lapsed = (col(StepRow.status) == StepStatus.RUNNING.value) & (col(StepRow.lease_until) <= now)
    chosen = and_(TROUBLE, or_(col(StepRow.status).in_(STANDING), lapsed))
    if choice.order_ids:
        chosen &= col(StepRow.order_id).in_(choice.order_ids)
    if choice.error_class or not choice.order_ids:
        chosen &= col(StepRow.error_class).in_([choice.error_class] if choice.error_class else sorted(FAULTS))
    if choice.shop is not None:
        chosen &= col(StepRow.order_id).in_(select(OrderRow.id).where(OrderRow.shop_id == choice.shop))
    return chosen
