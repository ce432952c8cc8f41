"""Comparing what Seller Center says with what we say, order by order.

Pure. Both sides are put into groups first, those a seller knows from Seller Center's tabs: our stages are finer in one
place, theirs in another. Only live orders can be missing: what is over may be history that was never ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.stage import Stage


class Group(StrEnum):
    """Where an order is, as both sides can tell it; in the order in which it gets there."""

    UNPAID = "unpaid"
    TO_SHIP = "to_ship"
    AWAITING_COLLECTION = "awaiting_collection"
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


OURS: Final[Mapping[Stage, Group]] = MappingProxyType(
    {
        Stage.UNPAID: Group.UNPAID,
        Stage.NEW: Group.TO_SHIP,
        Stage.CONFIRMED: Group.TO_SHIP,
        Stage.PACKED: Group.TO_SHIP,
        Stage.AWAITING_HANDOVER: Group.AWAITING_COLLECTION,
        Stage.PICKED_UP: Group.ON_THE_WAY,
        Stage.IN_TRANSIT: Group.ON_THE_WAY,
        Stage.LOST: Group.ON_THE_WAY,  # the platform goes on saying "in transit" of it
        Stage.DAMAGED: Group.ON_THE_WAY,
        Stage.DELIVERED: Group.DELIVERED,
        Stage.COMPLETED: Group.DELIVERED,
        Stage.CANCELLED: Group.CANCELLED,
    }
)
_PLACES: Final = tuple(Group)
LIVE: Final = frozenset({Group.UNPAID, Group.TO_SHIP, Group.AWAITING_COLLECTION, Group.ON_THE_WAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one side says an order is, and when it was placed (UTC)."""

    group: Group
    placed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An order of which both know, in different groups."""

    order_no: str
    said: Group
    ours: Group

    @property
    def ahead(self) -> bool:
        """Whether Seller Center has it further on than we."""
        return _PLACES.index(self.said) > _PLACES.index(self.ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many orders each side has in a group, and which of theirs we don't know, which of ours they lack."""

    group: Group
    said: int
    ours: int
    missing_here: tuple[str, ...] = ()
    missing_there: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What the comparison came to. `compared` counts the orders that were looked at."""

    compared: int
    counts: tuple[Count, ...]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same of every order."""
        return not self.differences and not any(one.missing_here or one.missing_there for one in self.counts)

    @property
    def has_news(self) -> bool:
        """Whether Seller Center knows of orders, or of steps of them, that we don't: then importing helps."""
        return any(one.missing_here for one in self.counts) or any(one.ahead for one in self.differences)

    @property
    def lacks(self) -> bool:
        """Whether orders of ours are not there."""
        return any(one.missing_there for one in self.counts)

    @property
    def behind(self) -> bool:
        """Whether we have an order further on than Seller Center."""
        return any(not one.ahead for one in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What an export could hold: the time that its orders span, and the groups it has orders of."""

    first: datetime | None
    last: datetime | None
    groups: frozenset[Group]

    @classmethod
    def of(cls, said: Collection[Standing]) -> _Scope:
        placed = [one.placed_at for one in said if one.placed_at is not None]
        groups = frozenset(one.group for one in said)
        return cls(first=min(placed, default=None), last=max(placed, default=None), groups=groups)

    def holds(self, one: Standing) -> bool:
        if self.first is None or self.last is None or one.placed_at is None:
            return False
        return one.group in LIVE & self.groups and self.first <= one.placed_at <= self.last


def reconcile(said: Mapping[str, Standing], ours: Mapping[str, Standing]) -> Reconciliation:
    """Compare Seller Center's orders with ours, by order number.

    An order of ours is missing there only where the export could hold it: placed within the time that its orders span,
    in a group that it has orders of. An export of "to ship" alone says nothing of what is on the way.
    """
    known = {number: one for number, one in said.items() if number in ours}
    missing_here = {number: one for number, one in said.items() if number not in ours and one.group in LIVE}
    scope = _Scope.of(said.values())
    missing_there = {number: one for number, one in ours.items() if number not in said and scope.holds(one)}
    counts = (
        Count(
            group=group,
            said=_in(group, known.values()) + _in(group, missing_here.values()),
            ours=_in(group, (ours[number] for number in known)) + _in(group, missing_there.values()),
            missing_here=_numbers(group, missing_here),
            missing_there=_numbers(group, missing_there),
        )
        for group in Group
    )
    differences = (
        Difference(order_no=number, said=one.group, ours=ours[number].group)
        for number, one in sorted(known.items())
        if one.group is not ours[number].group
    )
    return Reconciliation(
        compared=len(known) + len(missing_here) + len(missing_there),
        counts=tuple(count for count in counts if count.said or count.ours),
        differences=tuple(differences),
    )


def likely_shop(elsewhere: Mapping[str, int], orders: int) -> str | None:
    """The other shop that has more than half of so many orders; None when none has. A number is given once."""
    most = max(elsewhere, key=lambda shop: elsewhere[shop], default=None)
    return most if most is not None and 2 * elsewhere[most] > orders else None


def _in(group: Group, standings: Iterable[Standing]) -> int:
    return sum(one.group is group for one in standings)


def _numbers(group: Group, standings: Mapping[str, Standing]) -> tuple[str, ...]:
    return tuple(sorted(number for number, one in standings.items() if one.group is group))
