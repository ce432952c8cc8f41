"""Which alerts shout about what has ended by itself, so that nobody is told, or told once more.

A clock that was met, a step that runs again, facts that agree, a mail that somebody has seen to; of an order that is
over nothing is told once more. What the tables do not know is not judged. Questions alone, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlmodel import Session, col, select

from models.alert_plan import CLOCKS
from models.db.alerts import AT_A_TIME
from models.db.mail_tables import MessageRow
from models.db.steps import StepStatus
from models.db.tables import AlertRow, DeadlineRow, OrderRow, StepRow
from models.deadline import DeadlineState

CONFLICT: Final = "conflict."
STEP: Final = "step_failed"
MAILS: Final = frozenset({"quarantine", "fake"})  # these are about a mail, by its number
WAITS: Final = "quarantined"  # a mail that nobody has seen to
MISSED: Final = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})  # told for the first time all the same
CLOSE: Final = frozenset({DeadlineState.WARNED, *MISSED})


def over_among(session: Session, rows: Sequence[AlertRow]) -> set[str]:
    """Give the keys of those that are over."""
    of_orders = [row for row in rows if row.order_no is not None]
    of_mails = [row for row in rows if row.text_key in MAILS and row.about.isdecimal()]
    over = set[str]()
    for start in range(0, len(of_mails), AT_A_TIME):
        over.update(_seen_to(session, of_mails[start : start + AT_A_TIME]))
    for start in range(0, len(of_orders), AT_A_TIME):
        over.update(_over(session, of_orders[start : start + AT_A_TIME]))
    return over


def _seen_to(session: Session, rows: Sequence[AlertRow]) -> Iterator[str]:
    numbers = {row.dedup_key: int(row.about) for row in rows}
    known = select(MessageRow.id).where(col(MessageRow.id).in_(numbers.values()), MessageRow.outcome != WAITS)
    seen_to = set(session.exec(known))
    yield from (key for key, number in numbers.items() if number in seen_to)


def _over(session: Session, rows: Sequence[AlertRow]) -> Iterator[str]:
    subjects = {subject_of(row) for row in rows}
    known = select(OrderRow.id, OrderRow.terminal, OrderRow.conflicts).where(col(OrderRow.id).in_(subjects))
    orders = {key: (terminal, conflicts) for key, terminal, conflicts in session.exec(known)}
    states = select(DeadlineRow.order_id, DeadlineRow.rule, DeadlineRow.about, DeadlineRow.state)
    theirs = session.exec(states.where(col(DeadlineRow.order_id).in_(subjects)))
    clocks = {(key, rule, about): state for key, rule, about, state in theirs}
    dead = (col(StepRow.order_id).in_(subjects), col(StepRow.status) == StepStatus.DEAD.value)
    failed = set(session.exec(select(StepRow.order_id, StepRow.step).where(*dead)))
    for row in rows:
        key = subject_of(row)
        if key not in orders:
            continue
        (terminal, conflicts), state = orders[key], clocks.get((key, row.rule, row.about))
        if row.text_key.startswith(CONFLICT):
            over = row.rule not in conflicts
        elif row.text_key == STEP:
            over = (key, row.values.get("step", "")) not in failed
        else:
            over = row.text_key in CLOCKS and _clock_over(row, state, terminal=terminal)
        if over:
            yield row.dedup_key


def _clock_over(row: AlertRow, state: str | None, *, terminal: bool) -> bool:
    if row.sent_at is not None:
        return terminal or state != DeadlineState.BREACHED
    return state not in (MISSED if row.text_key == "breached" else CLOSE)


def subject_of(row: AlertRow) -> str:
    """Give what the alert is about: an order's id, or mailbox:<name>, shop:<name>."""
    return row.dedup_key.partition("|")[0]
