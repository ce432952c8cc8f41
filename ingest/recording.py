"""Writing down what a batch of messages came to: ledger rows, facts and sealed bytes in one transaction.

When all goes well a batch is one transaction; when one message is refused each gets its own, and the one
at fault becomes a quarantined row. Only a fault of the database itself stops the poll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from ingest import ledger
from ingest.finding import Finding, failed
from ingest.ledger import Outcome, Place
from ingest.sealed import seal
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import MessageRow, SealedMailRow
from models.fact import Fact
from models.home import Home
from models.notification import Ignored, Notification, Quarantined
from models.settings import ShopSettings

SEALED_FOR: Final = timedelta(days=30)  # [D], order-lifecycle section 2: retention of quarantined bytes
READER_VERSION: Final = "1"  # which reader gave an outcome; raised when a newer one may read what this could not

OrderKey = tuple[str, str]  # shop, order_no


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How many messages came to what, and which orders they told of, as (shop, order_no)."""

    seen: int = 0
    parsed: int = 0
    ignored: int = 0
    quarantined: int = 0
    duplicates: int = 0
    orders: frozenset[OrderKey] = frozenset()
    new_orders: frozenset[OrderKey] = frozenset()

    def __add__(self, other: PollResult) -> PollResult:
        """Both together."""
        mine, theirs = (self, other)
        return PollResult(
            seen=mine.seen + theirs.seen,
            parsed=mine.parsed + theirs.parsed,
            ignored=mine.ignored + theirs.ignored,
            quarantined=mine.quarantined + theirs.quarantined,
            duplicates=mine.duplicates + theirs.duplicates,
            orders=mine.orders | theirs.orders,
            new_orders=mine.new_orders | theirs.new_orders,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes findings of one mailbox."""

    engine: Engine
    home: Home
    shops: Mapping[str, ShopSettings]

    def record(self, place: Place, findings: Sequence[Finding], now: datetime) -> PollResult:
        """Write the findings and commit. Raises DatabaseError, and then what was not committed is as it was."""
        with open_session(self.engine) as session:
            result = self._committed(session, place, findings, now)
            if not isinstance(result, Exception):
                return result
            return sum((self._alone(session, place, one, now) for one in findings), start=PollResult())

    def _alone(self, session: Session, place: Place, finding: Finding, now: datetime) -> PollResult:
        result = self._committed(session, place, [finding], now)
        if not isinstance(result, Exception):
            return result
        bare = Finding(message=finding.message, reading=failed(result), raw_hash=finding.raw_hash)
        written = self._write(session, place, [bare], now)
        session.commit()
        return written
