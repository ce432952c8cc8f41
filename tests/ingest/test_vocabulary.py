"""Words are data: a seller's own file wins, and a wrong name in it is told."""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import pytest

from ingest.label_files import load_vocabulary
from ingest.vocabulary import Field, VocabularyError, label_key
from models.catalogue import words


def test_a_users_label_wins_over_the_shipped_one(tmp_path):
    (tmp_path / "mine.toml").write_text('language = "en"\n[labels]\norder_no = ["Voucher"]\n', encoding="utf-8")
    known = load_vocabulary(tmp_path)
    assert known.meanings_in("en")[label_key("Voucher:")] == (Field.ORDER_NO,)
    assert known.meanings_in("en")[label_key("ORDER ID：")] == (Field.ORDER_NO,)


def test_a_language_of_the_users_own_is_read_beside_the_shipped(tmp_path):
    (tmp_path / "tl.toml").write_text('language = "tl"\n[labels]\norder_no = ["Numero ng order"]\n', encoding="utf-8")
    assert load_vocabulary(tmp_path).meanings_in("en")[label_key("Numero ng order")] == (Field.ORDER_NO,)


@pytest.mark.parametrize(
    "text", ['language = "en"\n[labels]\nordr_no = ["X"]\n', "[labels\n", '[labels]\norder_no = ["X"]\n']
)
def test_a_wrong_file_is_named(tmp_path, text):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"mine\.toml"):
        load_vocabulary(tmp_path)


@pytest.mark.parametrize("language", ["en", "vi", "id", "ms", "th", "es", "de", "fr", "it", "pt", "zh", "ja"])
def test_every_language_has_words_for_every_kind(language):
    words = load_vocabulary().languages[language]
    assert all(
        words.phrases[kind] for kind in ("new_order", "parcel_lost", "cancel_withdrawn", "shipped", "order_paid")
    )


@pytest.mark.parametrize("field", sorted(set(Field) - {Field.ITEMS, Field.OTHER}))
def test_each_kind_of_value_has_a_word_for_people(field):
    assert words().text(f"lessons.fields.{field}")
