"""Questions that pages and the command line ask: short answers, each one query, page by page.

Read-only. Rows are acted on by order number, never by their position in an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, false, func, literal_column
from sqlmodel import Session, and_, col, or_, select

from models.db.alert_tables import SilenceRow
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.stored import of_shops
from models.db.tables import (
    ENDING,
    MISSED,
    TROUBLE,
    AlertRow,
    AttemptRow,
    AuditRow,
    CaseRow,
    DeadlineRow,
    FactRow,
    OrderRow,
    StepRow,
    TodoRow,
)
from models.error_class import REFUSALS, ErrorClass
from models.formats import number
from models.stage import TERMINAL, Stage

PAGE: Final = 25  # rows of a list: what a page draws and sends anew with each click
COUNT_CAP: Final = 10_000
OVER: Final = sorted(TERMINAL)
NOT_OVER: Final = [stage.value for stage in Stage if stage not in TERMINAL]


def up_to_cap(count: int, cap: int | None = None) -> str:
    """Say what was counted up to `cap` + 1, COUNT_CAP where none is given: "10,000+" where it is more."""
    most = COUNT_CAP if cap is None else cap
    return f"{number(most)}+" if count > most else number(count)


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
    """Give orders, the newest first, at last those of which it is not known. `numbers`: beginnings or ends."""
    many = bool(numbers) and orders_count(session, numbers=numbers, stage=stage, shop=shop) > COUNT_CAP
    query = select(OrderRow).where(*_orders(numbers, stage, shop, many=many))
    if open_only:  # told by what is over, so that the newest are looked through and not all that are open sorted
        query = query.where(col(OrderRow.stage).not_in(OVER))
    placed = query.where(col(OrderRow.placed_at).is_not(None))
    newest = (col(OrderRow.placed_at).desc(), col(OrderRow.id).desc())
    found = list(session.exec(placed.order_by(*newest).limit(limit).offset(offset)))
    if len(found) == limit:
        return found
    before = offset + len(found)
    if not found and offset:
        before = session.exec(select(func.count()).select_from(placed.subquery())).one()
    rest = query.where(col(OrderRow.placed_at).is_(None)).order_by(col(OrderRow.id).desc())
    return found + list(session.exec(rest.limit(limit - len(found)).offset(max(0, offset - before))))


def orders_count(
    session: Session,
    *,
    numbers: Sequence[str] = (),
    stage: str | None = None,
    shop: str | None = None,
    open_only: bool = False,
) -> int:
    """Count the same orders, up to COUNT_CAP + 1 ("10,000+")."""
    query = select(OrderRow.order_no if numbers else OrderRow.stage).where(*_orders(numbers, stage, shop))
    if open_only:
        query = query.where(col(OrderRow.stage).in_(NOT_OVER))
    return session.exec(select(func.count()).select_from(query.limit(COUNT_CAP + 1).subquery())).one()


def _orders(
    numbers: Sequence[str], stage: str | None, shop: str | None, *, many: bool = False
) -> Iterator[ColumnElement[bool]]:
    """The conditions for such orders; of `many` the newest are looked through, and not all of the numbers sorted."""
    if numbers and many:
        number_of = col(OrderRow.order_no).concat("")
        yield or_(*(like(n, autoescape=True) for n in numbers for like in (number_of.startswith, number_of.endswith)))
    elif numbers:
        yield or_(*(like for number in numbers for like in (_begins(number), _ends(number))))
    if stage is not None:
        yield col(OrderRow.stage) == stage
    if shop is not None:
        yield of_shops([shop])


def _begins(number: str) -> ColumnElement[bool]:
    """The condition for order numbers that begin so; those of digits are found by their index."""
    begins: ColumnElement[bool] = col(OrderRow.order_no).startswith(number, autoescape=True)
    if not (number.isascii() and number.isdigit()):
        return begins
    shorter = number.rstrip("9")  # what comes next ends in one digit more, and nothing comes behind 99
    until = [col(OrderRow.order_no) < f"{shorter[:-1]}{int(shorter[-1]) + 1}"] if shorter else []
    return and_(col(OrderRow.order_no) >= number, *until, begins)


def _ends(number: str) -> ColumnElement[bool]:
    """The condition for order numbers that end so, found by their index; fewer digits are the end of too many."""
    ends: ColumnElement[bool] = col(OrderRow.order_no).endswith(number, autoescape=True)
    if len(number) < ENDING:
        return false()
    ending = func.substr(OrderRow.order_no, func.length(OrderRow.order_no) - literal_column(str(ENDING - 1)))
    return and_(ending == number[-ENDING:], ends)


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
    silences: Sequence[SilenceRow]  # of its shop, whatever they keep back


def order_file(session: Session, order_id: str) -> OrderFile | None:
    """Give all rows of one order in order of time; None when there is no such order."""
    order = session.get(OrderRow, order_id)
    if order is None:
        return None

    def of_order(table: type[RowT], *by: Any) -> Sequence[RowT]:  # noqa: ANN401  # any columns
        return session.exec(select(table).where(col(table.order_id) == order_id).order_by(*by)).all()

    keys = col(AlertRow.dedup_key).between(f"{order_id}|", f"{order_id}~")  # sorted so by bytes and by people
    alerts = select(AlertRow).where(keys)
    silences = select(SilenceRow).where(col(SilenceRow.shop_id).in_(["", order.shop_id]))
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
        silences=session.exec(silences.order_by(col(SilenceRow.since), col(SilenceRow.id))).all(),
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
    rows = session.exec(query.where(TROUBLE).order_by(*latest).limit(limit))
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
    query = query.where(MISSED)
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
