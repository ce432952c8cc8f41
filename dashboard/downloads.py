"""The tables of the page Numbers as CSV: order numbers, times of the shop's zone, hours. No buyer is in any of them.

A table is put together when somebody presses its button. Streamlit does that outside of the person's session, so the
words are chosen before, while the page is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.words import catalogue, say
from models.carrier_figures import Journey, Leg
from models.csv_text import ENCODING, Cell, csv_text, hours_cell, time_cell
from models.db.shop_numbers import Missed
from models.due_days import DayRate
from models.time_to_ship import ShipTime

Make = Callable[[], bytes]

DAYS: Final = ("day", "ship_due", "ship_missed", "ship_percent", "all_due", "all_missed", "all_percent")
MISSED: Final = ("order", "limit", "due", "met", "hours_late", "who", "carrier")
SHIP_TIMES: Final = ("order", "start", "due", "shipped", "hours", "hours_allowed", "late")
JOURNEYS: Final = ("order", "carrier", "shipped", *Leg, *(f"hours_{leg}" for leg in Leg))


def _headings(columns: Iterable[str]) -> list[str]:
    return [say(f"figures.csv.{column}") for column in columns]


def days(rates: Sequence[DayRate]) -> Make:
    """Give how to make the table of rates by due day."""
    headings = _headings(DAYS)
    return lambda: csv_text(headings, map(_day, rates)).encode(ENCODING)


def _day(day: DayRate) -> list[Cell]:
    counts: list[Cell] = [day.date.isoformat()]
    for rate in (day.dispatch, day.all):
        counts += [rate.due, rate.missed, round(rate.percent, 1)]
    return counts


def missed(ask: Callable[[], Sequence[Missed]], zone: ZoneInfo) -> Make:
    """Give how to make the table of missed limits, which are asked for only then."""
    headings, texts = _headings(MISSED), catalogue()

    def row(one: Missed) -> list[Cell]:
        late = None if one.met_at is None else one.met_at - one.due_at
        times = (time_cell(one.due_at, zone), time_cell(one.met_at, zone), hours_cell(late))
        return [one.order_no, texts.rule(one.rule), *times, texts.text(f"rules.faults.{one.fault}"), one.carrier]

    return lambda: csv_text(headings, map(row, ask())).encode(ENCODING)


def ship_times(orders: Sequence[ShipTime], zone: ZoneInfo) -> Make:
    """Give how to make the table of how long each order took."""
    headings, outcomes = _headings(SHIP_TIMES), (say("figures.ship.in_time"), say("figures.ship.late"))

    def row(one: ShipTime) -> list[Cell]:
        times = (time_cell(moment, zone) for moment in (one.start_at, one.due_at, one.shipped_at))
        return [one.order_no, *times, hours_cell(one.taken), hours_cell(one.limit), outcomes[one.late]]

    return lambda: csv_text(headings, map(row, sorted(orders, key=lambda one: one.due_at))).encode(ENCODING)


def journeys(ways: Sequence[Journey], zone: ZoneInfo) -> Make:
    """Give how to make the table of each order's way with its carrier."""
    headings = _headings(JOURNEYS)

    def row(one: Journey) -> list[Cell]:
        ends = (time_cell(one.ended.get(leg), zone) for leg in Leg)
        spans = (hours_cell(one.span(leg)) for leg in Leg)
        return [one.order_no, one.carrier, time_cell(one.shipped_at, zone), *ends, *spans]

    return lambda: csv_text(headings, map(row, sorted(ways, key=lambda one: one.shipped_at))).encode(ENCODING)
