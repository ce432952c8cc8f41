"""The words of letters: each language has every text, with the same placeholders, and the markets are told apart."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from models.language import ENGLISH, languages
from models.letter import KINDS, Addressee, LetterKind
from models.letter_text import HEAD, letter_languages, letter_words

OTHERS = [language for language in letter_languages() if language != ENGLISH]


def texts(language: str) -> dict[str, str]:
    words = letter_words(language)
    tables: dict[str, Mapping[str, str]] = {"frame": words.frame, "facts": words.facts, **words.texts}
    return {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def wanted() -> Iterator[str]:
    yield from (f"frame.{key}" for key in (*Addressee, "record", "regards"))
    yield from (f"facts.{key}" for key in {*HEAD, *(key for row in KINDS.values() for key in row.says)})
    yield from (f"{kind}.{key}" for kind in LetterKind for key in ("subject", "opening", "request"))


def test_letters_are_written_in_the_five_languages_and_in_every_one_that_pages_speak():
    assert letter_languages() == ("en", "id", "ms", "th", "vi")
    assert set(languages()) <= set(letter_languages())


@pytest.mark.parametrize("language", letter_languages())
def test_each_language_has_each_text_and_none_too_many(language):
    assert sorted(texts(language)) == sorted(wanted())


@pytest.mark.parametrize("language", letter_languages())
def test_a_line_tells_its_value_and_every_other_text_the_orders_number_at_most(language):
    for key, text in texts(language).items():
        allowed = {"value"} if key.startswith("facts.") else {"order_no"}
        assert placeholders(text) <= allowed, key
        assert not key.startswith("facts.") or placeholders(text) == allowed, key


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_has_the_placeholders_of_the_english_one(language):
    own, english = texts(language), texts(ENGLISH)
    assert [key for key in own if placeholders(own[key]) != placeholders(english[key])] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english_by_mistake(language):
    own, english = texts(language), texts(ENGLISH)
    assert [key for key in own if own[key] == english[key]] == []


def test_no_market_writes_in_two_languages_and_each_language_has_a_name():
    counted = Counter(market for language in letter_languages() for market in letter_words(language).markets)
    assert counted == {"VN": 1, "ID": 1, "TH": 1, "MY": 1}
    assert len({letter_words(language).name for language in letter_languages()}) == len(letter_languages())
