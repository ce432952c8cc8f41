"""How one clock stands: from start, due moment and stop to its state (order-lifecycle, section 7).

Pure. What decides is when the stop happened, not when we heard of it; a stop at the due moment is in
time. A clock is over in the first instant after `due_at`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from models.business_time import Interval
from models.deadline import RULES, ClockType, Deadline, DeadlineState, Fault, RuleId
from models.extension import extended
from models.fact import STRENGTH, Fact, FactKind
from models.history import History
from models.merge import Evidence, loudness, rank_proved
from models.policy import Clock
from models.terms import Terms

HAND_OVER: Final = frozenset({RuleId.D04, RuleId.D06})
INSTANT: Final = datetime.resolution  # the first moment at which `due_at` has passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What ends a clock. `implied`: a later proof tells that it had happened by `at` at the latest."""

    at: datetime
    known_at: datetime
    implied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """When our own clocks stood still: finished holds, and since when one is on."""

    over: tuple[Interval, ...] = ()
    since: datetime | None = None


NO_PAUSE: Final = Pause()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a clock is over, when it warns before (UTC, ascending), and who says so: a statement, an extension."""

    at: datetime
    warns: tuple[datetime, ...] = ()
    stated: bool = False
    extended_by: str | None = None


def due_after(history: History, rule: RuleId, start: datetime, pause: Pause = NO_PAUSE) -> Due | None:
    """The due moment by policy, or as somebody stated it; None when the policy has no such clock.

    A moment stated for the hand-over that is over before the parcel was set to shipped says nothing of it: too late
    a parcel is no fault of the carrier.
    """
    clock = history.terms.policy.clocks.get(rule)
    if clock is None:
        return None
    stated = stated_due(history.evidence, rule)
    if stated is not None and not (rule in HAND_OVER and stated <= start):
        return Due(at=stated, warns=clock.warns_before(stated), stated=True)
    return policy_due(history, rule, clock, start, pause)


def policy_due(history: History, rule: RuleId, clock: Clock, start: datetime, pause: Pause = NO_PAUSE) -> Due:
    """The due moment by the policy's figure, moved by the extensions in force.

    A figure that counts from the order, and is over before its clock begins, says nothing of this clock: whoever
    begins late would accuse the next one. Then the usual figure counts, from the clock's own start.
    """
    terms, placed_at = history.terms, history.placed_at
    if clock.otherwise is not None:
        if placed_at is not None and (due := _run(terms, rule, clock, placed_at)).at > start:
            return due
        clock = clock.otherwise
    return _run(terms, rule, clock, start, pause.over if RULES[rule].clock is ClockType.TARGET else ())


def _run(terms: Terms, rule: RuleId, clock: Clock, start: datetime, pauses: tuple[Interval, ...] = ()) -> Due:
    at, warns = clock.run(start, terms.calendar, terms.working_days, pauses)
    if not terms.extensions:
        return Due(at=at, warns=warns)
    moved, name = extended(terms.extensions, rule, start, at, terms.working_days)
    return Due(at=moved, warns=clock.warns_before(moved), extended_by=name) if name else Due(at=at, warns=warns)


def stated_due(evidence: Evidence, rule: str) -> datetime | None:
    """The due moment somebody stated for the whole order (UTC): strongest authority, then said last.

    `rule` is a clock, or what the order must not lack for the platform to let it be (`models.auto_cancel`).
    """
    told = [fact for fact in evidence.of(FactKind.DUE_STATED) if (fact.text("rule") or RuleId.D02) == rule]
    if rule == RuleId.D02:
        told += evidence.of(FactKind.ORDER_PLACED)
    return loudest_due(told)


def loudest_due(facts: Iterable[Fact]) -> datetime | None:
    """The due moment (UTC) of the fact that speaks: strongest authority, then latest, then smallest key."""
    told = [fact for fact in facts if fact.moment("due_at")]
    if not told:
        return None
    told.sort(key=lambda fact: fact.source_key)
    return max(told, key=lambda fact: (STRENGTH[fact.authority], fact.occurred_at)).moment("due_at")


def first_of(facts: Sequence[Fact]) -> Stop | None:
    """The earliest of these facts, and when the first of them was seen; None when there are none."""
    if not facts:
        return None
    first = min(facts, key=lambda fact: (fact.occurred_at, fact.at_latest))
    return Stop(at=first.occurred_at, known_at=min(fact.observed_at for fact in facts), implied=first.at_latest)


def first_stop(stops: Sequence[Stop]) -> Stop | None:
    """The earliest of several stops, known as soon as any of them was."""
    if not stops:
        return None
    return replace(min(stops, key=lambda one: one.at), known_at=min(one.known_at for one in stops))


def find_stop(evidence: Evidence, rule: RuleId) -> Stop | None:
    """The earliest of the stops the rule names; only without any, the earliest proof of its rank.

    Of several reports of one kind the strongest authority's counts (section 4). What an export tells without
    its time is a proof, too, and no more.
    """
    row = RULES[rule]
    proofs = _proofs(evidence, row.stop_rank)
    named = [milestone for kind in row.stops if (milestone := evidence.milestones.get(kind))]
    known = [*(milestone.known_at for milestone in named), *(fact.observed_at for fact in proofs)]
    if named:
        first_named = min(named, key=lambda milestone: (milestone.known_by, milestone.at_latest))
        return Stop(at=first_named.known_by, known_at=min(known), implied=first_named.at_latest)
    if not proofs:
        return None
    first = min(min(reports, key=loudness).occurred_at for reports in _by_kind(proofs))
    return Stop(at=first, known_at=min(known), implied=bool(row.stops))


def _proofs(evidence: Evidence, rank: int | None) -> list[Fact]:
    if rank is None:
        return []
    return [fact for fact in evidence.facts if rank_proved(fact) >= rank and fact.kind is not FactKind.CANCELLED]


def _by_kind(facts: Iterable[Fact]) -> Iterable[list[Fact]]:
    kinds: dict[FactKind, list[Fact]] = {}
    for fact in facts:
        kinds.setdefault(fact.kind, []).append(fact)
    return kinds.values()


def judge(  # noqa: PLR0913 - a clock is these seven things
    history: History,
    rule: RuleId,
    start: datetime,
    due: Due,
    *,
    stop: Stop | None = None,
    void_at: datetime | None = None,
    pause: Pause = NO_PAUSE,
    about: str = "",
    fault: Fault | None = None,
) -> Deadline:
    """How the clock stands at the history's now. `void_at` is when it lost its purpose (a cancellation)."""
    row, now = RULES[rule], history.now
    since = pause.since if row.clock is ClockType.TARGET else None
    accuses = history.terms.accuses(row.asks, due.at)
    state = _state(due.at, stop, void_at, since, now, accuses=accuses)
    ran_until = min(moment for moment in (now, stop and stop.at, void_at, since) if moment)
    level = bisect_right(due.warns, ran_until)
    if state is DeadlineState.RUNNING and level:
        state = DeadlineState.WARNED
    ticking = state in {DeadlineState.RUNNING, DeadlineState.WARNED}
    met = state in {DeadlineState.MET, DeadlineState.MET_LATE}
    return Deadline(
        rule=rule,
        about=about,
        state=state,
        start_at=start,
        due_at=due.at,
        warn_level=level,
        warned_at_start=bisect_left(due.warns, start),
        stated=due.stated,
        extended_by=due.extended_by,
        breached_at=due.at if state in {DeadlineState.BREACHED, DeadlineState.MET_LATE} else None,
        met_at=stop.at if stop and met else None,
        accuses=accuses,
        withdrawn=accuses and stop is not None and state is DeadlineState.MET and stop.at <= due.at < stop.known_at,
        asks=state is DeadlineState.UNKNOWN and stop is None,
        next_check_at=_next_check(due, now) if ticking else None,
        fault=fault or row.fault,
        clock=row.clock,
    )


def _state(
    due: datetime,
    stop: Stop | None,
    void_at: datetime | None,
    paused_since: datetime | None,
    now: datetime,
    *,
    accuses: bool,
) -> DeadlineState:
    stands_still = paused_since is not None and paused_since <= due
    if void_at is not None and (void_at <= due or stands_still) and (stop is None or void_at < stop.at):
        return DeadlineState.VOID
    if stop is not None:
        if stop.at <= due or stands_still:
            return DeadlineState.MET
        return DeadlineState.UNKNOWN if stop.implied else DeadlineState.MET_LATE
    if stands_still:
        return DeadlineState.PAUSED
    if now <= due:
        return DeadlineState.RUNNING
    return DeadlineState.BREACHED if accuses else DeadlineState.UNKNOWN


def _next_check(due: Due, now: datetime) -> datetime:
    return min((moment for moment in due.warns if moment > now), default=due.at + INSTANT)
