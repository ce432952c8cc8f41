"""Numbers into sentences: what each chart of the page Numbers shows, so that nobody needs the chart.

Pure: figures, a moment and a zone in, Markdown out. A carrier's name is others' text and is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard import present
from dashboard.words import capital, catalogue, plain, say
from models import formats
from models.carrier_figures import CarrierFigures, Leg, LegFigure, fastest
from models.deadline import Fault, RuleId
from models.due_days import DayRate, Rate
from models.late_share import LIMIT
from models.packing_pace import Forecast, Pace
from models.time_to_ship import Bar, ShipTime, middle, usual_limit

A_MOMENT: Final = timedelta(microseconds=1)


def tonight(told: Forecast, usual: Pace, zone: ZoneInfo, midnight: datetime) -> str:
    """Say what becomes of the orders that are due until the shop's midnight."""
    until = _clock(midnight - A_MOMENT, zone)
    if not told.due:
        return say("figures.tonight.none", until=until)
    due = say("figures.tonight.due", until=until, due=told.due)
    if not usual.known:
        return f"{due} {say('figures.tonight.little', packed=usual.packed, days=usual.days)}"
    pace = say("figures.tonight.pace", pace=round(told.an_hour), rest=round(told.rest))
    if told.late:
        return f"{due} {pace} **{say('figures.tonight.late', late=told.late)}**"
    return f"{due} {pace} **{say('figures.tonight.all_done', done=_clock(told.done_at, zone))}**"


def _clock(moment: datetime | None, zone: ZoneInfo) -> str:
    return formats.clock(moment.astimezone(zone)) if moment else say("when.unknown")


def rate(one: Rate) -> str:
    """Give a share in words, with the counts it rests on."""
    return say("figures.rate", late=one.missed, total=one.due, percent=formats.percent(one.percent / 100))


def part(count: int, of: Rate) -> str:
    """Give how many of all that were due, in little room ("2/1,234")."""
    return f"{formats.number(count)}/{formats.number(of.due)}"


def rate_badge(one: Rate) -> str:
    """Give a share with a shape and a colour; nothing where nothing was due."""
    if not one.due:
        return ""
    return present.badge(rate(one), "error", "red") if one.missed else present.badge(rate(one), "check_circle", "green")


def rates(dispatch: Rate, every: Rate) -> str:
    """Say how many orders were set to shipped too late, and how many limits were missed in all."""
    return say("figures.rates.summary", dispatch=rate(dispatch), all=rate(every), limit=late_limit())


def late_limit() -> str:
    """Say the share of late orders that TikTok Shop bears."""
    return formats.percent(float(LIMIT))


def worst_day(days: Sequence[DayRate]) -> str:
    """Say on which day most orders were due that were set to shipped too late."""
    worst = max(days, key=lambda day: (day.dispatch.missed, day.date))
    if not worst.dispatch.missed:
        return say("figures.rates.never")
    late, total = worst.dispatch.missed, worst.dispatch.due
    return say("figures.rates.worst", day=formats.day(worst.date), late=late, total=total)


def left_out(days: Sequence[date]) -> str:
    """Say which days are not counted yet; empty when all are."""
    return say("figures.left_out", days=", ".join(map(formats.day, days))) if days else ""


def who(fault: Fault) -> str:
    """Give who answers for a missed limit."""
    return catalogue().text(f"rules.faults.{fault}")


def limit_name(rule: RuleId) -> str:
    """Give a limit's name with a capital."""
    return capital(present.rule_name(rule))


def faults(every: Rate) -> str:
    """Say how many limits were missed, and who answers for how many of them."""
    if not every.missed:
        return say("figures.faults.none")
    shares = ((Fault.SHOP, every.by_shop), (Fault.CARRIER, every.by_carrier))
    told = ", ".join(say("figures.faults.share", who=who(fault), count=count) for fault, count in shares)
    return say("figures.faults.summary", missed=every.missed, shares=told)


def ship_times(orders: Sequence[ShipTime], bars: Sequence[Bar]) -> str:
    """Say how long half of the orders took, beside their usual limit."""
    half, limit = middle([order.taken for order in orders]), usual_limit(orders)
    if half is None or limit is None:
        return say("figures.ship.none")
    span, late = catalogue().span, sum(order.late for order in orders)
    words = say("figures.ship.summary", count=len(orders), median=span(half), limit=span(limit), late=late)
    return f"{words} {say('figures.ship.tail')}" if bars[-1].open else words


def sample(count: int, share: float) -> str:
    """Say on how many of all orders such figures rest."""
    return say("figures.sample", count=count, percent=formats.percent(max(share, 0.01)))


def carrier_name(carrier: str | None, shown: Callable[[str], str] = plain) -> str:
    """Give a carrier's name, as Markdown or as it is `shown`."""
    return shown(carrier) if carrier else say("figures.carriers.unknown")


def carriers(figures: Sequence[CarrierFigures], shown: Callable[[str], str] = plain) -> str:
    """Say which carrier delivers fastest, if that can be told; its name as it is `shown`."""
    if not figures:
        return say("figures.carriers.none")
    first = fastest(figures, Leg.DELIVERED)
    if first is None or (half := first.legs[Leg.DELIVERED].median) is None:
        return say("figures.carriers.too_few")
    told = {"count": first.legs[Leg.DELIVERED].count, "median": catalogue().span(half)}
    return say("figures.carriers.summary", carrier=carrier_name(first.carrier, shown), **told)


def leg(figure: LegFigure) -> str:
    """Give a leg's median with the number of parcels it rests on."""
    if figure.median is None:
        return say("when.unknown")
    key = "figures.carriers.few" if figure.few else "figures.carriers.enough"
    return say(key, median=catalogue().span(figure.median), count=figure.count)
