"""How loud an alert is, and who is told of what: the words of `levels` in [alerts].

Pure. A channel is a place in the settings' order, 0 is the first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from models.alert_plan import DIGEST


class AlertLevel(StrEnum):
    """The words that the settings use, the loudest first."""

    BREACH = "breach"  # a time limit ran out
    URGENT = "urgent"  # what else is critical
    WARNING = "warning"  # a time limit is close
    NOTICE = "notice"  # the rest
    DIGEST = "digest"  # the message with which a shop's day begins


Hears: TypeAlias = Mapping[int, Collection[AlertLevel]]  # by place; one that is not in it hears all
OF_CLOCKS: Final[Mapping[str, AlertLevel]] = {"breached": AlertLevel.BREACH, "warned": AlertLevel.WARNING}


def level_of(text_key: str, *, critical: bool) -> AlertLevel:
    """How loud an alert is."""
    if text_key == DIGEST:
        return AlertLevel.DIGEST
    return OF_CLOCKS.get(text_key) or (AlertLevel.URGENT if critical else AlertLevel.NOTICE)


def hearers(hears: Hears, places: Sequence[int], told: Collection[AlertLevel]) -> list[int]:
    """Who is told a message of these levels: those of the places that hear its loudest, none if nobody hears any.

    Where nobody hears its loudest, the next one counts: what is asked for is told, whatever stands beside it.
    """
    for level in AlertLevel:
        hearing = [place for place in places if level in hears.get(place, AlertLevel)]
        if level in told and hearing:
            return hearing
    return []


def unheard(hears: Hears, places: Sequence[int]) -> list[AlertLevel]:
    """Which levels nobody is told, the loudest first."""
    return [level for level in AlertLevel if not hearers(hears, places, {level})]
