"""The cheap look of each minute: which deployment has work. Nothing is done and nothing heavy is imported.

A mailbox is asked for its state alone; the rest are four questions to the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from flows.office import Office
from ingest import ledger
from ingest.errors import LoginRefusedError, MailboxError
from ingest.poll import has_news
from models.catalogue import words
from models.db.alerts import Alert, due_alerts, raise_alert
from models.db.session import open_session
from models.db.steps import due_steps
from models.db.watch import due_orders
from models.settings import MailboxSettings

POLL: Final = "poll-mailbox"
BLIND_AFTER: Final = timedelta(minutes=15)  # [D] D20: its least, for a look comes each minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A deployment that has something to do, and the parameters of the run."""

    deployment: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found: work, and the mailboxes that could not be asked with the reason in words."""

    work: tuple[Work, ...]
    faults: Mapping[str, str]


def look(office: Office) -> Looked:
    """Find what has work at this moment. A mailbox that does not answer holds up nothing else."""
    news, faults = _ask_mailboxes(office)
    with open_session(office.engine, read_only=True) as session:
        due = _due(session, office.now())
    return Looked(work=(*_polls(news), *(Work(deployment=name) for name in due)), faults=faults)


def _polls(news: list[str]) -> tuple[Work, ...]:
    """One run for all: a second one beside it would be cancelled."""
    match news:
        case []:
            return ()
        case [mailbox]:
            return (Work(deployment=POLL, parameters={"mailbox": mailbox}),)
        case _:
            return (Work(deployment=POLL),)


def _due(session: Session, now: datetime) -> list[str]:
    questions = {
        "drive-orders": bool(due_steps(session, now, limit=1)),
        "watch-deadlines": bool(due_orders(session, now, limit=1)),
        "send-alerts": bool(due_alerts(session, now, limit=1)),
    }
    return [deployment for deployment, has_work in questions.items() if has_work]


def _ask_mailboxes(office: Office) -> tuple[list[str], dict[str, str]]:
    news: list[str] = []
    faults: dict[str, str] = {}
    for mailbox in office.settings.mailbox:
        try:
            if has_news(office.engine, mailbox, office.home):
                news.append(mailbox.name)
            else:
                _note(office, mailbox, None)
        except MailboxError as fault:
            _note(office, mailbox, fault.code)
            faults[mailbox.name] = str(fault)
            _shout(office, mailbox, fault)
    return news, faults


def _shout(office: Office, mailbox: MailboxSettings, fault: MailboxError) -> None:
    """Alert once for each time that the mailbox stays unread: soon if only a person can help, else after a while."""
    now, refused = office.now(), isinstance(fault, LoginRefusedError)
    with open_session(office.engine) as session:
        last = ledger.last_ok_at(session, mailbox.name)
        if last is None or (not refused and now - last < BLIND_AFTER):
            return
        alert = Alert(
            subject=f"mailbox:{mailbox.name}",
            rule="D20",
            level=1 if refused else 0,
            text_key="login_refused" if refused else "blind",
            about=last.isoformat(),
            critical=True,
            values={"mailbox": mailbox.name, "span": words().span(now - last)},
        )
        raise_alert(session, alert, now)
        session.commit()


def _note(office: Office, mailbox: MailboxSettings, code: str | None) -> None:
    """Write down that the mailbox was asked, so that pages know how old their data is."""
    now = office.now()
    with open_session(office.engine) as session:
        ledger.mailbox_row(session, mailbox.name)
        if code is None:
            ledger.note_success(session, mailbox.name, now)
        else:
            ledger.note_fault(session, mailbox.name, code, now)
        session.commit()
