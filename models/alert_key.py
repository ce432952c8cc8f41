"""The short name of an alert that a person can read off a list and type.

Pure. An alert's own key is long and full of signs; its short key is the beginning of a hash of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

SHOWN: Final = 8  # signs: of thousands of alerts hardly two are alike
LEAST: Final = 4  # signs that must be typed


def short_alert_key(key: str) -> str:
    """The short key, eight signs of 0-9 and a-f."""
    return _hash(key)[:SHOWN]


def keys_named(keys: Iterable[str], given: str) -> list[str]:
    """The keys that `given` may mean: that key itself, else those whose short key begins so."""
    known, typed = list(keys), given.strip()
    if typed in known:
        return [typed]
    if len(typed) < LEAST:
        return []
    return [key for key in known if _hash(key).startswith(typed.lower())]


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
