"""When an order reached a point of its way, and how surely that is known.

Pure values (order-lifecycle, section 5, point 6). Times are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.fact import Authority, FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One kind of fact as the strongest authority tells it.

    `at` is None when the milestone is only implied by later proof: it happened, at `known_by` at the
    latest. `known_at` is when we first heard of it by any report; `at_latest` says that `at` is the last
    moment at which it can have been.
    """

    kind: FactKind
    at: datetime | None
    known_by: datetime
    known_at: datetime
    authority: Authority
    at_latest: bool = False

    @property
    def implied(self) -> bool:
        """Whether only later proof tells of it."""
        return self.at is None
