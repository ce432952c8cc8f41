"""A policy in full: each figure in words, its warnings, whose it is, and what was announced beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.cli.opening import local
from flows.cli.output import fail, say, table
from models.catalogue import words
from models.extension import EXTENDABLE, Extension, extension_of
from models.home import find_home
from models.origin import length_words, origin_of
from models.policy import Clock, Policy, PolicyCalendar, Source, Unit
from models.policy_data import policy_as_data
from models.policy_files import figures_of, load_policy, market_policy, policy_names, shipped_extensions
from models.settings import Settings, ShopSettings
from models.settings_file import load_settings

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


def of_policy(name: str) -> View:
    """Give a policy that comes along. Raises PolicyError for an unknown name."""
    policy = load_policy(name)
    zone = policy.calendar.zone or ZoneInfo("UTC")
    shipped = tuple(extension_of(entry, zone) for entry in shipped_extensions())
    return View(policy=policy, extensions=tuple(one for one in shipped if set(one.markets) & set(policy.markets)))


def of_shop(name: str) -> View:
    """Give what counts for a shop of the settings; an unknown one ends the command."""
    settings = load_settings(find_home())
    shop = settings.shop_named(name)
    if shop is None:
        fail(words().text("policies.show.no_shop", shop=name, known=", ".join(one.name for one in settings.shop)))
    return View(policy=shop.own_policy, extensions=shop.extensions, shop=shop)


def listing() -> list[dict[str, Any]]:
    """Give the policies that come along, with their markets and the user's own shops."""
    home = find_home()
    settings = load_settings(home) if home.config.exists() else Settings()
    return [
        {
            "name": name,
            "version": figures_of(name).version,
            "markets": list(figures_of(name).markets),
            "shops": [shop.name for shop in settings.shop if shop.policy == name],
        }
        for name in policy_names()
    ]


def print_listing(policies: Sequence[dict[str, Any]]) -> None:
    """Print them as a table."""
    columns = [words().text(f"policies.columns.{name}") for name in ("name", "markets", "shops")]
    table(columns, [[one["name"], ", ".join(one["markets"]), ", ".join(one["shops"])] for one in policies])
    say()
    say(words().text("policies.show.more"))


def as_json(view: View) -> dict[str, Any]:
    """Give it for machines; lengths count their unit, `warn` hours."""
    return {
        "shop": view.shop.name if view.shop else None,
        "policy": policy_as_data(view.policy),
        "origins": {rule.value: origin_of(clock).value for rule, clock in view.policy.clocks.items()},
        "extensions": [_extension_json(one) for one in view.extensions],
    }


def show(view: View) -> None:
    """Print it for people."""
    policy, text = view.policy, words()
    say(text.text("policies.show.head", name=policy.name, version=policy.version))
    say(_chosen(view))
    say(_calendar(policy.calendar, view.shop))
    if view.shop is not None:
        say(_opening(view.shop))
    _section("clocks")
    names = ("key", "what", "limit", "warns", "origin", "source")
    table(
        [text.text(f"policies.columns.{name}") for name in names],
        [_clock(*one) for one in sorted(policy.clocks.items())],
    )
    _section("other")
    table([""] * 4, list(_others(policy)))
    if view.extensions:
        _section("extensions")
        for one in view.extensions:
            say(_extension(one, view.zone))
    if view.shop is not None:
        say()
        say(text.text("policies.show.apply", shop=view.shop.name))


def _chosen(view: View) -> str:
    shop, text = view.shop, words()
    if shop is None:
        return text.text(
            "policies.show.markets", markets=", ".join(view.policy.markets) or text.text("policies.show.rest")
        )
    usual = market_policy(shop.market)
    key = "shop_market" if shop.policy == usual else "shop_named"
    return text.text(f"policies.show.{key}", shop=shop.name, market=shop.market, usual=usual)


def _weekdays(numbers: Iterable[int]) -> str:
    return ", ".join(words().text(f"policies.weekdays.{number}") for number in sorted(numbers))


def _opening(shop: ShopSettings) -> str:
    """When our own aims count, and which days never do."""
    opens, closes = shop.business_hours
    closed = ", ".join(f"{day:%d %b %Y}" for day in sorted(shop.closed_days))
    return words().text(
        "policies.show.opening",
        days=_weekdays(shop.business_days),
        hours=f"{opens:%H:%M}-{closes:%H:%M}",
        zone=shop.timezone,
        closed=closed or words().text("policies.show.never_closed"),
    )


def _calendar(calendar: PolicyCalendar, shop: ShopSettings | None) -> str:
    text = words()
    days = _weekdays(calendar.weekdays or (shop.business_days if shop else ()))
    country = " ".join(filter(None, (calendar.country, calendar.subdivision)))
    return text.text(
        "policies.show.calendar",
        days=days or text.text("policies.show.of_shop"),
        zone=text.text("policies.show.in_zone", zone=calendar.zone.key) if calendar.zone else "",
        holidays=text.text("policies.show.without", country=country) if country else "",
    )


def _section(name: str) -> None:
    say()
    say(words().text(f"policies.headings.{name}"))


def _clock(rule: str, clock: Clock) -> list[str]:
    return [f"{rule}", words().rule(rule), length_words(clock, rule), _warns(clock), *_origin(clock)]


def _warns(clock: Clock) -> str:
    text = words()
    key = "policies.show.warns_business" if clock.unit is Unit.BUSINESS_HOURS else "policies.show.warns"
    hours = [text.text(key, hours=f"{left / ONE_HOUR:g}") for left in clock.warn_left]
    return ", ".join(hours)


def _origin(source: Source) -> list[str]:
    origin = origin_of(source)
    told = words().text(f"policies.origin.{origin}", read_on=source.read_on)
    return [told, source.source if origin.value == "rule" else ""]


def _others(policy: Policy) -> Iterator[list[str]]:
    text = words()
    stages = text.text(f"policies.ranks.{policy.cancel_limit_rank}")
    yield [text.text("policies.other.cancel_limit_rank"), stages, *_origin(policy.sources["cancel_limit_rank"])]
    for name, length in policy.intervals.items():
        figure = Clock(length=length / ONE_HOUR)
        yield [text.text(f"policies.other.{name}"), length_words(figure), *_origin(policy.sources[name])]
    for name, clock in policy.auto_cancel.items():
        yield [text.text(f"policies.other.{name}"), length_words(clock), *_origin(clock)]


def _extension(one: Extension, zone: ZoneInfo) -> str:
    text = words()
    every = text.text("policies.show.all_rules")
    way = text.text(
        f"policies.show.{one.way}",
        n=f"{one.add_hours or one.add_business_days or 0:g}",
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
        read_on=one.read_on,
    )


def _extension_json(one: Extension) -> dict[str, Any]:
    return {
        "name": one.name,
        "markets": list(one.markets),
        "shops": list(one.shops),
        "rules": sorted(one.rules),
        "from": one.begins_at,
        "until": one.ends_at,
        "applies_to": one.applies_to.value,
        "add_hours": one.add_hours,
        "add_business_days": one.add_business_days,
        "not_before": one.not_before,
        "source": one.source,
        "read_on": one.read_on,
    }
