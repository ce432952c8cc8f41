"""When the danger that one message told of many orders is over, and what is said of that.

Pure. An all-clear is for those messages alone: of single orders a busy shop packs hundreds a day, each of them warned
of, and an all-clear for each would be what nobody reads; the next morning's digest counts them. Of a shop and rule
there is one all-clear, once none of the orders that were told together is in danger any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from models.alert_plan import Group
from models.deadline import DeadlineState


class Fate(StrEnum):
    """What became of an order that was close to its time."""

    CLOSE = "close"  # it still is
    SAFE = "safe"  # done, cancelled, or given more time
    MISSED = "missed"  # which is told by an alert of its own
    UNDECIDED = "undecided"  # on hold, not known, or gone


FATES: Final = {
    DeadlineState.WARNED: Fate.CLOSE,
    DeadlineState.RUNNING: Fate.SAFE,
    DeadlineState.MET: Fate.SAFE,
    DeadlineState.VOID: Fate.SAFE,
    DeadlineState.BREACHED: Fate.MISSED,
    DeadlineState.MET_LATE: Fate.MISSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An order's clock that was told among many, `state` as it is now (None: there is none), and by which channel."""

    key: str
    group: Group
    told_at: datetime
    channel: int
    state: str | None

    @property
    def fate(self) -> Fate:
        """What became of it."""
        known = DeadlineState(self.state) if self.state else None
        return FATES.get(known, Fate.UNDECIDED) if known else Fate.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A danger that is over: since when it was told, by which channel last, and what became of how many."""

    group: Group
    keys: tuple[str, ...]
    since: datetime
    channel: int
    safe: int
    missed: int


def dangers_over(named: Iterable[Named]) -> list[Over]:
    """Give the shops and rules of which no order that was told among many is close to its time any more."""
    return [over for alike in _by_group(named) if (over := _over(alike)) is not None]


def _by_group(named: Iterable[Named]) -> Iterator[Sequence[Named]]:
    ordered = sorted(named, key=lambda one: (one.group, one.told_at, one.key))
    yield from (tuple(alike) for _, alike in groupby(ordered, key=lambda one: one.group))


def _over(alike: Sequence[Named]) -> Over | None:
    fates = Counter(one.fate for one in alike)
    if fates[Fate.CLOSE]:
        return None
    return Over(
        group=alike[0].group,
        keys=tuple(one.key for one in alike),
        since=alike[0].told_at,
        channel=alike[-1].channel,
        safe=fates[Fate.SAFE],
        missed=fates[Fate.MISSED],
    )
