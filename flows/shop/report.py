"""Making facts of what the Open API tells: their keys, their times, their source.

Pure. A key is made of what is told, so that the same state seen twice, by poll or by webhook, is the same fact and a
changed value is another one. `~` stands for a value that is not told and sorts last: of two reports of one moment the
fuller speaks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from models.fact import API, Authority, Fact, FactKind, Json

UNTOLD: Final = "~"
UNTIMED: Final = "untimed"  # stands in a key for a time that is not told, or is no part of what is told
ABOUT: Final = ("rule", "request_no", "return_no")  # what a stated due time is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Makes the facts of one order, as seen at `now` (aware, UTC)."""

    order_no: str
    now: datetime

    def fact(self, kind: FactKind, at: datetime, *marks: str, **payload: Json) -> Fact:
        """Give a fact of which the API tells when it happened; `marks` tell it apart beside its values."""
        return self._fact(kind, at, at.isoformat(), marks, payload)

    def untimed(self, kind: FactKind, by: datetime, **payload: Json) -> Fact:
        """Give a fact that had happened `by` then, nobody knows when: told once, however often it is seen."""
        return replace(self._fact(kind, by, UNTIMED, (), payload), estimated=True)

    def due(self, rule: str, due_at: datetime, said_at: datetime, **payload: Json) -> Fact:
        """Give what is stated of a rule's due time: one fact for each value, from when it was first said."""
        stated: dict[str, Json] = {"rule": rule, "due_at": due_at.isoformat(), **payload}
        return self._fact(FactKind.DUE_STATED, said_at, UNTIMED, (), stated)

    def _fact(self, kind: FactKind, at: datetime, when: str, marks: Iterable[str], payload: dict[str, Json]) -> Fact:
        values = (_short(value) for value in payload.values())
        told = {name: value for name, value in payload.items() if value is not None}
        return Fact(
            kind=kind,
            occurred_at=at,
            observed_at=self.now,
            authority=Authority.PLATFORM,
            source_key=":".join((API, self.order_no, kind, when, *marks, *values)),
            payload={"order_no": self.order_no, **told},
            source=API,
        )


def _short(value: Json) -> str:
    if isinstance(value, list | dict):
        return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=8).hexdigest()
    return UNTOLD if value in (None, "") else str(value)


def news_among(told: Iterable[Fact], stored: Collection[Fact]) -> list[Fact]:
    """Give what is not stored yet, and the due times that were stated before, then others, and now again."""
    known = {fact.source_key for fact in stored}
    fresh = {fact.source_key: fact for fact in told if fact.source_key not in known}
    again = [one for fact in told if fact.source_key in known for one in _said_again(fact, stored)]
    return [*fresh.values(), *(fact for fact in again if fact.source_key not in known)]


def _said_again(fact: Fact, stored: Iterable[Fact]) -> Iterator[Fact]:
    """The same statement as a fact of its own, where another one has been made since."""
    if fact.kind is not FactKind.DUE_STATED:
        return
    others = [one for one in stored if one.kind is fact.kind and one.source == API and _about(one) == _about(fact)]
    last = max(others, key=lambda one: (one.occurred_at, one.source_key))
    if last.payload["due_at"] != fact.payload["due_at"] and last.occurred_at < fact.occurred_at:
        yield replace(fact, source_key=f"{fact.source_key}:{fact.occurred_at.isoformat()}")


def _about(fact: Fact) -> tuple[str | None, ...]:
    return tuple(fact.text(key) for key in ABOUT)
