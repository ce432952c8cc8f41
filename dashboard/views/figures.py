"""Numbers: what a manager who looks once a day wants to know of one shop and some weeks, each in words first.

The page is called Numbers, its file is not: Streamlit puts this folder on the path, where `numbers` is Python's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import charts, downloads, figure_words, parts, queries
from dashboard.words import capital, say
from models import formats
from models.carrier_figures import Journey, Leg, compare, ended_between
from models.db.shop_numbers import Sample
from models.deadline import Fault
from models.due_days import DISPATCH, ShopDay, Tally, by_day, by_limit, day_of, days_before, rate_of, settled, undecided
from models.packing_pace import HISTORY_DAYS, forecast, pace
from models.time_to_ship import ShipTime, bars, usual_limit

WEEKS: Final = (2, 4, 8)
WEEK: Final = 7  # days
TABLE: Final = 720  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The shop and the days that the page is about; all of them are over."""

    shop: str
    zone: ZoneInfo
    days: tuple[ShopDay, ...]

    @property
    def since(self) -> datetime:
        """When the first of the days began (UTC)."""
        return self.days[0].since

    @property
    def until(self) -> datetime:
        """When the last of the days was over (UTC)."""
        return self.days[-1].until


def page() -> None:
    """Draw tonight's forecast, then the figures of the chosen weeks."""
    parts.heading("figures")
    if not queries.shops():
        parts.empty(say("figures.no_shop"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shops = queries.shops()
        shop = st.selectbox(say("orders.shop"), shops, key="shop", width=260) if len(shops) > 1 else shops[0]
        weeks = st.selectbox(
            say("figures.period"),
            WEEKS,
            index=1,
            format_func=lambda count: say("figures.weeks", count=count),
            key="weeks",
            width=260,
        )
    zone = queries.zone_of(shop)
    period = Period(shop=shop, zone=zone, days=days_before(queries.now(), zone, weeks * WEEK))
    tonight(shop, zone)
    told = queries.tallies(shop, period.days)
    rates(period, told)
    faults(period, settled(told))
    ship_times(period)
    carriers(period)
    parts.zones()


def tonight(shop: str, zone: ZoneInfo) -> None:
    """Say what will be late today at the shop's own pace."""
    st.header(say("figures.tonight.title"))
    now = queries.rounded(queries.now())
    today = day_of(now, zone)
    packed = queries.packed_at(shop, today.since - timedelta(days=HISTORY_DAYS), today.since)
    usual = pace(packed.rows, zone, packed.share)
    told = forecast(queries.due_unpacked(shop, now, today.until), usual, zone, now, today.until)
    words = figure_words.tonight(told, usual, zone, today.until)
    if told.late and usual.known:
        st.warning(words, icon=":material/alarm:")
    else:
        st.info(words, icon=":material/nights_stay:")


def rates(period: Period, told: Sequence[Tally]) -> None:
    """Show the breach rate and the late-dispatch rate by due day."""
    st.header(say("figures.rates.title"))
    first, last = (formats.day(day.date) for day in (period.days[0], period.days[-1]))
    st.markdown(f"{say('figures.counted', since=first, until=last)} {figure_words.left_out(undecided(told))}")
    over = settled(told)
    days = by_day(over)
    if not days:
        parts.empty(say("figures.none"))
        return
    worst, dispatch = figure_words.worst_day(days), rate_of([one for one in over if one.rule is DISPATCH])
    st.markdown(f"{figure_words.rates(dispatch, rate_of(over))} {worst}")
    st.altair_chart(charts.rates(days), alt=f"{say('figures.rates.chart')}. {worst}")
    with st.expander(say("figures.rates.table")):
        columns = [say(f"figures.{name}") for name in ("day", "rates.dispatch_column", "rates.all_column")]
        lines = [
            (formats.day(day.date), figure_words.rate_badge(day.dispatch), figure_words.rate_badge(day.all))
            for day in reversed(days)
        ]
        st.table([dict(zip(columns, line, strict=True)) for line in lines], border="horizontal", width=TABLE)
    download("days", period, downloads.days(days))


def faults(period: Period, told: Sequence[Tally]) -> None:
    """Show which limits were missed, and who answers for them."""
    limits, every = by_limit(told), rate_of(told)
    if not limits:
        return
    st.header(say("figures.faults.title"))
    st.markdown(figure_words.faults(every))
    columns = [say(f"figures.{name}") for name in ("limit", "missed")]
    columns += [capital(figure_words.who(fault)) for fault in (Fault.SHOP, Fault.CARRIER)]
    lines = [
        (
            figure_words.limit_name(rule),
            figure_words.rate_badge(rate),
            *map(formats.number, (rate.by_shop, rate.by_carrier)),
        )
        for rule, rate in limits
    ]
    st.table([dict(zip(columns, line, strict=True)) for line in lines], border="horizontal")
    if every.missed:
        st.altair_chart(charts.faults(limits), alt=figure_words.faults(every))
        ask = partial(queries.missed, period.shop, period.since, period.until)
        download("missed", period, downloads.missed(ask, period.zone))


def ship_times(period: Period) -> None:
    """Show how long orders took until they were set to shipped, beside their limit."""
    st.header(say("figures.ship.title"))
    found = queries.ship_times(period.shop, period.since, period.until)
    drawn, limit = bars(found.rows), usual_limit(found.rows)
    words = figure_words.ship_times(found.rows, drawn)
    if limit is None:
        parts.empty(words)
        return
    st.markdown(words)
    of_sample(found)
    st.altair_chart(charts.ship_times(drawn, limit), alt=words)
    download("ship_times", period, downloads.ship_times(found.rows, period.zone))


def carriers(period: Period) -> None:
    """Show how fast each carrier collects, scans and delivers."""
    st.header(say("figures.carriers.title"))
    found = queries.journeys(period.shop, period.since, period.until)
    figures = compare(found.rows, period.since, period.until)
    words = figure_words.carriers(figures)
    if not figures:
        parts.empty(words)
        return
    st.markdown(f"{words} {say('figures.carriers.counted')}")
    of_sample(found)
    columns = [say(f"figures.carriers.{name}") for name in ("carrier", *(f"{leg}_column" for leg in Leg))]
    lines = [
        (figure_words.carrier_name(one.carrier), *(figure_words.leg(one.legs[leg]) for leg in Leg)) for one in figures
    ]
    st.table([dict(zip(columns, line, strict=True)) for line in lines], border="horizontal")
    st.altair_chart(charts.carriers(figures), alt=figure_words.carriers(figures, str))
    ways = ended_between(found.rows, period.since, period.until)
    download("parcels", period, downloads.journeys(ways, period.zone))


def of_sample(found: Sample[ShipTime] | Sample[Journey]) -> None:
    """Say that figures rest on a sample, where they do."""
    if not found.whole:
        st.markdown(figure_words.sample(len(found.rows), found.share))


def download(table: str, period: Period, make: downloads.Make) -> None:
    """Draw the button that fetches a table as CSV."""
    days = f"{period.days[0].date}-{period.days[-1].date}"
    st.download_button(
        say(f"figures.download.{table}"),
        make,
        file_name=f"shipclock-{table.replace('_', '-')}-{days}.csv",
        mime="text/csv",
        key=f"download-{table}",
        icon=":material/download:",
        on_click="ignore",
    )


page()
