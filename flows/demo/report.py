"""What a play came to: one object, the same for the same seed.

Business figures come from Shipclock's database; `double_effects` and `lost_mails` are the simulator's own count.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.demo.home import DemoHome
from flows.shop.simulator.store import Store
from flows.shop.simulator.tally import double_effects, lost_mails
from models.db.mail_tables import MessageRow
from models.db.reading import stage_counts
from models.db.session import open_session
from models.db.tables import AttemptRow, CaseRow, DeadlineRow, FactRow, OrderRow
from models.fact import FactKind

UNFINISHED: Final = "failed"  # a mail that is tried again has no outcome yet
FAULTS: Final = ("failed", "transient")


def report(demo: DemoHome, *, reruns: int) -> dict[str, Any]:
    """Give the closing object of a play."""
    with open_session(demo.office.engine, read_only=True) as session:
        return {
            "seed": demo.store.script.seed,
            "orders": _count(session, select(func.count()).select_from(OrderRow)),
            "by_stage": dict(sorted(stage_counts(session).items())),
            "cases": _cases(session),
            "deadlines_met": _deadlines(session, "MET"),
            "deadlines_breached": _deadlines(session, "BREACHED", "MET_LATE"),
            "quarantined": _count(session, _messages("quarantined")),
            "failed_tasks": _failed(session),
            "reruns": reruns,
            "double_effects": double_effects(demo.store),
            "lost_mails": _lost(session, demo.store),
            "stories": _stories(session, demo.store),
        }


def _count(session: Session, query: Any) -> int:  # noqa: ANN401  # SQLModel has no name for "select of one int"
    return int(session.exec(query).one())


def _messages(outcome: str) -> Any:  # noqa: ANN401  # as _count
    return select(func.count()).select_from(MessageRow).where(MessageRow.outcome == outcome)


def _failed(session: Session) -> int:
    return _count(session, select(func.count()).select_from(AttemptRow).where(col(AttemptRow.result).in_(FAULTS)))


def _cases(session: Session) -> dict[str, int]:
    counted = session.exec(select(CaseRow.kind, func.count()).group_by(CaseRow.kind))
    return dict(sorted(counted))


def _deadlines(session: Session, *states: str) -> int:
    accountable = (col(DeadlineRow.state).in_(states), DeadlineRow.fault != "nobody")
    return _count(session, select(func.count()).select_from(DeadlineRow).where(*accountable))


def _lost(session: Session, store: Store) -> int:
    finished = select(MessageRow.raw_hash).where(MessageRow.outcome != UNFINISHED)
    known = select(OrderRow.order_no, FactRow.kind).join(FactRow, col(FactRow.order_id) == col(OrderRow.id))
    by_mail = known.where(FactRow.source == "mail")  # what the API told as well makes no mail good
    return lost_mails(
        store,
        finished={raw_hash for raw_hash in session.exec(finished) if raw_hash},
        facts={(order_no, FactKind(kind)) for order_no, kind in session.exec(by_mail)},
    )


def _stories(session: Session, store: Store) -> list[dict[str, str | None]]:
    stages = {row.order_no: row.stage for row in session.exec(select(OrderRow))}
    return [
        {"story": plan.story.value, "order_no": plan.order_no, "stage": stages.get(plan.order_no)}
        for plan in sorted(store.script.plans, key=lambda plan: (plan.story, plan.order_no))
    ]
