"""The cheap look of each minute: which deployment has work. Nothing is done and nothing heavy is imported.

A mailbox is asked for its state alone; the rest are short questions to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from flows.all_clear import tell_all_clear
from flows.danger_over import tell_dangers_over
from flows.digest import raise_digests
from flows.office import Office
from flows.shop.sync_due import due_shops
from flows.shop_watch import watch_silence, watch_unfinished, watch_unread, watch_waiting
from ingest import backoff, ledger
from ingest.errors import LoginRefusedError, MailboxError
from ingest.poll import has_news
from models.db.alert_telling import anything_due
from models.db.session import open_session
from models.db.set_back import was_set_back
from models.db.steps import any_due
from models.db.wake import Sleep, caught_up, looked, note_look, note_outage_over, untold_sleep
from models.db.watch import due_orders
from models.settings import MailboxSettings

POLL: Final = "poll-mailbox"
SYNC: Final = "sync-shop"
AT_A_TIME: Final = 8  # mailboxes that are asked beside each other


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
    waiting: frozenset[str] = frozenset()  # mailboxes that were not asked, to leave their servers in peace
    set_back: timedelta | None = None  # by so much the clock was set back since the last look


def look(office: Office, at_once: Callable[[Work], None] = lambda _: None) -> Looked:
    """Find what has work at this moment. A mailbox that does not answer holds up nothing else.

    `at_once` hears of a poll as soon as its mailbox has answered; all work is given in the end.
    """
    with open_session(office.engine) as session:
        now, before = office.now(), looked(session)
        slept = note_look(session, now)
        raise_digests(session, office.settings, now)
        session.commit()
    set_back = before - now if before and was_set_back(before, now) else None
    news, faults, waiting = _ask_mailboxes(office, at_once)
    tell_all_clear(office)
    tell_dangers_over(office)
    with open_session(office.engine, read_only=True) as session:
        due = _due(session, office)
        shops = due_shops(session, office.settings, office.now())
    work = (*map(_poll_of, news), *map(_sync_of, shops), *(Work(deployment=name) for name in due))
    return Looked(work=work, faults=faults, slept=slept, waiting=frozenset(waiting), set_back=set_back)


def _poll_of(mailbox: str) -> Work:
    return Work(deployment=POLL, parameters={"mailbox": mailbox})


def _sync_of(shop: str) -> Work:
    return Work(deployment=SYNC, parameters={"shop": shop})


def _due(session: Session, office: Office) -> list[str]:
    now, shops = office.now(), [shop.name for shop in office.settings.shop]
    questions = {
        "drive-orders": any_due(session, now),
        "watch-deadlines": bool(due_orders(session, now, limit=1, shops=shops)),
        "send-alerts": _has_to_tell(session, office, now),
    }
    return [deployment for deployment, has_work in questions.items() if has_work]


def _has_to_tell(session: Session, office: Office, now: datetime) -> bool:
    """Whether alerts wait; after a sleep they wait for mail and watcher, then its summary ends the sleep."""
    slept = untold_sleep(session)
    if slept is None:
        return anything_due(session, now)
    return caught_up(session, slept, [mailbox.name for mailbox in office.settings.mailbox], now)


def _ask_mailboxes(office: Office, at_once: Callable[[Work], None]) -> tuple[list[str], dict[str, str], set[str]]:
    """Ask all beside each other: one that is silent for half a minute holds up no other."""
    mailboxes, asked = office.settings.mailbox, _Asked(office, at_once)
    with ThreadPoolExecutor(max_workers=min(len(mailboxes), AT_A_TIME) or 1) as pool:
        answers = {pool.submit(asked.has_news, mailbox): mailbox for mailbox in mailboxes}
        for answer in as_completed(answers):
            asked.take(answers[answer], answer)
    return asked.news, asked.faults, asked.waiting


@dataclass(frozen=True, slots=True)
class _Asked:
    """What mailboxes answered by now, in the order of their answers."""

    office: Office
    at_once: Callable[[Work], None]
    news: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)

    def has_news(self, mailbox: MailboxSettings) -> bool | None:
        """Whether it has; None where the server is left in peace. Raises MailboxError."""
        with open_session(self.office.engine, read_only=True) as session:
            if backoff.left_in_peace(session, mailbox.name, self.office.now()):
                return None
        return has_news(self.office.engine, mailbox, self.office.home)

    def take(self, mailbox: MailboxSettings, answer: Future[bool | None]) -> None:
        """Write down what came, and start what it leads to."""
        try:
            self._heard(mailbox, news=answer.result())
        except MailboxError as fault:
            _note(self.office, mailbox, fault)
            self.faults[mailbox.name] = str(fault)
            watch_unread(self.office, mailbox, refused=isinstance(fault, LoginRefusedError))
        watch_waiting(self.office, mailbox)

    def _heard(self, mailbox: MailboxSettings, *, news: bool | None) -> None:
        if news is None:
            self.waiting.add(mailbox.name)
            watch_unread(self.office, mailbox, refused=False)
        elif news:
            watch_unfinished(self.office, mailbox)
            _note_outage_over(self.office, mailbox)
            self.news.append(mailbox.name)
            self.at_once(_poll_of(mailbox.name))
        else:
            _note(self.office, mailbox, None)
            watch_silence(self.office, mailbox)


def _note_outage_over(office: Office, mailbox: MailboxSettings) -> None:
    """Before its news are read: what came while it did not answer is told in one message."""
    with open_session(office.engine) as session:
        note_outage_over(session, mailbox.name, office.now())
        session.commit()


def _note(office: Office, mailbox: MailboxSettings, fault: MailboxError | None) -> None:
    """Write down that the mailbox was asked, so that pages know how old their data is."""
    now = office.now()
    with open_session(office.engine) as session:
        ledger.mailbox_row(session, mailbox.name)
        if fault is None:
            ledger.note_success(session, mailbox.name, now)
        else:
            backoff.note_fault(session, mailbox.name, fault, now)
        session.commit()
