"""What a person may teach, what is refused, and the file it is written into."""

from __future__ import annotations

import tomllib
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from ingest.explaining import Basis
from ingest.label_files import load_vocabulary
from ingest.own_words import LabelLesson, Lesson, PhraseLesson, add_lessons, file_for
from ingest.teaching import Trial, try_lessons
from ingest.vocabulary import Field, VocabularyError
from models.notification import Notification, NotificationKind
from tests.ingest.corpus import FOLDER, vocabulary
from tests.ingest.markets import MARKETS, a_shop
from tests.ingest.renderings import LAYOUTS, STRANGE, Strange, render
from tests.ingest.test_explaining import NOW, RECEIVER, TABLE, basis
from tests.ingest.test_reading import a_sale

RAW = (
    (FOLDER / TABLE)
    .read_bytes()
    .replace(b"Order ID", b"Bonsai tag")
    .replace(b"Ship by", b"Parcel leaves until")
    .replace(b"You have a new order 57", b"Bamboo went home today 57")
    .replace(b"new order", b"bamboo")
)
TAG = LabelLesson(Field.ORDER_NO, "Bonsai tag")
WENT = PhraseLesson(NotificationKind.NEW_ORDER, "Bamboo went home")


def tried(tmp_path: Path, *lessons: Lesson, raw: bytes = RAW) -> Trial:
    return try_lessons(raw, lessons, basis(TABLE), tmp_path)


@pytest.mark.parametrize(("layout", "language"), list(zip(LAYOUTS, cycle(MARKETS), strict=False)))
def test_in_every_layout_taught_labels_make_the_mail_whole(layout, language, tmp_path):
    choice, shop = Random(layout), a_shop(language)
    sale = a_sale(choice, 1000 if shop.currency in {"VND", "IDR", "JPY"} else 1)
    raw = render(sale, Strange(language=language, currency=shop.currency, choice=choice), layout)
    reading = Basis(receiver=RECEIVER, shops=[shop], vocabulary=vocabulary(), now=NOW)
    lessons = [LabelLesson(Field(name), label) for name, label in STRANGE.items()]
    trial = try_lessons(raw, lessons, reading, tmp_path)
    assert {name: trial.before.candidates.get(Field(name)) for name in STRANGE} == {
        name: (label,) for name, label in STRANGE.items()
    }
    assert trial.refused == ()
    assert isinstance(trial.after.reading, Notification)
    assert trial.after.reading.order_nos == (sale.order_no,)
    assert trial.after.reading.ship_by is not None


def test_a_phrase_of_the_subject_teaches_what_a_mail_is_about(tmp_path):
    trial = tried(tmp_path, TAG, WENT)
    assert trial.before.kind is not NotificationKind.NEW_ORDER
    assert (trial.refused, trial.after.kind) == ((), NotificationKind.NEW_ORDER)
    assert isinstance(trial.after.reading, Notification)


@pytest.mark.parametrize(
    ("lesson", "code", "other"),
    [
        (LabelLesson(Field.ORDER_NO, "Oak tag"), "not_in_mail", None),
        (LabelLesson(Field.TOTAL, "Buyer"), "means_other", "buyer"),
        (LabelLesson(Field.TOTAL, "Order total"), "known_label", None),
        (LabelLesson(Field.SHIP_BY, "Bonsai tag"), "no_value", None),
        (LabelLesson(Field.ORDER_NO, "576461413038785752"), "no_label", None),
        (LabelLesson(Field.ORDER_NO, "j@planted.example"), "no_label", None),
        (LabelLesson(Field.ORDER_NO, "y_r"), "peoples", None),
        (PhraseLesson(NotificationKind.NEW_ORDER, "Bamboo"), "too_short", None),
        (PhraseLesson(NotificationKind.NEW_ORDER, "Oak went home"), "not_in_subject", None),
        (PhraseLesson(NotificationKind.NEW_ORDER, "new order received"), "not_in_subject", None),
    ],
)
def test_a_lesson_that_does_not_hold_is_refused_with_its_reason(lesson, code, other, tmp_path):
    trial = tried(tmp_path, lesson)
    assert trial.refused[0].code == code
    assert other is None or trial.refused[0].values["other"] == other
    assert trial.learned == ()


def test_a_phrase_that_tells_something_else_is_refused(tmp_path):
    raw = (FOLDER / TABLE).read_bytes().replace(b"You have a new order", b"An order received")
    trial = tried(tmp_path, PhraseLesson(NotificationKind.DELIVERED, "Order received"), raw=raw)
    assert [(one.code, one.values["other"]) for one in trial.refused] == [("phrase_means_other", "new_order")]


def test_a_kind_that_other_words_of_the_mail_outweigh_is_refused(tmp_path):
    raw = (FOLDER / TABLE).read_bytes().replace(b"You have a new order", b"New order received, bamboo")
    trial = tried(tmp_path, PhraseLesson(NotificationKind.ORDER_PAID, "received, bamboo"), raw=raw)
    assert [(one.code, one.values["other"]) for one in trial.refused] == [("kind_not_told", "new_order")]


def test_a_lesson_in_vain_is_refused_and_the_sound_one_beside_it_is_named(tmp_path):
    trial = tried(tmp_path, TAG, LabelLesson(Field.SHIP_BY, "Bonsai tag"))
    assert [one.code for one in trial.refused] == ["no_value"]
    assert trial.learned == (TAG,)


def test_trying_writes_nothing(tmp_path):
    tried(tmp_path, TAG, WENT)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_explains_itself_and_is_read_as_words(tmp_path):
    own = tmp_path / "labels"
    file = add_lessons(own, "en", [TAG, WENT])
    assert file.name == "en.toml"
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "delete it here" in text
    assert tomllib.loads(text)["kinds"] == {"new_order": ["bamboo went home"]}
    assert load_vocabulary(own).meanings_in("en")["bonsai tag"] == (Field.ORDER_NO,)
    assert list(own.iterdir()) == [file]


def test_what_stands_in_the_file_stays_comments_and_all(tmp_path):
    mine = '# mine\nlanguage = "en"  # English\n\n[labels]\n# from Lan\norder_no = ["Oak tag"]  # old\n'
    (tmp_path / "words.toml").write_text(mine, encoding="utf-8")
    file = add_lessons(tmp_path, "en", [TAG, TAG])
    assert file.name == "words.toml"
    assert file.read_text(encoding="utf-8") == mine.replace('["Oak tag"]', '["Oak tag", "Bonsai tag"]')


def test_an_order_number_in_a_taught_phrase_stands_for_any(tmp_path):
    lesson = PhraseLesson(NotificationKind.NEW_ORDER, "Bamboo 576461413038785752 went home")
    file = add_lessons(tmp_path, "en", [lesson])
    assert tomllib.loads(file.read_text(encoding="utf-8"))["kinds"]["new_order"] == ["bamboo # went home"]


def test_a_file_named_for_another_language_is_left_alone(tmp_path):
    (tmp_path / "en.toml").write_text('language = "vi"\n', encoding="utf-8")
    assert file_for(tmp_path, "en").name == "en-taught.toml"


@pytest.mark.parametrize(
    "broken", ['language = "en"\nlabels = 1\n', 'language = "en"\n[labels]\norder_no = "Oak"\n', "a"]
)
def test_a_file_that_cannot_be_added_to_is_not_touched_and_is_named(broken, tmp_path):
    (tmp_path / "en.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"en\.toml"):
        add_lessons(tmp_path, "en", [TAG])
    assert (tmp_path / "en.toml").read_text(encoding="utf-8") == broken
