"""How one clock stands: from start, due moment and stop to its state (order-lifecycle, section 7).

Pure. What decides is when the stop happened, not when we heard of it; a stop at the due moment is in
time. A clock is over in the first instant after `due_at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.business_time import Interval
from models.deadline import RULES, ClockType, Deadline, DeadlineState, Fault, RuleId
from models.fact import STRENGTH, Fact, FactKind
from models.history import History
from models.merge import Evidence, rank_proved

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
    """When a clock is over, when it warns before (UTC, ascending), and whether somebody stated it."""

    at: datetime
    warns: tuple[datetime, ...] = ()
    stated: bool = False


def due_after(history: History, rule: RuleId, start: datetime, pause: Pause = NO_PAUSE) -> Due | None:
    """The due moment by policy, or as somebody stated it; None when the policy has no such clock."""
    clock = history.terms.policy.clocks.get(rule)
    if clock is None:
        return None
    stated = stated_due(history.evidence, rule)
    if stated is not None:
        return Due(at=stated, warns=clock.warns_before(stated), stated=True)
    pauses = pause.over if RULES[rule].clock is ClockType.TARGET else ()
    at, warns = clock.run(start, history.terms.calendar, pauses)
    return Due(at=at, warns=warns)


def stated_due(evidence: Evidence, rule: RuleId) -> datetime | None:
    """The due moment somebody stated for the whole order (UTC): strongest authority, then said last."""
    told = [fact for fact in evidence.of(FactKind.DUE_STATED) if (fact.text("rule") or RuleId.D02) == rule]
    if rule is RuleId.D02:
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
    return Stop(at=min(fact.occurred_at for fact in facts), known_at=min(fact.observed_at for fact in facts))


def find_stop(evidence: Evidence, rule: RuleId) -> Stop | None:
    """The earliest of the stops the rule names; only without any, the earliest proof of its rank."""
    row = RULES[rule]
    proofs = _proofs(evidence, row.stop_rank)
    named = [milestone for kind in row.stops if (milestone := evidence.milestones.get(kind))]
    known = [*(milestone.known_at for milestone in named), *(fact.observed_at for fact in proofs)]
    if named:
        return Stop(at=min(milestone.known_by for milestone in named), known_at=min(known))
    if not proofs:
        return None
    return Stop(at=min(fact.occurred_at for fact in proofs), known_at=min(known), implied=bool(row.stops))


def _proofs(evidence: Evidence, rank: int | None) -> list[Fact]:
    if rank is None:
        return []
    return [fact for fact in evidence.facts if rank_proved(fact) >= rank and fact.kind is not FactKind.CANCELLED]


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
    state = _state(due.at, stop, void_at, since, now, accuses=history.terms.accuses(row.asks, due.at))
    ran_until = min(moment for moment in (now, stop and stop.at, void_at, since) if moment)
    level = sum(moment <= ran_until for moment in due.warns)
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
        stated=due.stated,
        breached_at=due.at if state in {DeadlineState.BREACHED, DeadlineState.MET_LATE} else None,
        met_at=stop.at if stop and met else None,
        withdrawn=stop is not None and state is DeadlineState.MET and stop.known_at > due.at,
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
    if void_at is not None and void_at <= due and (stop is None or void_at < stop.at):
        return DeadlineState.VOID
    if stop is not None:
        if stop.at <= due:
            return DeadlineState.MET
        return DeadlineState.UNKNOWN if stop.implied else DeadlineState.MET_LATE
    if paused_since is not None and paused_since <= due:
        return DeadlineState.PAUSED
    if now <= due:
        return DeadlineState.RUNNING
    return DeadlineState.BREACHED if accuses else DeadlineState.UNKNOWN


def _next_check(due: Due, now: datetime) -> datetime:
    return min((moment for moment in due.warns if moment > now), default=due.at + INSTANT)
