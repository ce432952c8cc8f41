"""The files of words: one a language in `labels/`, and a user's own folder of such files, which wins over them.

Unknown names in a file are errors that say the file and the name (VocabularyError).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ingest.composed import DEADLINE_IDEAS, SUM_IDEAS
from ingest.expansion import expanded
from ingest.text import fold, spaced
from ingest.vocabulary import Field, Language, Vocabulary, VocabularyError, label_key
from models.notification import IgnoreReason, NotificationKind

SHIPPED: Final = Path(__file__).parent / "labels"
# What mails speak of; `ingest.ideas` says which of them together tell a kind.
IDEAS: Final = frozenset(
    {
        "cancel", "ask", "please", "approve", "reject", "withdraw", "called_off", "ship", "shipped",
        "not_yet", "soon", "late", "parcel", "collected", "moving", "deliver", "delivered", "fail",
        "lost", "damaged", "send_back", "refund", "refunded", "pay", "paid", "received", "done",
        "negated",
    }
)  # fmt: skip
# What a new order is hinted at with, and what an order is shown as an example with: `ingest.hints`, `ingest.specimen`.
HINTS: Final = frozenset(
    {
        "order", "sold", "sale", "another", "got", "cheer", "confirmed", "prepare", "undone", "address", "update",
        "changed",
    }
)  # fmt: skip
SPECIMEN: Final = frozenset({"example", "news", "sample", "shown", "mail", "look", "real", "check", "void", "harmless"})
_BY_IDEA: Final = {"ideas": IDEAS, "hints": HINTS, "specimen": SPECIMEN}
_COMPOSED: Final = {"sum_words": frozenset(SUM_IDEAS), "deadline_words": frozenset(DEADLINE_IDEAS)}
_LOOKUPS: Final = (
    "causes", "reasons", "payment_methods", "payment_states", "order_types", "handling", "request_types",
    "handovers", "shipping_modes", "ordinals", "actors", "unpaid_told",
)  # fmt: skip
_WORDS: Final = (
    "order_words", "morning", "afternoon", "month_first_markets", "markets", "attempt_words", "return_words",
    "number_fillers", "buttons", "price_words", "amount_fillers",
)  # fmt: skip
# Parts of words and sentences, found wherever they stand; a space at an end is the border of a word.
_PARTS: Final = (
    "asides", "possibles", "denials", "purposes", "deadline_before", "deadline_after", "not_the_event", "other_news",
    "no_start", "known_order", "awaited",
)  # fmt: skip


def load_vocabulary(extra: Path | None = None) -> Vocabulary:
    """Return the shipped words with those of the folder `extra` over them.

    Raises VocabularyError for a file that is no TOML or has unknown names.
    """
    own = sorted(extra.glob("*.toml")) if extra is not None and extra.is_dir() else []
    if not own:
        return _shipped_vocabulary()
    tables = dict(_shipped_tables())
    for path in own:
        table = _read(path)
        known = tables.get(table["language"], {"language": table["language"]})
        tables[table["language"]] = _merged(known, table)
    return _vocabulary(tables)


@cache
def _shipped_vocabulary() -> Vocabulary:
    """Return the words that nobody changes; to make them takes longer than to read many mails."""
    return _vocabulary(_shipped_tables())


@cache
def _shipped_tables() -> Mapping[str, dict[str, Any]]:
    tables = [_read(path) for path in sorted(SHIPPED.glob("*.toml"))]
    return {table["language"]: table for table in tables}


def _vocabulary(tables: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    languages = {code: _language(table) for code, table in tables.items()}
    owners: dict[str, tuple[str, ...]] = {}
    for code, language in languages.items():
        for key in language.labels:
            owners[key] = (*owners.get(key, ()), code)
    return Vocabulary(languages=languages, label_owners=owners)


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise VocabularyError(f"{path.name}: {error}") from error
    known = {"language", "labels", "kinds", "ignored", "months", *_BY_IDEA, *_COMPOSED, *_LOOKUPS, *_WORDS, *_PARTS}
    stray = set(table) - known
    stray |= set(table.get("labels", {})) - set(Field)
    stray |= set(table.get("kinds", {})) - set(NotificationKind)
    stray |= set(table.get("ignored", {})) - set(IgnoreReason)
    for section, ideas in (_BY_IDEA | _COMPOSED).items():
        stray |= set(table.get(section, {})) - ideas
    if stray or not isinstance(table.get("language"), str):
        raise VocabularyError(f"{path.name}: unknown names {sorted(stray)}, or no language")
    return table


def _merged(known: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay a user's file over the shipped one: its label takes a word away from the shipped meaning."""
    merged = dict(known)
    taken = {label_key(label) for labels in own.get("labels", {}).values() for label in labels}
    merged["labels"] = {
        name: [label for label in labels if label_key(label) not in taken]
        for name, labels in known.get("labels", {}).items()
    }
    for section, content in own.items():
        if isinstance(content, dict):
            table = dict(merged.get(section, {}))
            for name, phrases in content.items():
                table[name] = [*phrases, *table.get(name, [])]
            merged[section] = table
        elif isinstance(content, list):
            merged[section] = [*content, *merged.get(section, [])]
    return merged


def _language(table: Mapping[str, Any]) -> Language:
    try:
        return _spelled_out(table)
    except ValueError as error:
        raise VocabularyError(f"{table['language']}: {error}") from error


def _spelled_out(table: Mapping[str, Any]) -> Language:
    labels: dict[str, tuple[Field, ...]] = {}
    for name, texts in table.get("labels", {}).items():
        for text in expanded(texts):
            key = label_key(text)
            if not key:
                raise ValueError(f"the label {text!r} has no letter")
            labels[key] = tuple(dict.fromkeys((*labels.get(key, ()), Field(name))))
    phrases = {**table.get("kinds", {}), **table.get("ignored", {})}
    return Language(
        code=table["language"],
        labels=labels,
        phrases={meaning: _folded(texts) for meaning, texts in phrases.items()},
        lookups={name: {code: _folded(texts) for code, texts in table.get(name, {}).items()} for name in _LOOKUPS},
        words={name: _folded(table.get(name, ())) for name in _WORDS},
        months={fold(text): int(month) for month, texts in table.get("months", {}).items() for text in texts},
        parts={name: _parts(table.get(name, ())) for name in _PARTS},
        ideas=_by_idea(table, "ideas"),
        hints=_by_idea(table, "hints"),
        specimen=_by_idea(table, "specimen"),
        sum_words=_by_folded_idea(table, "sum_words"),
        deadline_words=_by_folded_idea(table, "deadline_words"),
    )


def _by_idea(table: Mapping[str, Any], section: str) -> Mapping[str, tuple[str, ...]]:
    return {idea: _parts(texts) for idea, texts in table.get(section, {}).items()}


def _by_folded_idea(table: Mapping[str, Any], section: str) -> Mapping[str, tuple[str, ...]]:
    """Return words by idea, as they stand within a label and as at its end: there Thai loses a vowel's sign."""
    forms = {idea: _folded(texts) for idea, texts in table.get(section, {}).items()}
    return {idea: tuple(dict.fromkeys((*texts, *map(label_key, texts)))) for idea, texts in forms.items()}


def _parts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return parts of words as they stand in `spaced` text, with the borders they were given."""
    return tuple(f"{' ' * part.startswith(' ')}{spaced(part).strip()}{' ' * part.endswith(' ')}" for part in texts)


def _folded(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.casefold() if "#" in text else fold(text) for text in expanded(texts))
