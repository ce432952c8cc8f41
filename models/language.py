"""Which language people are spoken to in, decided in one place.

A person's own choice (at the dashboard) wins over SHIPCLOCK_LANGUAGE, that one over `language` in shipclock.toml, and
without any of them it is English. What is stored are codes, so a choice changes words alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Final

ENGLISH: Final = "en"  # has every text: another language falls back on it
VARIABLE: Final = "SHIPCLOCK_LANGUAGE"


class UnknownLanguageError(Exception):
    """SHIPCLOCK_LANGUAGE names a language without words; its text is that name."""


class _Speech:
    """What this process speaks: its own language, and who knows what a single person chose."""

    def __init__(self) -> None:
        self.settled = ""
        self.chosen: Callable[[], str] = str  # nobody chose: ""


_speech: Final = _Speech()


def languages() -> tuple[str, ...]:
    """Give the languages there are words for, sorted: a language is a folder in models/words."""
    found = (entry.name for entry in files("models.words").iterdir() if entry.is_dir())
    return tuple(sorted(name for name in found if name.isalpha()))  # not __pycache__


def speaking() -> str:
    """Give the language to speak at this moment, to the person who is spoken to."""
    return _speech.chosen() or _speech.settled or _of(os.environ) or ENGLISH


def settle(language: str, environment: Mapping[str, str]) -> None:
    """Let this process speak as its settings say, or as the environment says for one command.

    Raises UnknownLanguageError.
    """
    _speech.settled = _asked(environment) or language


def forget() -> None:
    """Let the process speak as if it had read no settings yet."""
    _speech.settled, _speech.chosen = "", str


def let_choose(chosen: Callable[[], str]) -> None:
    """Ask `chosen`, whenever something is said, for the language of whoever reads it; empty: no choice."""
    _speech.chosen = chosen


def _asked(environment: Mapping[str, str]) -> str:
    given = environment.get(VARIABLE, "").strip()
    if given and given not in languages():
        raise UnknownLanguageError(given)
    return given


def _of(environment: Mapping[str, str]) -> str:
    """Give the language of the environment, before settings were read; one that is unknown is refused with them."""
    try:
        return _asked(environment)
    except UnknownLanguageError:
        return ""
