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
from flows.steps import Attempt
from models.db.session import DatabaseError, open_session
from models.db.steps import LEASE, SHORTEST_WAIT, Claim, claim, due_at_least, due_steps, give_back, renew
from models.db.tables import OrderRow, StepRow

AHEAD: Final = 500  # due steps looked up at once: they come in turns of the shops
LEASED: Final = 25  # claimed at once: no more wait for their leases to lapse when a run is killed
RUN_SECONDS: Final = 240.0  # of claiming; what is due after it is the next run's
TIMES: Final = 10  # one step in one run, at most: what is due again at once must not keep a run busy
OUTAGE: Final = 3  # faults in a row that may pass: the shop does not answer
BACKLOG: Final = 2_000
"""From so many due steps on they are taken in chunks, one visible task run for many: Prefect's server needs some 7 ms
to record a task run, so a minute of them would be waiting for its pages otherwise."""

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

    def claims(self, due: Sequence[Due]) -> Iterator[Claim]:
        """Take these steps, a few at a time; what another run took first is left to it.

        What is not begun any more, because its shop does not answer or the caller has enough, is given back.
        """
        for start in range(0, len(due), LEASED):
            if self.clock() >= self._until:
                return
            yield from self._few(due[start : start + LEASED])

    def note(self, done: Attempt) -> None:
        """Learn from how a step ended whether its shop answers."""
        shop, outage = done.claim.shop_id, done.fault is not None and done.fault.transient
        self._faults[shop] = self._faults[shop] + 1 if outage else 0
        if self._faults[shop] >= OUTAGE:
            self.left_alone.add(shop)

    def _look(self) -> Sequence[Due]:
        with open_session(self.office.engine, read_only=True) as session:
            due = due_steps(session, self.office.now(), AHEAD, without=self.left_alone)
        return [one for one in due if self._taken[one[0].order_id, one[0].step] < TIMES]

    def _few(self, due: Sequence[Due]) -> Iterator[Claim]:
        held, taken_at = self._take(due), self.office.now()
        try:
            while held:
                if self.office.now() - taken_at > LEASE / 2:
                    held, taken_at = self._renewed(held), self.office.now()
                    continue
                if held[0].shop_id in self.left_alone:
                    self._give_back([held.pop(0)], SHORTEST_WAIT)
                    continue
                yield held.pop(0)
        finally:
            with suppress(DatabaseError):  # then the leases lapse
                self._give_back(held, timedelta(0))

    def _take(self, due: Sequence[Due]) -> list[Claim]:
        moment = self.office.now()
        wanted = [(row, order) for row, order in due if order.shop_id not in self.left_alone]
        with open_session(self.office.engine) as session:
            taken = [claim(session, row, order, by=self.by, now=moment) for row, order in wanted]
            session.commit()
        self._taken.update((row.order_id, row.step) for row, _ in wanted)
        return [one for one in taken if one is not None]

    def _renewed(self, held: list[Claim]) -> list[Claim]:
        """Give those that are still ours: the machine may have slept for longer than a lease."""
        with open_session(self.office.engine) as session:
            ours = renew(session, held, self.office.now())
            session.commit()
        return ours

    def _give_back(self, held: Sequence[Claim], wait: timedelta) -> None:
        if held:
            with open_session(self.office.engine) as session:
                give_back(session, held, self.office.now() + wait)
                session.commit()
