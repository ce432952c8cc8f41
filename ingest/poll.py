"""Polling a mailbox: what is there and not in the ledger is fetched, read, recorded, and only then marked.

May be killed at any moment and started again: a message's row, its facts and its sealed bytes are one
transaction, and the mark follows them. No transaction is open while the network is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from ingest import backoff, ledger, rescan
from ingest.apart import Judge, judging
from ingest.errors import FolderMissingError, MailboxBusyError, MailboxError, OddReplyError
from ingest.finding import Context, Finding, context_for, is_ours
from ingest.key_lookup import KEYS
from ingest.lease import Lease, held_lease
from ingest.ledger import Place
from ingest.mailbox import FolderState, Mailbox, RawMessage
from ingest.opening import connected
from ingest.opinion import with_opinion
from ingest.recording import PollResult, Recorder
from ingest.rescan import ZONE_SLACK, Part
from ingest.shop_sign import taught_shops
from ingest.signature import LookUp
from ingest.special_folders import JUNK
from ingest.survey import Survey, survey
from ingest.touch import has_untouched, nothing_to_do, to_do, touch_read
from models.db.collector import without_collector
from models.db.session import open_session
from models.home import Home
from models.mail_figures import rescan_figures
from models.rescan import RescanCause, after_rebuild
from models.settings import MailboxSettings, ShopSettings

__all__ = ["PollResult", "Survey", "has_news", "poll_mailbox", "survey"]

Progress = Callable[[str, int, int], None]  # folder, messages finished, messages found


def poll_mailbox(  # what a poll needs, each a thing of its own
    engine: Engine,
    mailbox: MailboxSettings,
    shops: Sequence[ShopSettings],
    home: Home,
    now: Callable[[], datetime],
    *,
    on_progress: Progress | None = None,
    look_up: LookUp = KEYS,
) -> PollResult:
    """Read everything new in the mailbox into the database.

    `shops` may hold those of other mailboxes too. Raises MailboxBusyError while another poller is at it,
    MailboxError or DatabaseError when it could not finish: then the next poll goes on from there.
    """
    with held_lease(engine, mailbox.name, now) as lease:
        try:
            with connected(engine, mailbox, home) as box:
                last_ok_at = _begin(engine, mailbox, now())
                poll = _Poll(engine, mailbox, shops, home, now, box, lease, on_progress, look_up, last_ok_at)
                folders = box.find_folders(mailbox.folders)
                result = sum((poll.read_folder(folder) for folder in folders), start=PollResult())
                result += poll.read_again(folders)
                _note_read(engine, mailbox.name, box, now())
                touch_read(engine, mailbox, box)
        except MailboxBusyError:
            raise
        except MailboxError as fault:
            with open_session(engine) as session:
                backoff.note_fault(session, mailbox.name, fault, now())
                session.commit()
            raise
    return result


def _begin(engine: Engine, mailbox: MailboxSettings, now: datetime) -> datetime | None:
    """When all was last read; if that is long ago, have what came around then read again."""
    with open_session(engine) as session:
        last_ok_at = ledger.last_ok_at(session, mailbox.name)
        if rescan.ask_after_gap(session, mailbox.name, last_ok_at, now):
            session.commit()
    return last_ok_at


def _note_read(engine: Engine, mailbox: str, box: Mailbox, now: datetime) -> None:
    with open_session(engine) as session:
        ledger.note_success(session, mailbox, now)
        fakes = ledger.untold_fakes(session, mailbox)
        session.commit()
    if not fakes:
        return
    junk = box.find_folders((JUNK,))  # what the server put there it has warned of itself
    with open_session(engine) as session:
        for number, folder in fakes:
            if folder not in junk:
                ledger.shout_fake(session, mailbox, number, now)
        session.commit()


def has_news(engine: Engine, mailbox: MailboxSettings, home: Home) -> bool:
    """Whether a poll would find something, by the folders' state and what is to be read again. Raises MailboxError."""
    with connected(engine, mailbox, home) as box:
        states = {folder: box.look(folder) for folder in box.find_folders(mailbox.folders)}
    with open_session(engine, read_only=True) as session:
        changed = any(ledger.has_changed(session, mailbox.name, folder, state) for folder, state in states.items())
        return changed or rescan.is_asked(session, mailbox.name, at_once=True) or has_untouched(session, mailbox)


@dataclass(frozen=True, slots=True)
class _Poll:
    """One poll under way: the connected mailbox, the lease, and where results go."""

    engine: Engine
    mailbox: MailboxSettings
    shops: Sequence[ShopSettings]
    home: Home
    now: Callable[[], datetime]
    box: Mailbox
    lease: Lease
    on_progress: Progress | None
    look_up: LookUp
    last_ok_at: datetime | None

    def read_folder(self, folder: str) -> PollResult:
        """Read what is new in the folder; nothing is opened when its state says that nothing is."""
        looked = self.box.look(folder)
        with open_session(self.engine, read_only=True) as session:
            if not ledger.has_changed(session, self.mailbox.name, folder, looked):
                return PollResult()
        place = self._open(folder, looked)
        uids = self._find_new(place, looked)
        result = self._read(place, uids, moves_mark=looked.uids_grow)
        with open_session(self.engine) as session:
            ledger.finish_folder(session, place, looked)
            session.commit()
        return result

    def _open(self, folder: str, looked: FolderState) -> Place:
        opened = self.box.open(folder)
        if opened.uidvalidity != looked.uidvalidity:
            raise OddReplyError(f"Mailbox {self.mailbox.name}: a folder was rebuilt this moment. It is tried again.")
        return Place(mailbox=self.mailbox.name, folder=folder, uidvalidity=opened.uidvalidity)

    def _find_new(self, place: Place, looked: FolderState) -> Sequence[int]:
        with open_session(self.engine) as session:
            mark = self._start(session, place, looked)
            finished = ledger.finished_above(session, place, mark)
            session.commit()
        since = None if mark else start_of(self._own_shops())
        return [uid for uid in self.box.find(after=mark, since=since) if uid not in finished]

    def _start(self, session: Session, place: Place, looked: FolderState) -> int:
        """The mark to go on from. In a rebuilt folder what lies there is looked through by its days instead."""
        if self.last_ok_at is None or not looked.uidnext or not ledger.was_rebuilt(session, place):
            return ledger.start_folder(session, place)
        now = self.now()
        since = after_rebuild(self.last_ok_at, now, rescan_figures())
        rescan.ask(session, place.mailbox, since, RescanCause.REBUILT, now)
        return ledger.start_folder(session, place, mark=looked.uidnext - 1)

    def read_again(self, folders: Sequence[str]) -> PollResult:
        """Carry out what was asked to be read again; what has a row is finished and stays so.

        `folders` are those that are polled.
        """
        with open_session(self.engine, read_only=True) as session:
            requests = rescan.asked(session, self.mailbox.name)
        if not requests:
            return PollResult()
        start, now = start_of(self._own_shops()), self.now()
        parts = rescan.parts(requests, folders, self.box, start, now)
        result = sum((self._read_part(part) for part in parts), start=PollResult())
        with open_session(self.engine) as session:
            rescan.finish(session, requests, self._own_shops(), now)
            session.commit()
        return result

    def _read_part(self, part: Part) -> PollResult:
        senders = self.mailbox.allowed_from_domains if part.elsewhere else ()
        try:
            uidvalidity = self.box.open(part.folder).uidvalidity
            found = self.box.find(since=part.since, senders=senders)
        except (FolderMissingError, OddReplyError):
            if part.elsewhere:  # nobody asked for that folder
                return PollResult()
            raise
        place = Place(mailbox=self.mailbox.name, folder=part.folder, uidvalidity=uidvalidity)
        with open_session(self.engine, read_only=True) as session:
            finished = ledger.finished_above(session, place, min(found, default=1) - 1)
        uids = [uid for uid in found if uid not in finished]
        return self._read(place, uids, moves_mark=False, only_ours=part.elsewhere)

    def _own_shops(self) -> list[ShopSettings]:
        return [shop for shop in self.shops if shop.mailbox == self.mailbox.name]

    def _read(self, place: Place, uids: Sequence[int], *, moves_mark: bool, only_ours: bool = False) -> PollResult:
        """Fetch, read, record, mark; batch by batch. `only_ours` leaves no trace of mail that is not TikTok Shop's."""
        result = PollResult()
        context = self._context()
        asked = nothing_to_do if only_ours else partial(to_do, self.mailbox)  # nobody named those folders
        recorder = Recorder(engine=self.engine, home=self.home, shops=context.shops, after_reading=asked)
        done = 0
        with judging(context) as judge:
            for batch in self.box.fetch(uids):
                with without_collector():  # what mails leave behind is freed without it
                    result += recorder.record(place, self._judged(batch, judge, only_ours=only_ours), self.now())
                self._mark(place, batch[-1].uid if moves_mark else None)
                done += len(batch)
                if self.on_progress is not None:
                    self.on_progress(place.folder, done, len(uids))
        return result

    def _judged(self, batch: Sequence[RawMessage], judge: Judge, *, only_ours: bool) -> list[Finding]:
        judged = [judge.judge(message) for message in batch]
        return [self._with_opinion(one) for one in judged if not only_ours or is_ours(one)]

    def _with_opinion(self, finding: Finding) -> Finding:
        return with_opinion(finding, self.mailbox, self.now(), self.look_up)

    def _mark(self, place: Place, uid: int | None) -> None:
        with open_session(self.engine) as session:
            self.lease.renew(session)
            if uid is not None:
                ledger.advance_mark(session, place, uid)
            session.commit()

    def _context(self) -> Context:
        with open_session(self.engine, read_only=True) as session:
            shops = taught_shops(session, self.mailbox.name, self.shops)
        return context_for(self.mailbox, shops, self.home, self.now(), self.last_ok_at)


def start_of(shops: Collection[ShopSettings]) -> date | None:
    """The day from which mail is worth reading; None when some shop doesn't say, so that all counts."""
    starts = [shop.orders_from for shop in shops]
    if not starts or None in starts:
        return None
    return min(start for start in starts if start is not None) - ZONE_SLACK
