"""What a text says has happened, without what may, will or would happen.

Pure. "Orders that miss it may be cancelled" cancels nothing, "if nobody is there a second time" is no second time,
and "sent by the system" at the foot of a mail says nothing of who cancelled. Which words make a sentence or a
clause of that sort is the vocabulary's data (`asides`, `possibles`).
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

from ingest.text import spaced
from ingest.vocabulary import Language

_SENTENCE_END: Final = re.compile(
    r"(?<=[!?;。！？；…\n])|(?<=[^\W\d]\.)(?=\s)|(?<=\d\.)(?=\s+[^\W\d_a-z])|(?<=\)\.)(?=\s)"
)
_CLAUSE_END: Final = re.compile(r"(?<=[,:、，：(（)）–—])|(?<=\s-)(?=\s)|(?<=[\u0e00-\u0e7f])(?=\s+[\u0e00-\u0e7f])")


def sentences(text: str) -> Iterable[str]:
    """Give the sentences of `text`, as they stand; none goes on behind the end of a line."""
    return chain.from_iterable(map(_sentences_of, text.splitlines(keepends=True)))


@lru_cache(maxsize=1_024)  # most lines are a template's: they come with each of its mails
def _sentences_of(line: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in _SENTENCE_END.split(line) if sentence.strip())


def settled(text: str, language: Language) -> str:
    """Return `text` without the sentences and clauses that tell nothing that has happened."""
    return "".join([_settled_line(line, language) for line in text.splitlines(keepends=True)])


@lru_cache(maxsize=1_024)
def _settled_line(line: str, language: Language) -> str:
    whole = spaced(line)
    if not any(_has(whole, language, parts) for parts in ("asides", "possibles", "purposes")):
        return line
    kept = (sentence for sentence in _sentences_of(line) if not _has(spaced(sentence), language, "asides"))
    return "".join(_settled_clauses(sentence, language) for sentence in kept)


def happened(text: str, language: Language) -> str:
    """Return `text` as `settled` does, and without an awaited payment: "ship it once the payment is confirmed"."""
    return "".join([_happened_line(line, language) for line in text.splitlines(keepends=True)])


@lru_cache(maxsize=1_024)
def _happened_line(line: str, language: Language) -> str:
    certain = settled(line, language)
    if not _has(spaced(certain), language, "awaited"):
        return certain
    return "".join(_without_awaited(clause, language) for clause in _CLAUSE_END.split(certain))


def _without_awaited(clause: str, language: Language) -> str:
    """Return a clause up to where it begins to speak of a payment that is waited for."""
    folded = clause.casefold()
    for part in language.parts["awaited"]:
        at = folded.find(part.strip())
        if at >= 0 and part in spaced(clause) and any(pay in spaced(clause[at:]) for pay in language.ideas["pay"]):
            return clause[:at]
    return clause


def _settled_clauses(sentence: str, language: Language) -> str:
    clauses = (_without_purpose(clause, language) for clause in _CLAUSE_END.split(sentence))
    return "".join(clause for clause in clauses if not _is_possible(spaced(clause), language))


def _is_possible(clause: str, language: Language) -> bool:
    """Tell whether a clause says what may come; "kann nicht zugestellt werden" says what is."""
    return _has(clause, language, "possibles") and not _has(clause, language, "denials")


def _without_purpose(clause: str, language: Language) -> str:
    """Return the clause up to what it is done for: "ship today" of "ship today to avoid a cancellation"."""
    for part in language.parts.get("purposes", ()):
        at = clause.casefold().find(part.strip())
        if at > 0 and part in spaced(clause):
            clause = clause[:at]
    return clause


def _has(padded: str, language: Language, parts: str) -> bool:
    return any(part in padded for part in language.parts.get(parts, ()))
