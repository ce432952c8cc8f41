"""What was told about an order by some minute, read plainly: retracted, absurd and doubled reports set right.

Written from order-lifecycle, section 4, by hand a second time; of the product it takes the words alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from models.fact import Authority, Fact, FactKind

STRENGTH: Final = {Authority.PLATFORM: 3, Authority.CARRIER: 2, Authority.HUMAN: 1, Authority.TIMER: 0}
RANK: Final = {
    FactKind.ORDER_PLACED: 0,
    FactKind.ORDER_PAID: 10,
    FactKind.STOCK_CONFIRMED: 20,
    FactKind.PACKED: 30,
    FactKind.MARKED_SHIPPED: 40,
    FactKind.PICKED_UP: 50,
    FactKind.IN_TRANSIT: 60,
    FactKind.DELIVERY_ATTEMPT_FAILED: 60,
    FactKind.LOST_DECLARED: 70,
    FactKind.DAMAGED_DECLARED: 70,
    FactKind.DELIVERED: 80,
}


class Told(NamedTuple):
    """One report that counts; `at` is its time after absurd ones were replaced by when we saw them."""

    kind: FactKind
    at: datetime
    strength: int
    key: str
    payload: dict[str, Any]
    seen: datetime

    @property
    def rank(self) -> int:
        """The rank that it proves; -1 for none. A person's "dropped off" proves nothing (section 4)."""
        if self.kind is FactKind.DROPPED_OFF:
            return 50 if self.strength >= STRENGTH[Authority.CARRIER] else -1
        return RANK.get(self.kind, -1)


def speaks(reports: Iterable[Told]) -> Told | None:
    """Of several reports of one thing: the highest authority, then the earliest time, then the smallest key."""
    best = None
    for told in reports:
        if best is None or (-told.strength, told.at, told.key) < (-best.strength, best.at, best.key):
            best = told
    return best


def read(facts: Iterable[Fact]) -> list[Told]:
    """The reports that count, each once: not retracted, with absurd times replaced."""
    once = {fact.source_key: fact for fact in facts}
    retracted = {fact.payload.get("fact_id") for fact in once.values() if fact.kind is FactKind.RETRACTION}
    found = [_told(fact, _not_from_the_future(fact)) for key, fact in once.items() if key not in retracted]
    placed = speaks([told for told in found if told.kind is FactKind.ORDER_PLACED])
    if placed is None:
        return found
    return [told._replace(at=told.seen) if told.at < placed.at - timedelta(hours=24) else told for told in found]


def _not_from_the_future(fact: Fact) -> datetime:
    if fact.occurred_at > fact.observed_at + timedelta(minutes=10):
        return fact.observed_at
    return fact.occurred_at


def _told(fact: Fact, at: datetime) -> Told:
    return Told(fact.kind, at, STRENGTH[fact.authority], fact.source_key, dict(fact.payload), fact.observed_at)
