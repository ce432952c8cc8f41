"""An order: the one function from its facts to everything we say about it.

Pure: facts, a shop's terms and the present moment in, one value out; whatever is cached elsewhere can
be rebuilt from here. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.agenda import steps_due, todos_of
from models.case import Case
from models.conflict import Conflict
from models.deadline import Deadline, RuleId
from models.fact import Authority, Fact, FactKind, Json
from models.history import read_history
from models.hold import Hold
from models.milestone import Milestone
from models.parcel import Parcel
from models.stage import RANK, TERMINAL, HandoverMode, ShippingMode, Stage, Step
from models.terms import Terms
from models.todo import Todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What we know of one order at one moment; a function of its facts, the shop's terms and now.

    `placed_at`, `promised_at` are None while unknown. `late_since` is the promised time once it passed
    without delivery. `review` says that a person must tell us a time. `next_check_at` is the next moment
    at which time alone changes anything here; None when nothing will.
    """

    stage: Stage
    stage_authority: Authority
    presumed: bool
    milestones: Mapping[FactKind, Milestone]
    handover_mode: HandoverMode
    shipping_mode: ShippingMode
    failed_attempts: int
    promised_at: datetime | None
    placed_at: datetime | None
    holds: frozenset[Hold]
    late_since: datetime | None
    incomplete: bool
    clock_estimated: bool
    dropped_off: bool
    review: bool
    cancel_reason: str | None
    cancel_actor: str | None
    parcels: tuple[Parcel, ...]
    cases: tuple[Case, ...]
    conflicts: tuple[Conflict, ...]
    deadlines: tuple[Deadline, ...]
    todos: tuple[Todo, ...]
    steps: tuple[Step, ...]
    next_check_at: datetime | None
    items: tuple[Mapping[str, Json], ...]

    @property
    def late(self) -> bool:
        """Whether the delivery promise passed without delivery; it stays true for a late delivery."""
        return self.late_since is not None

    @property
    def rank(self) -> int:
        """The stage as a number."""
        return RANK[self.stage]

    @property
    def paid(self) -> bool:
        """Whether payment (or cash on delivery) is known or implied by later proof."""
        return FactKind.ORDER_PAID in self.milestones

    @property
    def terminal(self) -> bool:
        """Whether the stage is one that an order does not leave by itself."""
        return self.stage in TERMINAL

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that are not settled."""
        return tuple(case for case in self.cases if case.open)

    def deadline(self, rule: RuleId, about: str | None = None) -> Deadline | None:
        """The clock of that rule; of several the one that is due first among the open, then the last."""
        found = [one for one in self.deadlines if one.rule is rule and about in {None, one.about}]
        return min((one for one in found if one.open), key=lambda one: one.due_at, default=found[-1] if found else None)

    def case(self, case_id: str) -> Case | None:
        """The case of that id; None when there is none."""
        return next((case for case in self.cases if case.case_id == case_id), None)


def fold(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """Everything we say about an order at `now`, from what was observed by then.

    Any permutation and any repetition of the same facts gives the same order.
    """
    raise NotImplementedError
