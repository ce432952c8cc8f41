"""Whether a mail shows an order as an example: news of a template, a lesson, a test.

Pure. An announcement may hold a whole order in the very form of a true one; what gives it away is that subject, title
or a sentence says so. With which words an idea is said is the vocabulary's data (`[specimen]`); which ideas, said
together in one line, give an example away are the tables below. A product's name says nothing here, and a mail that
labels its order's type may call it a sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ingest.labelled import Findings
from ingest.settled import sentences, settled
from ingest.text import MAX_KNOWN, fold, spaced, with_noughts, words_by_line
from ingest.vocabulary import Field, Language
from models.notification import NotificationKind

_TITLES: Final = 2  # the subject and the title
_HEADS: Final = 4  # with the lines below it that may say what a mail is about
_LONGEST: Final = 2_000  # characters of running text
_REMARKS: Final = (Field.SPECIAL_HANDLING, Field.OTHER)  # "Please note: the order below is no real one"
_SOURCE: Final = " html"  # "this message is in the format HTML" speaks of no new form
_BRAND: Final = " tiktok "  # "a notification from TikTok Shop" is no news of notifications


def _table(*rows: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(row.split()) for row in rows)


_AT_TOP: Final = _table("example", "mail look", "sample shown", "sample mail", "sample order known")
_IN_TEXT: Final = _table(
    "example order", "example mail", "example shown", "sample shown order", "sample shown mail"
)  # fmt: skip
# What keeps an order from starting, and says nothing against a kind that starts none.
_NO_START_IN_TITLE: Final = _table("news", "mail unordered")
_NO_START_AT_TOP: Final = _table("mail check", "void")
_NO_START_IN_TEXT: Final = _table("real order", "real mail")
_UNLESS_UNSETTLED: Final = frozenset({"check", "void"})  # "if you have shipped, ignore this mail" says nothing
_NUMBER: Final = re.compile(r"(?<!\d)\d{16,19}(?!\d)")  # of an order: a subject that names one speaks of that order
_Question = tuple[str, tuple[frozenset[str], ...]]  # a line, and the ideas that would give an example away in it
_NEEDED_IN_TEXT: Final = ("example", "sample", "real")  # each row of text has one of them


def shows_specimen(subject: str, findings: Findings, languages: Iterable[Language], *, starting: bool) -> bool:
    """Tell whether subject, title or a sentence says that the order shown is none.

    Of a mail that would be `starting` an order less is enough: that subject or title speak of a lesson, a rule or a
    holiday, that a mail is to be checked or ignored, or what is real.
    """
    heads = (subject, *findings.headings[: _HEADS - 1])
    doubtful = starting and (1 if _NUMBER.search(subject) else _HEADS)  # a banner speaks of news above true orders, too
    remarks = (remark for told in _REMARKS for remark in findings.values.get(told, ()))
    running = _running("\n".join((*findings.notes, *remarks))[:_LONGEST])
    names = [spaced(name).strip() for name in _names(findings)]
    typed = Field.ORDER_TYPE in findings.values
    return any(
        _gives_away(line, language, rows, names, typed=typed)
        for language in languages
        for line, rows in (*_at_top(heads, language, doubtful=int(doubtful)),
                           *_in_text(running, language, starting=starting))
    )  # fmt: skip


class _Running(NamedTuple):
    """Running text; the same as parts are looked up in it; the words of its lines, each line once."""

    text: str
    padded: str
    lines: frozenset[str]


def _running(text: str) -> _Running:
    lines = words_by_line(text)
    return _Running(text, f" {' '.join(lines)} ", frozenset(lines))


def _at_top(heads: Sequence[str], language: Language, *, doubtful: int) -> Iterator[_Question]:
    """Yield the lines at the top that hold any of the words, with what would give an example away there.

    In the first `doubtful` of them less is enough to keep an order from starting.
    """
    for place, line in enumerate(heads):
        ideas = _known_ideas(line, language)
        if ideas:
            yield line, _AT_TOP + _NO_START_IN_TITLE if place < min(doubtful, _TITLES) else _AT_TOP
        if place < doubtful and not ideas.isdisjoint(_UNLESS_UNSETTLED):
            yield settled(line, language), _NO_START_AT_TOP


def _in_text(running: _Running, language: Language, *, starting: bool) -> Iterator[_Question]:
    """Yield the sentences of running text; none where it holds none of the words, as in most mails."""
    there = frozenset[str]().union(*[_pieces_in(line, language) for line in running.lines])
    if any(part in running.padded for part in _made_of(there, language)):
        rows = _IN_TEXT + _NO_START_IN_TEXT if starting else _IN_TEXT
        yield from ((sentence, rows) for sentence in sentences(running.text))


def _read_line(line: str, language: Language) -> frozenset[str]:
    return frozenset(piece for _, pieces in _needed(language) for piece in pieces if piece in line)


_known_line: Final = lru_cache(maxsize=2_048)(_read_line)  # most are a template's, and asked for in two languages


def _pieces_in(line: str, language: Language) -> frozenset[str]:
    """Return what there is in a line of the parts of which running text must hold one."""
    return _known_line(line, language) if len(line) <= MAX_KNOWN else _read_line(line, language)


@lru_cache(maxsize=256)  # most mails are a template's
def _made_of(there: frozenset[str], language: Language) -> tuple[str, ...]:
    return tuple(part for part, pieces in _needed(language) if pieces <= there)


@lru_cache(maxsize=64)
def _needed(language: Language) -> tuple[tuple[str, frozenset[str]], ...]:
    """Give the parts of which running text must hold one, each with its words: no line end stands within a word."""
    parts = [part for idea in _NEEDED_IN_TEXT for part in language.specimen.get(idea, ())]
    return tuple((part, frozenset(part.split())) for part in parts)


def _names(findings: Findings) -> Iterable[str]:
    """Return what products and shop are called."""
    return (*(item.name for item in findings.items if item.name), *findings.values.get(Field.SHOP, ()))


def _gives_away(
    line: str, language: Language, rows: Iterable[frozenset[str]], names: Sequence[str], *, typed: bool
) -> bool:
    """Tell whether a line says one of `rows`, and no product's name in it does."""
    if not _says(_known_ideas(line, language), rows, typed=typed):
        return False
    bare = spaced(line)
    for name in names:
        bare = bare.replace(name, "")
    return _says(_ideas_in(bare, language), rows, typed=typed)


def _says(ideas: frozenset[str], rows: Iterable[frozenset[str]], *, typed: bool) -> bool:
    there = ideas - {"sample"} if typed else ideas
    return any(row <= there for row in rows)


def _known_ideas(line: str, language: Language) -> frozenset[str]:
    return _ideas_of(with_noughts(line), language)


@lru_cache(maxsize=1_024)  # most lines are a template's
def _ideas_of(line: str, language: Language) -> frozenset[str]:
    return _ideas_in(spaced(line), language)


def _ideas_in(padded: str, language: Language) -> frozenset[str]:
    of_source = _SOURCE in padded
    for part in language.specimen.get("harmless", ()):
        padded = padded.replace(part, " ")
    there = {idea for idea, parts in language.specimen.items() if any(part in padded for part in parts)}
    if not there:
        return frozenset()
    if of_source:
        there -= {"look", "news"}
    if any(part in padded for part in language.hints.get("order", ())):
        there.add("order")
        if "sample" in there and not language.hits(NotificationKind.NEW_ORDER, fold(padded)):
            there.add("known")
    elif _BRAND not in padded:
        there.add("unordered")
    return frozenset(there)
