"""Mail that waits for a person: listing it, reading it again, vouching for it, wanting nothing of it.

Each mail is handled in a transaction of its own, by compare-and-set on its row: two people (or a person and
a poll) never handle one twice. Handled mail loses its sealed bytes at once, the rest after its retention time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, delete, select, update

from ingest import ledger
from ingest.apart import judging
from ingest.finding import Context, Finding, context_for, failed
from ingest.ledger import Outcome
from ingest.mailbox import RawMessage
from ingest.reader import READER_VERSION
from ingest.recording import PollResult, outcome_columns, record_told
from ingest.sealed import SealError, unseal
from ingest.shop_sign import taught_shops
from models.db.audit import note
from models.db.mail_tables import MessageRow, SealedMailRow
from models.db.session import open_session
from models.fact import Authority
from models.home import Home
from models.notification import QuarantineReason
from models.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One quarantined mail as a page shows it; `readable` says that its bytes are still kept."""

    message_id: int
    mailbox: str
    reason: QuarantineReason
    detail: str
    order_no: str | None
    sent_at: datetime | None
    seen_at: datetime
    attempts: int
    readable: bool
    dkim: str | None = None  # whether its own signature fits: pass, fail, none; None where that is unknown


def list_quarantined(session: Session, *, mailbox: str | None = None, limit: int = 200) -> list[Waiting]:
    """The mails that wait for a person, oldest first."""
    rows = ledger.quarantined(session, mailbox=mailbox, limit=limit)
    ids = [row.id for row in rows]
    kept = set(session.exec(select(SealedMailRow.message_id).where(col(SealedMailRow.message_id).in_(ids))).all())
    return [_waiting(row, readable=row.id in kept) for row in rows]


def _waiting(row: MessageRow, *, readable: bool) -> Waiting:
    return Waiting(
        message_id=row.id or 0,
        mailbox=row.mailbox,
        reason=QuarantineReason(row.reason or QuarantineReason.READER_FAILED),
        detail=row.detail,
        order_no=row.order_nos[0] if row.order_nos else None,
        sent_at=row.sent_at,
        seen_at=row.seen_at,
        attempts=row.attempts,
        readable=readable,
        dkim=row.dkim,
    )


def read_again(  # one mail, or those of one reason
    engine: Engine,
    settings: Settings,
    home: Home,
    now: datetime,
    message_id: int | None = None,
    *,
    reason: QuarantineReason | None = None,
) -> PollResult:
    """Read one quarantined mail again, or all (of `reason`): a wording was taught, a shop was added, a fault mended.

    Mails taken for replayed ones are left alone, since only a person can say. One that is sealed under another
    key holds up no other. Raises SealError where none can be opened.
    """
    handling = _Handling(engine, settings, home, now)
    if message_id is not None:
        return handling.read(message_id)
    with open_session(engine, read_only=True) as session:
        ids = readable_ids(session, reason)
    result, sealed = PollResult(), None
    for one in ids:
        try:
            result += handling.read(one)
        except SealError as fault:
            sealed = fault
            result += PollResult(outcomes={Outcome.QUARANTINED: 1})
    if sealed is not None and result.quarantined == len(ids):
        raise sealed
    return result


def release(  # whose word it is belongs to it
    engine: Engine, settings: Settings, home: Home, now: datetime, message_id: int, *, by: str
) -> PollResult:
    """Read a quarantined mail for which a person vouches: sender and age are not asked.

    What an unauthenticated mail tells then counts as that person's word, not as the platform's. It stays in
    quarantine when it can't be understood. Raises SealError.
    """
    return _Handling(engine, settings, home, now, vouched_by=by).read(message_id)


def dismiss(engine: Engine, now: datetime, message_id: int, *, by: str) -> bool:
    """Take the mail out of quarantine and drop its bytes; False if it was handled before."""
    with open_session(engine) as session:
        row = session.get(MessageRow, message_id)
        if row is None or not _change(session, row, now, outcome=Outcome.DISMISSED.value):
            return False
        note(session, at=now, actor=by, action="dismiss_mail", after={"message": message_id}, reason=row.reason)
        session.commit()
        return True


def purge_expired(engine: Engine, now: datetime) -> int:
    """Delete sealed bytes past their retention time; their rows stay, unreadable. Returns how many."""
    with open_session(engine) as session:
        statement = delete(SealedMailRow).where(col(SealedMailRow.expires_at) <= now)
        count = session.connection().execute(statement).rowcount
        session.commit()
        return count


def readable_ids(session: Session, reason: QuarantineReason | None = None) -> Sequence[int]:
    """The mails that may be read again: their bytes are kept, and they are no replays."""
    query = (
        select(SealedMailRow.message_id)
        .join(MessageRow, col(MessageRow.id) == col(SealedMailRow.message_id))
        .where(
            col(MessageRow.outcome) == Outcome.QUARANTINED,
            col(MessageRow.reason) != QuarantineReason.REPLAYED,
        )
    )
    if reason is not None:
        query = query.where(MessageRow.reason == reason)
    return session.exec(query.order_by(col(SealedMailRow.message_id))).all()


@dataclass(frozen=True, slots=True)
class _Handling:
    """One request to read quarantined mail again."""

    engine: Engine
    settings: Settings
    home: Home
    now: datetime
    vouched_by: str | None = None

    def read(self, message_id: int) -> PollResult:
        """Read the mail and write what it comes to now; nothing if it was handled meanwhile."""
        with open_session(self.engine, read_only=True) as session:
            row = session.get(MessageRow, message_id)
            sealed = session.get(SealedMailRow, message_id)
        if row is None or sealed is None:
            return PollResult()
        context = self._context(row)
        if context is None:  # its mailbox is no longer in the settings
            return PollResult(outcomes={Outcome.QUARANTINED: 1})
        raw = RawMessage(uid=row.uid, size=row.size, raw=unseal(sealed.ciphertext, self.home))
        with judging(context) as judge:
            finding = judge.judge(raw, vouched=self.vouched_by is not None)
        if self.vouched_by is not None and row.reason != QuarantineReason.REPLAYED:
            finding = _in_persons_word(finding)
        with open_session(self.engine) as session:
            try:
                return self._write(session, row, finding, context)
            except OperationalError:
                raise
            except Exception as fault:  # noqa: BLE001  one poisoned mail never holds up others
                session.rollback()
                return self._write(session, row, replace(finding, reading=failed(fault), told=()), context)

    def _context(self, row: MessageRow) -> Context | None:
        mailbox = next((one for one in self.settings.mailbox if one.name == row.mailbox), None)
        if mailbox is None:
            return None
        with open_session(self.engine, read_only=True) as session:
            shops = taught_shops(session, mailbox.name, self.settings.shop)
        return context_for(mailbox, shops, self.home, self.now)

    def _write(self, session: Session, row: MessageRow, finding: Finding, context: Context) -> PollResult:
        columns = outcome_columns(finding.reading)
        if self.vouched_by is not None and columns["outcome"] == Outcome.PARSED:
            columns["outcome"] = Outcome.RELEASED.value
        if not _change(session, row, self.now, attempts=row.attempts + 1, reader_version=READER_VERSION, **columns):
            session.rollback()
            return PollResult()
        changes = record_told(session, [finding], context.shops, self.now)
        if self.vouched_by is not None:
            note(
                session,
                at=self.now,
                actor=self.vouched_by,
                action="release_mail",
                after={"message": row.id, "outcome": columns["outcome"]},
                reason=row.reason,
            )
        session.commit()
        return replace(changes, outcomes=Counter([Outcome(columns["outcome"])]))


def _in_persons_word(finding: Finding) -> Finding:
    told = tuple((order_no, replace(fact, authority=Authority.HUMAN)) for order_no, fact in finding.told)
    return replace(finding, told=told)


def _change(session: Session, row: MessageRow, now: datetime, **values: object) -> bool:
    """Change the row if it is still as it was read; a mail that is handled loses its bytes."""
    if values["outcome"] != Outcome.QUARANTINED:
        values["handled_at"] = now
        session.connection().execute(delete(SealedMailRow).where(col(SealedMailRow.message_id) == row.id))
    still = (
        col(MessageRow.id) == row.id,
        col(MessageRow.outcome) == Outcome.QUARANTINED,
        col(MessageRow.attempts) == row.attempts,
    )
    return session.connection().execute(update(MessageRow).where(*still).values(**values)).rowcount == 1
