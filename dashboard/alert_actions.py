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
from flows.office import UnknownShopError
from models.db.session import DatabaseError

LENGTHS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"hour": timedelta(hours=1), "shift": timedelta(hours=8), "day": timedelta(hours=24), "week": timedelta(days=7)}
)
REASONS: Final = ("known", "mending", "closed", "wrong")


def acknowledge(keys: Sequence[str], by: str = actions.ACTOR) -> actions.Told:
    """Note that somebody knows these alerts: they are told no more."""
    return _told(lambda: alarms.acknowledge(queries.office(), keys, by))


def silence(shop: str, rule: str, length: str, reason: str, by: str = actions.ACTOR) -> actions.Told:
    """Keep alerts of that shop and rule back; `length` and `reason` are codes of LENGTHS and REASONS."""
    wish = Wish(shop=shop, rule=rule, length=LENGTHS[length], reason=reason)
    return _told(lambda: alarms.silence(queries.office(), wish, by))


def unsilence(number: int, by: str = actions.ACTOR) -> actions.Told:
    """End a silence now."""
    return _told(lambda: alarms.unsilence(queries.office(), number, by))


def _told(act: Callable[[], alarms.Told]) -> actions.Told:
    """Carry it out; what refuses becomes a sentence, and the pages forget what they knew."""
    try:
        told = act()
        return actions.Told(done=told.done, words=plain(told.words), already=told.already)
    except (DatabaseError, UnknownShopError) as fault:
        return actions.Told(done=False, words=plain(str(fault)))
    finally:
        queries.forget()
