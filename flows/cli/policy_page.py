"""A policy in full: each figure in words, its warnings, whose it is, and what was announced beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flows.cli.output import fail, say, table
from flows.policy_words import (
    View,
    calendar_words,
    chosen_words,
    clock_rows,
    extension_words,
    opening_words,
    other_rows,
)
from models.catalogue import words
from models.extension import Extension, extension_of
from models.home import find_home
from models.origin import origin_of
from models.policy_data import policy_as_data
from models.policy_files import figures_of, load_policy, policy_names, shipped_extensions
from models.settings import Settings
from models.settings_file import load_settings


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
    say(chosen_words(view))
    say(calendar_words(policy.calendar, view.shop))
    if view.shop is not None:
        say(opening_words(view.shop))
    _section("clocks")
    names = ("key", "what", "limit", "warns", "origin", "source")
    table(
        [text.text(f"policies.columns.{name}") for name in names],
        clock_rows(policy),
    )
    _section("other")
    table([""] * 4, list(other_rows(policy)))
    if view.extensions:
        _section("extensions")
        for one in view.extensions:
            say(extension_words(one, view.zone))
    if view.shop is not None:
        say()
        say(text.text("policies.show.apply", shop=view.shop.name))


def _section(name: str) -> None:
    say()
    say(words().text(f"policies.headings.{name}"))


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
