"""Who is at which order just now, by the lists that people put together at the packing table.

Pure. A list holds order numbers and nothing else. Whoever changed theirs a short while ago is "on" its orders, and
others are told so; nobody is kept from anything by it, and it ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ON_IT_FOR: Final = timedelta(minutes=15)  # after the last scan: longer than a large parcel takes
GO_ON_FOR: Final = timedelta(hours=12)  # so long, a shift, one is asked whether to go on with a list
KEPT_FOR: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingList:
    """The order numbers that somebody put together, in their sequence. `token` names the list in the page's address.

    `holds` tells whether the person may pack: of somebody who only looks nobody is told that they are on it.
    """

    token: str
    person: str
    holds: bool
    numbers: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OnIt:
    """Somebody is on an order; `at` is when they last did something with their list (UTC)."""

    person: str
    at: datetime


def on_it(lists: Iterable[PackingList], mine: str, now: datetime) -> Mapping[str, OnIt]:
    """Give who is on which number, the latest of several; the list with the token `mine` is one's own."""
    fresh = [one for one in lists if one.holds and one.token != mine and now - one.changed_at < ON_IT_FOR]
    return {
        number: OnIt(person=one.person, at=one.changed_at)
        for one in sorted(fresh, key=lambda one: one.changed_at)
        for number in one.numbers
    }


def to_go_on_with(lists: Iterable[PackingList], person: str, mine: str, now: datetime) -> PackingList | None:
    """Give the list that this person left last, if that was in this shift; None for none."""
    left = [one for one in lists if one.person == person and one.token != mine and now - one.changed_at < GO_ON_FOR]
    return max(left, key=lambda one: one.changed_at, default=None)
