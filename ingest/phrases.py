"""Finding many phrases in a text at once, much faster than one pattern of them all.

Pure. A phrase is literal but for ".." (a gap within a line); words of scripts that set spaces must stand whole.
Most phrases are ruled out by their rarest word, or by their rarest letter where words have no borders.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

GAP: Final = ".."
LONGEST_GAP: Final = 40  # letters
THAI, LATIN_MORE, PUNCTUATION = 0x0E00, 0x1E00, 0x2000  # Unicode blocks: from Thai on no spaces but in more Latin
_AT_GAP: Final = "_"  # counts as a letter
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

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words that must stand whole in a text for it to be there; where it has none, the letters."""
        words = _WORD.findall(_AT_GAP.join(self.pieces))  # beside a gap a word may go on
        whole = {word for word in words if _AT_GAP not in word and all(map(is_spaced, word))}
        longest: str = max(self.pieces, key=len)
        return frozenset(whole or longest)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield from where to where it stands in `text`; found by plain search, which is faster than a pattern."""
        at = text.find(self.pieces[0])
        while at >= 0:
            found = self.pattern.match(text, at)
            if found:
                yield found.span()
            at = text.find(self.pieces[0], found.end() if found else at + 1)


class Phrases:
    """All phrases of one language, with what they mean."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Take the phrases (folded) by meaning."""
        known = [
            Phrase(text, meaning)
            for meaning, texts in phrases.items()
            for text in dict.fromkeys(texts)
            if text.strip(f"{GAP} ")
        ]
        frequency = Counter(key for phrase in known for key in phrase.keys)
        self._keys = frozenset(frequency)
        self._by_key: dict[str, list[tuple[Phrase, frozenset[str], tuple[str, ...]]]] = {}
        for phrase in known:
            rarest = min(sorted(phrase.keys), key=frequency.__getitem__)
            self._by_key.setdefault(rarest, []).append((phrase, phrase.keys, phrase.pieces))

    def keys_in(self, text: str) -> frozenset[str]:
        """The words (or letters) in `text` (folded) that are those of a phrase."""
        return self._keys & _words_and_letters(text)

    def among(self, text: str, keys: frozenset[str] | None = None) -> list[Phrase]:
        """The phrases that may stand in `text` (folded): a cheap question that leaves a few.

        `keys` are those in `text`, where they are known already.
        """
        likely = _likely(self, self.keys_in(text) if keys is None else keys)
        return [phrase for phrase, pieces in likely if all(map(text.__contains__, pieces))]

    def likely(self, there: frozenset[str]) -> list[tuple[Phrase, tuple[str, ...]]]:
        """The phrases, each with its pieces, all of whose keys are `there`."""
        return [
            (phrase, pieces)
            for key in self._by_key.keys() & there
            for phrase, keys, pieces in self._by_key[key]
            if keys <= there
        ]


@lru_cache(maxsize=512)  # the mails of a template differ in other words than these
def _likely(phrases: Phrases, there: frozenset[str]) -> list[tuple[Phrase, tuple[str, ...]]]:
    return phrases.likely(there)


@lru_cache(maxsize=8)  # one text is asked in several languages and for several things
def _words_and_letters(text: str) -> frozenset[str]:
    return frozenset((*_WORD.findall(text), *text))


def spans(text: str, phrases: Collection[Phrase]) -> Iterator[tuple[str, int]]:
    """Yield each meaning found in `text` and the length of its phrase; phrases within longer ones left out."""
    found = [(start, end, phrase.meaning) for phrase in phrases for start, end in phrase.places(text)]
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
