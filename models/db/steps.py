"""The rows of our own work: which step of which order is due, who has it, how it ended.

A step is claimed by compare-and-set with a lease, so that two runs never do it at once and a killed run's
step comes back by itself. Long waits are `next_attempt_at`, never a sleeping run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy
from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, func, or_, select, update

from models.db.alerts import Alert, raise_alert
from models.db.columns import table_of
from models.db.tables import AttemptRow, FactRow, OrderRow, StepRow
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
    """A step that is ours until the lease ends. `facts` are those of its order by then: more of them are news."""

    order_id: str
    shop_id: str
    order_no: str
    step: Step
    attempts: int
    by: str
    facts: int


COLUMNS: Final = ("step", "status", "attempts", "next_attempt_at", "first_failed_at", "error_code", "updated_at")
"""What an order's news change in a step's row; the rest is the runs' own."""


def steps_after(
    stored: Mapping[tuple[str, ...], tuple[Any, ...]], due: Iterable[Step], *, over: bool, wake: bool, now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Give an order's step rows (COLUMNS) in line with what is due: new ones are queued, passed ones are done.

    `wake`: a finished step that is due again is queued, and a waiting one looks at the news; tracking only where it
    complained, for else the news are what it would ask for. A dead step stays visible while the order still needs
    somebody to look at it; `over` says it does not.
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
        elif wake and status == StepStatus.WAITING and (step != Step.TRACK or code):
            yield (step, StepStatus.QUEUED.value, attempts, now, failed_at, code, now)
        else:
            yield values


def due_steps(
    session: Session, now: datetime, limit: int, *, without: Collection[str] = ()
) -> Sequence[tuple[StepRow, OrderRow]]:
    """Give the steps that may be claimed now: the shops by turns, each shop's oldest first.

    So five thousand due steps of one shop don't hold up three of another. A lapsed lease counts as free; shops in
    `without` are left out.
    """
    oldest = (col(StepRow.next_attempt_at), col(StepRow.order_id), col(StepRow.step))
    turn = func.row_number().over(partition_by=col(OrderRow.shop_id), order_by=oldest)
    mine = col(OrderRow.id) == col(StepRow.order_id)
    keys = select(col(StepRow.order_id), col(StepRow.step), turn.label("turn")).join(OrderRow, mine)
    due = keys.where(_free(now), col(OrderRow.shop_id).not_in(without)).subquery()
    row = (col(StepRow.order_id) == due.c.order_id) & (col(StepRow.step) == due.c.step)
    query = select(StepRow, OrderRow).join(OrderRow, mine).join(due, row)
    return session.exec(query.order_by(due.c.turn, *oldest).limit(limit)).all()


def any_due(session: Session, now: datetime) -> bool:
    """Whether a step may be claimed now."""
    return session.exec(select(col(StepRow.step)).where(_free(now)).limit(1)).first() is not None


def due_at_least(session: Session, now: datetime, count: int) -> bool:
    """Whether so many steps are due now; counts no further."""
    some = select(col(StepRow.step)).where(_free(now)).limit(count).subquery()
    return session.exec(select(func.count()).select_from(some)).one() >= count


def _free(now: datetime) -> ColumnElement[bool]:
    """Whether a step may be claimed. Whatever runs has a time since when it was due, so one index finds all."""
    waits = col(StepRow.status).in_([StepStatus.QUEUED.value, StepStatus.WAITING.value])
    lapsed = (col(StepRow.status) == StepStatus.RUNNING.value) & (col(StepRow.lease_until) <= now)
    return (col(StepRow.next_attempt_at) <= now) & or_(waits, lapsed)


STEPS: Final = table_of(StepRow)
TAKEN: Final = ("status", "next_attempt_at", "lease_by", "lease_until", "updated_at")
SEEN: Final = ("order_id", "step", "status", "updated_at", "lease_until")
FACTS_KNOWN: Final = sqlalchemy.select(func.count()).where(table_of(FactRow).c.order_id == bindparam("seen_order_id"))
CLAIM: Final = (
    STEPS.update()
    .where(
        *(STEPS.c[name] == bindparam(f"seen_{name}") for name in SEEN[:-1]),
        STEPS.c.lease_until.is_not_distinct_from(bindparam("seen_lease_until", type_=STEPS.c.lease_until.type)),
    )
    .values({name: bindparam(name) for name in TAKEN})
    .returning(FACTS_KNOWN.scalar_subquery())
)
"""Compare-and-set, made once: a run claims thousands. Whoever had the step may have renewed its lease meanwhile."""


def claim(session: Session, row: StepRow, order: OrderRow, *, by: str, now: datetime) -> Claim | None:
    """Take the step if nobody else did in the meantime; None: another run was first, which is fine."""
    taken = {
        "status": StepStatus.RUNNING.value,
        "next_attempt_at": row.next_attempt_at or now,
        "lease_by": by,
        "lease_until": now + LEASE,
        "updated_at": _later(row, now),
    }
    facts = session.connection().execute(CLAIM, {f"seen_{name}": getattr(row, name) for name in SEEN} | taken).scalar()
    if facts is None:
        return None
    return Claim(
        order_id=row.order_id,
        shop_id=order.shop_id,
        order_no=order.order_no,
        step=Step(row.step),
        attempts=row.attempts,
        by=by,
        facts=facts,
    )


def renew(session: Session, claims: Iterable[Claim], now: datetime) -> list[Claim]:
    """Begin the leases of these claims anew; give those that are still ours."""
    return [one for one in claims if _change_mine(session, one, lease_until=now + LEASE)]


def give_back(session: Session, claims: Iterable[Claim], until: datetime) -> None:
    """Let go of claims that were not begun; they come back at `until`."""
    for one in claims:
        _change_mine(session, one, status=StepStatus.QUEUED.value, next_attempt_at=until, **NO_LEASE)


NO_LEASE: Final[Mapping[str, None]] = {"lease_by": None, "lease_until": None}


def _change_mine(session: Session, claimed: Claim, **values: object) -> bool:
    mine = (col(StepRow.order_id) == claimed.order_id) & (col(StepRow.step) == claimed.step.value)
    ours = (col(StepRow.lease_by) == claimed.by) & (col(StepRow.status) == StepStatus.RUNNING.value)
    return bool(session.exec(update(StepRow).where(mine & ours).values(**values)).rowcount)


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
    row = session.get_one(StepRow, (claimed.order_id, claimed.step.value))
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
