"""How many orders may still be set to shipped late this week before the shop's late share reaches the limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

from models.due_days import Tally

# TikTok Shop asks for less than 4 % in most markets, counted over seven days (tiktok-shop-api.md, section 12).
LIMIT: Final = Fraction(4, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateShare:
    """What a shop's clocks of one rule come to that are due within one week: all of them, and the late ones."""

    due: int
    late: int

    @property
    def left(self) -> int:
        """How many more may be late while the share stays below the limit."""
        return max(0, ceil(LIMIT * self.due) - 1 - self.late)

    @property
    def reached(self) -> bool:
        """Whether the share is at the limit or above."""
        return self.late > 0 and Fraction(self.late, self.due) >= LIMIT


def share_of(tallies: Iterable[Tally]) -> LateShare:
    """Put together what became of the clocks of some days; those still open are due, too."""
    told = list(tallies)
    late = sum(one.by_shop + one.by_carrier for one in told)
    return LateShare(due=late + sum(one.met + one.open for one in told), late=late)
