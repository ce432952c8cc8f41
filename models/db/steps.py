"""The rows of our own work: which step of which order is due, who has it, how it ended.

A step is claimed by compare-and-set with a lease, so that two runs never do it at once and a killed run's
step comes back by itself. Long waits are `next_attempt_at`, never a sleeping run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session, col, or_, select, update

from models.db.alerts import Alert, raise_alert
from models.db.tables import AttemptRow, OrderRow, StepRow
from models.error_class import ErrorClass
from models.stage import Step

LEASE: Final = timedelta(minutes=10)
OUTAGE_BUDGET: Final = timedelta(hours=24)  # [D] order-lifecycle, section 10
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


class StepStatus(StrEnum):
    """Whether our code ran. Only DEAD is a fault of ours and can be run again as it is."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A step that is ours until the lease ends."""

    order_id: str
    shop_id: str
    order_no: str
    step: Step
    attempts: int
    by: str


COLUMNS: Final = ("step", "status", "attempts", "next_attempt_at", "first_failed_at", "error_code", "updated_at")
"""What an order's news change in a step's row; the rest is the runs' own."""


def steps_after(
    stored: Mapping[tuple[str, ...], tuple[Any, ...]], due: Iterable[Step], *, over: bool, wake: bool, now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Give an order's step rows (COLUMNS) in line with what is due: new ones are queued, passed ones are done.

    `wake`: a finished step that is due again is queued, and a waiting one looks at the news. A dead step stays
    visible while the order still needs somebody to look at it; `over` says it does not.
    """
    wanted = set(due)
    for step in sorted(wanted - {key[0] for key in stored}):
        yield (step.value, StepStatus.QUEUED.value, 0, now, None, None, now)
    for values in stored.values():
        step, status, attempts, _, failed_at, code, _ = values
        if step not in wanted:
            passed = status in {StepStatus.QUEUED, StepStatus.WAITING} or (status == StepStatus.DEAD and over)
            yield (step, StepStatus.DONE.value, attempts, None, failed_at, code, now) if passed else values
        elif wake and status == StepStatus.DONE:
            yield (step, StepStatus.QUEUED.value, 0, now, None, None, now)
        elif wake and status == StepStatus.WAITING:
            yield (step, StepStatus.QUEUED.value, attempts, now, failed_at, code, now)
        else:
            yield values


def due_steps(session: Session, now: datetime, limit: int) -> Sequence[tuple[StepRow, OrderRow]]:
    """Give the steps that may be claimed now, oldest first; a lapsed lease counts as free."""
    free = or_(
        col(StepRow.status).in_([StepStatus.QUEUED.value, StepStatus.WAITING.value])
        & (col(StepRow.next_attempt_at) <= now),
        (col(StepRow.status) == StepStatus.RUNNING.value) & (col(StepRow.lease_until) <= now),
    )
    query = select(StepRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(StepRow.order_id)).where(free)
    order = (col(StepRow.next_attempt_at), col(StepRow.order_id), col(StepRow.step))
    return session.exec(query.order_by(*order).limit(limit)).all()


def claim(session: Session, row: StepRow, order: OrderRow, *, by: str, now: datetime) -> Claim | None:
    """Take the step if nobody else did in the meantime; None: another run was first, which is fine."""
    seen = (col(StepRow.status) == row.status) & (col(StepRow.updated_at) == row.updated_at)
    mine = (col(StepRow.order_id) == row.order_id) & (col(StepRow.step) == row.step)
    changed = session.exec(
        update(StepRow)
        .where(mine & seen)
        .values(status=StepStatus.RUNNING.value, lease_by=by, lease_until=now + LEASE, updated_at=_later(row, now))
    ).rowcount
    if not changed:
        return None
    return Claim(
        order_id=row.order_id,
        shop_id=order.shop_id,
        order_no=order.order_no,
        step=Step(row.step),
        attempts=row.attempts,
        by=by,
    )


def _later(row: StepRow, now: datetime) -> datetime:
    """Give a stamp that differs from the row's: it serves as a version even when the clock stands."""
    return max(now, row.updated_at + timedelta(microseconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended: the new status, its outcome, code and class of failure, and when to look again."""

    status: StepStatus
    result: str
    outcome: str | None = None
    code: str | None = None
    error_class: ErrorClass | None = None
    next_attempt_at: datetime | None = None


def finish(session: Session, claimed: Claim, ending: Ending, *, run: str | None, by: str, now: datetime) -> bool:
    """Record how the attempt ended, with its history; False if the lease was lost to another run."""
    row = session.exec(
        select(StepRow).where(StepRow.order_id == claimed.order_id, StepRow.step == claimed.step.value)
    ).one()
    session.add(
        AttemptRow(
            order_id=claimed.order_id,
            step=claimed.step.value,
            started_at=now,
            result=ending.result,
            error_code=ending.code,
            error_class=ending.error_class,
            flow_run_id=run,
            by=by,
        )
    )
    if row.lease_by != claimed.by:
        return False
    row.outcome, row.error_code, row.error_class = ending.outcome, ending.code, ending.error_class
    row.flow_run_id = run or row.flow_run_id
    row.lease_by, row.lease_until, row.updated_at = None, None, _later(row, now)
    if row.status == StepStatus.RUNNING:  # else the order's own news ended the step while it ran
        row.status, row.next_attempt_at = ending.status.value, ending.next_attempt_at
    if ending.result in {"failed", "transient"}:
        row.first_failed_at = row.first_failed_at or now
    else:
        row.first_failed_at = None
    if ending.result == "failed":
        row.attempts += 1
    session.add(row)
    if row.status == StepStatus.DEAD:
        _shout(session, claimed, row.first_failed_at or now, now)
    return True


def _shout(session: Session, claimed: Claim, since: datetime, now: datetime) -> None:
    """Alert about a step that is given up: once for each row of failures, which a person's wish begins anew."""
    alert = Alert(
        subject=claimed.order_id,
        rule="step",
        level=0,
        text_key="step_failed",
        about=f"{claimed.step}:{since.isoformat()}",
        shop_id=claimed.shop_id,
        order_no=claimed.order_no,
        values={"step": claimed.step.value},
    )
    raise_alert(session, alert, now)


def after_outage(first_failed_at: datetime | None, now: datetime) -> datetime | None:
    """Say when to try again after a fault that may pass; None once the budget of 24 h [D] is used up.

    The wait is as long as the outage has lasted, between a minute and an hour: no attempt is used up.
    """
    lasted = now - first_failed_at if first_failed_at else timedelta(0)
    return None if lasted >= OUTAGE_BUDGET else now + min(max(lasted, SHORTEST_WAIT), LONGEST_WAIT)


def requeue(session: Session, order_id: str, step: Step, now: datetime) -> bool:
    """Queue a dead, waiting or stale step again, as a person asked; False if there is none or it runs."""
    changed = session.exec(
        update(StepRow)
        .where(
            col(StepRow.order_id) == order_id,
            col(StepRow.step) == step.value,
            or_(
                col(StepRow.status).in_([StepStatus.DEAD.value, StepStatus.WAITING.value, StepStatus.QUEUED.value]),
                (col(StepRow.status) == StepStatus.RUNNING.value) & (col(StepRow.lease_until) <= now),
            ),
        )
        .values(status=StepStatus.QUEUED.value, next_attempt_at=now, first_failed_at=None, updated_at=now)
    ).rowcount
    return bool(changed)


def failed_under(session: Session, run: str) -> list[tuple[str, Step]]:
    """Give (order id, step) of what failed under a flow run and is still not done."""
    unfinished = col(StepRow.status).in_([StepStatus.DEAD.value, StepStatus.QUEUED.value])
    query = select(StepRow.order_id, StepRow.step).where(StepRow.flow_run_id == run, unfinished)
    return [(key, Step(step)) for key, step in session.exec(query)]
