"""Trouble at random: a share of the calls fails, in ways drawn from a seed, some after the write was done."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Final

from flows.shop.simulator.fault import FaultMode
from flows.shop.simulator.script import chance

BEFORE: Final = (FaultMode.REFUSES, FaultMode.LIMITED, FaultMode.INTERNAL, FaultMode.CUT)
AFTER: Final = (FaultMode.LOSES_ANSWER, FaultMode.INTERNAL_DONE)


@dataclass(slots=True, kw_only=True)
class Weather:
    """`rate` of the calls fail; of the writes among them, `done` only after what they asked for was done.

    The n-th call meets the same weather in each run of the same seed.
    """

    seed: int = 0
    rate: float = 0.0
    done: float = 1 / 3
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def next(self, *, writes: bool) -> FaultMode | None:
        """What becomes of the next call, if it fails."""
        rng = chance(self.seed, "weather", next(self._count))
        if rng.random() >= self.rate:
            return None
        return rng.choice(AFTER if writes and rng.random() < self.done else BEFORE)
