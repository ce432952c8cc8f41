"""From a heap of reports to what is known: retraction, absurd times, merging (order-lifecycle, section 4).

Pure, and blind to the order and the repetition of facts. What speaks for a group of reports is the
strongest authority, then the earliest time, then the smallest source key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from models.fact import FIRST_YEAR, STRENGTH, Authority, Fact, FactKind
from models.milestone import Milestone
from models.stage import PROVES, RANK, Stage

AHEAD: Final = timedelta(minutes=10)  # how far a sender's clock may be ahead of ours
BEFORE_ORDER: Final = timedelta(hours=24)

CASH: Final = frozenset({"cod", "cash on delivery"})  # the buyer pays the carrier: to be shipped like a paid order

DERIVED: Final = frozenset({FactKind.LOST_PRESUMED, FactKind.CANCELLED_PRESUMED, FactKind.RETURN_WINDOW_CLOSED})

GROUP_BY: Final[Mapping[FactKind, tuple[str, ...]]] = {
    FactKind.DUE_STATED: ("rule",),
    FactKind.PLATFORM_HOLD_STARTED: ("minute",),
    FactKind.PLATFORM_HOLD_ENDED: ("minute",),
    FactKind.MARKED_SHIPPED: ("tracking_no", "-"),
    FactKind.PICKED_UP: ("tracking_no", "-"),
    FactKind.DROPPED_OFF: ("tracking_no", "-"),
    FactKind.IN_TRANSIT: ("tracking_no", "-"),
    FactKind.DELIVERY_ATTEMPT_FAILED: ("source_key",),
    FactKind.DELIVERED: ("tracking_no", "-"),
    FactKind.LOST_DECLARED: ("tracking_no", "-"),
    FactKind.DAMAGED_DECLARED: ("tracking_no", "-"),
    FactKind.CANCEL_REQUESTED: ("request_no", "minute"),
    FactKind.CANCEL_APPROVED: ("request_no", "-"),
    FactKind.CANCEL_REJECTED: ("request_no", "-"),
    FactKind.CANCEL_WITHDRAWN: ("request_no", "-"),
    FactKind.ANSWER_EXTENDED: ("request_no", "return_no", "minute"),
    FactKind.COMPLAINT_FILED: ("minute",),
    FactKind.COMPLAINT_ANSWERED: ("minute",),
    FactKind.BUYER_NOTIFIED: ("case_id", "-"),
    FactKind.REFUND_REQUESTED: ("request_no", "case_id", "-"),
    FactKind.REFUND_DONE: ("request_no", "case_id", "-"),
    FactKind.RETURN_REQUESTED: ("return_no", "request_no", "minute"),
    FactKind.RETURN_ACCEPTED: ("return_no", "request_no", "-"),
    FactKind.RETURN_REJECTED: ("return_no", "request_no", "-"),
    FactKind.RETURN_RECEIVED: ("return_no", "request_no", "-"),
    FactKind.RETRACTION: ("fact_id",),
    FactKind.SELLER_CANCEL_STARTED: ("minute",),
    FactKind.HANDOVER_SWITCHED: ("minute",),
    FactKind.HOLD_PLACED: ("source_key",),
    FactKind.HOLD_RELEASED: ("source_key",),
    FactKind.CLAIM_CHOSEN: ("source_key",),
    FactKind.CASE_CLOSED: ("case_id",),
}
"""What tells two reports of one kind apart: the first payload key present, or the minute of the event."""


def group_key(fact: Fact) -> str:
    """Which group of reports of its kind the fact belongs to; empty where an order has one such event."""
    for key in GROUP_BY.get(fact.kind, ()):
        if key == "minute":
            return fact.occurred_at.isoformat(timespec="minutes")
        if key == "source_key":
            return fact.source_key
        if key == "-":
            break
        if stated := fact.text(key):
            return stated
    return "-" if fact.kind in GROUP_BY else ""


def loudness(fact: Fact) -> tuple[int, datetime, str]:
    """Sorts reports of one group: the smallest speaks."""
    return (-STRENGTH[fact.authority], fact.occurred_at, fact.source_key)


def merged(facts: Iterable[Fact]) -> list[Fact]:
    """The fact that speaks for each group of reports."""
    groups: dict[tuple[FactKind, str], Fact] = {}
    for fact in facts:
        key = (fact.kind, group_key(fact))
        groups[key] = min(groups.get(key, fact), fact, key=loudness)
    return list(groups.values())


def by_time(fact: Fact) -> tuple[datetime, str, FactKind]:
    """Sorts facts as they happened; never two alike, whatever order they arrived in."""
    return (fact.occurred_at, fact.source_key, fact.kind)


RANK_PROVED: Final = {kind: RANK[stage] for kind, stage in PROVES.items()}


def rank_proved(fact: Fact) -> int:
    """The rank this fact proves; -1 for none. A person's drop-off doesn't prove that the carrier has it."""
    if fact.kind is FactKind.DROPPED_OFF and fact.authority is Authority.HUMAN:
        return -1
    return RANK_PROVED.get(fact.kind, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts that count, in the order they happened; `absurd` are those whose time could not be true."""

    facts: tuple[Fact, ...]
    by_kind: Mapping[FactKind, tuple[Fact, ...]]
    milestones: Mapping[FactKind, Milestone]
    absurd: tuple[Fact, ...] = ()

    def of(self, *kinds: FactKind) -> tuple[Fact, ...]:
        """All counting reports of these kinds; of one kind, as they happened."""
        if len(kinds) == 1:
            return self.by_kind.get(kinds[0], ())
        return tuple(fact for kind in kinds for fact in self.by_kind.get(kind, ()))

    def speaking(self, kind: FactKind) -> Fact | None:
        """The report of that kind which speaks for all; None when there is none."""
        return min(self.by_kind.get(kind, ()), key=loudness, default=None)

    def at(self, kind: FactKind) -> datetime | None:
        """When it happened, as the strongest authority tells; None when nobody does."""
        milestone = self.milestones.get(kind)
        return milestone.at if milestone else None


def weigh(facts: Iterable[Fact], now: datetime) -> Evidence:
    """What counts of these facts at `now`: observed by then, not derived, not retracted, times made sane."""
    known = _distinct(facts, now)
    counting, absurd = with_sane_times(sorted([*without_retracted(known), *_paid_at_once(known)], key=by_time))
    grouped: dict[FactKind, list[Fact]] = {}
    for fact in counting:
        grouped.setdefault(fact.kind, []).append(fact)
    return Evidence(
        facts=tuple(counting),
        by_kind={kind: tuple(reports) for kind, reports in grouped.items()},
        milestones={kind: _milestone(kind, reports) for kind, reports in grouped.items()},
        absurd=tuple(absurd),
    )


def without_retracted(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that no retraction in force names; one is in force unless another in force names it.

    Those that name each other in a ring could not have been written so; there the one seen last is in force.
    """
    retractions = [fact for fact in facts if fact.kind is FactKind.RETRACTION]
    if not retractions:
        return list(facts)
    open_ones = sorted(retractions, key=lambda fact: (fact.observed_at, fact.source_key))
    gone: set[str] = set()
    while open_ones:
        named = {target for fact in open_ones if (target := _retracted_by(fact))}
        in_force = [fact for fact in open_ones if fact.source_key not in named] or open_ones[-1:]
        gone.update(target for fact in in_force if (target := _retracted_by(fact)))
        open_ones = [fact for fact in open_ones if fact not in in_force and fact.source_key not in gone]
    return [fact for fact in facts if fact.source_key not in gone]


def _retracted_by(retraction: Fact) -> str | None:
    named = retraction.text("fact_id")
    return None if named == retraction.source_key else named


def _paid_at_once(known: Sequence[Fact]) -> list[Fact]:
    """The payment that a new order tells of itself (paid, or cash on delivery), where nobody told it apart."""
    if any(fact.kind is FactKind.ORDER_PAID for fact in known):
        return []
    placed = [fact for fact in without_retracted(known) if fact.kind is FactKind.ORDER_PLACED and _tells_paid(fact)]
    return [replace(fact, kind=FactKind.ORDER_PAID) for fact in placed]


def _tells_paid(placed: Fact) -> bool:
    paid, method = placed.text("paid") or "", placed.text("payment_method") or ""
    return paid.lower() == "true" or method.lower().replace("_", " ") in CASH


def with_sane_times(facts: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """The facts with absurd times replaced by when we saw them, and which those are (X09).

    Absurd: more than 10 minutes after we saw it, more than 24 hours before the order was placed, or
    of another century.
    """
    absurd: list[Fact] = []
    sane = [_seen_instead(fact, absurd) if _impossible(fact) else fact for fact in facts]
    placed = min((fact for fact in sane if fact.kind is FactKind.ORDER_PLACED), key=loudness, default=None)
    if placed is not None:
        earliest = placed.occurred_at - BEFORE_ORDER
        early = [fact.occurred_at < earliest and fact not in absurd for fact in sane]
        sane = [_seen_instead(fact, absurd) if too else fact for fact, too in zip(sane, early, strict=True)]
    if absurd:
        sane.sort(key=by_time)
        absurd.sort(key=by_time)
    return sane, absurd


def _impossible(fact: Fact) -> bool:
    return fact.occurred_at > fact.observed_at + AHEAD or fact.occurred_at.year < FIRST_YEAR


WAY: Final = (
    FactKind.ORDER_PLACED,
    FactKind.ORDER_PAID,
    FactKind.STOCK_CONFIRMED,
    FactKind.PACKED,
    FactKind.MARKED_SHIPPED,
    FactKind.IN_TRANSIT,
)


def with_implied(milestones: Mapping[FactKind, Milestone], facts: Sequence[Fact]) -> Mapping[FactKind, Milestone]:
    """The milestones, and those that later proof implies: known to have happened, at an unknown time.

    Of the ways to the carrier none is implied, and packing only once the parcel is away: the platform
    gives the label before.
    """
    result = dict(milestones)
    for kind in WAY:
        needed = RANK[Stage.PICKED_UP] if kind is FactKind.PACKED else RANK[PROVES[kind]] + 1
        if kind in result:
            continue
        proofs = [fact for fact in facts if needed <= rank_proved(fact) < RANK[Stage.CANCELLED]]
        if proofs:
            first = min(proofs, key=by_time)
            result[kind] = Milestone(
                kind=kind,
                at=None,
                known_by=first.occurred_at,
                known_at=min(fact.observed_at for fact in proofs),
                authority=first.authority,
            )
    return MappingProxyType(result)


def _seen_instead(fact: Fact, absurd: list[Fact]) -> Fact:
    corrected = replace(fact, occurred_at=fact.observed_at, estimated=True)
    absurd.append(corrected)
    return corrected


def _distinct(facts: Iterable[Fact], now: datetime) -> list[Fact]:
    """One fact of a kind for each source key, as the store keeps it; which one does not depend on their order."""
    kept: dict[tuple[str, FactKind], Fact] = {}
    for fact in facts:
        if fact.observed_at > now or fact.authority is Authority.TIMER or fact.kind in DERIVED:
            continue
        key = (fact.source_key, fact.kind)
        other = kept.setdefault(key, fact)
        if other is not fact and other != fact:
            kept[key] = min(other, fact, key=_identity)
    return list(kept.values())


def _identity(fact: Fact) -> tuple[datetime, datetime, str, str]:
    payload = repr(sorted((key, repr(value)) for key, value in fact.payload.items()))
    return (
        fact.observed_at,
        fact.occurred_at,
        fact.authority,
        f"{payload}{fact.estimated}{fact.source}",
    )


def _milestone(kind: FactKind, reports: Sequence[Fact]) -> Milestone:
    first = min(reports, key=loudness) if len(reports) > 1 else reports[0]
    return Milestone(
        kind=kind,
        at=first.occurred_at,
        known_by=first.occurred_at,
        known_at=min(fact.observed_at for fact in reports),
        authority=first.authority,
        at_latest=first.at_latest,
    )
