"""Packing lists as rows: that of the last change counts, empty and old ones go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from models.db.packing_lists import find_list, keep_list, lists_of_shift
from models.db.session import open_session
from models.packing_turn import GO_ON_FOR, KEPT_FOR, PackingList
from tests.models.makers import t

A_LIST = PackingList(token="a", person="Lan", holds=True, numbers=("1", "2"), changed_at=t(0))
A_MINUTE = timedelta(minutes=1)


def keep(engine: Engine, *lists: PackingList) -> None:
    for one in lists:
        with open_session(engine) as session:
            keep_list(session, one)
            session.commit()


def found(engine: Engine, token: str) -> PackingList | None:
    with open_session(engine, read_only=True) as session:
        return find_list(session, token)


def test_a_list_is_kept_as_it_was_changed_last(engine: Engine) -> None:
    later = replace(A_LIST, numbers=("2", "3"), changed_at=t(1))
    keep(engine, A_LIST, later)
    assert found(engine, "a") == later


def test_an_emptied_list_is_gone(engine: Engine) -> None:
    keep(engine, A_LIST, replace(A_LIST, numbers=()))
    assert found(engine, "a") is None


def test_lists_of_days_ago_go_when_a_new_one_begins_and_those_of_this_shift_are_given(engine: Engine) -> None:
    now = t(0) + KEPT_FOR + A_MINUTE
    yesterday = replace(A_LIST, token="b", changed_at=now - GO_ON_FOR - A_MINUTE)
    new = replace(A_LIST, token="c", changed_at=now)
    keep(engine, A_LIST, yesterday, new)
    assert found(engine, "a") is None
    assert found(engine, "b") == yesterday
    with open_session(engine, read_only=True) as session:
        assert lists_of_shift(session, now) == [new]
