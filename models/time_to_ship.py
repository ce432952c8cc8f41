"""How long orders took until they were set to shipped, beside the time they had.

Pure. Spans run from the start of the order's clock to the moment it was set to shipped or, where nobody told that,
to the first later proof. Hours are wall time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

HOUR: Final = timedelta(hours=1)
WIDTHS: Final = (1, 2, 3, 6, 12, 24, 48)  # hours of one bar
MOST_BARS: Final = 24
TAIL: Final = 2  # limits: what took longer than so many stands in one last bar


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipTime:
    """One order: when its clock started, when it was due, and when it was set to shipped (UTC)."""

    order_no: str
    start_at: datetime
    due_at: datetime
    shipped_at: datetime

    @property
    def taken(self) -> timedelta:
        """How long it took; nothing for one that was shipped before its clock started."""
        return max(self.shipped_at - self.start_at, timedelta(0))

    @property
    def limit(self) -> timedelta:
        """How long it might have taken."""
        return self.due_at - self.start_at

    @property
    def late(self) -> bool:
        """Whether that was too long."""
        return self.shipped_at > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many orders took from `since` (included) to `until` hours, in time and too late by their own limits.

    The last bar may be `open`: all that took longer stand in it, too.
    """

    since: int
    until: int
    in_time: int
    late: int
    open: bool = False


def middle(spans: Sequence[timedelta]) -> timedelta | None:
    """The span that half of them do not exceed; None when there are none."""
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def usual_limit(orders: Sequence[ShipTime]) -> timedelta | None:
    """The limit that most of the orders had, in whole hours, of two as frequent the shorter; None without orders."""
    hours = Counter(max(1, round(order.limit / HOUR)) for order in orders)
    return min(hours, key=lambda length: (-hours[length], length)) * HOUR if hours else None


def bars(orders: Sequence[ShipTime]) -> list[Bar]:
    """The distribution in bars of equal width, from 0 to the last bar that holds an order."""
    limit = usual_limit(orders)
    if limit is None:
        return []
    longest = max(order.taken for order in orders)
    end = min(longest, TAIL * limit) / HOUR
    width = next((width for width in WIDTHS if end / width < MOST_BARS), WIDTHS[-1])
    last = min(int(end // width), MOST_BARS - 1)
    found: dict[int, list[ShipTime]] = {place: [] for place in range(last + 1)}
    for order in orders:
        found[min(int(order.taken / HOUR // width), last)].append(order)
    return [
        Bar(
            since=place * width,
            until=(place + 1) * width,
            in_time=sum(not order.late for order in held),
            late=sum(order.late for order in held),
            open=place == last and longest / HOUR >= (last + 1) * width,
        )
        for place, held in found.items()
    ]
