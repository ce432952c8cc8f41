"""What a label says that no file names whole: known words put together.

"Seller discount", "Verkäuferrabatt" and "平台优惠" are an idea and who gives it; "Hand over to the courier on or
before" and "Spätestens versenden" are an act and its limit. A text is such a label when known words make up all of
it; the ideas among them say what it stands for. Pure.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_IN_SUMS: Final = r"(?:[\s\-–—/&+,.:'’()（）·]|\d{1,2}(?:[.,]\d{1,2})?\s?%)*"
_IN_DEADLINES: Final = r"[\s\-'’()（）]*"  # none of the signs that part one pair of label and value from the next
LONGEST: Final = 60


class Rule(NamedTuple):
    """What a label stands for that holds all of some ideas and none of others."""

    meaning: str
    all_of: frozenset[str]
    none_of: frozenset[str] = frozenset()


# Parts of the labels of sums: "free" goes with shipping, "besides" are givers, occasions and the small words between.
SUM_IDEAS: Final = ("discount", "shipping", "fee", "tax", "free", "besides")
_SUMS: Final = (  # the first that holds
    Rule("discount", frozenset({"discount"})),
    Rule("free", frozenset({"shipping", "free"})),
    Rule("shipping", frozenset({"shipping", "fee"})),
    Rule("tax", frozenset({"tax"})),
    Rule("fee", frozenset({"fee"})),
)
# Of those of deadlines: "send" and "reply" are what a seller has to do, "besides" what, by whom, and small words. What
# must be with the "buyer" by then is delivered, not shipped.
DEADLINE_IDEAS: Final = ("send", "reply", "limit", "buyer", "besides")
_DEADLINES: Final = (
    Rule("ship_by", frozenset({"send", "limit"}), frozenset({"reply", "buyer"})),
    Rule("respond_by", frozenset({"reply", "limit"}), frozenset({"send"})),
)
Words = Mapping[str, Iterable[str]]  # words (folded) by idea, of one language


class Composed:
    """The words of one language (and of English) that labels are put together of."""

    def __init__(self, sums: Sequence[Words], deadlines: Sequence[Words]) -> None:
        """Take the words of one or more languages; a later one's meaning wins."""
        self._kinds = (
            _Kind(sums, SUM_IDEAS, _SUMS, _IN_SUMS),
            _Kind(deadlines, DEADLINE_IDEAS, _DEADLINES, _IN_DEADLINES),
        )

    def may_begin_a_sum(self, key: str) -> bool:
        """Tell, at little cost, whether the label of a sum may stand at the beginning of a folded text."""
        return self._kinds[0].may_begin(key)

    def meaning_of(self, key: str) -> str | None:
        """Return what a folded text stands for: discount, shipping, free shipping, fee, tax, or a deadline."""
        return _meaning_of(self._kinds, key) if len(key) <= LONGEST else None


class _Kind:
    def __init__(self, words: Sequence[Words], ideas: Sequence[str], rules: Sequence[Rule], between: str) -> None:
        by_word = {word: idea for table in words for idea in ideas for word in table.get(idea, ()) if word}
        self._by_word, self._rules = by_word, rules
        longest = sorted(by_word, key=len, reverse=True)
        one = "|".join(map(re.escape, longest)) or r"(?!)"
        self._next = re.compile(rf"{between}({one}){between}")

    def may_begin(self, key: str) -> bool:
        return self._next.match(key) is not None

    def meaning_of(self, key: str) -> str | None:
        ideas = self._ideas_in(key)
        held = (rule for rule in self._rules if rule.all_of <= ideas and not rule.none_of & ideas) if ideas else ()
        return next((rule.meaning for rule in held), None)

    def _ideas_in(self, key: str) -> frozenset[str]:
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
def _meaning_of(kinds: tuple[_Kind, ...], key: str) -> str | None:
    return next((meaning for kind in kinds if (meaning := kind.meaning_of(key))), None)
