"""What may happen, or what a footer says, is no evidence; labels and sentences spell themselves out of parts."""

from __future__ import annotations

import pytest

from ingest.expansion import MOST, expanded
from ingest.running import code_at_start
from ingest.settled import settled
from models.notification import NotificationKind
from tests.ingest.corpus import vocabulary
from tests.ingest.status_renderings import WORDS

LANGUAGES = vocabulary().languages


@pytest.mark.parametrize("language", WORDS)
def test_conditions_prospects_and_footers_state_nothing(language):
    for line in WORDS[language]["noise"]:
        assert not settled(line, LANGUAGES[language]).strip(" .,，、。"), line  # noqa: RUF001  Chinese marks


@pytest.mark.parametrize("language", WORDS)
def test_no_phrase_of_a_kind_is_itself_taken_for_a_prospect(language):
    words = LANGUAGES[language]
    for kind in NotificationKind:
        for phrase in words.phrases.get(kind, ()):
            text = phrase.replace("..", "x").replace("#", "57")
            assert settled(text, words) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Order 57 was cancelled. It may be refunded.", "Order 57 was cancelled."),
        ("Ship order 57 today to avoid a late dispatch.", "Ship order 57 today"),
        ("The parcel cannot be delivered.", "The parcel cannot be delivered."),
    ],
)
def test_what_has_happened_stays(text, left):
    assert settled(text, LANGUAGES["en"]).strip() == left


def test_braces_stand_for_each_of_their_forms():
    assert list(expanded(["{Sent|Shipped} {on|at}", "Date"])) == [
        "Sent at", "Sent on", "Shipped at", "Shipped on", "Date",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["{Sent on", "Sent} on", "{a|b{c}}", "{" + "|".join(map(str, range(MOST + 1))) + "}"])
def test_a_stray_brace_and_a_flood_of_forms_are_refused(text):
    with pytest.raises(ValueError, match="brace"):
        list(expanded([text]))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GHN5FA7K29.", "GHN5FA7K29"),
        ("1Z85R4E20312345671) on May 14", "1Z85R4E20312345671"),
        ("JX0012345678.Sold by Mesa", "JX0012345678"),
        ("9400 1118 9922 3817 6543 21", "9400111899223817654321"),
        ("RX 448 812 009 IT Sold by", "RX448812009IT"),
        ("4412-7788-9012", "4412-7788-9012"),
        ("", ""),
    ],
)
def test_a_tracking_number_ends_where_it_ends(text, code):
    assert code_at_start(text) == code
