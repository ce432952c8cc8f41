"""Finding many phrases in a text at once, much faster than one pattern of them all.

Pure. A phrase is literal but for ".." (a gap within a line); words of scripts that set spaces must stand whole.
Most phrases are ruled out by their first word, or by plain search where words have no borders.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

GAP: Final = ".."
LONGEST_GAP: Final = 40  # letters
THAI, LATIN_MORE, PUNCTUATION = 0x0E00, 0x1E00, 0x2000  # Unicode blocks: from Thai on no spaces but in more Latin
_WORD: Final = re.compile(r"[^\W\d]+")


@dataclass(frozen=True)
class Phrase:
    """One phrase and what it means."""

    text: str
    meaning: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Where the phrase stands, words whole."""
        return re.compile(phrase_pattern(self.text))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """What must stand in a text somewhere for the phrase to be there."""
        return tuple(piece.strip() for piece in self.text.split(GAP))

    @property
    def first_word(self) -> str | None:
        """The word with which it must begin; None where it begins with none that stands by itself."""
        found = _WORD.match(self.text)
        if found is None or not is_spaced(self.text[0]) or not all(map(is_spaced, found[0])):
            return None
        return found[0] if self.text[found.end() : found.end() + 1] in {" ", ""} else None


class Phrases:
    """All phrases of one language, with what they mean."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Take the phrases (folded) by meaning."""
        self._by_word: dict[str, list[Phrase]] = {}
        self._others: list[Phrase] = []
        for meaning, texts in phrases.items():
            for phrase in (Phrase(text, meaning) for text in dict.fromkeys(texts)):
                word = phrase.first_word
                (self._others if word is None else self._by_word.setdefault(word, [])).append(phrase)

    def among(self, text: str) -> list[Phrase]:
        """The phrases that may stand in `text` (folded): a cheap question that leaves a few."""
        words = self._by_word.keys() & set(_WORD.findall(text))
        likely = [phrase for word in words for phrase in self._by_word[word]]
        return [
            phrase
            for phrase in (*likely, *self._others)
            if phrase.pieces[0] in text and all(piece in text for piece in phrase.pieces[1:])
        ]


def spans(text: str, phrases: Collection[Phrase]) -> Iterator[tuple[str, int]]:
    """Yield each meaning found in `text` and the length of its phrase; phrases within longer ones left out."""
    found = [
        (match.start(), match.end(), phrase.meaning)
        for phrase in phrases
        if phrase.pieces[0] in text
        for match in phrase.pattern.finditer(text)
    ]
    for start, end, meaning in set(found):
        if not any(a <= start and end <= b and (b - a) > (end - start) for a, b, _ in found):
            yield meaning, end - start


def alternatives(phrases: Iterable[str]) -> str:
    """Return one pattern of several phrases, the longest first; of none, one that matches nothing."""
    return "|".join(phrase_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True)) or r"(?!)"


def phrase_pattern(phrase: str) -> str:
    """Return the pattern of one phrase: ".." is a gap; words of spaced scripts must stand whole."""
    gap = f".{{0,{LONGEST_GAP}}}?"
    pattern = gap.join(re.escape(piece.strip()) for piece in phrase.split(GAP))
    before = r"(?<![^\W\d])" if is_spaced(phrase[:1]) else ""
    after = r"(?![^\W\d])" if is_spaced(phrase[-1:]) else ""
    return f"{before}{pattern}{after}"


def is_spaced(letter: str) -> bool:
    """Tell whether `letter` is of a script that sets spaces between words (not Thai, Han or kana)."""
    return letter.isalpha() and (ord(letter) < THAI or LATIN_MORE <= ord(letter) < PUNCTUATION)
