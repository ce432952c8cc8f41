"""The physical side of an order: tracking numbers and where each parcel is.

Pure. Numbers are added, never replaced (X08). A report without a number speaks of the whole order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.fact import STRENGTH, Authority, Fact, FactKind
from models.merge import rank_proved
from models.stage import PROVES, Stage

LOSSES = frozenset({FactKind.LOST_DECLARED, FactKind.DAMAGED_DECLARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One tracking number. `stage` is the furthest its own reports and those of the whole order prove."""

    tracking_no: str
    carrier: str | None
    stage: Stage
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come, and on whose word."""

    stage: Stage
    rank: int
    authority: Authority


def parcels_of(facts: Sequence[Fact]) -> tuple[Parcel, ...]:
    """The parcels of an order, by tracking number."""
    numbers = sorted({number for fact in facts if (number := fact.text("tracking_no"))})
    return tuple(_parcel(number, facts) for number in numbers)


def progress(facts: Sequence[Fact], parcels: Sequence[Parcel]) -> Progress:
    """The furthest stage proved; with several parcels, that of the live one least advanced.

    Losses and cancellations are no progress. Nothing proved is UNPAID.
    """
    live = [parcel for parcel in parcels if not parcel.lost]
    if len(live) > 1:
        each = (_furthest(_reports(parcel.tracking_no, facts)) for parcel in live)
        return min(each, key=lambda progress: (progress.rank, -STRENGTH[progress.authority]))
    return _furthest(facts)


def _reports(number: str, facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.text("tracking_no") in {None, number}]


def _parcel(number: str, facts: Sequence[Fact]) -> Parcel:
    reports = _reports(number, facts)
    own = [fact for fact in reports if fact.text("tracking_no")]
    return Parcel(
        tracking_no=number,
        carrier=min((carrier for fact in own if (carrier := fact.text("carrier"))), default=None),
        stage=_furthest(reports).stage,
        lost=any(fact.kind in LOSSES for fact in own),
    )


def _furthest(facts: Sequence[Fact]) -> Progress:
    best, strength, winner = -1, -1, None
    for fact in facts:
        if fact.kind in LOSSES or fact.kind is FactKind.CANCELLED:
            continue
        rank = rank_proved(fact)
        if rank > best or (rank == best and STRENGTH[fact.authority] > strength and rank >= 0):
            best, strength, winner = rank, STRENGTH[fact.authority], fact
    if winner is None or best < 0:
        strongest = max((fact.authority for fact in facts), key=STRENGTH.__getitem__, default=Authority.TIMER)
        return Progress(Stage.UNPAID, 0, strongest)
    return Progress(PROVES[winner.kind], best, winner.authority)
