"""The charts of the page Numbers; that page alone imports this, since Altair takes its time.

What a chart shows stands beside it in words. Colours are few, and never alone in telling things apart: a place or a
shape does, too. In dark they are lighter, so that they stand out from the ground.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import altair as alt
import streamlit as st

from dashboard import figure_words
from dashboard.words import capital, catalogue, say
from models import formats
from models.carrier_figures import CarrierFigures, Leg
from models.deadline import Fault, RuleId
from models.due_days import DayRate, Rate
from models.late_share import LIMIT
from models.time_to_ship import Bar

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEIGHT: Final = 380  # pixels, with title, axes and legend
FRAME: Final = 190  # pixels of these alone
A_ROW: Final = 36
NAME: Final = 260  # pixels for the name of a row
TICKS: Final = 8
WORDS, GAP = 13, 5  # pixels: the words below a title, and how far below
BROKEN_LINE: Final = "- - -"  # as a limit is drawn
STEPS: Final = (6, 12, 24, 48, 96, 168)  # hours from tick to tick
LABELLED_DAYS: Final = 14  # more have no room for the count above each bar
LEAST_PERCENT: Final = 5  # the axis reaches so far, that one late order of many does not fill the chart
BLUE, ORANGE, GREY, INK = 0, 1, 2, 3
LIGHT: Final = ("#0b5cad", "#c1440e", "#5b6672", "#1b1f24")
DARK: Final = ("#6fb1f5", "#ff9466", "#a9b4c0", "#eef1f4")


def _colours() -> tuple[str, ...]:
    return DARK if st.context.theme.type == "dark" else LIGHT


def _data(rows: Iterable[Mapping[str, object]]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _framed(chart: Chart, title: str, height: int, limit: str = "") -> Chart:
    """Give a chart its title and height, and its numbers the signs of the language.

    What its broken line means stands below the title, where there is no bar and room on a phone, too.
    """
    decimal, group = formats.separators()
    number = alt.NumberLocale(decimal=decimal, thousands=group, grouping=[3], currency=["", ""])
    told = alt.TitleParams(title, subtitleColor=_colours()[INK], subtitleFontSize=WORDS, subtitlePadding=GAP)
    if limit:
        told.subtitle = f"{BROKEN_LINE} {limit}"
    framed: Chart = chart.properties(title=told, height=height).configure(locale=alt.Locale(number=number))
    return framed


def _legend() -> alt.Legend:
    """What colours stand for, one below the other: side by side they are cut off on a phone."""
    return alt.Legend(orient="bottom", labelLimit=0, columns=1)


def _two(first: str, second: str) -> alt.Color:
    """Two kinds of bars: the first blue, the second orange."""
    colours = _colours()
    scale = alt.Scale(domain=[first, second], range=[colours[BLUE], colours[ORANGE]])
    return alt.Color("what:N", title=None, scale=scale, legend=_legend())


def rates(days: Sequence[DayRate]) -> Chart:
    """Draw the share of missed limits by due day, all limits beside that of setting to shipped."""
    every, dispatch = say("figures.rates.all"), say("figures.rates.dispatch")
    rows = [
        {
            "day": formats.day(day.date),
            "what": what,
            "percent": rate.percent,
            "count": figure_words.part(rate.missed, rate) if rate.missed else "",
            "words": figure_words.rate(rate),
        }
        for day in days
        for what, rate in ((every, day.all), (dispatch, day.dispatch))
    ]
    top = max(LEAST_PERCENT, *(max(day.all.percent, day.dispatch.percent) for day in days))
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("day:N", sort=None, title=say("figures.rates.x"), axis=alt.Axis(labelAngle=-45, labelOverlap=True)),
        xOffset=alt.XOffset("what:N", sort=None),
        y=alt.Y("percent:Q", title=say("figures.rates.y"), scale=alt.Scale(domain=[0, top])),
        tooltip=[
            alt.Tooltip("day:N", title=say("figures.rates.x")),
            alt.Tooltip("what:N", title=say("figures.limit")),
            alt.Tooltip("words:N", title=say("figures.missed")),
        ],
    )
    layers = [base.mark_bar().encode(color=_two(every, dispatch))]
    if len(days) <= LABELLED_DAYS:
        layers.append(base.mark_text(dy=-7, color=_colours()[INK]).encode(text="count:N"))
    layers.append(_limit(alt.Y("at:Q", title=say("figures.rates.y")), float(100 * LIMIT)))
    words = say("figures.rates.limit", limit=figure_words.late_limit())
    return _framed(alt.layer(*layers), say("figures.rates.chart"), HEIGHT, words)


def _limit(of: alt.X | alt.Y, at: float) -> alt.Chart:
    """Draw a limit as a broken line across a chart."""
    place = "x" if isinstance(of, alt.X) else "y"
    line = alt.Chart(_data([{"at": at}])).mark_rule(color=_colours()[INK], strokeDash=[6, 4], size=2)
    drawn: alt.Chart = line.encode(**{place: of})
    return drawn


def faults(limits: Sequence[tuple[RuleId, Rate]]) -> Chart:
    """Draw how often each limit was missed by whose fault."""
    shop, carrier = (capital(figure_words.who(fault)) for fault in (Fault.SHOP, Fault.CARRIER))
    broken = [(rule, rate) for rule, rate in limits if rate.missed]
    rows = [
        {"limit": figure_words.limit_name(rule), "what": who, "count": count, "words": figure_words.part(count, rate)}
        for rule, rate in broken
        for who, count in ((shop, rate.by_shop), (carrier, rate.by_carrier))
    ]
    whole = alt.Axis(format=",d", tickMinStep=1, tickCount=TICKS)
    drawn: alt.Chart = (
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            y=alt.Y("limit:N", sort=None, title=None, axis=alt.Axis(labelLimit=NAME)),
            x=alt.X("count:Q", title=say("figures.faults.x"), axis=whole),
            color=_two(shop, carrier),
            tooltip=[alt.Tooltip("limit:N"), alt.Tooltip("what:N"), alt.Tooltip("words:N")],
        )
    )
    return _framed(drawn, say("figures.faults.chart"), FRAME + A_ROW * len(broken))


def ship_times(bars: Sequence[Bar], limit: timedelta) -> Chart:
    """Draw how many orders took how long, in time and too late, beside their usual limit."""
    in_time, late = say("figures.ship.in_time"), say("figures.ship.late")
    rows = [
        {"since": bar.since, "until": bar.until, "what": what, "count": count}
        for bar in bars
        for what, count in ((in_time, bar.in_time), (late, bar.late))
    ]
    end = max(bars[-1].until, limit / HOUR)
    step = next((step for step in STEPS if end / step <= TICKS), STEPS[-1])
    hours = alt.Axis(values=list(range(0, int(end) + 1, step)))
    drawn = (
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            x=alt.X("since:Q", bin="binned", title=say("figures.ship.x"), scale=alt.Scale(domain=[0, end]), axis=hours),
            x2="until:Q",
            y=alt.Y("count:Q", title=say("figures.ship.y"), axis=alt.Axis(format=",d", tickMinStep=1)),
            color=_two(in_time, late),
            tooltip=[
                alt.Tooltip("since:Q", title=say("figures.ship.since")),
                alt.Tooltip("until:Q", title=say("figures.ship.until")),
                alt.Tooltip("what:N", title=say("figures.ship.outcome")),
                alt.Tooltip("count:Q", title=say("figures.ship.y")),
            ],
        )
    )
    words = say("figures.ship.limit", limit=catalogue().span(limit))
    layers = alt.layer(drawn, _limit(alt.X("at:Q"), limit / HOUR))
    return _framed(layers, say("figures.ship.chart"), HEIGHT, words)


def carriers(figures: Sequence[CarrierFigures]) -> Chart:
    """Draw for each carrier after how many days half of its parcels were collected, scanned and delivered."""
    legs = {leg: say(f"figures.carriers.{leg}") for leg in Leg}
    rows = [
        {
            "carrier": one.carrier or say("figures.carriers.unknown"),
            "what": words,
            "days": median / DAY,
            "count": one.legs[leg].count,
        }
        for one in figures
        for leg, words in legs.items()
        if (median := one.legs[leg].median) is not None
    ]
    colours = _colours()
    hues = [colours[ORANGE], colours[GREY], colours[BLUE]]
    shapes = ["triangle-up", "square", "circle"]
    drawn: alt.Chart = (
        alt.Chart(_data(rows))
        .mark_point(filled=True, size=160, opacity=1)
        .encode(
            y=alt.Y("carrier:N", sort=None, title=None, axis=alt.Axis(labelLimit=NAME, grid=True)),
            x=alt.X(
                "days:Q", title=say("figures.carriers.x"), scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=TICKS)
            ),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=list(legs.values()), range=hues),
                legend=_legend(),
            ),
            shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=list(legs.values()), range=shapes)),
            tooltip=[
                alt.Tooltip("carrier:N", title=say("figures.carriers.carrier")),
                alt.Tooltip("what:N", title=say("figures.carriers.leg")),
                alt.Tooltip("days:Q", title=say("figures.carriers.x"), format=".1f"),
                alt.Tooltip("count:Q", title=say("figures.carriers.parcels")),
            ],
        )
    )
    return _framed(drawn, say("figures.carriers.chart"), FRAME + A_ROW * len(figures))
