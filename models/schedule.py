"""The clocks of one order, row by row of the document's table (order-lifecycle, section 7).

Pure. Each function gives a row's clock, or None when it never started; what stops it, whose fault it is
and whether it may accuse stand in `models.deadline.RULES`, how long it is in the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeAlias

from models.business_time import in_wall_time
from models.clock import (
    NO_PAUSE,
    Due,
    Pause,
    Stop,
    due_after,
    find_stop,
    first_of,
    first_stop,
    judge,
    policy_due,
    stated_due,
)
from models.deadline import Deadline, DeadlineState, Fault, RuleId
from models.fact import Authority, FactKind
from models.history import History
from models.merge import rank_proved
from models.stage import RANK, HandoverMode, ShippingMode, Stage

HANDED_OVER: Final = RANK[Stage.PICKED_UP]
TRACKING: Final = (
    FactKind.PICKED_UP,
    FactKind.DROPPED_OFF,
    FactKind.IN_TRANSIT,
    FactKind.DELIVERY_ATTEMPT_FAILED,
)
ABOUT_DELIVERY: Final = frozenset({None, "delivery"})


@dataclass(slots=True, kw_only=True)
class Course:
    """An order's history and what time made of it so far: filled row by row while folding.

    `ended_at` is when a cancellation (told or presumed) took the purpose from the clocks.
    """

    history: History
    ended_at: datetime | None = None
    lost_at: datetime | None = None
    pause: Pause = NO_PAUSE
    clocks: dict[RuleId, Deadline] = field(default_factory=dict)

    def at(self, kind: FactKind) -> datetime | None:
        """When that kind of fact happened, as the strongest authority tells."""
        return self.history.evidence.at(kind)


Row: TypeAlias = Callable[[Course], Deadline | None]


def unpaid_runs_out(history: History) -> Deadline | None:
    """D09: never anybody's fault, so it is void when it is over (T05), as when the buyer pays (T04)."""
    placed_at, paid_at = history.placed_at, history.evidence.at(FactKind.ORDER_PAID)
    if placed_at is None or (paid_at is not None and paid_at <= placed_at):
        return None
    due = due_after(history, RuleId.D09, placed_at)
    if due is None:
        return None
    gone = paid_at or history.progress.rank > 0 or history.told_lost or history.cancelled
    void_at = due.at if gone or history.now > due.at else None
    return judge(history, RuleId.D09, placed_at, due, void_at=void_at)


def _plain(course: Course, rule: RuleId, start: datetime | None, due: Due | None = None) -> Deadline | None:
    """A clock whose stop and length are the table's and the policy's."""
    if start is None:
        return None
    due = due or due_after(course.history, rule, start, course.pause)
    if due is None:
        return None
    stop = find_stop(course.history.evidence, rule)
    return judge(course.history, rule, start, due, stop=stop, void_at=course.ended_at, pause=course.pause)


def confirm(course: Course) -> Deadline | None:
    """D01: our own aim, so it starts when we saw the payment."""
    paid = course.history.evidence.milestones.get(FactKind.ORDER_PAID)
    return _plain(course, RuleId.D01, paid.known_at if paid else None)


def ship(course: Course) -> Deadline | None:
    """D02. A reminder that states the time starts it even when the new-order mail is missing."""
    history = course.history
    if history.placed_at is not None:
        return _plain(course, RuleId.D02, history.placed_at if history.paid else None)
    reminders = [
        fact
        for fact in history.evidence.of(FactKind.DUE_STATED)
        if (fact.text("rule") or RuleId.D02) == RuleId.D02 and fact.moment("due_at")
    ]
    return _plain(course, RuleId.D02, min((fact.occurred_at for fact in reminders), default=None))


def pack(course: Course) -> Deadline | None:
    """D03: a while before D02 is over."""
    ship_by = course.clocks.get(RuleId.D02)
    clock = course.history.terms.policy.clocks.get(RuleId.D03)
    begun = find_stop(course.history.evidence, RuleId.D01)
    if ship_by is None or clock is None or begun is None:
        return None
    if stated_due(course.history.evidence, RuleId.D03):
        return _plain(course, RuleId.D03, begun.at)
    due_at = ship_by.due_at - clock.hours
    if due_at > begun.at:  # held time does not count, as with every aim of ours
        due_at = in_wall_time(begun.at, [due_at - begun.at], course.pause.over)[0]
    due = Due(at=due_at, warns=clock.warns_before(due_at), extended_by=ship_by.extended_by)
    return _plain(course, RuleId.D03, begun.at, due)


def collect(course: Course) -> Deadline | None:
    """D04."""
    return _handed_over(course, RuleId.D04, HandoverMode.PICKUP)


def drop_off(course: Course) -> Deadline | None:
    """D06."""
    return _handed_over(course, RuleId.D06, HandoverMode.DROP_OFF)


def _handed_over(course: Course, rule: RuleId, mode: HandoverMode) -> Deadline | None:
    """The clock of one way of handing over; void when the order turned to the other way (T18, X02)."""
    handover, start = course.history.handover, course.at(FactKind.MARKED_SHIPPED)
    if start is None or mode not in {handover.mode, handover.abandoned}:
        return None
    if mode is handover.mode:
        return _plain(course, rule, start)
    due = due_after(course.history, rule, start)
    return judge(course.history, rule, start, due, void_at=min(start, due.at)) if due else None


def complain(course: Course) -> Deadline | None:
    """D05: begins with the breach of D04; void when the carrier came or the breach was taken back."""
    start = uncollected_since(course)
    if start is None:
        return None
    due = due_after(course.history, RuleId.D05, start, course.pause)
    if due is None:
        return None
    came, stop = (find_stop(course.history.evidence, rule) for rule in (RuleId.D04, RuleId.D05))
    void_at = min((moment for moment in (course.ended_at, came and came.at) if moment), default=None)
    if came and came.implied and not (stop and stop.at <= due.at):
        void_at = start  # nobody knows whether there was anything to complain of
    return judge(course.history, RuleId.D05, start, due, stop=stop, void_at=void_at, pause=course.pause)


def uncollected_since(course: Course) -> datetime | None:
    """When D04 was seen breached, if it ever was; that stays so when only a later scan tells that the carrier came."""
    clock = course.clocks.get(RuleId.D04)
    if clock is None:
        return None
    came_unseen = clock.accuses and clock.state is DeadlineState.UNKNOWN
    return clock.due_at if clock.seen_breached or came_unseen else None


def first_scan(course: Course) -> Deadline | None:
    """D07: runs from a person's word; the carrier's own word of the drop-off is a scan."""
    reports = course.history.evidence.of(FactKind.DROPPED_OFF)
    said = [fact.occurred_at for fact in reports if fact.authority is Authority.HUMAN]
    if not said or course.history.handover.mode is not HandoverMode.DROP_OFF:
        return None
    due = due_after(course.history, RuleId.D07, min(said))
    if due is None:
        return None
    stop, taken = find_stop(course.history.evidence, RuleId.D07), course.history.evidence.speaking(FactKind.DROPPED_OFF)
    if taken and taken.authority is not Authority.HUMAN:
        known_at = min(fact.observed_at for fact in reports if fact.authority is not Authority.HUMAN)
        own = Stop(at=taken.occurred_at, known_at=known_at)
        stop = own if stop is None or stop.implied else first_stop([own, stop])
    return judge(course.history, RuleId.D07, min(said), due, stop=stop, void_at=course.ended_at)


def lost(course: Course) -> Deadline | None:
    """D10: for parcels the seller ships. Two failed attempts are a loss too and stop it, until a delivery denies it."""
    history, start = course.history, course.at(FactKind.MARKED_SHIPPED)
    if start is None or history.shipping_mode is not ShippingMode.SELLER:
        return None
    due = due_after(history, RuleId.D10, start)
    if due is None:
        return None
    stops = [found] if (found := find_stop(history.whole, RuleId.D10)) else []
    attempts = history.attempts
    if attempts.second_at and attempts.known_at and history.delivered is None:
        stops.append(Stop(at=attempts.second_at, known_at=attempts.known_at))
    return judge(history, RuleId.D10, start, due, stop=first_stop(stops), void_at=course.ended_at)


def deliver(course: Course) -> Deadline | None:
    """D11: the promised time, else as long as the policy gives. The shop's fault where it shipped late itself."""
    history = course.history
    due = _promise(history)
    if due is None:
        return None
    start = history.placed_at or min(fact.occurred_at for fact in history.evidence.facts)
    own = [course.clocks[rule] for rule in (RuleId.D02, RuleId.D06) if rule in course.clocks]
    fault = Fault.SHOP if any(one.breached_at for one in own) else None
    stop = find_stop(history.whole, RuleId.D11)
    return judge(history, RuleId.D11, start, due, stop=stop, void_at=course.ended_at, fault=fault)


def _promise(history: History) -> Due | None:
    """When the parcel must have arrived: as stated, as promised, else by a figure that has a length."""
    clock = history.terms.policy.clocks.get(RuleId.D11)
    if clock is None:
        return None
    stated = stated_due(history.evidence, RuleId.D11)
    promised_at = stated or (history.promised.moment("promised_at") if history.promised else None)
    if promised_at is not None:
        return Due(at=promised_at, warns=clock.warns_before(promised_at), stated=stated is not None)
    if not clock.length or history.placed_at is None:
        return None
    return policy_due(history, RuleId.D11, clock, history.placed_at)


def second_attempt(course: Course) -> Deadline | None:
    """D12: a count, not a time; it is there, and broken, from the second failed attempt."""
    attempts, delivered = course.history.attempts, course.history.delivered
    if attempts.first_at is None or attempts.second_at is None:
        return None
    stop = Stop(at=delivered.known_by, known_at=delivered.known_at) if delivered else None
    due = Due(at=attempts.second_at)
    clock = judge(course.history, RuleId.D12, attempts.first_at, due, stop=stop, void_at=course.ended_at)
    if clock.state is not DeadlineState.RUNNING:
        return clock
    return replace(clock, state=DeadlineState.BREACHED, breached_at=clock.due_at, next_check_at=None)


def tell_buyer(course: Course) -> Deadline | None:
    """D13: moot once the parcel arrived or was lost."""
    history = course.history
    start = history.attempts.first_at
    due = due_after(history, RuleId.D13, start, course.pause) if start else None
    if start is None or due is None:
        return None
    told = [fact for fact in history.evidence.of(FactKind.BUYER_NOTIFIED) if fact.text("case_id") in ABOUT_DELIVERY]
    moot = (course.ended_at, course.at(FactKind.DELIVERED), history.attempts.second_at, course.lost_at)
    void_at = min((moment for moment in moot if moment), default=None)
    return judge(history, RuleId.D13, start, due, stop=first_of(tuple(told)), void_at=void_at, pause=course.pause)


def silent_tracking(course: Course) -> Deadline | None:
    """D17: from the last scan on, until delivery; a lost or cancelled parcel is not waited for."""
    history = course.history
    scans = [fact for fact in history.evidence.of(*TRACKING) if rank_proved(fact) >= HANDED_OVER]
    if not scans:
        return None
    start = max(fact.occurred_at for fact in scans)
    due = due_after(history, RuleId.D17, start)
    if due is None:
        return None
    delivered = history.delivered
    stop = Stop(at=delivered.known_by, known_at=delivered.known_at) if delivered else None
    void_at = min((moment for moment in (course.ended_at, course.lost_at) if moment), default=None)
    return judge(history, RuleId.D17, start, due, stop=stop, void_at=void_at)


FIRST_ROWS: Final[Mapping[RuleId, Row]] = {
    RuleId.D10: lost,
    RuleId.D12: second_attempt,
}
"""Clocks that decide the stage; they run before holds are known, and never pause."""

ROWS: Final[Mapping[RuleId, Row]] = {
    RuleId.D01: confirm,
    RuleId.D02: ship,
    RuleId.D03: pack,
    RuleId.D04: collect,
    RuleId.D05: complain,
    RuleId.D06: drop_off,
    RuleId.D07: first_scan,
    RuleId.D11: deliver,
    RuleId.D13: tell_buyer,
    RuleId.D17: silent_tracking,
}
"""The other clocks of an order; a row may ask for those above it."""


def return_window(course: Course, opened: datetime, *, waits: bool) -> Deadline | None:
    """D18: over is what it is for, so it is met at its end; it waits while a case is open (T29, T36)."""
    due = due_after(course.history, RuleId.D18, opened)
    if due is None:
        return None
    over = course.history.now > due.at
    if over and waits:
        pause = Pause(since=opened)
        return judge(course.history, RuleId.D18, opened, due, void_at=course.ended_at, pause=pause)
    stop = Stop(at=due.at, known_at=due.at) if over else None
    return judge(course.history, RuleId.D18, opened, due, stop=stop, void_at=course.ended_at)


def is_breached(clock: Deadline | None) -> bool:
    """Whether it stands breached now."""
    return clock is not None and clock.state is DeadlineState.BREACHED
