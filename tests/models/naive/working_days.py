"""Due times of policies that count working days, walked day by day; figures and days off are written down by hand.

Of `vn-2025` and `us-2026` as order-lifecycle, section 7, tells them; days off are those of 2026.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.models.naive.order import Shop

LAST_MINUTE: Final = time(23, 59)
DAY: Final = timedelta(days=1)


class Market(NamedTuple):
    """A market's working days and figures."""

    zone: ZoneInfo
    last_weekday: int  # Monday is 0
    off: frozenset[date]
    cut_off: time  # what is placed then or later counts from the next working day
    ship_days: int
    pack_before: int  # hours before D02 is over
    answer_hours: int
    deliver_days: int | None
    shipped_from: int  # the rank from which the platform does not cancel by itself
    held_hours: int  # by the platform, from the order on


def _days(*days: tuple[int, int]) -> frozenset[date]:
    return frozenset(date(2026, month, day) for month, day in days)


MARKETS: Final = {
    "vn-2025": Market(
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        last_weekday=5,
        off=_days((1, 1), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 26), (4, 27), (4, 30), (5, 1)),
        cut_off=time(14),
        ship_days=0,
        pack_before=3,
        answer_hours=48,
        deliver_days=None,
        shipped_from=40,
        held_hours=0,
    ),
    "us-2026": Market(
        zone=ZoneInfo("America/Los_Angeles"),
        last_weekday=4,
        off=_days((1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (10, 12), (11, 11), (11, 26)),
        cut_off=LAST_MINUTE,
        ship_days=2,
        pack_before=12,
        answer_hours=24,
        deliver_days=6,
        shipped_from=50,
        held_hours=1,
    ),
}


def market_of(shop: Shop) -> Market | None:
    """The shop's market; None where the article's hours count."""
    return MARKETS.get(shop.market)


def working_day_due(shop: Shop, market: Market, placed: datetime, days: int) -> datetime:
    """The last minute of the working day, so many after the one on which the order counts."""
    local = placed.astimezone(market.zone)
    day = local.date()
    if local.time() >= market.cut_off or not _is_working(shop, market, day):
        day = _next(shop, market, day)
    for _ in range(days):
        day = _next(shop, market, day)
    return datetime.combine(day, LAST_MINUTE, market.zone).astimezone(UTC)


def _next(shop: Shop, market: Market, day: date) -> date:
    day += DAY
    while not _is_working(shop, market, day):
        day += DAY
    return day


def _is_working(shop: Shop, market: Market, day: date) -> bool:
    return day.weekday() <= market.last_weekday and day not in market.off and day not in shop.closed
