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

from dashboard import figure_words, present
from dashboard.words import capital, catalogue, say
from models.carrier_figures import CarrierFigures, Leg
from models.deadline import Fault, RuleId
from models.due_days import DayRate, Rate
from models.time_to_ship import Bar

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEIGHT: Final = 380  # pixels, with title, axes and legend
FRAME: Final = 190  # pixels of these alone
A_ROW: Final = 36
NAME: Final = 260  # pixels for the name of a row
TICKS: Final = 8
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


def _two(first: str, second: str) -> alt.Color:
    """Two kinds of bars: the first blue, the second orange."""
    colours = _colours()
    scale = alt.Scale(domain=[first, second], range=[colours[BLUE], colours[ORANGE]])
    return alt.Color("what:N", title=None, scale=scale, legend=alt.Legend(orient="bottom", labelLimit=0))


def rates(days: Sequence[DayRate]) -> Chart:
    """Draw the share of missed limits by due day, all limits beside that of setting to shipped."""
    every, dispatch = say("figures.rates.all"), say("figures.rates.dispatch")
    rows = [
        {
            "day": present.date_name(day.date),
            "what": what,
            "percent": rate.percent,
            "count": f"{rate.missed}/{rate.due}" if rate.missed else "",
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
    drawn: alt.Chart = base.mark_bar().encode(color=_two(every, dispatch))
    if len(days) > LABELLED_DAYS:
        return drawn.properties(title=say("figures.rates.chart"), height=HEIGHT)
    counts = base.mark_text(dy=-7, color=_colours()[INK]).encode(text="count:N")
    return alt.layer(drawn, counts).properties(title=say("figures.rates.chart"), height=HEIGHT)


def faults(limits: Sequence[tuple[RuleId, Rate]]) -> Chart:
    """Draw how often each limit was missed by whose fault."""
    shop, carrier = (capital(figure_words.who(fault)) for fault in (Fault.SHOP, Fault.CARRIER))
    broken = [(rule, rate) for rule, rate in limits if rate.missed]
    rows = [
        {"limit": figure_words.limit_name(rule), "what": who, "count": count, "words": f"{count}/{rate.due}"}
        for rule, rate in broken
        for who, count in ((shop, rate.by_shop), (carrier, rate.by_carrier))
    ]
    whole = alt.Axis(format="d", tickMinStep=1, tickCount=TICKS)
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
    return drawn.properties(title=say("figures.faults.chart"), height=FRAME + A_ROW * len(broken))


def ship_times(bars: Sequence[Bar], limit: timedelta) -> Chart:
    """Draw how many orders took how long, in time and too late, beside their usual limit."""
    in_time, late = say("figures.ship.in_time"), say("figures.ship.late")
    rows = [
        {"since": bar.since, "until": bar.until, "what": what, "count": count}
        for bar in bars
        for what, count in ((in_time, bar.in_time), (late, bar.late))
    ]
    end = max(bars[-1].until, 1.3 * (limit / HOUR))  # room for the words beside the line
    step = next((step for step in STEPS if end / step <= TICKS), STEPS[-1])
    hours = alt.Axis(values=list(range(0, int(end) + 1, step)))
    drawn = (
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            x=alt.X("since:Q", bin="binned", title=say("figures.ship.x"), scale=alt.Scale(domain=[0, end]), axis=hours),
            x2="until:Q",
            y=alt.Y("count:Q", title=say("figures.ship.y"), axis=alt.Axis(format="d", tickMinStep=1)),
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
    line = alt.Chart(_data([{"at": limit / HOUR, "words": words}])).encode(x="at:Q")
    ink = _colours()[INK]
    rule = line.mark_rule(color=ink, strokeDash=[6, 4], size=2)
    label = line.mark_text(align="left", dx=6, color=ink, fontWeight="bold").encode(text="words:N", y=alt.value(8))
    return alt.layer(drawn, rule, label).properties(title=say("figures.ship.chart"), height=HEIGHT)


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
                legend=alt.Legend(orient="bottom", labelLimit=0),
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
    return drawn.properties(title=say("figures.carriers.chart"), height=FRAME + A_ROW * len(figures))
