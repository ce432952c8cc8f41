"""A refusal in words: why not, and what is possible instead.

Pure. Codes, times and lists of codes become words of the catalogue; "Lan packed this 20 s ago".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.answer import HELD_BY, Refused
from models.catalogue import Catalogue

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TABLES: Final[Mapping[str, str]] = {
    "missing": "packing.lines",
    "step": "refusals.steps",
    "first": "refusals.steps",
    "answer": "facts",
    "handover_mode": "pages.handover",
}
"""Where the words stand for values that are codes, or lists of them."""
NOBODY_KNOWN: Final[Mapping[str, str]] = {
    "by": "refusals.possible.somebody",
    "at": "refusals.possible.before",
}


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Why not, and what is possible instead, or why nothing is; both are sentences."""

    reason: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told, and when (UTC): `you` is the name under which they act, empty where many share one."""

    now: datetime
    you: str = ""


def refusal_words(catalogue: Catalogue, refused: Refused, listener: Listener, order_no: str = "") -> RefusalWords:
    """Put a refusal into the words of somebody at a command line."""
    values = _values(catalogue, refused.values, listener) | {"order_no": order_no}
    key = f"refusals.{refused.code}"
    advice = [catalogue.text(f"{key}.instead", **values)] if f"{key}.instead" in catalogue else []
    if refused.instead:
        commands = ", ".join(
            catalogue.text("refusals.possible.command", words=catalogue.text(f"facts.commands.{name}"), name=name)
            for name in refused.instead
        )
        advice.append(catalogue.text("refusals.possible.instead", commands=commands))
    if not advice and f"{key}.nothing" in catalogue:
        advice.append(catalogue.text(f"{key}.nothing", **values))
    return RefusalWords(reason=reason_words(catalogue, refused, listener, order_no), instead=" ".join(advice))


def reason_words(catalogue: Catalogue, refused: Refused, listener: Listener, order_no: str = "") -> str:
    """Why the command is refused; a shop's own code is told as it is."""
    key = f"refusals.{refused.code}.reason"
    if key not in catalogue:
        return catalogue.text("refusals.possible.by_shop", code=refused.code.replace("_", " "))
    return catalogue.text(key, **_values(catalogue, refused.values, listener), order_no=order_no)


def _values(catalogue: Catalogue, given: Mapping[str, str], listener: Listener) -> dict[str, str]:
    """Turn codes and times among the values into words."""
    unknown = {key: catalogue.text(text) for key, text in NOBODY_KNOWN.items()}
    words: dict[str, Callable[[str], str]] = {key: _listed(catalogue, table) for key, table in TABLES.items()}
    words |= {key: lambda holds: _holds(catalogue, holds, given, listener) for key in ("hold", "holds")}
    words |= {"by": lambda name: who_words(catalogue, name, listener)}
    words |= {"at": lambda at: ago_words(catalogue, datetime.fromisoformat(at), listener)}
    told = {key: words[key](value) if key in words else value for key, value in given.items() if key != "order_no"}
    return unknown | told


def who_words(catalogue: Catalogue, name: str, listener: Listener) -> str:
    """Who did something: you, somebody known by a name of ours, a source of news, or the name itself."""
    if name == listener.you:
        return catalogue.text("refusals.people.you")
    for key in (f"refusals.people.{name}", f"facts.authority.{name}"):
        if key in catalogue:
            return catalogue.text(key)
    return name


def ago_words(catalogue: Catalogue, at: datetime, listener: Listener) -> str:
    """How long ago something was: in seconds below a minute, then in one rounded unit."""
    passed = listener.now - at
    if passed < SECOND:
        return catalogue.text("refusals.possible.just_now")
    seconds = catalogue.text("times.seconds", n=passed // SECOND)
    return catalogue.text("times.ago", span=seconds if passed < MINUTE else catalogue.span(passed))


def _holds(catalogue: Catalogue, holds: str, given: Mapping[str, str], listener: Listener) -> str:
    """Name each hold with its key, for that is what ends it, and with who placed it."""
    told = []
    for hold in filter(None, holds.split(", ")):
        by = given.get(f"{HELD_BY}{hold}", "")
        key = "refusals.possible.hold_by" if by else "refusals.possible.hold"
        who = amid(catalogue, by, listener)
        told.append(catalogue.text(key, words=catalogue.text(f"facts.holds.{hold}"), name=hold, who=who))
    return "; ".join(told)


def amid(catalogue: Catalogue, name: str, listener: Listener) -> str:
    """Who, amid a sentence: words for somebody begin small, a name stays as it is."""
    who = who_words(catalogue, name, listener)
    stands_for = name == listener.you or f"refusals.people.{name}" in catalogue
    return f"{who[:1].lower()}{who[1:]}" if stands_for else who


def _listed(catalogue: Catalogue, table: str) -> Callable[[str], str]:
    def listed(codes: str) -> str:
        return "; ".join(catalogue.text(f"{table}.{code.strip()}") for code in codes.split(",")) if codes else ""

    return listed
