"""What a command would change, before it is carried out: two folds side by side.

Pure. Whatever a person is shown of an order is compared, thing by thing; what stays as it is is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from models.explain import FLAGS, told
from models.fact import Fact
from models.order import Order, fold
from models.terms import Terms


class Aspect(StrEnum):
    """What is compared, in the order in which it is shown."""

    STAGE = "stage"
    FLAG = "flag"
    HOLD = "hold"
    CONFLICT = "conflict"
    CASE = "case"
    CLOCK = "clock"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one thing stands: a code, and when it is due (UTC) where it is."""

    code: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that would change. `about` names it; None for a side on which it does not exist."""

    aspect: Aspect
    about: str
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that a command would change; empty when nothing would."""

    differences: tuple[Difference, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """The rows for machines; times are RFC 3339 in UTC."""
        return [
            {"what": row.aspect.value, "about": row.about, "before": _json(row.before), "after": _json(row.after)}
            for row in self.differences
        ]


Look: TypeAlias = Callable[[Order], Mapping[str, Standing]]

ON: Final = Standing("on")
PRESUMED: Final = "presumed"
TO_DO: Final = "to_do"


def _stage(order: Order) -> dict[str, Standing]:
    return {"": Standing(order.stage.value), **({PRESUMED: ON} if order.presumed else {})}


def _clocks(order: Order) -> dict[str, Standing]:
    return {
        f"{clock.rule}/{clock.about}" if clock.about else clock.rule.value: Standing(clock.state.value, clock.due_at)
        for clock in order.deadlines
    }


def _cases(order: Order) -> dict[str, Standing]:
    return {case.case_id: Standing(case.next_step or "open" if case.open else "closed") for case in order.cases}


LOOKS: Final[Mapping[Aspect, Look]] = {
    Aspect.STAGE: _stage,
    Aspect.FLAG: lambda order: {flag: ON for flag in FLAGS if getattr(order, flag)},
    Aspect.HOLD: lambda order: {hold.value: ON for hold in sorted(order.holds)},
    Aspect.CONFLICT: lambda order: {
        conflict.id: Standing("settled" if conflict.settled else "open") for conflict in order.conflicts
    },
    Aspect.CASE: _cases,
    Aspect.CLOCK: _clocks,
    Aspect.TODO: lambda order: {f"{todo.kind}/{todo.about}": Standing(TO_DO, todo.due_at) for todo in order.todos},
}


def preview(facts: Sequence[Fact], new: Sequence[Fact], terms: Terms, now: datetime) -> Preview:
    """What `new` facts would change about an order of these facts at `now`."""
    return compare(fold(facts, terms, now), fold([*facts, *new], terms, now))


def compare(before: Order, after: Order) -> Preview:
    """What differs between two folds of one order, in the order of Aspect, then as the orders list it."""
    rows: list[Difference] = []
    for aspect, look in LOOKS.items():
        old, new = look(before), look(after)
        rows += [
            Difference(aspect=aspect, about=about, before=old.get(about), after=new.get(about))
            for about in dict.fromkeys((*old, *new))
            if old.get(about) != new.get(about)
        ]
    return Preview(differences=tuple(rows))


def _json(standing: Standing | None) -> dict[str, str | None] | None:
    return None if standing is None else {"state": standing.code, "due_at": told(standing.due_at)}
