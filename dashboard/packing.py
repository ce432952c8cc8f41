"""The list that a packer scans: the numbers on it, what is done with them in one go, and the way back.

It lives in the session of whoever scans, by number. What a button does is what it showed when it was drawn: a number
whose word has changed since is asked again where it is done, and refused there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import streamlit as st

from dashboard import actions, parts, present, queries
from dashboard.words import say
from models.command_name import CommandName
from models.guard import OWN_SLIP
from models.packing_verdict import Verdict

LIST: Final = "packing-list"
LAST: Final = "packing-last"
DOING: Final = "packing-doing"
DONE: Final = "packing-done"
SCAN: Final = "packing-scan"
PASTE: Final = "packing-paste"
MOST: Final = 200  # numbers on the list: a morning's work of two
_PACK, _SHIP = CommandName.MARK_PACKED, CommandName.MARK_SHIPPED
DEEDS: Final = {"packed": (_PACK,), "packed_arranged": (_PACK, _SHIP), "arranged": (_SHIP,)}
"""What the buttons do, by their words; confirming is implied in packing."""


Entry: TypeAlias = tuple[str, str, tuple[str, ...]]  # shop, order_no, the keys of what was entered


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a button is to do: its deeds, for the orders (shop and number) that it was drawn for."""

    label: str
    orders: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a batch entered, by order, and when: for a while it can be taken back."""

    at: datetime
    entries: tuple[Entry, ...]


def listed() -> tuple[str, ...]:
    """Give the numbers on the list, in the sequence they were scanned."""
    return tuple(st.session_state.get(LIST, ()))


def last() -> str:
    """Give the number that was scanned last; empty when the list is."""
    found = str(st.session_state.get(LAST, ""))
    return found if found in listed() else ""


def scan() -> None:
    """Put what was scanned on the list and make room for the next number; a callback."""
    _add(SCAN)


def paste() -> None:
    """Put all that was pasted on the list; a callback."""
    _add(PASTE)


def _add(field: str) -> None:
    numbers = present.numbers_in(str(st.session_state.get(field, "")))
    st.session_state[field] = ""
    together = tuple(dict.fromkeys((*listed(), *numbers)))
    st.session_state[LIST] = together[:MOST]
    if len(together) > MOST:
        parts.tell(actions.Told(done=False, words=say("packing.full", most=MOST, left=len(together) - MOST)))
    if numbers:
        st.session_state[LAST] = numbers[-1]


def clear() -> None:
    """Begin a new list; a callback."""
    st.session_state[LIST] = ()


def drop(number: str) -> None:
    """Take a number off the list; a callback."""
    st.session_state[LIST] = tuple(one for one in listed() if one != number)


def batch(label: str, verdicts: Sequence[Verdict]) -> Batch:
    """Give what the button of that label would do with these orders."""
    orders = tuple((one.shop, one.order_no) for one in verdicts if one.allows(DEEDS[label]))
    return Batch(label=label, orders=orders)


def begin(todo: Batch) -> None:
    """Have the batch carried out by the drawing that follows, which shows how far it is; a callback."""
    st.session_state[DOING] = todo


def carry_out() -> None:
    """Carry out the batch that was begun, order by order; one refusal or fault stops no other."""
    todo = st.session_state.pop(DOING, None)
    if not isinstance(todo, Batch):
        return
    entered: list[Entry] = []
    answers: list[actions.Told] = []
    bar = st.progress(0.0)
    for place, (shop, order_no) in enumerate(todo.orders, start=1):
        told = _deeds(shop, order_no, DEEDS[todo.label])
        answers += told
        if entries := tuple(entry for one in told for entry in one.entries):
            entered.append((shop, order_no, entries))
        bar.progress(place / len(todo.orders), say("packing.under_way", done=place, count=len(todo.orders)))
    _finish(todo, entered, answers)
    st.rerun()


def _finish(todo: Batch, entered: Sequence[Entry], answers: Sequence[actions.Told]) -> None:
    """Keep the way back, say what came of it, and leave on the list what was not done."""
    st.session_state[DONE] = Entered(at=queries.now(), entries=tuple(one for one in entered if _is_ours(todo, one)))
    words = [say(f"packing.did_{todo.label}", count=len(entered))] if entered else []
    words += [one.words for one in answers if one.already or not one.done]
    done, faster = all(one.done for one in answers), not entered
    parts.tell(actions.Told(done=done, words="  \n".join(words), already=done and faster))
    numbers = {order_no for _, order_no, _ in entered}
    st.session_state[LIST] = tuple(one for one in listed() if one not in numbers)


def _is_ours(todo: Batch, entry: Entry) -> bool:
    """Tell whether it can be taken back here: what TikTok Shop was told by the shop's keys stands there."""
    return _SHIP not in DEEDS[todo.label] or not queries.has_keys(entry[0])


def _deeds(shop: str, order_no: str, deeds: Sequence[CommandName]) -> list[actions.Told]:
    """Do one after the other with an order; what somebody else has done stands, and any other refusal ends it."""
    told: list[actions.Told] = []
    for command in deeds:
        told.append(actions.do(shop, order_no, command))
        if not told[-1].done:
            break
    return told


def to_take_back() -> Entered | None:
    """Give what was entered last, while it may still be taken back without a reason."""
    entered = st.session_state.get(DONE)
    fresh = isinstance(entered, Entered) and entered.entries and queries.now() - entered.at < OWN_SLIP
    return entered if fresh else None


def take_back(entered: Entered) -> None:
    """Take back what a batch entered, the last of each order first; its orders stand on the list again. A callback."""
    told = [
        actions.do(shop, order_no, CommandName.RETRACT, {"fact_id": entry})
        for shop, order_no, entries in entered.entries
        for entry in reversed(entries)
    ]
    against = [one.words for one in told if not one.done]
    words = say("packing.taken_back", count=len(entered.entries))
    parts.tell(actions.Told(done=not against, words="  \n".join((*(() if against else (words,)), *against))))
    st.session_state[LIST] = tuple(dict.fromkeys((*(number for _, number, _ in entered.entries), *listed())))
    st.session_state.pop(DONE, None)
