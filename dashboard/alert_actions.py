"""What a page does with alerts: acknowledging, silencing, ending a silence. Each outcome is a sentence for people.

Alerts are named by their keys, as they were drawn; a reason is a code, so that nothing that was typed is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from dashboard import actions, queries
from dashboard.words import plain
from flows import alarms
from flows.alarms import Wish
from models.person import Person, Right

LENGTHS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"hour": timedelta(hours=1), "shift": timedelta(hours=8), "day": timedelta(hours=24), "week": timedelta(days=7)}
)
REASONS: Final = ("known", "mending", "closed", "wrong")


def acknowledge(keys: Sequence[str]) -> actions.Told:
    """Note that the person of this page knows these alerts: they are told no more."""
    return _told(lambda me: alarms.acknowledge(queries.office(), keys, me.name), Right.ACKNOWLEDGE)


def silence(shop: str, rule: str, length: str, reason: str) -> actions.Told:
    """Keep alerts of that shop and rule back; `length` and `reason` are codes of LENGTHS and REASONS."""
    wish = Wish(shop=shop, rule=rule, length=LENGTHS[length], reason=reason)
    return _told(lambda me: alarms.silence(queries.office(), wish, me.name), Right.SILENCE)


def unsilence(number: int) -> actions.Told:
    """End a silence now."""
    return _told(lambda me: alarms.unsilence(queries.office(), number, me.name), Right.SILENCE)


def _told(act: Callable[[Person], alarms.Told], right: Right) -> actions.Told:
    def do(me: Person) -> actions.Told:
        told = act(me)
        return actions.Told(done=told.done, words=plain(told.words), already=told.already)

    return actions.guarded("", do, right)
