"""How a shop hears of what happened: late, lost, twice, in disorder, from several sides, and taken back.

A story is one order with all its news, the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models.fact import Authority, Fact
from models.fact import FactKind as K
from tests.models.naive.life import STARTS, Event, Life, a_shop
from tests.models.naive.order import Shop

DAY = 24 * 60


@dataclass(frozen=True)
class Story:
    """One order of one shop and what reached it, by arrival."""

    seed: int
    shop: Shop
    facts: tuple[Fact, ...]


def a_story(seed: int) -> Story:
    """The story of this seed."""
    chance = Random(seed)
    start = chance.choice(STARTS)
    shop = a_shop(chance, start)
    events = Life(chance, shop, start).events()
    news = [fact for number, event in enumerate(events) for fact in told_of(chance, number, event)]
    news += taken_back(chance, news)
    news += chance.sample(news, min(len(news), chance.randrange(3)))  # the same mail read twice
    chance.shuffle(news)
    return Story(seed, shop, tuple(sorted(news, key=lambda fact: fact.observed_at)))


def told_of(chance: Random, number: int, event: Event) -> Iterator[Fact]:
    """All reports of one event: none, one or several."""
    if event.by_us:
        yield report(event, event.at, event.at, Authority.HUMAN, f"{number}:us")
        return
    if chance.random() > 0.08:
        yield report(event, event.at, event.at + late(chance), Authority.PLATFORM, f"{number}:mail")
    if chance.random() < 0.1:  # another mail of the same
        at = event.at + timedelta(minutes=chance.randrange(-30, 90))
        yield report(event, at, at + late(chance), Authority.PLATFORM, f"{number}:again")
    if chance.random() < 0.12:  # a person's word, not always right
        at = event.at + timedelta(minutes=chance.randrange(-600, 600))
        yield report(event, at, at + late(chance), Authority.HUMAN, f"{number}:person")
    if event.kind in CARRIED and chance.random() < 0.15:
        at = event.at + timedelta(minutes=chance.randrange(-60, 60))
        yield report(event, at, at + late(chance), Authority.CARRIER, f"{number}:carrier")
    if chance.random() < 0.02:  # an absurd time
        seen = event.at + late(chance)
        at = seen + timedelta(minutes=chance.choice([5, 9, 600, -40 * DAY]))
        yield report(event, at, seen, Authority.PLATFORM, f"{number}:absurd")


def late(chance: Random) -> timedelta:
    """How long a mail takes: mostly minutes, sometimes hours, up to six days."""
    hour, day, week = (chance.randrange(most) for most in (60, DAY, 6 * DAY))
    return timedelta(minutes=chance.choice([0, 1, 5, hour, day, week]))


def report(event: Event, at: datetime, seen: datetime, authority: Authority, key: str) -> Fact:
    """One fact; who saw it in the moment saw whole minutes."""
    payload: dict[str, Any] = dict(event.payload)
    whole = seen if seen.second == 0 else seen.replace(second=0) + timedelta(minutes=1)
    return Fact(
        kind=event.kind,
        occurred_at=at,
        observed_at=whole,
        authority=authority,
        source_key=f"{event.kind}:{key}",
        payload=payload,
    )


def taken_back(chance: Random, news: list[Fact]) -> list[Fact]:
    """Now and then a person says that a report was wrong."""
    if not news or chance.random() > 0.08:
        return []
    wrong = chance.choice(news)
    at = wrong.observed_at + timedelta(minutes=chance.randrange(10, 3 * DAY))
    return [report(Event(K.RETRACTION, at, {"fact_id": wrong.source_key}), at, at, Authority.HUMAN, wrong.source_key)]


CARRIED = frozenset({K.PICKED_UP, K.DROPPED_OFF, K.IN_TRANSIT, K.DELIVERY_ATTEMPT_FAILED, K.DELIVERED, K.LOST_DECLARED})
