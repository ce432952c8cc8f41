"""Moments, amounts and codes that stand in running text, with where they stand.

Pure. A moment's text is cut out so that `ingest.moment` reads it and nothing of the sentence around it.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.moment import CLOCK, HOUR_ONLY, Calendar, dates_in, is_zone
from ingest.settled import sentences
from ingest.text import fold
from ingest.values import MARKS, NUMBER
from ingest.vocabulary import Language

_BEFORE_CLOCK: Final = 18  # letters that may stand between a date and its time: a weekday, "at", "um", "alle ore"
_TAIL_TOKEN: Final = re.compile(
    r"\s*[(（]?\s*([+\-−]?[^\s,;。，、()（）]{1,8}(?:\s?[+\-−]\s?\d{1,2}(?::?\d{2})?)?|[ap]\. ?m\.)"
    r"\s*[)）]?"
)
_MINUTES: Final = re.compile(r"\s?(?:分|phút)")
_OFFSET_TOKEN: Final = re.compile(r"(?:gmt|utc)?\s?[+\-−]\s?\d{1,2}(?::?\d{2})?$|(?:gmt|utc)$")
_TIME_WORDS: Final = frozenset({"uhr", "h", "hrs", "น", "น."})
_LETTERS: Final = frozenset("dđp")  # marks that are letters of words too
_MARKED: Final = sorted(MARKS.keys() - _LETTERS, key=len, reverse=True)
_MARK: Final = "|".join(re.escape(mark) for mark in _MARKED)
_AMOUNT: Final = re.compile(
    rf"(?<![A-Za-z0-9$])(?:{_MARK})\.?\s?(?:{NUMBER})(?!\d)"
    rf"|(?<![A-Za-zÀ-ɏḀ-ỹ\d_.,])(?:{NUMBER})\s?(?:{_MARK}|đ|d)(?![A-Za-zÀ-ỹ])",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_SIGN: Final = re.compile(r"\s*[-−–]\s?")
_CODE: Final = re.compile(r"[\W_]*(?=[\w-]*\d)([A-Z0-9][A-Z0-9-]{5,39})(?![\w])")
_WHOLE_CODE: Final = 8  # letters and digits: a shorter beginning goes on behind a space
_MORE_CODE: Final = re.compile(r"(?=[A-Z0-9-]*\d)[A-Z0-9-]{1,12}|[A-Z]{2}")
_RANK: Final = r"\s?(?:\.\s?[oa]|st|nd|rd|th|[oa]|[ºª°]|er|re|[èe]?me|e|[.])?"
_NUMBERED: Final = r"\s?(?:no\.?|nr\.?|n\.?[o°]|ke|kali ke|thứ|#|num\.?|:|number)?[\s-]?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Something printed in `text`, from `start` to `end` of the folded sentence."""

    text: str
    start: int
    end: int


def moments_in(sentence: str, calendar: Calendar) -> list[Spot]:
    """Return the text of each moment in a sentence: its date, and the clock time beside it."""
    folded = fold(sentence)
    dates = dates_in(folded, calendar)
    if not dates:
        return []
    ends = [0, *(end for _, end in dates)]
    starts = [*(start for start, _ in dates[1:]), len(folded)]
    return [
        _moment(folded, date, left, right, calendar) for date, left, right in zip(dates, ends[:-1], starts, strict=True)
    ]


def _moment(folded: str, date: tuple[int, int], left: int, right: int, calendar: Calendar) -> Spot:
    start, end = date
    after, before = folded[end:right], folded[left:start]
    clock = _first_clock(after)
    if clock is not None:
        stop = end + clock.end() + _tail(after[clock.end() :], calendar)
        return Spot(text=folded[start:stop], start=start, end=stop)
    earlier = list(CLOCK.finditer(before))[-1:] or list(HOUR_ONLY.finditer(before))[-1:]
    if earlier and len(before) - earlier[0].end() <= _BEFORE_CLOCK:
        begin = left + earlier[0].start()
        return Spot(text=folded[begin:end], start=begin, end=end)
    return Spot(text=folded[start:end], start=start, end=end)


def _first_clock(after: str) -> re.Match[str] | None:
    found = CLOCK.search(after) or HOUR_ONLY.search(after)
    near = (
        found is not None
        and found.start() <= _BEFORE_CLOCK
        and not re.search(r"[.;。](?:\s|$)", after[: found.start()])
    )
    return found if near else None


def _tail(rest: str, calendar: Calendar) -> int:
    """Return how much of what follows a clock time belongs to it: the half of the day, a zone."""
    unit = _MINUTES.match(rest)
    length = unit.end() if unit else 0
    for _ in range(3):
        token = _TAIL_TOKEN.match(rest, length)
        if token is None or not _belongs(token[1].strip(), calendar):
            break
        length = token.end()
    return length


def _belongs(token: str, calendar: Calendar) -> bool:
    plain = token.rstrip(".")
    halves = {*calendar.morning, *calendar.afternoon}
    return (
        token in halves
        or plain in halves
        or token in _TIME_WORDS
        or plain in _TIME_WORDS
        or is_zone(plain)
        or bool(_OFFSET_TOKEN.match(token))
    )


def amounts_in(sentence: str) -> list[str]:
    """Return each amount with a currency's mark that stands in a sentence."""
    return [found[0].strip() for found in amount_spots(sentence)]


def amount_spots(sentence: str) -> Iterator[re.Match[str]]:
    """Yield where each amount with a currency's mark stands in a sentence."""
    return _AMOUNT.finditer(sentence) if _DIGIT.search(sentence) else iter(())  # the pattern is slow to find none


def first_amount(text: str) -> str | None:
    """Return the amount with a currency's mark, and its sign, that a text begins with."""
    if _DIGIT.search(text) is None:
        return None
    sign = _SIGN.match(text)
    found = _AMOUNT.match(text, sign.end() if sign else 0)
    return text[: found.end()].strip() if found else None


def code_behind(words: tuple[str, ...], sentence: str) -> str | None:
    """Return the number or code that stands right behind one of `words` (folded), as it is printed."""
    folded = sentence.casefold()
    for word in sorted(words, key=len, reverse=True):
        at = folded.find(word)
        while at >= 0:
            found = _CODE.match(sentence, at + len(word))
            if found and found.start(1) - (at + len(word)) <= 4:  # noqa: PLR2004  "number: (", "no. "
                return found[1]
            at = folded.find(word, at + 1)
    return None


def code_at_start(text: str) -> str:
    """Return the number or code that `text` begins with, without spaces, and nothing that follows it."""
    words = text.strip().strip("(（").split()
    code = re.split(r"[,;。、，；)）]|\.(?=$|\s|[A-Z][a-z])", words[0], maxsplit=1)[0] if words else ""
    if len(code) >= _WHOLE_CODE or not words or code != words[0]:
        return code
    for word in words[1:]:
        plain = word.rstrip(".,;。、")
        if not _MORE_CODE.fullmatch(plain):
            break
        code += plain
        if plain != word:
            break
    return code


def attempt_in(text: str, language: Language) -> str | None:
    """Return the digit of the attempt that `text` counts ("2nd attempt", "lần 2"), or its ordinal beside the word."""
    words: Sequence[str] = language.words["attempt_words"]
    if not words:
        return None
    folded = fold(text)
    any_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    before, behind = rf"(?<![\d.,:])([1-9]){_RANK}\s?(?:{any_of})", rf"(?:{any_of}){_NUMBERED}([1-9])(?![\d.,:/]\d|\d)"
    found = re.search(f"{before}|{behind}", folded)
    if found:
        return found[1] or found[2]
    spoken = next((part for part in sentences(folded) if any(word in part for word in words)), None)
    return language.code_of("ordinals", spoken) if spoken else None
