"""What goes wrong in a day at large shops: some hundred steps failed, some hundred mails nobody understood."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from flows import clock
from flows.trouble import class_of
from ingest.sealed import seal
from models.db.mail_tables import MailboxRow, MessageRow, SealedMailRow
from models.db.session import open_session
from models.db.steps import StepStatus
from models.db.tables import StepRow
from models.home import Home
from tests.dashboard.seed import MAILS, READABLE

MANY: Final = 300  # of each
FAILED: Final = (
    {"status": StepStatus.DEAD.value, "error_code": "unavailable", "attempts": 3},
    {"status": StepStatus.WAITING.value, "outcome": "business_failure", "error_code": "out_of_stock"},
    {"status": StepStatus.QUEUED.value, "error_code": "timeout"},
)
REASONS: Final = ("reader_failed", "unknown_kind", "incomplete", "lookalike_sender", "unknown_shop")
MINUTE: Final = timedelta(minutes=1)


def add_trouble(engine: Engine, home: Home) -> None:
    """Let steps of open orders fail and mails wait, the one after the other."""
    now = clock.now(engine)
    with open_session(engine) as session:
        waiting = select(StepRow).where(StepRow.status == StepStatus.WAITING.value).order_by(col(StepRow.order_id))
        for number, row in enumerate(session.exec(waiting.limit(MANY)).all()):
            columns = FAILED[number % len(FAILED)]
            failed = class_of(str(columns.get("outcome", "transient")), str(columns["error_code"]))
            at = now - number * MINUTE
            again = at if columns["status"] == StepStatus.QUEUED.value else None
            row.sqlmodel_update({**columns, "error_class": failed, "updated_at": at, "first_failed_at": again})
            session.add(row)
        _add_mails(session, home)
        session.commit()


def _add_mails(session: Session, home: Home) -> None:
    mailbox = session.exec(select(MailboxRow.name)).first() or ""
    newest, uid = session.exec(select(func.max(MessageRow.seen_at), func.max(MessageRow.uid))).one()
    sealed = seal((MAILS / READABLE).read_bytes(), home)
    for number in range(1, MANY + 1):
        row = MessageRow(
            mailbox=mailbox, folder="INBOX", uidvalidity=1, uid=uid + number, outcome="quarantined",
            reason=REASONS[number % len(REASONS)], seen_at=newest - number * MINUTE, sent_at=newest - number * MINUTE,
            reader_version="1",
        )  # fmt: skip
        session.add(row)
        session.flush()
        if row.id is not None:
            kept_until = row.seen_at + timedelta(days=30)
            session.add(SealedMailRow(message_id=row.id, ciphertext=sealed, expires_at=kept_until))
