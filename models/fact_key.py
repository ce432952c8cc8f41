"""The short name of a fact that a person can read off a page and type.

Pure. A fact's own key may be long and full of signs; its short key is the beginning of a hash of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from models.fact import Fact

SHOWN: Final = 6  # signs: one order has some tens of facts
LEAST: Final = 3  # signs that must be typed


def short_key(source_key: str) -> str:
    """The short key, six signs of 0-9 and a-f."""
    return _hash(source_key)[:SHOWN]


def facts_named(facts: Iterable[Fact], given: str) -> tuple[Fact, ...]:
    """The facts that `given` may mean: the one of that key, else all whose short or own key begins so."""
    known, typed = {fact.source_key: fact for fact in facts}, given.strip()
    if typed in known:
        return (known[typed],)
    if len(typed) < LEAST:
        return ()
    short = tuple(fact for key, fact in known.items() if _hash(key).startswith(typed.lower()))
    return short or tuple(fact for key, fact in known.items() if key.startswith(typed))


def _hash(source_key: str) -> str:
    return sha256(source_key.encode()).hexdigest()
