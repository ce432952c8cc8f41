"""Taking the steps that are due: looked up fairly for all shops, leased a few at a time, no longer than a run may last.

A run that is killed leaves a few rows behind, which come back when their leases lapse; whoever is slow renews the
leases that it still holds. A shop that does not answer is left alone until the next run, so that the others go on.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

from flows.office import Office
from flows.steps import Tried
from models.db.session import DatabaseError, open_session
from models.db.steps import LEASE, SHORTEST_WAIT, Claim, claim, due_at_least, due_steps, give_back, renew
from models.db.tables import OrderRow, StepRow
from models.stage import Step

AHEAD: Final = 500  # due steps looked up at once: they come in turns of the shops
LEASED: Final = 25  # claimed at once: no more wait for their leases to lapse when a run is killed
RUN_SECONDS: Final = 240.0  # of claiming; what is due after it is the next run's
TIMES: Final = 10  # one step in one run, at most: what is due again at once must not keep a run busy
OUTAGE: Final = 3  # faults in a row that may pass: the shop does not answer
BACKLOG: Final = 2_000
"""From so many due steps on they are taken in chunks, one visible task run for many: Prefect's server needs some 7 ms
to record a task run, so a minute of them would be waiting for its pages otherwise."""

IN_TURN: Final = {step: place for place, step in enumerate(Step)}

Due: TypeAlias = tuple[StepRow, OrderRow]


@dataclass(kw_only=True)
class Claiming:
    """What one run takes, by whom, in how many seconds; `clock` gives seconds that never leap."""

    office: Office
    by: str
    seconds: float = RUN_SECONDS
    clock: Callable[[], float] = time.monotonic
    left_alone: set[str] = field(default_factory=set)  # shops
    _faults: Counter[str] = field(default_factory=Counter)  # in a row, by shop
    _taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin the time of the run."""
        self._until = self.clock() + self.seconds

    def lists(self) -> Iterator[Sequence[Due]]:
        """Give what is due, part by part, until nothing is left or the time is over."""
        while self.clock() < self._until and (due := self._look()):
            yield due

    def is_backlog(self) -> bool:
        """Whether so much is due that a task run for each would hold it up."""
        with open_session(self.office.engine, read_only=True) as session:
            return due_at_least(session, self.office.now(), BACKLOG)

    def handfuls(self, due: Sequence[Due]) -> Iterator[Held]:
        """Take these steps, a few at a time and these in the steps' sequence; what another run took is left to it."""
        for start in range(0, len(due), LEASED):
            if self.clock() >= self._until:
                return
            if held := self._take(due[start : start + LEASED]):
                yield Held(claiming=self, claims=sorted(held, key=lambda one: IN_TURN[one.step]))

    def note(self, done: Tried) -> None:
        """Learn from what came of a step whether its shop answers."""
        shop, outage = done.claim.shop_id, done.fault is not None and done.fault.transient
        self._faults[shop] = self._faults[shop] + 1 if outage else 0
        if self._faults[shop] >= OUTAGE:
            self.left_alone.add(shop)

    def _look(self) -> Sequence[Due]:
        with open_session(self.office.engine, read_only=True) as session:
            due = due_steps(session, self.office.now(), AHEAD, without=self.left_alone)
        return [one for one in due if self._taken[one[0].order_id, one[0].step] < TIMES]

    def _take(self, due: Sequence[Due]) -> list[Claim]:
        """Claim these steps, in the sequence of their keys: two runs with lists of their own would block each other."""
        moment = self.office.now()
        wanted = [(row, order) for row, order in due if order.shop_id not in self.left_alone]
        with open_session(self.office.engine) as session:
            claims = {
                (row.order_id, row.step): claim(session, row, order, by=self.by, now=moment)
                for row, order in sorted(wanted, key=lambda one: (one[0].order_id, one[0].step))
            }
            session.commit()
        self._taken.update(claims.keys())
        return [one for row, _ in wanted if (one := claims[row.order_id, row.step]) is not None]


@dataclass(kw_only=True)
class Held:
    """A few claims at hand, to be gone through once.

    What is not begun any more, because its shop does not answer or the caller has enough, is given back.
    """

    claiming: Claiming
    claims: Sequence[Claim]

    def __iter__(self) -> Iterator[Claim]:
        """Give one after the other, as long as they are ours."""
        office, left = self.claiming.office, list(self.claims)
        taken_at = office.now()
        try:
            while left:
                if office.now() - taken_at > LEASE / 2:
                    left, taken_at = self._renewed(left), office.now()
                    continue
                if left[0].shop_id in self.claiming.left_alone:
                    self._give_back([left.pop(0)], SHORTEST_WAIT)
                    continue
                yield left.pop(0)
        finally:
            with suppress(DatabaseError):  # then the leases lapse
                self._give_back(left, timedelta(0))

    def _renewed(self, left: list[Claim]) -> list[Claim]:
        """Give those that are still ours: the machine may have slept for longer than a lease."""
        with open_session(self.claiming.office.engine) as session:
            ours = renew(session, left, self.claiming.office.now())
            session.commit()
        return ours

    def _give_back(self, left: Sequence[Claim], wait: timedelta) -> None:
        if left:
            with open_session(self.claiming.office.engine) as session:
                give_back(session, left, self.claiming.office.now() + wait)
                session.commit()
