"""Text made comparable: one form of each letter, no invisible characters, plain digits.

Owns normalising only. `clean` keeps what a person sees; `fold` is for comparing words and
loses case, width and punctuation at the ends. Both are total.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Zero-width, bidi and other format controls, soft hyphen, combining grapheme joiner, BOM; and the ligatures of
# whole sentences, each of which NFKC makes 18 letters of.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdfa\ufdfb\ufe00-\ufe0f\ufeff]"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_UNCLEAN: Final = re.compile(rf"[^\S \n]|  |{_CONTROLS.pattern}|{_INVISIBLE.pattern}")
_FOREIGN_DIGIT: Final = re.compile(r"[^\W\d_]|[0-9]|(\d)")
MAX_KNOWN: Final = 200  # characters of a text that is kept in mind: a template's lines are short, a body is its own
_DIGIT: Final = re.compile("[0-9]")
_WORD: Final = re.compile(r"[\w\u0e00-\u0e7f]+")  # Thai's vowel signs are no word letters to `re`
_LONG_DIGITS: Final = re.compile(r"\d{12,}")
_ENDS: Final = " \t:：#.,;|*-–—_·•=»>"


def clean(text: str) -> str:
    """Give `text` in NFC without invisible characters; line breaks stay, other spaces become one."""
    if _is_plain(text) or (_UNCLEAN.search(text) is None and unicodedata.is_normalized("NFC", text)):
        return text  # as most texts are
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "  " not in text


def one_line(text: str) -> str:
    """Give `text` cleaned, with every run of white space as one space."""
    text = clean(text)
    return " ".join(text.split()) if "\n" in text else text.strip()


def plain_digits(text: str) -> str:
    """Give `text` in NFKC with the digits of every script as 0-9, for reading numbers and times."""
    if text.isascii():
        return text
    return _known_digits(text) if len(text) <= MAX_KNOWN else _with_plain_digits(text)


def _with_plain_digits(text: str) -> str:
    return _FOREIGN_DIGIT.sub(_plain_digit, unicodedata.normalize("NFKC", text))


_known_digits: Final = lru_cache(maxsize=1_024)(_with_plain_digits)  # each value is asked for as several things


def has_digit(text: str) -> bool:
    """Tell, at little cost, whether a number may stand in `text`, in whatever script."""
    return _DIGIT.search(plain_digits(text)) is not None


def _plain_digit(match: re.Match[str]) -> str:
    return str(unicodedata.digit(match[1])) if match[1] else match[0]


def spaced(text: str) -> str:
    """Give `text` folded, with one space for every run of marks and one at both ends: " no more sent "."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def words_by_line(text: str) -> list[str]:
    """Give the words of each line of `text` as `spaced` does: most lines are a template's, and known already."""
    return [words for line in text.strip(_ENDS).split("\n") if (words := _words_of(line))]


def _words_of(line: str) -> str:
    return _known_words(line) if len(line) <= MAX_KNOWN else _words_in(line)


def _words_in(line: str) -> str:
    return " ".join(_WORD.findall(lower(line)))


_known_words: Final = lru_cache(maxsize=1_024)(_words_in)


def with_noughts(text: str) -> str:
    """Give `text` with long numbers as noughts: but for its order number, a template's line is always the same."""
    return _LONG_DIGITS.sub(_noughts, text)


def _noughts(number: re.Match[str]) -> str:
    return "0" * len(number[0])


def fold(text: str) -> str:
    """Give `text` for comparing words: NFKC, case folded, spaces single, no marks at the ends."""
    return _known_fold(text) if len(text) <= MAX_KNOWN else _folded(text)


def _folded(text: str) -> str:
    return lower(text).strip(_ENDS)


def lower(text: str) -> str:
    """Give `text` as `fold` does, the marks at its ends kept: a piece of a text is no end of it."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", clean(text)).casefold()).replace("’", "'")
    else:
        text = text.casefold()
    return " ".join(text.split())  # a third of what a pattern takes


_known_fold: Final = lru_cache(maxsize=2_048)(_folded)
