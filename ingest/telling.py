"""What a line tells in one language, and what the running text does, whatever stands around them.

Pure. Most lines are a template's and come with each of its mails: what they tell is kept in mind, their long numbers
left out, so that a mail costs little more than what is new in it. In running text a phrase may go on in the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ingest.phrases import Phrase, spans
from ingest.settled import happened
from ingest.start import IGNORED, speaks_against, tells_wholly, without_known_order
from ingest.text import MAX_KNOWN, fold, lower, spaced, with_noughts
from ingest.vocabulary import Language
from models.notification import IgnoreReason

_LONGEST: Final = 2_000
_LONG_NUMBER: Final = re.compile(r"(?=[#\d])#?\d{12,}")  # looking ahead first takes half as long
_SPACE_OUT: Final = re.compile(r"\s*#\s*")


class Line(NamedTuple):
    """What a subject or heading tells: each meaning with the length of its phrase, and what it speaks of."""

    told: dict[str, int]
    certain: str  # the line without what has not happened
    other_news: bool
    no_start: bool
    to_a_buyer: bool  # it thanks for a purchase, in a mail of the seller's side


def read_line(line: str, language: Language, *, seller_side: bool) -> Line:
    """Return what a subject or heading tells; its long numbers are noughts."""
    line = with_noughts(line)
    read = _known_line if len(line) <= MAX_KNOWN else _read_line
    return read(line, language, seller_side)


def _read_line(line: str, language: Language, seller_side: bool) -> Line:  # noqa: FBT001  asked for by place, as caches are
    folded, certain = comparable(line), happened(line, language)
    likely = language.telling.among(folded)
    phrases = _own(likely, seller_side=seller_side)
    padded = spaced(certain)
    told = without_known_order(_told(folded, comparable(certain), phrases), padded, language)
    bare = "" if tells_wholly(told, folded) else padded
    return Line(
        told=told,
        certain=certain,
        other_news=speaks_against(bare, language, "other_news"),
        no_start=speaks_against(bare, language, "no_start"),
        to_a_buyer=seller_side and any(True for _ in spans(folded, [one for one in likely if _is_to_a_buyer(one)])),
    )


_known_line: Final = lru_cache(maxsize=1_024)(_read_line)


class _Note(NamedTuple):
    """A line of running text: as phrases are looked up in it, its keys among them, and the same of what is certain."""

    form: str
    keys: frozenset[str]
    certain: str
    padded: str


def told_in(notes: Sequence[str], language: Language, *, seller_side: bool) -> dict[str, int]:
    """Return what running text tells, of lines without a label: each meaning with the length of its phrase."""
    lines = " \n ".join(notes)[:_LONGEST].splitlines(keepends=True)
    known = {line: _note(line, language) for line in dict.fromkeys(lines)}
    read = [known[line] for line in lines]
    folded, certain = _joined([one.form for one in read]), _joined([one.certain for one in read])
    likely = language.telling.among(folded, frozenset().union(*(one.keys for one in known.values())))
    told = _told(folded, certain, _own(likely, seller_side=seller_side))
    return without_known_order(told, f" {_joined([one.padded for one in read])} ", language)


def _joined(forms: Iterable[str]) -> str:
    return " ".join(filter(None, forms))


def _read_note(line: str, language: Language) -> _Note:
    form, certain = _form(lower(line)), happened(line, language)
    return _Note(form, language.telling.keys_in(form), _form(lower(certain)), spaced(certain).strip())


_known_note: Final = lru_cache(maxsize=1_024)(_read_note)


def _note(line: str, language: Language) -> _Note:
    return _known_note(line, language) if len(line) <= MAX_KNOWN else _read_note(line, language)


def _own(likely: Iterable[Phrase], *, seller_side: bool) -> list[Phrase]:
    """Leave out what only a buyer is told, in a mail of the seller's side."""
    return [phrase for phrase in likely if not (seller_side and _is_to_a_buyer(phrase))]


def _is_to_a_buyer(phrase: Phrase) -> bool:
    return phrase.meaning == IgnoreReason.BUYER_SIDE


def _told(folded: str, certain: str, phrases: Sequence[Phrase]) -> dict[str, int]:
    """Return each meaning of a text and its longest phrase's length; a kind only where it is settled."""
    found: Iterable[tuple[str, int]] = spans(folded, phrases)
    if certain != folded:
        found = _settled_kinds(found, spans(certain, phrases))
    return dict(sorted(found, key=lambda span: span[1]))


def _settled_kinds(found: Iterable[tuple[str, int]], sure: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from (span for span in found if span[0] in IGNORED)
    yield from (span for span in sure if span[0] not in IGNORED)


def comparable(text: str) -> str:
    """Return `text` as phrases are looked up in it: folded, order numbers as "#"."""
    return _form(fold(text[:_LONGEST]))


def _form(folded: str) -> str:
    text = _LONG_NUMBER.sub("#", folded)
    return _SPACE_OUT.sub(" # ", text) if "#" in text else text
