"""Reading for pages: answers are kept apart by database and filter."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st

from dashboard import present, queries
from models.db import page_reading
from models.db.session import make_engine, open_session
from tests.dashboard import seed


@pytest.mark.usefixtures("home")
def test_answers_of_different_questions_are_never_mixed_up():
    packs, confirms = queries.todos(kind="pack"), queries.todos(kind="confirm")
    assert {todo.kind for todo in packs} == {"pack"}
    assert {todo.kind for todo in confirms} == {"confirm"}
    assert isinstance(queries.todo_counts(), dict)
    assert isinstance(queries.breach_count(), int)


def test_answers_of_one_database_are_not_given_for_another(home, tmp_path, monkeypatch):
    assert queries.todo_counts()
    other = seed.make_home(tmp_path / "other")
    monkeypatch.setenv("SHIPCLOCK_HOME", str(other.path))
    monkeypatch.setenv("SHIPCLOCK_CONFIG", str(other.config))
    assert queries.office().home.database_url != home.database_url
    assert queries.todo_counts() == {}


@pytest.mark.usefixtures("home")
def test_a_kept_answer_is_dropped_when_something_was_changed():
    before = queries.todo_counts()
    engine = make_engine(queries.office().home.database_url)
    with open_session(engine) as session:
        seed.tell(session, queries.office().settings.shop[0], [seed.Life(800, seed.paid(1))])
        session.commit()
    assert queries.todo_counts() == before
    queries.forget()
    assert queries.todo_counts()["confirm"] == before["confirm"] + 1


def test_a_present_in_a_key_is_rounded_to_15_seconds():
    moment = seed.NOW + timedelta(seconds=14, microseconds=5)
    assert queries.rounded(moment) == seed.NOW


def test_the_open_orders_that_end_first_come_first(engine):
    with open_session(engine, read_only=True) as session:
        due = [one.due_at for one in page_reading.next_due(session)]
    assert due == sorted(due)
    assert due


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("577, 578;579\n577", ("577", "578", "579")),
        ("  ", ()),
        ("9" * 100, ("9" * 40,)),
    ],
)
def test_what_is_pasted_into_the_search_becomes_numbers(typed, numbers):
    assert present.numbers_in(typed) == numbers


def test_the_servers_settings_are_those_of_the_repository():
    expected = {
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "viewer",
    }
    assert {key: st.get_option(key) for key in expected} == expected
