"""Rows into words: time left, stages, freshness, origins, the timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard import present, timeline
from dashboard.words import catalogue, plain
from models.db.reading import DataAge
from models.db.tables import DeadlineRow, FactRow
from models.policy_files import load_policy
from models.stage import Stage
from tests.dashboard import seed

NOW = seed.NOW
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("left", "colour", "shape"),
    [
        (timedelta(minutes=-1), "red", "error"),
        (timedelta(hours=5), "orange", "alarm"),
        (timedelta(hours=23), "yellow", "schedule"),
        (timedelta(hours=30), "blue", "schedule"),
    ],
)
def test_urgency_is_told_by_word_shape_and_colour(left, colour, shape):
    words = present.urgency_badge(NOW + left, NOW)
    assert f":{colour}-badge[:material/{shape}:" in words
    assert catalogue().time_left(NOW + left, NOW) in words


@pytest.mark.parametrize("stage", list(Stage))
def test_each_stage_has_a_word_a_shape_and_a_colour(stage):
    shape, colour = present.STAGE_LOOK[stage]
    assert present.stage_badge(stage) == f":{colour}-badge[:material/{shape}: {catalogue().stage(stage)}]"


def test_a_presumed_stage_asks_to_be_checked():
    assert "probably, please check" in present.stage_badge("CANCELLED", presumed=True)


def test_times_are_the_shops():
    assert present.when(datetime(2026, 3, 17, 18, 30, tzinfo=UTC), SAIGON, NOW) == "Wed 18 Mar 01:30"


def test_another_years_time_has_its_year():
    assert present.when(NOW - timedelta(days=400), SAIGON, NOW) == "Tue, 11 Feb 2025 15:00"


@pytest.mark.parametrize(
    ("minutes", "error", "bad"), [(44, None, False), (46, None, True), (1, "unreachable", True), (None, None, True)]
)
def test_data_age_turns_bad_when_the_mailbox_was_not_read_in_time(minutes, error, bad):
    read = None if minutes is None else NOW - timedelta(minutes=minutes)
    age = DataAge(mailbox="main", last_poll_at=read, last_ok_at=read, last_error=error)
    assert present.freshness([age], NOW)[0].bad is bad


def test_without_any_mailbox_read_the_data_age_is_bad():
    assert present.freshness([], NOW)[0].bad


def test_a_finished_order_has_no_countdown():
    clock = DeadlineRow(order_id="o", rule="D11", state="RUNNING", due_at=NOW + timedelta(hours=3))
    assert "left" in present.clock_badge(clock, NOW, over=False)
    assert "left" not in present.clock_badge(clock, NOW, over=True)


@pytest.mark.parametrize(
    ("stated", "rule", "words"),
    [
        (True, "D02", "TikTok's own time"),
        (False, "D02", "article: 72 h"),
        (False, "D03", "our default: 12 h before it must be set to shipped"),
    ],
)
def test_a_clock_says_whose_figure_it_is(stated, rule, words):
    clock = DeadlineRow(order_id="o", rule=rule, state="RUNNING", stated=stated)
    assert present.clock_origin(clock, load_policy("article")) == plain(words)


def test_a_text_of_others_is_never_markdown():
    assert plain("[J&T](http://evil.example) :material/bolt:") == (
        r"\[J\&T\]\(http\://evil\.example\) \:material/bolt\:"
    )


def test_the_timeline_says_who_what_and_that_an_entry_was_taken_back():
    packed = FactRow(
        order_id="o",
        source_key="a",
        kind="packed",
        occurred_at=NOW - timedelta(hours=2),
        observed_at=NOW,
        authority="human",
        source="person",
    )
    entry = timeline.fact_entry(packed, SAIGON, taken_back=True)
    assert (entry.who, entry.what) == ("Entered by hand", "Packed (we heard of it Wed 18 Mar 15:00; taken back)")
