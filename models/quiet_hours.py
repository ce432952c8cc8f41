"""A shop's quiet hours: when only what cannot wait until they end may be told.

Pure. The hours are wall time of the shop's zone and may run into the next day; moments are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

Period: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From when to when, each day; an end before the start is the next day's."""

    start: time
    end: time
    zone: ZoneInfo

    def period_at(self, moment: datetime) -> Period | None:
        """The quiet period (UTC) that `moment` lies in, its end not included; None outside of them."""
        found = (period for period in self._around(moment) if period[0] <= moment < period[1])
        return next(found, None)

    def last_period(self, moment: datetime) -> Period:
        """The latest quiet period (UTC) that is over at `moment`."""
        return max(period for period in self._around(moment) if period[1] <= moment)

    def _around(self, moment: datetime) -> list[Period]:
        """The periods that begin up to two days before, or on the day of, the moment."""
        overnight = timedelta(days=int(self.end <= self.start))
        today = moment.astimezone(self.zone).date()
        starts = (today - timedelta(days=back) for back in (2, 1, 0))
        return [
            (
                datetime.combine(day, self.start, self.zone).astimezone(UTC),
                datetime.combine(day + overnight, self.end, self.zone).astimezone(UTC),
            )
            for day in starts
        ]
