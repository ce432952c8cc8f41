"""Polling a mailbox: what is there and not in the ledger is fetched, read, recorded, and only then marked.

May be killed at any moment and started again: a message's row, its facts and its sealed bytes are one
transaction, and the mark follows them. No transaction is open while the network is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from ingest import ledger
from ingest.errors import MailboxBusyError, MailboxError, OddReplyError
from ingest.finding import Context, context_for, judge
from ingest.lease import Lease, held_lease
from ingest.ledger import Place
from ingest.mailbox import FolderState, Mailbox
from ingest.opening import connected
from ingest.recording import PollResult, Recorder
from ingest.shop_sign import taught_shops
from ingest.survey import Survey, survey
from models.db.session import open_session
from models.home import Home
from models.settings import MailboxSettings, ShopSettings

__all__ = ["PollResult", "Survey", "has_news", "poll_mailbox", "survey"]

Progress = Callable[[str, int, int], None]  # folder, messages finished, messages found
ZONE_SLACK: Final = timedelta(days=1)  # SEARCH SINCE goes by the server's day


def poll_mailbox(  # what a poll needs, each a thing of its own
    engine: Engine,
    mailbox: MailboxSettings,
    shops: Sequence[ShopSettings],
    home: Home,
    now: Callable[[], datetime],
    *,
    on_progress: Progress | None = None,
) -> PollResult:
    """Read everything new in the mailbox into the database.

    `shops` may hold those of other mailboxes too. Raises MailboxBusyError while another poller is at it,
    MailboxError or DatabaseError when it could not finish: then the next poll goes on from there.
    """
    with held_lease(engine, mailbox.name, now) as lease:
        try:
            with connected(engine, mailbox, home) as box:
                poll = _Poll(engine, mailbox, shops, home, now, box, lease, on_progress)
                result = sum((poll.read_folder(folder) for folder in mailbox.folders), start=PollResult())
        except MailboxBusyError:
            raise
        except MailboxError as fault:
            with open_session(engine) as session:
                ledger.note_fault(session, mailbox.name, fault.code, now())
                session.commit()
            raise
        with open_session(engine) as session:
            ledger.note_success(session, mailbox.name, now())
            ledger.shout_fakes(session, mailbox.name, now())
            session.commit()
    return result


def has_news(engine: Engine, mailbox: MailboxSettings, home: Home) -> bool:
    """Whether a poll would find something, by the folders' state alone. Raises MailboxError."""
    with connected(engine, mailbox, home) as box:
        states = {folder: box.look(folder) for folder in mailbox.folders}
    with open_session(engine, read_only=True) as session:
        return any(ledger.has_changed(session, mailbox.name, folder, state) for folder, state in states.items())


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

    def read_folder(self, folder: str) -> PollResult:
        """Read what is new in the folder; nothing is opened when its state says that nothing is."""
        looked = self.box.look(folder)
        with open_session(self.engine, read_only=True) as session:
            if not ledger.has_changed(session, self.mailbox.name, folder, looked):
                return PollResult()
        place = self._open(folder, looked)
        uids = self._find_new(place)
        result = self._read(place, uids, growing=looked.uids_grow)
        with open_session(self.engine) as session:
            ledger.finish_folder(session, place, looked)
            session.commit()
        return result

    def _open(self, folder: str, looked: FolderState) -> Place:
        opened = self.box.open(folder)
        if opened.uidvalidity != looked.uidvalidity:
            raise OddReplyError(f"Mailbox {self.mailbox.name}: a folder was rebuilt this moment. It is tried again.")
        return Place(mailbox=self.mailbox.name, folder=folder, uidvalidity=opened.uidvalidity)

    def _find_new(self, place: Place) -> Sequence[int]:
        with open_session(self.engine) as session:
            mark = ledger.start_folder(session, place)
            finished = ledger.finished_above(session, place, mark)
            session.commit()
        since = None if mark else start_of([shop for shop in self.shops if shop.mailbox == self.mailbox.name])
        return [uid for uid in self.box.find(after=mark, since=since) if uid not in finished]

    def _read(self, place: Place, uids: Sequence[int], *, growing: bool) -> PollResult:
        """Fetch, read, record, mark; batch by batch."""
        result = PollResult()
        context = self._context()
        recorder = Recorder(engine=self.engine, home=self.home, shops=context.shops)
        done = 0
        for batch in self.box.fetch(uids):
            result += recorder.record(place, [judge(message, context) for message in batch], self.now())
            self._mark(place, batch[-1].uid if growing else 0)
            done += len(batch)
            if self.on_progress is not None:
                self.on_progress(place.folder, done, len(uids))
        return result

    def _mark(self, place: Place, uid: int) -> None:
        with open_session(self.engine) as session:
            self.lease.renew(session)
            ledger.advance_mark(session, place, uid)
            session.commit()

    def _context(self) -> Context:
        with open_session(self.engine, read_only=True) as session:
            last_look = ledger.last_ok_at(session, self.mailbox.name)
            shops = taught_shops(session, self.mailbox.name, self.shops)
        return context_for(self.mailbox, shops, self.home, self.now(), last_look)


def start_of(shops: Collection[ShopSettings]) -> date | None:
    """The day from which mail is worth reading; None when some shop doesn't say, so that all counts."""
    starts = [shop.orders_from for shop in shops]
    if not starts or None in starts:
        return None
    return min(start for start in starts if start is not None) - ZONE_SLACK
