"""Questions that pages and the command line ask: short answers, each one query, page by page.

Read-only. Rows are acted on by order number, never by their position in an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from models.db.failed import in_trouble
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.tables import AlertRow, AttemptRow, AuditRow, CaseRow, DeadlineRow, FactRow, OrderRow, StepRow, TodoRow
from models.error_class import REFUSALS, ErrorClass

PAGE: Final = 50
COUNT_CAP: Final = 10_000

RowT = TypeVar("RowT", FactRow, DeadlineRow, CaseRow, TodoRow, StepRow, AttemptRow, AuditRow)


def orders_page(
    session: Session,
    *,
    numbers: Sequence[str] = (),
    stage: str | None = None,
    shop: str | None = None,
    open_only: bool = False,
    limit: int = PAGE,
    offset: int = 0,
) -> list[OrderRow]:
    """Give orders, the newest first. `numbers` are exact, or the beginning or end of one."""
    query = _orders(numbers, stage, shop, open_only=open_only)
    newest = (col(OrderRow.placed_at).desc().nulls_last(), col(OrderRow.id))
    return list(session.exec(query.order_by(*newest).limit(limit).offset(offset)))


def orders_count(
    session: Session,
    *,
    numbers: Sequence[str] = (),
    stage: str | None = None,
    shop: str | None = None,
    open_only: bool = False,
) -> int:
    """Count the same orders, up to COUNT_CAP + 1 ("10,000+")."""
    some = _orders(numbers, stage, shop, open_only=open_only).limit(COUNT_CAP + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def _orders(
    numbers: Sequence[str], stage: str | None, shop: str | None, *, open_only: bool
) -> SelectOfScalar[OrderRow]:
    query = select(OrderRow)
    if numbers:
        like = [col(OrderRow.order_no) == n for n in numbers]
        like += [col(OrderRow.order_no).startswith(n, autoescape=True) for n in numbers]
        like += [col(OrderRow.order_no).endswith(n, autoescape=True) for n in numbers]
        query = query.where(or_(*like))
    if stage is not None:
        query = query.where(OrderRow.stage == stage)
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    return query.where(col(OrderRow.terminal).is_(False)) if open_only else query


def stage_counts(session: Session, shop: str | None = None) -> dict[str, int]:
    """Count orders by stage."""
    query = select(OrderRow.stage, func.count())
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    return dict(session.exec(query.group_by(OrderRow.stage)).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """Everything kept about one order, for its page."""

    order: OrderRow
    facts: Sequence[FactRow]
    deadlines: Sequence[DeadlineRow]
    cases: Sequence[CaseRow]
    todos: Sequence[TodoRow]
    steps: Sequence[StepRow]
    attempts: Sequence[AttemptRow]
    alerts: Sequence[AlertRow]
    audit: Sequence[AuditRow]


def order_file(session: Session, order_id: str) -> OrderFile | None:
    """Give all rows of one order in order of time; None when there is no such order."""
    order = session.get(OrderRow, order_id)
    if order is None:
        return None

    def of_order(table: type[RowT], *by: Any) -> Sequence[RowT]:  # noqa: ANN401  # any columns
        return session.exec(select(table).where(col(table.order_id) == order_id).order_by(*by)).all()

    alerts = select(AlertRow).where(col(AlertRow.dedup_key).startswith(f"{order_id}|", autoescape=True))
    return OrderFile(
        order=order,
        facts=of_order(FactRow, FactRow.occurred_at, FactRow.kind),
        deadlines=of_order(DeadlineRow, DeadlineRow.due_at, DeadlineRow.rule),
        cases=of_order(CaseRow, CaseRow.opened_at),
        todos=of_order(TodoRow, TodoRow.priority, TodoRow.kind),
        steps=of_order(StepRow, StepRow.step),
        attempts=of_order(AttemptRow, AttemptRow.id),
        alerts=session.exec(alerts.order_by(col(AlertRow.created_at))).all(),
        audit=of_order(AuditRow, AuditRow.id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A step that our code could not finish: dead (a person runs it again) or failing and tried again later."""

    order_id: str
    shop_id: str
    order_no: str
    stage: str
    step: str
    status: str
    outcome: str | None
    error_code: str | None
    error_class: ErrorClass
    attempts: int
    next_attempt_at: datetime | None
    flow_run_id: str | None
    updated_at: datetime

    @property
    def refused(self) -> bool:
        """Whether a person must decide or put something right; else it is a fault of ours, which is run again."""
        return self.error_class in REFUSALS


def problems(
    session: Session, error_class: ErrorClass | None = None, shop: str | None = None, *, limit: int = PAGE
) -> list[Problem]:
    """Give the steps that failed or were refused and still matter, the latest first; of a class, of a shop."""
    query = select(StepRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(StepRow.order_id))
    latest = (col(StepRow.updated_at).desc(), col(StepRow.order_id), col(StepRow.step))
    if error_class is not None:
        query = query.where(StepRow.error_class == error_class)
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    rows = session.exec(query.where(in_trouble()).order_by(*latest).limit(limit))
    return [_problem(step, order) for step, order in rows]


def _problem(step: StepRow, order: OrderRow) -> Problem:
    return Problem(
        order_id=order.id,
        shop_id=order.shop_id,
        order_no=order.order_no,
        stage=order.stage,
        step=step.step,
        status=step.status,
        outcome=step.outcome,
        error_code=step.error_code,
        error_class=ErrorClass(step.error_class or ErrorClass.BUG),
        attempts=step.attempts,
        next_attempt_at=step.next_attempt_at,
        flow_run_id=step.flow_run_id,
        updated_at=step.updated_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One clock that ran out, or was stopped too late."""

    order_id: str
    shop_id: str
    order_no: str
    stage: str
    rule: str
    state: str
    due_at: datetime
    met_at: datetime | None
    detected_at: datetime | None
    fault: str
    carrier: str | None


def breaches(session: Session, *, shop: str | None = None, limit: int = PAGE, offset: int = 0) -> list[Breach]:
    """Give breaches of the platform's clocks and of our own aims, the latest due first."""
    query = select(DeadlineRow, OrderRow).join(OrderRow, col(OrderRow.id) == col(DeadlineRow.order_id))
    query = query.where(col(DeadlineRow.state).in_(["BREACHED", "MET_LATE"]), DeadlineRow.fault != "nobody")
    if shop is not None:
        query = query.where(OrderRow.shop_id == shop)
    latest = (col(DeadlineRow.due_at).desc(), col(DeadlineRow.order_id), col(DeadlineRow.rule))
    rows = session.exec(query.order_by(*latest).limit(limit).offset(offset))
    return [_breach(deadline, order) for deadline, order in rows]


def _breach(deadline: DeadlineRow, order: OrderRow) -> Breach:
    assert deadline.due_at is not None  # noqa: S101  # a breach has a due time: it is `due_at` that passed
    return Breach(
        order_id=order.id,
        shop_id=order.shop_id,
        order_no=order.order_no,
        stage=order.stage,
        rule=deadline.rule,
        state=deadline.state,
        due_at=deadline.due_at,
        met_at=deadline.met_at,
        detected_at=deadline.detected_at,
        fault=deadline.fault,
        carrier=order.carrier,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAge:
    """How fresh what we show is: per mailbox the last look and the last good one."""

    mailbox: str
    last_poll_at: datetime | None
    last_ok_at: datetime | None
    last_error: str | None


def data_age(session: Session) -> list[DataAge]:
    """Give each mailbox's age; empty when none was ever read."""
    rows = session.exec(select(MailboxRow).order_by(MailboxRow.name))
    return [
        DataAge(mailbox=r.name, last_poll_at=r.last_poll_at, last_ok_at=r.last_ok_at, last_error=r.last_error)
        for r in rows
    ]


def quarantine_count(session: Session) -> int:
    """Count the mails that wait for a person."""
    waiting = (MessageRow.outcome == "quarantined", col(MessageRow.handled_at).is_(None))
    return session.exec(select(func.count()).select_from(MessageRow).where(*waiting)).one()
