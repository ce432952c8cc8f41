"""Whether a mail shows an order as an example: news of a template, a lesson, a test.

Pure. An announcement may hold a whole order in the very form of a true one; what gives it away is that subject, title
or a sentence says so. The words are the vocabulary's data (`[specimen]`). A product's name says nothing here, and a
mail that labels its order's type may call it a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Final, NamedTuple

from ingest.labelled import Findings
from ingest.settled import sentences
from ingest.text import MAX_KNOWN, fold, spaced
from ingest.vocabulary import Field, Language
from models.notification import NotificationKind

_HEADS: Final = 4  # the subject and the lines below it that may say what a mail is about
_TITLES: Final = 2  # the subject and the title
_LONGEST: Final = 2_000  # characters of running text
_REMARKS: Final = (Field.SPECIAL_HANDLING, Field.OTHER)  # "Please note: the order below is no real one"
_SOURCE: Final = " html"  # "this message is in the format HTML" speaks of no new form


class _Words(NamedTuple):
    """What of an example a line speaks of."""

    example: bool
    news: bool  # a lesson, a rule, a holiday
    sample: bool
    shown: bool
    mail: bool
    look: bool
    order: bool
    new: bool  # it calls an order new


def shows_specimen(subject: str, findings: Findings, languages: Iterable[Language], *, starting: bool) -> bool:
    """Tell whether subject, title or a sentence says that the order shown is none.

    Of a mail that would be `starting` an order it is enough that subject or title speak of a
    lesson, a rule or a holiday.
    """
    heads = (subject, *findings.headings[: _HEADS - 1])
    remarks = (remark for told in _REMARKS for remark in findings.values.get(told, ()))
    running = list(sentences("\n".join((*findings.notes, *remarks))[:_LONGEST]))
    names = [spaced(name).strip() for name in _names(findings)]
    typed = Field.ORDER_TYPE in findings.values
    at_top = partial(_tells_at_top, typed=typed)
    in_text = partial(_tells_in_text, typed=typed)
    return any(
        any(_is_said(line, language, names, at_top) for line in heads)
        or (starting and any(_is_said(line, language, names, _tells_news) for line in heads[:_TITLES]))
        or any(_is_said(line, language, names, in_text) for line in running)
        for language in languages
    )


def _names(findings: Findings) -> Iterable[str]:
    """Return what products and shop are called."""
    return (*(item.name for item in findings.items if item.name), *findings.values.get(Field.SHOP, ()))


def _is_said(line: str, language: Language, names: Sequence[str], tells: Callable[[_Words], bool]) -> bool:
    """Tell whether a line says so, and no product's name in it does."""
    if not tells(_words_of(line, language)):
        return False
    bare = spaced(line)
    for name in names:
        bare = bare.replace(name, "")
    return tells(_words_in(bare, language))


def _tells_news(words: _Words) -> bool:
    return words.news


def _tells_at_top(words: _Words, *, typed: bool) -> bool:
    """Tell it of a subject or heading: an example, or news of what mails look like."""
    is_sample = words.sample and not typed and (words.shown or words.mail or (words.order and not words.new))
    return words.example or is_sample or (words.mail and words.look)


def _tells_in_text(words: _Words, *, typed: bool) -> bool:
    """Tell it of a sentence: an example of an order, of a mail, or of what is shown."""
    is_sample = words.sample and not typed and words.shown and (words.order or words.mail)
    return is_sample or (words.example and (words.order or words.mail or words.shown))


def _words_of(line: str, language: Language) -> _Words:
    return _known_words(line, language) if len(line) <= MAX_KNOWN else _words_in(spaced(line), language)


@lru_cache(maxsize=1_024)  # most lines are a template's
def _known_words(line: str, language: Language) -> _Words:
    return _words_in(spaced(line), language)


def _words_in(padded: str, language: Language) -> _Words:
    look_alike = _SOURCE in padded
    for part in language.specimen.get("harmless", ()):
        padded = padded.replace(part, " ")
    there = {idea: any(part in padded for part in parts) for idea, parts in language.specimen.items()}
    is_any = any(there.get(idea, False) for idea in ("example", "sample", "look"))
    return _Words(
        example=there.get("example", False),
        news=there.get("news", False),
        sample=there.get("sample", False),
        shown=there.get("shown", False),
        mail=there.get("mail", False),
        look=there.get("look", False) and not look_alike,
        order=is_any and any(part in padded for part in language.hints.get("order", ())),
        new=is_any and bool(language.hits(NotificationKind.NEW_ORDER, fold(padded))),
    )
