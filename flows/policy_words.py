"""The time limits that count for a shop, in words: for the terminal and for the page of settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flows.cli.opening import local
from models import formats
from models.catalogue import words
from models.extension import EXTENDABLE, Extension
from models.origin import length_words, origin_of, read_on_words
from models.policy import Clock, Policy, PolicyCalendar, Source, Unit
from models.policy_files import market_policy
from models.settings import ShopSettings

ONE_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown: a policy, of a shop or by itself, with the announcements beside it."""

    policy: Policy
    extensions: tuple[Extension, ...]
    shop: ShopSettings | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times of the policy are told."""
        return self.policy.calendar.zone or (self.shop.zone if self.shop else ZoneInfo("UTC"))


def chosen_words(view: View) -> str:
    """Say whose policy it is and why."""
    shop, text = view.shop, words()
    if shop is None:
        return text.text(
            "policies.show.markets", markets=", ".join(view.policy.markets) or text.text("policies.show.rest")
        )
    usual = market_policy(shop.market)
    key = "shop_market" if shop.policy == usual else "shop_named"
    return text.text(f"policies.show.{key}", shop=shop.name, market=shop.market, usual=usual)


def opening_words(shop: ShopSettings) -> str:
    """When our own aims count, and which days never do."""
    opens, closes = shop.business_hours
    closed = ", ".join(formats.full_date(day) for day in sorted(shop.closed_days))
    return words().text(
        "policies.show.opening",
        days=_weekdays(shop.business_days),
        hours=f"{formats.clock(opens)}-{formats.clock(closes)}",
        zone=shop.timezone,
        closed=closed or words().text("policies.show.never_closed"),
    )


def calendar_words(calendar: PolicyCalendar, shop: ShopSettings | None) -> str:
    """Say which days count as business days."""
    text = words()
    days = _weekdays(calendar.weekdays or (shop.business_days if shop else ()))
    country = " ".join(filter(None, (calendar.country, calendar.subdivision)))
    return text.text(
        "policies.show.calendar",
        days=days or text.text("policies.show.of_shop"),
        zone=text.text("policies.show.in_zone", zone=calendar.zone.key) if calendar.zone else "",
        holidays=text.text("policies.show.without", country=country) if country else "",
    )


def clock_rows(policy: Policy) -> list[list[str]]:
    """Give the policy's clocks, a row each: key, what, limit, when it warns, whose figure, its source."""
    return [_clock(*one) for one in sorted(policy.clocks.items())]


def other_rows(policy: Policy) -> Iterator[list[str]]:
    """Give what is no clock of its own, a row each: what, how long, whose figure, its source."""
    text = words()
    stages = text.text(f"policies.ranks.{policy.cancel_limit_rank}")
    yield [text.text("policies.other.cancel_limit_rank"), stages, *_origin(policy.sources["cancel_limit_rank"])]
    for name, length in policy.intervals.items():
        figure = Clock(length=length / ONE_HOUR)
        yield [text.text(f"policies.other.{name}"), length_words(figure), *_origin(policy.sources[name])]
    for name, clock in policy.auto_cancel.items():
        yield [text.text(f"policies.other.{name}"), length_words(clock), *_origin(clock)]


def extension_words(one: Extension, zone: ZoneInfo) -> str:
    """Say what was announced, for which orders, from when until when."""
    text = words()
    every = text.text("policies.show.all_rules")
    way = text.text(
        f"policies.show.{one.way}",
        n=one.add_hours or one.add_business_days or 0,
        when=local(one.not_before, zone),
    )
    return text.text(
        "policies.show.extension",
        name=one.name,
        rules=every if one.rules == EXTENDABLE else ", ".join(sorted(one.rules)),
        which=text.text(f"policies.show.{one.applies_to}"),
        begins=local(one.begins_at, zone),
        ends=local(one.ends_at, zone),
        way=way,
        source=one.source,
        read_on=read_on_words(one),
    )


def _clock(rule: str, clock: Clock) -> list[str]:
    return [f"{rule}", words().rule(rule), length_words(clock, rule), _warns(clock), *_origin(clock)]


def _warns(clock: Clock) -> str:
    text = words()
    key = "policies.show.warns_business" if clock.unit is Unit.BUSINESS_HOURS else "policies.show.warns"
    hours = [text.text(key, hours=left / ONE_HOUR) for left in clock.warn_left]
    return ", ".join(hours)


def _origin(source: Source) -> list[str]:
    origin = origin_of(source)
    told = words().text(f"policies.origin.{origin}", read_on=read_on_words(source))
    return [told, source.source if origin.value == "rule" else ""]


def _weekdays(numbers: Iterable[int]) -> str:
    return ", ".join(formats.weekday(number) for number in sorted(numbers))
