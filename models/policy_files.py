"""The policies that come with the product: TOML files in `models/policies/`.

The only place that opens them; `models.policy_data` says what they mean. Public holidays are filled in here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from models.policy import Policy, PolicyError
from models.policy_data import parse_policy, policy_of, with_figures
from models.policy_entry import policy_fault
from models.public_holidays import public_holidays

BASE: Final = "article"
EXTENSIONS: Final = "extensions"  # lies beside the policies and is none


def policy_names() -> tuple[str, ...]:
    """The names that `load_policy` knows, sorted."""
    names = (entry.name.removesuffix(".toml") for entry in files("models.policies").iterdir() if _is_toml(entry.name))
    return tuple(sorted(name for name in names if name != EXTENSIONS))


def market_policy(market: str) -> str:
    """The name of the policy that a market's shops get unless they say otherwise."""
    return next((name for name in policy_names() if market in figures_of(name).markets), BASE)


def load_policy(name: str) -> Policy:
    """The policy of that name, on top of `article`.

    Raises:
        PolicyError: when there is none, or when its file is wrong.

    """
    return _with_holidays(figures_of(name))


def shop_policy(name: str, figures: Mapping[str, Any]) -> Policy:
    """The policy of that name with a shop's own figures. Raises PolicyError."""
    return with_figures(load_policy(name), figures)


def policy_from_data(data: Mapping[str, Any]) -> Policy:
    """The policy that `models.policy_data.policy_as_data` told. Raises PolicyError."""
    return _with_holidays(policy_of(data))


@cache
def figures_of(name: str) -> Policy:
    """The policy of that name as its file tells it: no holidays are looked up, so it is quick. Raises PolicyError."""
    if name not in policy_names():
        raise policy_fault("no_policy", name=repr(name), known=", ".join(policy_names()))
    return parse_file(f"{name}.toml", _text_of(name))


def parse_file(file: str, text: str) -> Policy:
    """The policy that the text of a file tells. Raises PolicyError that names the file."""
    try:
        return parse_policy(text, None if file == f"{BASE}.toml" else figures_of(BASE))
    except PolicyError as error:
        raise PolicyError(f"{file}: {error}") from None


@cache
def shipped_extensions() -> tuple[Mapping[str, Any], ...]:
    """The entries of `extensions.toml`, as they stand there."""
    return tuple(tomllib.loads(_text_of(EXTENSIONS)).get("extension", ()))


def _with_holidays(policy: Policy) -> Policy:
    calendar = policy.calendar
    if not calendar.country:
        return policy
    dates = public_holidays(calendar.country, calendar.subdivision)
    return replace(policy, calendar=replace(calendar, holidays=dates))


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


def _text_of(name: str) -> str:
    return (files("models.policies") / f"{name}.toml").read_text("utf-8")
