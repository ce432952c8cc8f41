"""Texts of a mail that stand where a label would, for a person to pick from.

A candidate stands beside, above or before a value of the right form and means nothing to us yet. It is a text
of the mail, so it must not be a person's: no digits, no address, nothing of what stands under a buyer's label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from ingest.evidence import is_likely
from ingest.labelled import LONGEST_LABEL
from ingest.moment import Calendar
from ingest.page import Line, Row, text_of
from ingest.text import fold
from ingest.vocabulary import Field, label_key

MOST: Final = 8
_COLON: Final = re.compile(r"\s*[:：=|·]\s*|\s+[-–—]\s+")  # noqa: RUF001  signs between label and value
_NOT_IN_LABELS: Final = re.compile(r"\d{4}|[@*<>]|//")
_SENTENCE: Final = re.compile(r"\d|\.\s+\S+\s+\S|[!?]$")
_MOST_WORDS: Final = 6
_BULLET: Final = re.compile(r"^\s*[•●◦▪*–-]\s+")  # noqa: RUF001  signs of lists
_NEAR_DIGIT: Final = re.compile(r"\D{0,4}\d")

Pair = tuple[str, str]
Known = Callable[[str], tuple[Field, ...]]


def candidates_for(
    wanted: Field, rows: Sequence[Row], known: Known, peoples: Iterable[str], calendar: Calendar | None
) -> tuple[str, ...]:
    """Return up to MOST texts that may be the label of `wanted`, in the order of the mail."""
    hidden = [fold(value) for value in peoples]
    found: dict[str, str] = {}
    for label, value in _Pairs(known).of(rows):
        if is_likely(wanted, value, calendar) and _may_be_one(label, known) and not is_of(label, hidden):
            found.setdefault(label_key(label), label.strip(" :："))  # noqa: RUF001  a colon of Chinese
    return tuple(found.values())[:MOST]


def is_label(text: str) -> bool:
    """Tell whether `text` can be a label: it has letters, some length, and no long number or address."""
    return len(text) <= LONGEST_LABEL and len(label_key(text)) > 1 and not _NOT_IN_LABELS.search(text)


def _may_be_one(text: str, known: Known) -> bool:
    """Tell whether `text` looks like a label that we don't know: a few words, and no sentence."""
    few = len(text.split()) <= _MOST_WORDS
    return few and is_label(text) and not _SENTENCE.search(text.strip()) and not known(text)


def is_of(label: str, hidden: Iterable[str]) -> bool:
    """Tell whether a text is part of what is a person's, or holds it; `hidden` are folded values."""
    key = label_key(label)
    return any(key in value or (len(value) > 2 and value in key) for value in hidden)  # noqa: PLR2004  a name has three


class _Pairs:
    """Every text of a mail with what stands beside, below or behind it."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._above = ""  # the line above
        self._header: list[str] = []
        self._peoples = False  # below a label of people's, until another label

    def of(self, rows: Iterable[Row]) -> Iterator[Pair]:
        for row in rows:
            texts = [" ".join(text_of(line) for line in cell) for cell in row.cells]
            several = sum(map(bool, texts)) > 1
            if several:
                yield from self._beside(texts)
            for cell in row.cells:
                self._above = "" if several else self._above  # a cell is a boundary
                for line in cell:
                    yield from self._in_line(line)

    def _beside(self, texts: list[str]) -> Iterator[Pair]:
        filled = [text for text in texts if text]
        yield from pairwise(filled)
        if len(self._header) == len(texts):
            yield from zip(self._header, texts, strict=True)
        else:
            self._header = texts

    def _in_line(self, line: Line) -> Iterator[Pair]:
        text = _BULLET.sub("", text_of(line))
        for at in range(1, len(line)):
            yield "".join(line[:at]), text_of(line[at:])
        start = 0
        for sign in _COLON.finditer(text):
            self._look(text[start : sign.start()])
            yield text[start : sign.start()], text[sign.end() :]
            start = sign.end()
        self._look(text)
        if not self._peoples:
            yield self._above, text
            yield from self._before_a_number(text)
        self._above = text

    def _look(self, text: str) -> None:
        """Hide the lines below an address, a note or the like, until another label; a buyer's is one line."""
        meanings = self._known(text)
        if meanings:
            self._peoples = Field.OTHER in meanings

    def _before_a_number(self, text: str) -> Iterator[Pair]:
        """Yield the words of a line that no sign parts from a value, unless they begin with a label we know."""
        heads = [(text[: space.start()], space.end()) for space in re.finditer(r"\s+", text[:LONGEST_LABEL])]
        if not any(self._known(head) for head, _ in heads):
            yield from ((head, text[end:]) for head, end in heads if _NEAR_DIGIT.match(text, end))
