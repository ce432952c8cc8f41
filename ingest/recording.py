"""Writing down what a batch of messages came to: ledger rows, facts and sealed bytes in one transaction.

When all goes well a batch is one transaction; when one message is refused each gets its own, and the one
at fault becomes a quarantined row. Only a fault of the database itself stops the poll.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from ingest import ledger
from ingest.finding import Finding, failed
from ingest.ledger import Outcome, Place
from ingest.reader import READER_VERSION
from ingest.rescan import ask_for_first_mails
from ingest.sealed import seal
from models.db.mail_tables import SealedMailRow
from models.db.orders import record_facts
from models.db.session import open_session
from models.fact import Fact
from models.home import Home
from models.notification import Ignored, Notification, Quarantined, Reading
from models.settings import ShopSettings
from models.stated import stated_fields

SEALED_FOR: Final = timedelta(days=30)  # [D], order-lifecycle section 2: retention of quarantined bytes

OrderKey = tuple[str, str]  # shop, order_no
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How many messages came to what, and which orders they told of."""

    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    orders: frozenset[OrderKey] = frozenset()
    new_orders: frozenset[OrderKey] = frozenset()

    def __add__(self, other: PollResult) -> PollResult:
        """Both together."""
        return PollResult(
            outcomes=Counter(self.outcomes) + Counter(other.outcomes),
            orders=self.orders | other.orders,
            new_orders=self.new_orders | other.new_orders,
        )

    @property
    def seen(self) -> int:
        """Messages that were not in the ledger before."""
        return sum(self.outcomes.values())

    @property
    def parsed(self) -> int:
        """Messages that told of orders."""
        return self.outcomes.get(Outcome.PARSED, 0)

    @property
    def ignored(self) -> int:
        """Messages that are none of our business."""
        return self.outcomes.get(Outcome.IGNORED, 0)

    @property
    def quarantined(self) -> int:
        """Messages that wait for a person."""
        return self.outcomes.get(Outcome.QUARANTINED, 0)

    @property
    def duplicates(self) -> int:
        """Messages whose bytes were seen before."""
        return self.outcomes.get(Outcome.DUPLICATE, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes findings of one mailbox."""

    engine: Engine
    home: Home
    shops: Mapping[str, ShopSettings]
    after_reading: Callable[[str], str | None] = lambda _: None  # what is to be done to a mail of an outcome

    def record(self, place: Place, findings: Sequence[Finding], now: datetime) -> PollResult:
        """Write what is not in the ledger yet, and commit. Raises DatabaseError; what was committed stays."""
        with open_session(self.engine) as session:
            result = self._try(session, place, findings, now)
            if isinstance(result, PollResult):
                return result
            return sum((self._alone(session, place, one, now) for one in findings), start=PollResult())

    def _alone(self, session: Session, place: Place, finding: Finding, now: datetime) -> PollResult:
        result = self._try(session, place, [finding], now)
        if isinstance(result, PollResult):
            return result
        bare = replace(finding, reading=failed(result), told=())
        return self._commit(session, place, [bare], now)

    def _try(
        self, session: Session, place: Place, findings: Sequence[Finding], now: datetime
    ) -> PollResult | Exception:
        """What `_commit` gives, or the fault of one of the findings, everything undone."""
        try:
            return self._commit(session, place, findings, now)
        except OperationalError:
            raise  # the database's own: disk full, locked
        except Exception as fault:  # noqa: BLE001  one poisoned mail never holds up others
            session.rollback()
            return fault

    def _commit(self, session: Session, place: Place, findings: Sequence[Finding], now: datetime) -> PollResult:
        fresh = _not_finished(session, place, findings)
        known = set(ledger.seen_hashes(session, place.mailbox, [one.raw_hash for one in fresh if one.raw_hash]))
        rows = []
        for finding in fresh:
            row = _row_for(place, finding, now, duplicate=finding.raw_hash in known)
            row["touch"] = self.after_reading(row["outcome"])
            rows.append((row, finding))
            if finding.raw_hash:
                known.add(finding.raw_hash)
        ledger.add_messages(session, [row for row, _ in rows])
        self._seal(session, place, [one for row, one in rows if row["outcome"] == Outcome.QUARANTINED], now)
        told = [finding for row, finding in rows if row["outcome"] == Outcome.PARSED]
        changes = record_told(session, told, self.shops, now)
        session.commit()
        return replace(changes, outcomes=Counter(Outcome(row["outcome"]) for row, _ in rows))

    def _seal(self, session: Session, place: Place, waiting: Sequence[Finding], now: datetime) -> None:
        """Keep the bytes of the mails that wait for a person, sealed."""
        raws = {one.message.uid: one.message.raw for one in waiting if one.message.raw is not None}
        numbers = ledger.numbers_of(session, place, list(raws)) if raws else {}
        for uid, raw in raws.items():
            sealed = seal(raw, self.home)
            session.add(SealedMailRow(message_id=numbers[uid], ciphertext=sealed, expires_at=now + SEALED_FOR))


def record_told(
    session: Session, findings: Iterable[Finding], shops: Mapping[str, ShopSettings], now: datetime
) -> PollResult:
    """Record the findings' facts, each order once; says which orders they told of. Does not commit."""
    told: dict[str, list[tuple[str, Fact]]] = {}
    earliest = now
    for finding in findings:
        if isinstance(finding.reading, Notification):
            told.setdefault(finding.reading.shop, []).extend(finding.told)
            earliest = min(earliest, finding.sent_at or now)
    changes = {shop: record_facts(session, shops[shop], facts, now) for shop, facts in told.items()}
    ask_for_first_mails(session, shops, changes, earliest, now)
    made = [(shop, change) for shop, changed in changes.items() for change in changed]
    return PollResult(
        orders=frozenset((shop, change.order_no) for shop, change in made),
        new_orders=frozenset((shop, change.order_no) for shop, change in made if change.created),
    )


def _not_finished(session: Session, place: Place, findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what another poller finished since we looked."""
    finished = ledger.finished_among(session, place, [one.message.uid for one in findings])
    return [one for one in findings if one.message.uid not in finished]


def _row_for(place: Place, finding: Finding, now: datetime, *, duplicate: bool) -> Row:
    return {
        **ledger.EMPTY_ROW,
        "mailbox": place.mailbox,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": finding.message.uid,
        "raw_hash": finding.raw_hash,
        "size": finding.message.size,
        "sent_at": finding.sent_at,
        "dkim": finding.dkim,
        "seen_at": now,
        "reader_version": READER_VERSION,
        **({"outcome": Outcome.DUPLICATE.value} if duplicate else outcome_columns(finding.reading)),
    }


def outcome_columns(reading: Reading) -> dict[str, Any]:
    """The ledger's columns that say what a reading came to."""
    match reading:
        case Notification():
            return {
                "outcome": Outcome.PARSED.value,
                "reason": None,
                "detail": "",
                "kind": reading.kind.value,
                "shop_id": reading.shop,
                "language": reading.language,
                "fields": stated_fields(reading),
                "order_nos": list(reading.order_nos),
            }
        case Ignored():
            return {"outcome": Outcome.IGNORED.value, "reason": reading.reason.value, "detail": ""}
        case Quarantined():
            return {
                "outcome": Outcome.QUARANTINED.value,
                "reason": reading.reason.value,
                "detail": reading.detail,
                "order_nos": [reading.order_no] if reading.order_no else [],
            }
