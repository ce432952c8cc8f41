"""What a line of the sums is called when no label says it whole: known words put together.

"Seller discount", "Verkäuferrabatt" and "平台优惠" are an idea and who gives it. A text is such a label when known
words make up all of it; the ideas among them say what it stands for. Pure.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

# Parts of labels by idea; "free" goes with shipping, "besides" are givers, occasions and the small words between.
IDEAS: Final = ("discount", "shipping", "fee", "tax", "free", "besides")
_BETWEEN: Final = r"(?:[\s\-–—/&+,.:'’()（）·]|\d{1,2}(?:[.,]\d{1,2})?\s?%)*"
LONGEST: Final = 60


class SumLabels:
    """The words of one language (and of English) that labels of sums are put together of."""

    def __init__(self, words: Sequence[Mapping[str, Iterable[str]]]) -> None:
        """Take the words (folded) by idea, of one or more languages."""
        by_word = {word: idea for table in words for idea in IDEAS for word in table.get(idea, ()) if word}
        self._by_word = by_word
        longest = sorted(by_word, key=len, reverse=True)
        one = "|".join(map(re.escape, longest)) or r"(?!)"
        self._next = re.compile(rf"{_BETWEEN}({one}){_BETWEEN}")

    def may_begin(self, key: str) -> bool:
        """Tell, at little cost, whether such a label may stand at the beginning of a folded text."""
        return self._next.match(key) is not None

    def idea_of(self, key: str) -> str | None:
        """Return the idea that a folded text stands for: discount, shipping, free shipping, fee or tax."""
        return _idea_of(self, key) if len(key) <= LONGEST else None

    def ideas_in(self, key: str) -> frozenset[str]:
        """Return the ideas of the known words that make up all of `key`; none where something is left over."""
        at = 0
        ideas: set[str] = set()
        while at < len(key):
            found = self._next.match(key, at)
            if found is None:
                return frozenset()
            ideas.add(self._by_word[found[1]])
            at = found.end()
        return frozenset(ideas)


@lru_cache(maxsize=4_096)  # most texts are a template's: they come with each of its mails
def _idea_of(labels: SumLabels, key: str) -> str | None:
    ideas = labels.ideas_in(key)
    return next((idea for idea, needed in _NEEDED if needed <= ideas), None) if ideas else None


_NEEDED: Final[tuple[tuple[str, frozenset[str]], ...]] = (  # the first that is there
    ("discount", frozenset({"discount"})),
    ("free", frozenset({"shipping", "free"})),
    ("shipping", frozenset({"shipping", "fee"})),
    ("tax", frozenset({"tax"})),
    ("fee", frozenset({"fee"})),
)
