"""Which stated time is whose, and what the platform's cancel codes mean: `due_times.toml`, `cancel_reasons.toml`.

The only place that opens them; what follows from them is `flows.shop.news`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def order_times() -> Mapping[str, tuple[str, ...]]:
    """Give the rules that each field of an order states the due time of; what comes first wins."""
    return {field: tuple(rules) for field, rules in _data("due_times")["order"].items()}


@cache
def answer_rules() -> Mapping[str, str]:
    """Give the rule of each answer that the seller has to give."""
    return dict(_data("due_times")["answer"])


def reason_of(code: str) -> str | None:
    """Give our word for the platform's code of a cancellation; None for a code that is not known."""
    plain = code.removesuffix("_uk")
    codes, endings = _reasons()
    return codes.get(plain) or next((word for ending, word in endings.items() if plain.endswith(ending)), None)


@cache
def _reasons() -> tuple[Mapping[str, str], Mapping[str, str]]:
    data = _data("cancel_reasons")
    return data["codes"], data["endings"]


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("flows.shop") / f"{name}.toml").read_text("utf-8"))
