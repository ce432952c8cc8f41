"""The cheap look of each minute: which deployment has work. Nothing is done and nothing heavy is imported.

A mailbox is asked for its state alone; the rest are short questions to the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session

from flows.office import Office
from flows.shop_watch import watch_silence, watch_unfinished, watch_unread, watch_waiting
from ingest import ledger
from ingest.errors import LoginRefusedError, MailboxError
from ingest.poll import has_news
from models.db.alerts import due_alerts
from models.db.session import open_session
from models.db.steps import due_steps
from models.db.wake import Sleep, caught_up, note_look, note_outage_over, untold_sleep
from models.db.watch import due_orders
from models.settings import MailboxSettings

POLL: Final = "poll-mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A deployment that has something to do, and the parameters of the run."""

    deployment: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found: work, the mailboxes that could not be asked with the reason in words, the end of a sleep."""

    work: tuple[Work, ...]
    faults: Mapping[str, str]
    slept: Sleep | None = None


def look(office: Office) -> Looked:
    """Find what has work at this moment. A mailbox that does not answer holds up nothing else."""
    with open_session(office.engine) as session:
        slept = note_look(session, office.now())
        session.commit()
    news, faults = _ask_mailboxes(office)
    with open_session(office.engine, read_only=True) as session:
        due = _due(session, office)
    return Looked(work=(*_polls(news), *(Work(deployment=name) for name in due)), faults=faults, slept=slept)


def _polls(news: list[str]) -> tuple[Work, ...]:
    """One run for all: a second one beside it would be cancelled."""
    match news:
        case []:
            return ()
        case [mailbox]:
            return (Work(deployment=POLL, parameters={"mailbox": mailbox}),)
        case _:
            return (Work(deployment=POLL),)


def _due(session: Session, office: Office) -> list[str]:
    now, shops = office.now(), [shop.name for shop in office.settings.shop]
    questions = {
        "drive-orders": bool(due_steps(session, now, limit=1)),
        "watch-deadlines": bool(due_orders(session, now, limit=1, shops=shops)),
        "send-alerts": _has_to_tell(session, office, now),
    }
    return [deployment for deployment, has_work in questions.items() if has_work]


def _has_to_tell(session: Session, office: Office, now: datetime) -> bool:
    """Whether alerts wait; after a sleep they wait for mail and watcher, then its summary ends the sleep."""
    slept = untold_sleep(session)
    if slept is None:
        return bool(due_alerts(session, now, limit=1))
    return caught_up(session, slept, [mailbox.name for mailbox in office.settings.mailbox], now)


def _ask_mailboxes(office: Office) -> tuple[list[str], dict[str, str]]:
    news: list[str] = []
    faults: dict[str, str] = {}
    for mailbox in office.settings.mailbox:
        try:
            if has_news(office.engine, mailbox, office.home):
                watch_unfinished(office, mailbox)
                _note_outage_over(office, mailbox)
                news.append(mailbox.name)
            else:
                _note(office, mailbox, None)
                watch_silence(office, mailbox)
        except MailboxError as fault:
            _note(office, mailbox, fault.code)
            faults[mailbox.name] = str(fault)
            watch_unread(office, mailbox, refused=isinstance(fault, LoginRefusedError))
        watch_waiting(office, mailbox)
    return news, faults


def _note_outage_over(office: Office, mailbox: MailboxSettings) -> None:
    """Before its news are read: what came while it did not answer is told in one message."""
    with open_session(office.engine) as session:
        note_outage_over(session, mailbox.name, office.now())
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
