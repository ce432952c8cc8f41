"""The clocks of mailboxes and shops, not of an order: D20 to D22 (order-lifecycle, section 7).

Pure: when a mailbox was read, when mail came, since when a mail waits; clocks out. Each is there only while it
runs or is broken: reading, any mail, or handling the mail ends it. Times are aware and in UTC.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median_high
from typing import Final
from zoneinfo import ZoneInfo

from models.business_time import BusinessCalendar, in_business_hours
from models.clock import INSTANT
from models.deadline import ClockType, Deadline, DeadlineState, Fault, RuleId

ONE_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFigures:
    """How long a mailbox may be unread, mail stay away, and a mail wait; `waits` and `warns` are business time."""

    intervals: float
    unread_at_least: timedelta
    gaps: float
    silent_at_least: timedelta
    weeks: int
    weeks_needed: int
    waits: timedelta
    warns: timedelta


def parse_shop_figures(text: str) -> ShopFigures:
    """The figures of a TOML text. Raises KeyError or TypeError for one that is missing or no number."""
    data = tomllib.loads(text)
    unread, silent, waiting = data[RuleId.D20], data[RuleId.D21], data[RuleId.D22]
    return ShopFigures(
        intervals=unread["times"],
        unread_at_least=timedelta(hours=unread["at_least"]),
        gaps=silent["times"],
        silent_at_least=timedelta(hours=silent["at_least"]),
        weeks=silent["weeks"],
        weeks_needed=silent["weeks_needed"],
        waits=timedelta(hours=waiting["length"]),
        warns=timedelta(hours=waiting["warn"]),
    )


def mailbox_read(
    last_ok_at: datetime | None, interval: timedelta, figures: ShopFigures, now: datetime
) -> Deadline | None:
    """D20: from the last time that all of the mailbox was read; None before the first time."""
    if last_ok_at is None:
        return None
    due = last_ok_at + max(figures.intervals * interval, figures.unread_at_least)
    return _clock(RuleId.D20, last_ok_at, due, now)


def mail_expected(received: Iterable[datetime], zone: ZoneInfo, figures: ShopFigures, now: datetime) -> Deadline | None:
    """D21: from the last mail, over as soon as the silence is unusual for the hour of the week it has come to.

    So a night or a weekend without mail is none. None while too little is known, or mail is too seldom to expect.
    """
    times = sorted({moment for moment in received if moment <= now})
    if not times:
        return None
    start, moment = times[-1], times[-1] + figures.silent_at_least
    while moment - start <= timedelta(weeks=figures.weeks):
        gap = usual_gap(times, moment, zone, figures)
        if gap is None:
            return None
        if gap * figures.gaps <= moment - start:
            return _clock(RuleId.D21, start, moment, now)
        moment = min(moment + ONE_HOUR, start + gap * figures.gaps)
    return None


def mail_waits(seen_at: datetime, calendar: BusinessCalendar, figures: ShopFigures, now: datetime) -> Deadline:
    """D22: from when a mail that was not understood was seen until a person has looked at it."""
    warns_at, due = in_business_hours(calendar, seen_at, (figures.waits - figures.warns, figures.waits))
    return _clock(RuleId.D22, seen_at, due, now, warns=(warns_at,))


def usual_gap(times: Sequence[datetime], moment: datetime, zone: ZoneInfo, figures: ShopFigures) -> timedelta | None:
    """How long mail usually stays away at this hour of the week; None while too few weeks are known.

    Of each week: the time between the mail before and the mail after the same wall time. `times` ascend.
    """
    gaps = [
        times[after] - times[after - 1]
        for earlier in _weeks_before(moment, times[-1], zone, figures.weeks)
        if (after := bisect_right(times, earlier)) > 0
    ]
    return median_high(gaps) if len(gaps) >= figures.weeks_needed else None


def _weeks_before(moment: datetime, last: datetime, zone: ZoneInfo, weeks: int) -> Iterator[datetime]:
    """The same wall time of so many weeks, the latest first, as far as mail came afterwards."""
    first = (moment - last) // timedelta(weeks=1) + 1
    for number in range(first, first + weeks):
        earlier = (moment.astimezone(zone) - timedelta(weeks=number)).astimezone(UTC)
        if earlier < last:
            yield earlier


def _clock(rule: RuleId, start: datetime, due: datetime, now: datetime, warns: tuple[datetime, ...] = ()) -> Deadline:
    level = sum(moment <= now for moment in warns)
    state = DeadlineState.WARNED if level else DeadlineState.RUNNING
    over = now > due
    return Deadline(
        rule=rule,
        state=DeadlineState.BREACHED if over else state,
        start_at=start,
        due_at=due,
        warn_level=level,
        breached_at=due if over else None,
        next_check_at=None if over else min((moment for moment in warns if moment > now), default=due + INSTANT),
        fault=Fault.SYSTEM,
        clock=ClockType.WATCH,
    )
