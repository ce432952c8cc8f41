"""With which figures an order goes on when its shop's settings have changed.

Pure (order-lifecycle, section 7): a clock that is over stays as it was, whatever figures come; one that is open is
moved only when a person asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from models.deadline import Deadline, DeadlineState, RuleId
from models.fact import Fact
from models.order import Order, fold
from models.policy import Policy
from models.terms import Terms

TICKING = frozenset({DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMove:
    """When a clock was over and when it is now (UTC); None where it was or is not there. `start_at` is its start."""

    rule: RuleId
    about: str
    start_at: datetime
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order under other figures: which they are, and the clocks that move by them."""

    policy: Policy
    order: Order
    clocks: tuple[ClockMove, ...]


def move(facts: Iterable[Fact], terms: Terms, policy: Policy, now: datetime) -> Moved | None:
    """The order of these facts under `policy`, with its own figures for clocks that are over.

    None when even so one of those would change: it counts in days of a calendar that is another now, say. Then the
    order keeps all of its figures to its end.
    """
    known = list(facts)
    before = fold(known, terms, now)
    over = {clock.rule for clock in before.deadlines if clock.state not in TICKING}
    kept = {rule: clock for rule, clock in terms.policy.clocks.items() if rule in over}
    mixed = replace(policy, clocks=MappingProxyType({**policy.clocks, **kept}))
    after = fold(known, replace(terms, policy=mixed), now)
    old, new = _by_key(before), _by_key(after)
    if any(new.get(key) != clock for key, clock in old.items() if clock.state not in TICKING):
        return None
    moves = [_move(old.get(key), new.get(key)) for key in sorted({*old, *new})]
    return Moved(policy=mixed, order=after, clocks=tuple(move for move in moves if move))


def _move(old: Deadline | None, new: Deadline | None) -> ClockMove | None:
    clock, (before, after) = new or old, (one.due_at if one else None for one in (old, new))
    if clock is None or before == after:
        return None
    return ClockMove(rule=clock.rule, about=clock.about, start_at=clock.start_at, before=before, after=after)


def _by_key(order: Order) -> Mapping[tuple[str, str], Deadline]:
    return {(clock.rule.value, clock.about): clock for clock in order.deadlines}
