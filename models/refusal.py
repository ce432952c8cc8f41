"""A refusal in words: why not, and what is possible instead.

Pure. Codes, times and lists of codes become words of the catalogue; "Lan packed this 20 min ago already".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.answer import Refused
from models.catalogue import Catalogue
from models.fact import Authority

JUST_NOW: Final = timedelta(minutes=1)
LISTS: Final[Mapping[str, str]] = {
    "missing": "refusals.checklist",
    "holds": "facts.holds",
    "hold": "facts.holds",
}
STEPS: Final = ("step", "first")
NOBODY_KNOWN: Final[Mapping[str, str]] = {
    "by": "refusals.possible.somebody",
    "at": "refusals.possible.before",
}


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Why not, and what is possible instead (may be empty)."""

    reason: str
    instead: str


def refusal_words(catalogue: Catalogue, refused: Refused, now: datetime, order_no: str = "") -> RefusalWords:
    """Put a refusal into words; `now` tells how long ago somebody else was faster."""
    values = _values(catalogue, refused.values, now) | {"order_no": order_no}
    key = f"refusals.{refused.code}"
    advice = [catalogue.text(f"{key}.instead", **values)] if f"{key}.instead" in catalogue else []
    if refused.instead:
        commands = ", ".join(
            catalogue.text("refusals.possible.command", words=catalogue.text(f"facts.commands.{name}"), name=name)
            for name in refused.instead
        )
        advice.append(catalogue.text("refusals.possible.instead", commands=commands))
    return RefusalWords(reason=catalogue.text(f"{key}.reason", **values), instead=" ".join(advice))


def _values(catalogue: Catalogue, given: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Turn codes and times among the values into words."""
    unknown = {key: catalogue.text(text) for key, text in NOBODY_KNOWN.items()}
    words: dict[str, Callable[[str], str]] = {"by": lambda name: _who(catalogue, name)}
    words |= {"at": lambda at: _ago(catalogue, at, now)}
    words |= {key: _listed(catalogue, table) for key, table in LISTS.items()}
    words |= dict.fromkeys(STEPS, _listed(catalogue, "refusals.steps"))
    return unknown | {key: words[key](value) if key in words else value for key, value in given.items()}


def _who(catalogue: Catalogue, name: str) -> str:
    key = f"facts.authority.{name}"
    return catalogue.text(key) if name in set(Authority) and key in catalogue else name


def _ago(catalogue: Catalogue, at: str, now: datetime) -> str:
    passed = now - datetime.fromisoformat(at)
    if passed < JUST_NOW:
        return catalogue.text("refusals.possible.just_now")
    return catalogue.text("times.ago", span=catalogue.span(passed))


def _listed(catalogue: Catalogue, table: str) -> Callable[[str], str]:
    def listed(codes: str) -> str:
        return "; ".join(catalogue.text(f"{table}.{code.strip()}") for code in codes.split(","))

    return listed
