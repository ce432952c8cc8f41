"""Why an order must not be packed or shipped now, and for how long our own clocks stood still.

Pure: holds are derived from facts; the platform's clocks never pause, whatever is on hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from models.business_time import Interval, joined
from models.clock import Pause
from models.fact import Fact, FactKind
from models.history import History
from models.policy import PLATFORM_HOLD


class Hold(StrEnum):
    """Reasons to hold (order-lifecycle, section 3, overlays)."""

    PLATFORM_HOLD = "platform_hold"
    CANCEL_REQUESTED = "cancel_requested"
    STOCK_CHECK = "stock_check"
    FRAUD_CHECK = "fraud_check"
    ADDRESS_CHECK = "address_check"
    CONFLICT = "conflict"
    MANUAL = "manual"


BY_HAND: Final = frozenset({Hold.STOCK_CHECK, Hold.FRAUD_CHECK, Hold.ADDRESS_CHECK, Hold.MANUAL})
"""What a person may place; the others come and go with what they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One hold from `since` to `until` (UTC); it is on while `until` is None."""

    hold: Hold
    since: datetime
    until: datetime | None


def spans(history: History, contradicting: Sequence[Fact]) -> list[Span]:
    """Every hold the order had. `contradicting` are the reports of the order that begin one each (X03)."""
    evidence = history.evidence
    found = _held_by_platform(history)
    placed, released = evidence.of(FactKind.HOLD_PLACED), evidence.of(FactKind.HOLD_RELEASED)
    if placed:
        for hold in BY_HAND:
            found += _switched(hold, _naming(hold, placed), _naming(hold, released))
    found += _cancelling(history)
    if contradicting:
        found += _switched(
            Hold.CONFLICT,
            contradicting,
            [*_naming(Hold.CONFLICT, released), *_settled(evidence.of(FactKind.CASE_CLOSED))],
        )
    return found


def usual_hold(history: History) -> Interval | None:
    """Between which moments (UTC) the platform holds a new order by the policy; None where its news tell, or never."""
    length, placed_at = history.terms.policy.intervals.get(PLATFORM_HOLD), history.placed_at
    if length is None or placed_at is None or history.evidence.of(FactKind.PLATFORM_HOLD_STARTED):
        return None
    ends = [fact.occurred_at for fact in history.evidence.of(FactKind.PLATFORM_HOLD_ENDED)]
    return placed_at, max(placed_at, min([placed_at + length, *ends]))


def _held_by_platform(history: History) -> list[Span]:
    if usual := usual_hold(history):
        since, until = usual
        return [Span(hold=Hold.PLATFORM_HOLD, since=since, until=until if until <= history.now else None)]
    return _switched(
        Hold.PLATFORM_HOLD,
        history.evidence.of(FactKind.PLATFORM_HOLD_STARTED),
        history.evidence.of(FactKind.PLATFORM_HOLD_ENDED),
    )


def in_force(found: Iterable[Span]) -> frozenset[Hold]:
    """The holds that are on."""
    return frozenset(span.hold for span in found if span.until is None)


def pause_of(found: Sequence[Span]) -> Pause:
    """When the shop's own clocks stand still: finished holds joined, and since when one is on."""
    since = min((span.since for span in found if span.until is None), default=None)
    over = joined((span.since, span.until) for span in found if span.until is not None)
    if since is not None:
        over = tuple((begin, min(end, since)) for begin, end in over if begin < since)
        if over and over[-1][1] == since:
            since, over = over[-1][0], over[:-1]
    return Pause(over=over, since=since)


def _switched(hold: Hold, starts: Sequence[Fact], ends: Sequence[Fact]) -> list[Span]:
    """Pairs of start and end as they happened; of two in one instant the end comes last."""
    on: datetime | None = None
    found: list[Span] = []
    events = sorted([*((fact, True) for fact in starts), *((fact, False) for fact in ends)], key=_starts_first)
    for fact, starting in events:
        if starting and on is None:
            on = fact.occurred_at
        elif not starting and on is not None:
            found.append(Span(hold=hold, since=on, until=fact.occurred_at))
            on = None
    return found if on is None else [*found, Span(hold=hold, since=on, until=None)]


def _starts_first(event: tuple[Fact, bool]) -> tuple[datetime, bool, str]:
    fact, starting = event
    return (fact.occurred_at, not starting, fact.source_key)


def _naming(hold: Hold, facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if (fact.text("hold") or Hold.MANUAL) == hold]


def _settled(closings: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in closings if fact.text("case_id") == "conflict:X03"]


def _cancelling(history: History) -> list[Span]:
    """An open request holds the order, and so does the seller's own cancelling."""
    cancelled = history.cancelled
    found = []
    for request in history.requests:
        ends = [request.decision.occurred_at] if request.decision else []
        ends += [cancelled.at] if cancelled else []
        ends += _closed(history, request.case_id, request.opened_at)
        until = max(min(ends), request.opened_at) if ends else None
        found.append(Span(hold=Hold.CANCEL_REQUESTED, since=request.opened_at, until=until))
    for fact in history.evidence.of(FactKind.SELLER_CANCEL_STARTED):
        ends = [cancelled.at] if cancelled else []
        ends += _closed(history, "seller_cancel", fact.occurred_at)
        until = max(min(ends), fact.occurred_at) if ends else None
        found.append(Span(hold=Hold.MANUAL, since=fact.occurred_at, until=until))
    return found


def _closed(history: History, case_id: str, opened_at: datetime) -> list[datetime]:
    closings = history.evidence.of(FactKind.CASE_CLOSED)
    return [fact.occurred_at for fact in closings if fact.text("case_id") == case_id and fact.occurred_at >= opened_at]
