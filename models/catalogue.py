"""Every word a person reads, by key, from `models/words/LANGUAGE/*.toml`.

A key is FILE.TABLE.NAME ("todos.pack.title"); texts hold {placeholders}. What a language lacks is said in English; a
missing key or value shows as plain text and never stops a page; a test finds it before a user does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from models.formats import number
from models.language import ENGLISH, speaking

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# From which span on a unit is used: hours up to four days, since limits are said in hours ("72 h").
UNITS: Final = ((4 * DAY, "days", DAY), (HOUR, "hours", HOUR), (MINUTE, "minutes", MINUTE))

# Placeholders for what is typed or looked up, never counted: a platform's code, a mail by its number, a port, a line.
NAMES: Final = frozenset({"code", "line", "mail", "number", "port", "taken"})


class _Values(dict[str, object]):
    """Values for placeholders; one that is not given shows as a dash."""

    def __missing__(self, name: str) -> str:
        return "-"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language, by key."""

    language: str
    texts: Mapping[str, str]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def text(self, key: str, /, **values: object) -> str:
        """Give a key's text with its placeholders filled, numbers as the language writes them.

        The key's last part if there is no text.
        """
        template = self.texts.get(key)
        if template is None:
            return key.rpartition(".")[2].replace("_", " ")
        return template.format_map(_Values({name: self._written(name, value) for name, value in values.items()}))

    def _written(self, name: str, value: object) -> object:
        if not isinstance(value, int | float | Decimal) or isinstance(value, bool) or name in NAMES:
            return value
        return number(value, self.language)

    def stage(self, stage: str, *, presumed: bool = False) -> str:
        """Give a stage as a packer knows it ("To pack"); a presumed one says that it is to be checked."""
        word = self.text(f"stages.{stage}")
        return self.text("stages.presumed", stage=word) if presumed else word

    def rule(self, rule: str, length: timedelta | None = None) -> str:
        """Give a clock's name, never its id; with its length if that is known ("set to shipped within 72 h")."""
        name = self.text(f"rules.{rule}.name")
        return self.text("times.within", what=name, span=self.span(length)) if length else name

    def span(self, length: timedelta) -> str:
        """Give a length of time in one rounded unit ("62 h")."""
        for least, unit, size in UNITS:
            if length >= least:
                return self.text(f"times.{unit}", n=int(length / size))
        return self.text("times.moment")

    def time_left(self, due: datetime | None, now: datetime) -> str:
        """Say how long there is until `due`, or for how long it is over ("40 min left", "late by 62 h").

        Rounded down, so that nobody is promised a minute that is not there. Both times are aware.
        """
        if due is None:
            return self.text("times.no_limit")
        if now > due:
            return self.text("times.late", span=self.span(now - due))
        return self.text("times.left", span=self.span(due - now))


def words(language: str = "") -> Catalogue:
    """Give the words of a language; without one, of the language that is spoken now (models.language)."""
    return _catalogue(language or speaking())


@cache
def _catalogue(language: str) -> Catalogue:
    return Catalogue(language, {**texts_of(ENGLISH), **texts_of(language)})


def texts_of(language: str) -> dict[str, str]:
    """Read what a language's own files say, by key."""
    texts: dict[str, str] = {}
    for entry in sorted((files("models.words") / language).iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".toml"):
            data = tomllib.loads(entry.read_text(encoding="utf-8"))
            texts.update(_flat(entry.name.removesuffix(".toml"), data))
    return texts


def _flat(prefix: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            yield from _flat(key, value)
        else:
            yield key, str(value)
