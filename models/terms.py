"""What a shop agreed on: everything the fold needs besides facts and the present moment.

Pure values, made from settings by whoever loads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Final
from zoneinfo import ZoneInfo

from models.business_time import BusinessCalendar
from models.fact import FactKind
from models.policy import Policy
from models.stage import HandoverMode, ShippingMode

OFFICE_HOURS: Final = (time(9), time(18))
MONDAY_TO_SATURDAY: Final = frozenset(range(6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One shop's zone, ways of shipping, policy and opening hours (Monday is 0).

    `seen` holds the kinds of evidence this shop has ever received, by any channel; None means all.
    A clock whose evidence was never seen asks and does not accuse (order-lifecycle, section 7).
    """

    timezone: ZoneInfo
    handover: HandoverMode
    shipping: ShippingMode
    policy: Policy
    business_hours: tuple[time, time] = OFFICE_HOURS
    business_days: frozenset[int] = MONDAY_TO_SATURDAY
    closed_days: frozenset[date] = frozenset()
    seen: frozenset[FactKind] | None = None
    api_connected: bool = False

    calendar: BusinessCalendar = field(init=False)

    def __post_init__(self) -> None:
        """Work out when the shop is open."""
        opening = BusinessCalendar(
            zone=self.timezone, hours=self.business_hours, days=self.business_days, closed=self.closed_days
        )
        object.__setattr__(self, "calendar", opening)

    def accuses(self, kinds: frozenset[FactKind]) -> bool:
        """Whether missing evidence of `kinds` means anything: some of it reached this shop before."""
        return not kinds or self.seen is None or self.api_connected or bool(kinds & self.seen)
