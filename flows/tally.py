"""What a run tells about the steps it did: counts, classes and codes; faults and refusals apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flows.steps import Attempt
from models.db.steps import Ending
from models.error_class import REFUSALS, ErrorClass


def told(attempts: Iterable[Attempt]) -> str:
    """Say how steps ended: "2 of 5 steps failed (shop_unavailable: unavailable x2); 1 refused, decide (...)"."""
    endings = [one.ending for one in attempts]
    failed = Counter((one.error_class, one.code) for one in endings if one.error_class)
    refusals = Counter({kind: count for kind, count in failed.items() if kind[0] in REFUSALS})
    faults = failed - refusals
    parts = [f"{faults.total()} of {len(endings)} steps failed ({_listed(faults)})"] if faults else []
    parts += [] if faults else [f"{len(endings) - refusals.total()} steps done"]
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
