"""What a person teaches about the wording of a mail, checked on that mail before it counts.

A label must stand in the mail beside a value that fits, a phrase in its subject; neither may mean something else
already, nor be a person's. The check is a reading with the new words, so what passes here passes in a poll.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ingest.candidates import is_label, is_of
from ingest.explaining import TEACHABLE, Basis, Explained, explain, parts_of
from ingest.label_files import load_vocabulary
from ingest.message import Message, parse_message
from ingest.own_words import LabelLesson, Lesson, PhraseLesson, tried
from ingest.page import Row, text_of
from ingest.telling import comparable
from ingest.text import fold
from ingest.vocabulary import Language, Vocabulary, label_key

_SHORTEST_PHRASE: Final = 8  # letters; of one word such as "order" half of all subjects would be
_SHORTEST_UNSPACED: Final = 4  # of Thai, Han or kana
_UNSPACED_FROM: Final = 0x0E00  # Thai


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaught:
    """A lesson that was refused; `code` is a key of words, `values` name fields and kinds, never the mail's text."""

    lesson: Lesson
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of lessons on the mail they were drawn from; `vocabulary` has those that were not refused."""

    refused: tuple[NotTaught, ...]
    learned: tuple[Lesson, ...]
    before: Explained
    after: Explained
    vocabulary: Vocabulary


def try_lessons(raw: bytes, lessons: Sequence[Lesson], basis: Basis, own: Path) -> Trial:
    """Read the mail with the lessons added to the words in `own`, and say which hold. Raises VocabularyError."""
    before, message = explain(raw, basis), parse_message(raw)
    language = basis.vocabulary.languages[before.language]
    refused = [fault for one in lessons if (fault := _refused(one, message, before, language))]
    sound = [one for one in lessons if one not in [fault.lesson for fault in refused]]
    with tried(own, language.code, sound) as folder:
        vocabulary = load_vocabulary(folder)
    after = explain(raw, replace(basis, vocabulary=vocabulary))
    vain = [fault for one in sound if (fault := _in_vain(one, after))]
    learned = tuple(one for one in sound if one not in [fault.lesson for fault in vain])
    if not vain:
        return Trial(refused=tuple(refused), learned=learned, before=before, after=after, vocabulary=vocabulary)
    less = try_lessons(raw, learned, basis, own)
    return replace(less, refused=(*refused, *vain, *less.refused))


def _refused(lesson: Lesson, message: Message, before: Explained, language: Language) -> NotTaught | None:
    """Say why the words alone cannot be taught."""
    hold = _label_faults if isinstance(lesson, LabelLesson) else _phrase_faults
    faults = hold(lesson, message, before, language)  # type: ignore[arg-type]  # each takes its own kind
    return next(faults, None)


def _label_faults(lesson: LabelLesson, message: Message, before: Explained, language: Language) -> Iterator[NotTaught]:
    key = label_key(lesson.label)
    if lesson.field not in TEACHABLE or not is_label(lesson.label):
        yield NotTaught(lesson=lesson, code="no_label")
    if is_of(lesson.label, before.peoples):
        yield NotTaught(lesson=lesson, code="peoples")
    if not _stands_in(key, message):
        yield NotTaught(lesson=lesson, code="not_in_mail")
    known = language.labels.get(key, ())
    if lesson.field in known:
        yield NotTaught(lesson=lesson, code="known_label")
    if known:
        yield NotTaught(lesson=lesson, code="means_other", values={"other": str(known[0])})


def _phrase_faults(
    lesson: PhraseLesson, message: Message, before: Explained, language: Language
) -> Iterator[NotTaught]:
    phrase = lesson.words
    if not _is_telling(phrase):
        yield NotTaught(lesson=lesson, code="too_short")
    if any(len(value) > 2 and value in phrase for value in before.peoples):  # noqa: PLR2004  a name has three
        yield NotTaught(lesson=lesson, code="peoples")
    if phrase not in comparable(message.subject):
        yield NotTaught(lesson=lesson, code="not_in_subject")
    for meaning, phrases in language.phrases.items():
        if phrase in phrases:
            same = meaning == lesson.kind
            yield NotTaught(
                lesson=lesson, code="known_phrase" if same else "phrase_means_other", values={"other": meaning}
            )


def _is_telling(phrase: str) -> bool:
    letters = [letter for letter in phrase if letter.isalpha()]
    unspaced = any(ord(letter) >= _UNSPACED_FROM for letter in letters)
    return len(letters) >= (_SHORTEST_UNSPACED if unspaced else _SHORTEST_PHRASE)


def _stands_in(key: str, message: Message) -> bool:
    rows = (row for _, part in parts_of(message) for row in part)
    return any(key in fold(text) for text in _texts(rows))


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        for cell in row.cells:
            yield from (text_of(line) for line in cell)


def _in_vain(lesson: Lesson, after: Explained) -> NotTaught | None:
    """Say why a lesson changes nothing: no value that fits, or other words of the mail weigh more."""
    if isinstance(lesson, PhraseLesson):
        if after.kind is lesson.kind:
            return None
        return NotTaught(lesson=lesson, code="kind_not_told", values={"other": str(after.kind or "")})
    key = label_key(lesson.label)
    taken = [one for one in after.of(lesson.field) if label_key(one.label) == key]
    if any(one.usable for one in taken):
        return None
    return NotTaught(lesson=lesson, code="no_time" if taken else "no_value")
