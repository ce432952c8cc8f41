"""The list that a packer scans, kept: by number, in the session of whoever scans and in the database.

A phone's browser that dropped the tab comes back with the list, for its token stands in the page's address; a browser
opened anew offers it. Others see who is on which order (`models.packing_turn`). What is kept is for people to see:
where the database cannot be written just now, the session's list goes on alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from secrets import token_urlsafe
from typing import Final, TypeVar

import streamlit as st
from sqlmodel import Session

from dashboard import queries, who
from models.db.packing_lists import find_list, keep_list, lists_of_shift
from models.db.session import DatabaseError, open_session
from models.packing_turn import OnIt, PackingList, on_it, to_go_on_with

LIST: Final = "packing-list"
SHOP: Final = "packing-shop"  # for which one packs; empty for any
LAST: Final = "packing-last"
TURN: Final = "packing-turn"  # how often something was scanned
TOKEN: Final = "packing-token"  # noqa: S105  # a key of the session; what it names is no secret
ADDRESS: Final = "list"
MOST: Final = 200  # numbers on the list: a morning's work of two
LONGEST_TOKEN: Final = 40
T = TypeVar("T")


def listed() -> tuple[str, ...]:
    """Give the numbers on the list, in the sequence they were scanned."""
    return tuple(st.session_state.get(LIST, ()))


def last() -> str:
    """Give the number that was scanned last; empty when the list is."""
    found = str(st.session_state.get(LAST, ""))
    return found if found in listed() else ""


def turn() -> int:
    """Give how often something was scanned since this browser opened the page."""
    return int(st.session_state.get(TURN, 0))


def put(numbers: Sequence[str]) -> int:
    """Put numbers on the list; give for how many there was no room."""
    together = tuple(dict.fromkeys((*listed(), *numbers)))
    if numbers:
        st.session_state[LAST] = numbers[-1]
        st.session_state[TURN] = turn() + 1
    keep(together[:MOST])
    return max(len(together) - MOST, 0)


def begin(numbers: Sequence[str], shop: str) -> None:
    """Begin a new list with these numbers of a shop; what was listed before can be gone on with."""
    st.session_state[SHOP] = shop
    st.session_state[TOKEN] = token_urlsafe(9)
    st.session_state[LAST] = ""
    keep(numbers)


def keep(numbers: Iterable[str]) -> None:
    """Let the list be these numbers."""
    st.session_state[LIST] = tuple(numbers)
    me = who.looker()
    one = PackingList(
        token=_mine() or st.session_state.setdefault(TOKEN, token_urlsafe(9)),
        person=me.name,
        holds=me.acts,
        numbers=listed(),
        changed_at=queries.now(),
    )
    _write(lambda session: keep_list(session, one))


def restore() -> None:
    """Take the list up again that the address names, where this session has none; name one's own in the address."""
    asked = str(st.query_params.get(ADDRESS, ""))[:LONGEST_TOKEN]
    if LIST not in st.session_state and (found := _read(lambda session: find_list(session, asked)) if asked else None):
        _take_up(found)
    if not listed():
        st.query_params.pop(ADDRESS, None)
    elif asked != _mine():
        st.query_params[ADDRESS] = _mine()


def left() -> PackingList | None:
    """Give the list that this person could go on with; None where one is under way."""
    return None if listed() else to_go_on_with(_lists(), who.looker().name, _mine(), queries.now())


def go_on(one: PackingList) -> None:
    """Go on with a list that was left; a callback."""
    _take_up(one)


def others() -> Mapping[str, OnIt]:
    """Give who else is on which order just now."""
    return on_it(_lists(), _mine(), queries.now())


def _mine() -> str:
    return str(st.session_state.get(TOKEN, ""))


def _take_up(one: PackingList) -> None:
    """Make the list one's own: somebody else's stays theirs."""
    if one.person == who.looker().name:
        st.session_state[TOKEN] = one.token
    st.session_state[LAST] = one.numbers[-1]
    keep(one.numbers)


def _lists() -> list[PackingList]:
    return _read(lambda session: lists_of_shift(session, queries.now()))


def _read(ask: Callable[[Session], T]) -> T:
    with open_session(queries.office().engine, read_only=True) as session:
        return ask(session)


def _write(change: Callable[[Session], None]) -> None:
    with suppress(DatabaseError), open_session(queries.office().engine) as session:
        change(session)
        session.commit()
