"""The user's own vocabulary files: HOME/labels/LANG.toml, written so that a person can go on editing them.

Comments and all that stands there stay. A file is replaced whole or not at all, and only after the words in it
could be loaded.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import tomlkit
from tomlkit.items import Array, Table

from ingest.telling import comparable
from ingest.vocabulary import Field, VocabularyError
from models.catalogue import words
from models.notification import NotificationKind


@dataclass(frozen=True, slots=True)
class LabelLesson:
    """`label` stands for a field."""

    field: Field
    label: str

    @property
    def place(self) -> tuple[str, str]:
        """Table and key in the vocabulary file."""
        return "labels", str(self.field)

    @property
    def words(self) -> str:
        """What is taught, without the colon behind it."""
        return self.label.strip().rstrip(" :：")  # noqa: RUF001  a colon of Chinese


@dataclass(frozen=True, slots=True)
class PhraseLesson:
    """A mail whose subject holds `phrase` is of a kind."""

    kind: NotificationKind
    phrase: str

    @property
    def place(self) -> tuple[str, str]:
        """Table and key in the vocabulary file."""
        return "kinds", str(self.kind)

    @property
    def words(self) -> str:
        """What is taught: as phrases are compared, an order number as "#"."""
        return comparable(self.phrase).strip(" #")


Lesson: TypeAlias = LabelLesson | PhraseLesson


def add_lessons(folder: Path, language: str, lessons: Sequence[Lesson]) -> Path:
    """Write the lessons into the folder's file of that language; its path. Raises VocabularyError, OSError."""
    file = file_for(folder, language)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    text = with_lessons(before, language, lessons, file.name)
    folder.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")  # not *.toml: never read as words
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
    return file


def file_for(folder: Path, language: str) -> Path:
    """Give the user's file of a language: the one that says it is, else LANG.toml."""
    for file in sorted(folder.glob("*.toml")):
        if _language_of(file) == language:
            return file
    file = folder / f"{language}.toml"
    return file if not file.exists() else folder / f"{language}-taught.toml"  # it says another language


def with_lessons(text: str, language: str, lessons: Sequence[Lesson], name: str) -> str:
    """Return a vocabulary file's text with the lessons added; a new one gets a head that explains it."""
    document = tomlkit.parse(text or words().text("lessons.file_head", language=language))
    document.setdefault("language", language)
    for lesson in lessons:
        section, key = lesson.place
        table = document.setdefault(section, tomlkit.table())
        if not isinstance(table, Table):
            raise VocabularyError(f"{name}: [{section}] is no table. Mend it, then teach again.")
        known = table.setdefault(key, tomlkit.array())
        if not isinstance(known, Array):
            raise VocabularyError(f'{name}: {key} is no list. Write it like {key} = ["words"], then teach again.')
        if lesson.words not in known:
            known.append(lesson.words)
    return tomlkit.dumps(document)


@contextmanager
def tried(folder: Path, language: str, lessons: Sequence[Lesson]) -> Iterator[Path]:
    """Give a copy of the user's files with the lessons in them, for as long as they are tried out."""
    with TemporaryDirectory(prefix="shipclock-") as place:
        copy = Path(place) / "labels"
        copy.mkdir()
        for file in folder.glob("*.toml"):
            shutil.copyfile(file, copy / file.name)
        add_lessons(copy, language, lessons)
        yield copy


def _language_of(file: Path) -> str | None:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("language")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise VocabularyError(f"{file.name}: {fault}") from fault
    return found if isinstance(found, str) else None
