"""What a shop agreed on: everything the fold needs besides facts and the present moment.

Pure values, made from settings by whoever loads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from models.business_time import BusinessCalendar
from models.extension import Extension
from models.fact import FactKind
from models.policy import Policy
from models.stage import HandoverMode, ShippingMode

OFFICE_HOURS: Final = (time(9), time(18))
MONDAY_TO_SATURDAY: Final = frozenset(range(6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One shop's zone, ways of shipping, policy and opening hours (Monday is 0).

    `seen` tells since when (UTC) this shop receives each kind of evidence, by any channel; None means that
    all were seen before. A clock that was over before asks and does not accuse (order-lifecycle, section 7).
    """

    timezone: ZoneInfo
    handover: HandoverMode
    shipping: ShippingMode
    policy: Policy
    business_hours: tuple[time, time] = OFFICE_HOURS
    business_days: frozenset[int] = MONDAY_TO_SATURDAY
    closed_days: frozenset[date] = frozenset()
    seen: Mapping[FactKind, datetime] | None = None
    api_connected: bool = False
    extensions: tuple[Extension, ...] = ()

    calendar: BusinessCalendar = field(init=False)
    working_days: BusinessCalendar = field(init=False)

    def __post_init__(self) -> None:
        """Work out when the shop is open, and which days the policy counts."""
        opening = BusinessCalendar(
            zone=self.timezone, hours=self.business_hours, days=self.business_days, closed=self.closed_days
        )
        object.__setattr__(self, "calendar", opening)
        object.__setattr__(self, "working_days", self.policy.calendar.working(opening))

    def accuses(self, kinds: frozenset[FactKind], due_at: datetime) -> bool:
        """Whether missing evidence of `kinds` meant anything at `due_at`: some of it had reached this shop by then."""
        if not kinds or self.seen is None or self.api_connected:
            return True
        return any(kind in kinds and since <= due_at for kind, since in self.seen.items())
