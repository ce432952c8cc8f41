"""Which to-dos go together: the same verb for many orders of one shop, as pressing as each other, is one batch.

Pure. A batch is done in one go, so only what people do in one go makes one; what needs a look at each order does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from models.todo import TodoKind

BATCHED: Final = frozenset({TodoKind.CONFIRM, TodoKind.PACK, TodoKind.HAND_OVER, TodoKind.DROP_OFF})
FEWEST: Final = 3  # two are seen faster one by one
MOST: Final = 200  # orders of one batch that are shown and done at once: a packer's list holds as many
BANDS: Final = (timedelta(0), timedelta(hours=6), timedelta(hours=24))
"""Left until the due time: late, within hours, within a day, later. What is in one band is as pressing."""
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What sorts a to-do and tells with which others it goes together; `key` is whatever names it."""

    key: tuple[str, str, str]
    shop_id: str
    order_no: str
    kind: str
    priority: int
    due_at: datetime | None


Group: TypeAlias = tuple[int, list[Waiting]]  # its band, and its to-dos, the worst first


def worst_first(one: Waiting) -> tuple[int, bool, datetime, str]:
    """Give what to sort by: priority, then due time (none last)."""
    return (one.priority, one.due_at is None, one.due_at or NEVER, one.order_no)


def band_of(due_at: datetime | None, now: datetime) -> int:
    """Tell how pressing that is, by its place in BANDS; what is due at no time is as pressing as what is due later."""
    if due_at is None:
        return len(BANDS)
    return next((place for place, limit in enumerate(BANDS) if due_at < now + limit), len(BANDS))


def grouped(waiting: Iterable[Waiting], now: datetime) -> list[Group]:
    """Put together what goes together, each group where its worst would stand; fewer than FEWEST stay alone."""
    found: dict[tuple[str, str, int, int], list[Waiting]] = {}
    for one in sorted(waiting, key=worst_first):
        found.setdefault((one.shop_id, one.kind, one.priority, band_of(one.due_at, now)), []).append(one)
    groups: list[Group] = []
    for (_, kind, _, band), same in found.items():
        together = kind in BATCHED and len(same) >= FEWEST
        groups += [(band, same)] if together else [(band, [one]) for one in same]
    return sorted(groups, key=lambda group: worst_first(group[1][0]))
