"""The words of letters, from `models/letters/LANGUAGE.toml`, and a letter written with them.

These languages are those that a carrier's or TikTok Shop's people read, whatever the pages speak. Each file has all
texts. A line about something that is not known is left out; so no letter has a gap.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from models import formats
from models.language import ENGLISH
from models.letter import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """A language's own words for letters. `markets` are those whose shops write in it; `frame` is around each letter.

    `facts` are lines that tell one value each, `texts` by kind of letter what it is about, asks and wants.
    """

    name: str
    markets: tuple[str, ...]
    frame: Mapping[str, str]
    facts: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter as it is sent."""

    subject: str
    body: str

    @property
    def text(self) -> str:
        """All of it, to be pasted in one piece."""
        return f"{self.subject}\n\n{self.body}"


HEAD: Final = ("order_no", "carrier", "tracking_no", "goods")  # the lines before those that tell moments


def letter_languages() -> tuple[str, ...]:
    """The languages that letters can be written in, sorted."""
    names = (entry.name for entry in files("models.letters").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def language_of_market(market: str) -> str:
    """The language in which a shop of that market writes; English where no file names it."""
    return next((code for code in letter_languages() if market in letter_words(code).markets), ENGLISH)


@cache
def letter_words(language: str) -> LetterWords:
    """The words of one of `letter_languages`."""
    data = tomllib.loads((files("models.letters") / f"{language}.toml").read_text("utf-8"))
    return LetterWords(
        name=data["name"],
        markets=tuple(data["markets"]),
        frame=data["frame"],
        facts=data["facts"],
        texts=data["letters"],
    )


def write(letter: Letter, language: str, *, shop: str, order_no: str, zone: ZoneInfo) -> Written:
    """The letter in that language; its times are those of the shop's zone."""
    words = letter_words(language)
    text = {key: words.texts[letter.kind][key].format(order_no=order_no) for key in ("subject", "opening", "request")}
    lines = "\n".join(_lines(letter, language, order_no, zone))
    frame = words.frame
    parts = (
        frame[letter.to],
        text["opening"],
        lines,
        f"{text['request']} {frame['record']}",
        f"{frame['regards']}\n{shop}",
    )
    return Written(subject=text["subject"], body="\n\n".join(parts))


def _lines(letter: Letter, language: str, order_no: str, zone: ZoneInfo) -> Iterator[str]:
    words = letter_words(language)
    values = {"order_no": order_no, **letter.names}
    for key in HEAD:
        if key in values:
            yield words.facts[key].format(value=values[key])
    for key, moment in letter.moments.items():
        yield words.facts[key].format(value=formats.letter_moment(moment, zone, language))
