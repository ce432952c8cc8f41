"""When a length of a shop's own time is over: minute by minute for opening hours, around holds for the rest.

Written by hand a second time from order-lifecycle, section 7; a shop is open Monday to Saturday from 9 to 18.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tests.models.naive.course import Span
from tests.models.naive.order import NEVER

MINUTE: Final = timedelta(minutes=1)
SATURDAY: Final = 5


def after_hours(start: datetime, hours: float, holds: tuple[Span, ...]) -> datetime:
    """When so many hours without a hold have passed since `start`; NEVER while a hold is on before that."""
    due = start + timedelta(hours=hours)
    for hold in holds:
        if hold.start <= due and hold.end == NEVER:
            return NEVER
        if hold.start < due and hold.end > start:
            due += hold.end - max(hold.start, start)
    return due


@lru_cache(maxsize=256)
def after_business_hours(
    start: datetime, hours: int, zone: ZoneInfo, closed: frozenset[date], holds: tuple[Span, ...]
) -> datetime:
    """When so many open hours without a hold have passed since `start`, counted from minute to minute."""
    left, at = timedelta(hours=hours), start
    while True:
        local = at.astimezone(zone)
        is_open = local.weekday() <= SATURDAY and 9 <= local.hour < 18 and local.date() not in closed
        until = at.replace(second=0, microsecond=0) + MINUTE
        on_hold = False
        for hold in holds:
            if hold.start <= at < hold.end:
                on_hold = True
                if hold.end == NEVER:
                    return NEVER
            until = min([until, *(edge for edge in hold if edge > at)])
        if is_open and not on_hold:
            if left <= until - at:
                break
            left -= until - at
        at = until
    due = at + left
    if any(hold.end == NEVER and hold.start <= due for hold in holds):
        return NEVER  # it began in the due moment itself
    return due
