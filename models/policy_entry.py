"""Reading one table of figures: which keys it may have, what each may hold, and the words for what is wrong.

Pure but for the catalogue of words. What it raises names the entry, what stands there, what is allowed, and an example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from models.catalogue import words
from models.policy import PolicyError, Start, Unit

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST: Final = 24 * 366  # of any figure, in its own unit


@dataclass(frozen=True, slots=True)
class Key:
    """What a key may hold: how it is read (ValueError or TypeError: not so), which words say that, an example.

    `names` are those of a choice.
    """

    read: Callable[[Any], Any]
    allowed: str  # in words/*/settings.toml, [figures]
    example: str
    names: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What is allowed, and the example, in words."""
        text = words()
        return {
            "allowed": text.text(f"settings.figures.{self.allowed}", names=self.names),
            "example": text.text("settings.example", line=self.example),
        }


def policy_fault(code: str, **values: object) -> PolicyError:
    """What is wrong, in words, to be raised."""
    return PolicyError(words().text(f"settings.policy.{code}", **values))


def read_table(entry: object, keys: Mapping[str, Key], where: str, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The table's values, each read by its key. Raises PolicyError for an unknown, missing or wrong one."""
    if not isinstance(entry, Mapping):
        raise policy_fault("not_a_table", where=where, keys=", ".join(needed or keys))
    for name in entry:
        if name not in keys:
            if near := get_close_matches(str(name), keys, n=1):
                raise policy_fault("unknown_near", where=where, name=name, near=near[0])
            raise policy_fault("unknown", where=where, name=name, known=", ".join(keys))
    for name in needed:
        if name not in entry:
            raise policy_fault("needs", where=where, name=name, **keys[name].told)
    return {name: read_value(value, keys[name], f"{where}.{name}") for name, value in entry.items()}


def read_value(value: object, key: Key, where: str) -> Any:  # noqa: ANN401 - what the key holds
    """One value, as its key reads it. Raises PolicyError."""
    try:
        return key.read(value)
    except (TypeError, ValueError, KeyError, OSError):
        raise policy_fault("wrong", where=where, value=repr(value), **key.told) from None


def text(value: object) -> str:
    """Text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, as a tuple."""
    return tuple(text(part) for part in _listed(value))


def number(value: object) -> float:
    """A number of a size that a figure can have."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(value)
    if not 0 <= value <= LONGEST:
        raise ValueError(value)
    return float(value)


def whole(value: object) -> int:
    """A number without a fraction."""
    if number(value) % 1:
        raise ValueError(value)
    return int(number(value))


def numbers(value: object) -> tuple[float, ...]:
    """A list of numbers, as a tuple."""
    return tuple(number(part) for part in _listed(value))


def shares(value: object) -> tuple[float, ...]:
    """A list of shares of one."""
    if any(share > 1 for share in numbers(value)):
        raise ValueError(value)
    return numbers(value)


def wall_time(value: object) -> time:
    """A time of day without a zone: TOML's own or its text."""
    stated = time.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(stated, time) or stated.tzinfo is not None:
        raise ValueError(value)
    return stated


def day(value: object) -> str:
    """A date as text: TOML's own or its text."""
    stated = date.fromisoformat(value) if isinstance(value, str) else value
    if type(stated) is not date:
        raise ValueError(value)
    return stated.isoformat()


def zone(value: object) -> ZoneInfo:
    """A time zone by its name."""
    return ZoneInfo(text(value))


def weekdays(value: object) -> frozenset[int]:
    """Names of weekdays as numbers, Monday 0; at least one."""
    found = frozenset(WEEKDAYS.index(name) for name in texts(value))
    if not found:
        raise ValueError(value)
    return found


def choice(kind: type[StrEnum], example: str) -> Key:
    """A key that holds one of these."""
    return Key(kind, "choice", example, ", ".join(kind))


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return list(value)


TEXT: Final = Key(text, "text", 'name = "us-2026"')
SOURCE: Final[Mapping[str, Key]] = {
    "source": Key(text, "source", 'source = "U-us 8064131472115499"'),
    "read_on": Key(day, "read_on", "read_on = 2026-11-22"),
}
CLOCK: Final[Mapping[str, Key]] = {
    "length": Key(number, "number", "length = 2", str(LONGEST)),
    "unit": choice(Unit, 'unit = "business_days"'),
    "warn": Key(numbers, "hours_left", "warn = [24, 6, 1]"),
    "warn_share": Key(shares, "shares_left", "warn_share = [0.5, 0.2]"),
    "cut_off": Key(wall_time, "time_of_day", 'cut_off = "14:00"'),
    "ends_at": Key(wall_time, "time_of_day", 'ends_at = "23:59"'),
    "zone": Key(zone, "zone", 'zone = "America/Los_Angeles"'),
    "starts": choice(Start, 'starts = "order_placed"'),
    **SOURCE,
}
INTERVAL: Final[Mapping[str, Key]] = {"hours": Key(number, "hours", "hours = 1"), **SOURCE}
RANK: Final[Mapping[str, Key]] = {"rank": Key(whole, "rank", "rank = 50"), **SOURCE}
CALENDAR: Final[Mapping[str, Key]] = {
    "zone": CLOCK["zone"],
    "weekdays": Key(weekdays, "choices", 'weekdays = ["mon", "tue", "wed", "thu", "fri"]', ", ".join(WEEKDAYS)),
    "country": Key(text, "country", 'country = "GB"'),
    "subdivision": Key(text, "subdivision", 'subdivision = "ENG"'),
    **SOURCE,
}
