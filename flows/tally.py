"""What a run tells about the steps it did: counts, classes and codes; faults and refusals apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flows.steps import Attempt
from models.db.steps import Ending
from models.error_class import REFUSALS, ErrorClass


@dataclass(slots=True)
class Tally:
    """How the steps of a run ended, counted by what went wrong."""

    steps: int = 0
    raised: bool = False  # whether some step did not come to an answer
    failed: Counter[tuple[ErrorClass, str | None]] = field(default_factory=Counter)

    def add(self, done: Attempt) -> None:
        """Count one more."""
        self.steps += 1
        self.raised = self.raised or done.fault is not None
        if done.ending.error_class:
            self.failed[done.ending.error_class, done.ending.code] += 1

    @property
    def refusals(self) -> Counter[tuple[ErrorClass, str | None]]:
        """Those in which a person decides."""
        return Counter({kind: count for kind, count in self.failed.items() if kind[0] in REFUSALS})

    @property
    def faults(self) -> Counter[tuple[ErrorClass, str | None]]:
        """Those that can be run again."""
        return self.failed - self.refusals

    @property
    def told(self) -> str:
        """How they ended in words: "2 of 5 steps failed (shop_unavailable: unavailable x2); 1 refused, ..."."""
        faults, refusals = self.faults, self.refusals
        parts = [f"{faults.total()} of {self.steps} steps failed ({_listed(faults)})"] if faults else []
        parts += [] if faults else [f"{self.steps - refusals.total()} steps done"]
        parts += [f"{refusals.total()} refused, a person decides ({_listed(refusals)})"] if refusals else []
        return "; ".join(parts)


def ended(ending: Ending) -> str:
    """Say how one step ended: "ok", or "refused, a person decides (access: consent_needed)"."""
    if ending.error_class is None:
        return ending.result
    whose = "a person decides" if ending.error_class in REFUSALS else "it can be run again"
    return f"{ending.result}, {whose} ({ending.error_class}: {ending.code})"


def _listed(counts: Counter[tuple[ErrorClass, str | None]]) -> str:
    return ", ".join(sorted(f"{error_class}: {code} x{count}" for (error_class, code), count in counts.items()))
