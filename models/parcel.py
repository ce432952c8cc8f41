"""The physical side of an order: tracking numbers and where each parcel is.

Pure. Numbers are added, never replaced (X08). A report without a number speaks of the whole order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.fact import STRENGTH, Authority, Fact, FactKind
from models.merge import Evidence, loudness, rank_proved
from models.milestone import Milestone
from models.stage import PROVES, Stage

LOSSES = frozenset({FactKind.LOST_DECLARED, FactKind.DAMAGED_DECLARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One tracking number. `stage` is the furthest its own reports and those of the whole order prove.

    `lost`: said of this very parcel, and not delivered after that; the others are live.
    """

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
    live = live_ones(parcels)
    if len(parcels) > 1 and live:
        each = (_furthest(_reports(parcel.tracking_no, facts)) for parcel in live)
        return min(each, key=lambda progress: (progress.rank, -STRENGTH[progress.authority]))
    return _furthest(facts)


def live_ones(parcels: Sequence[Parcel]) -> list[Parcel]:
    """The parcels that are not lost."""
    return [parcel for parcel in parcels if not parcel.lost]


def whole(evidence: Evidence, parcels: Sequence[Parcel]) -> Evidence:
    """What holds for all of the order: delivered is one whose live parcels all are, at the time of the last.

    A loss of some of its parcels is none of the order.
    """
    live = live_ones(parcels)
    if len(parcels) < 2 or not live:  # noqa: PLR2004 - one parcel is the order
        return evidence
    named = {fact.text("tracking_no") for fact in evidence.of(*LOSSES)}
    of_some = None not in named and any(parcel.tracking_no not in named for parcel in live)
    gone = {FactKind.DELIVERED, *(LOSSES if of_some else ())}
    milestones = {kind: milestone for kind, milestone in evidence.milestones.items() if kind not in gone}
    if last := _last_delivery(evidence.of(FactKind.DELIVERED), live):
        milestones[FactKind.DELIVERED] = last
    return replace(evidence, milestones=milestones)


def _last_delivery(told: Sequence[Fact], live: Sequence[Parcel]) -> Milestone | None:
    first = [min(_reports(parcel.tracking_no, told), key=loudness, default=None) for parcel in live]
    arrived = [fact for fact in first if fact]
    if len(arrived) < len(live):
        return None
    last = max(arrived, key=lambda fact: (fact.occurred_at, fact.source_key))
    return Milestone(
        kind=FactKind.DELIVERED,
        at=last.occurred_at,
        known_by=last.occurred_at,
        known_at=max(fact.observed_at for fact in arrived),
        authority=last.authority,
    )


def _reports(number: str, facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.text("tracking_no") in {None, number}]


def _parcel(number: str, facts: Sequence[Fact]) -> Parcel:
    reports = _reports(number, facts)
    own = [fact for fact in reports if fact.text("tracking_no")]
    return Parcel(
        tracking_no=number,
        carrier=min((carrier for fact in own if (carrier := fact.text("carrier"))), default=None),
        stage=_furthest(reports).stage,
        lost=_is_lost(own),
    )


def _is_lost(own: Sequence[Fact]) -> bool:
    """Against a delivery the later counts, then the stronger, then the delivery (section 5)."""
    lost = max((_weight(fact) for fact in own if fact.kind in LOSSES), default=None)
    arrived = max((_weight(fact) for fact in own if fact.kind is FactKind.DELIVERED), default=None)
    return lost is not None and (arrived is None or lost > arrived)


def _weight(fact: Fact) -> tuple[datetime, int]:
    return (fact.occurred_at, STRENGTH[fact.authority])


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
