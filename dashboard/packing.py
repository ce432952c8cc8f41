"""What is done with a packer's list: numbers join and leave it, all of it is done in one go, and the way back.

What a button does is what it showed when it was drawn: a number whose word has changed since is asked again where it
is done, and refused there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import streamlit as st

from dashboard import actions, packing_list, parts, present, queries
from dashboard.words import say
from models.command_name import CommandName
from models.guard import OWN_SLIP
from models.packing_verdict import Verdict

DOING: Final = "packing-doing"
DONE: Final = "packing-done"
SCAN: Final = "packing-scan"
PASTE: Final = "packing-paste"
_PACK, _SHIP = CommandName.MARK_PACKED, CommandName.MARK_SHIPPED
DEEDS: Final = {"packed": (_PACK,), "packed_arranged": (_PACK, _SHIP), "arranged": (_SHIP,)}
"""What the buttons do, by their words; confirming is implied in packing."""
DONE_ON_TODAY: Final = {"checked": (CommandName.CONFIRM,), "dropped_off": (CommandName.DROP_OFF,)}
ALL_DEEDS: Final = {**DEEDS, **DONE_ON_TODAY}


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


@dataclass(slots=True)
class Doing:
    """A batch under way: when it was begun, how many of its orders were done, and what came of each, by its place.

    A drawing that is broken off leaves an order done and not noted, or still works beside the next: what is done twice
    is entered once, and is noted as this batch's.
    """

    todo: Batch
    begun_at: datetime
    place: int = 0
    tried: int = -1  # the place that a drawing took up last
    answers: dict[int, list[actions.Told]] = field(default_factory=dict)

    def do_next(self) -> None:
        """Do it for the next order."""
        place = self.place
        mine_since = self.begun_at if self.tried == place else None
        self.tried = place
        self.answers[place] = _deeds(*self.todo.orders[place], ALL_DEEDS[self.todo.label], mine_since)
        self.place = max(self.place, place + 1)

    def told(self) -> list[actions.Told]:
        """Give what came of all deeds."""
        return [one for place in sorted(self.answers) for one in self.answers[place]]

    def entered(self) -> list[Entry]:
        """Give what was entered, order by order."""
        keys = [tuple(key for one in self.answers[place] for key in one.entries) for place in sorted(self.answers)]
        return [(*order, entries) for order, entries in zip(self.todo.orders, keys, strict=False) if entries]


def scan() -> None:
    """Put what was scanned on the list and make room for the next number; a callback."""
    _add(SCAN)


def paste() -> None:
    """Put all that was pasted on the list; a callback."""
    _add(PASTE)


def _add(field: str) -> None:
    numbers = present.numbers_in(str(st.session_state.get(field, "")))
    st.session_state[field] = ""
    if left := packing_list.put(numbers):
        parts.tell(actions.Told(done=False, words=say("packing.full", most=packing_list.MOST, left=left)))


def clear() -> None:
    """Begin a new list; a callback."""
    packing_list.keep(())


def drop(number: str) -> None:
    """Take a number off the list; a callback."""
    packing_list.keep([one for one in packing_list.listed() if one != number])


def batch(label: str, verdicts: Sequence[Verdict]) -> Batch:
    """Give what the button of that label would do with these orders."""
    orders = tuple((one.shop, one.order_no) for one in verdicts if one.allows(DEEDS[label]))
    return Batch(label=label, orders=orders)


def begin(todo: Batch) -> None:
    """Have the batch carried out by the drawing that follows, which shows how far it is; a callback."""
    under_way: list[Doing] = st.session_state.setdefault(DOING, [])
    if todo not in [one.todo for one in under_way]:  # else it was tapped twice
        under_way.append(Doing(todo=todo, begun_at=queries.now()))


def carry_out() -> None:
    """Carry out what was begun, order by order; one refusal or fault stops no other.

    Whoever scans or taps meanwhile breaks this drawing off, at the earliest where the bar moves; the next goes on.
    """
    under_way: list[Doing] = st.session_state.get(DOING, [])
    if not under_way:
        return
    bar = st.progress(0.0)
    for one in under_way:
        count = len(one.todo.orders)
        while one.place < count:
            one.do_next()
            bar.progress(one.place / count, say("packing.under_way", done=one.place, count=count))
    st.session_state.pop(DOING, None)
    if entered := tuple(entry for one in under_way for entry in one.entered() if _is_ours(one.todo, entry)):
        st.session_state[DONE] = Entered(at=queries.now(), entries=entered)
    told = [_finish(one) for one in under_way]
    words = "  \n".join(one.words for one in told)
    done, already = all(one.done for one in told), all(one.already for one in told)
    parts.tell(actions.Told(done=done, words=words, already=already))
    st.rerun()


def _finish(one: Doing) -> actions.Told:
    """Leave on the list what was not done, and give what came of it."""
    entered, answers, label = one.entered(), one.told(), one.todo.label
    numbers = {order_no for _, order_no, _ in entered}
    packing_list.keep([number for number in packing_list.listed() if number not in numbers])
    words = [say(f"packing.did_{label}", count=len(entered))] if entered else []
    words += [it.words for it in answers if it.already or not it.done]
    done, faster = all(it.done for it in answers), not entered
    return actions.Told(done=done, words="  \n".join(words), already=done and faster)


def _is_ours(todo: Batch, entry: Entry) -> bool:
    """Tell whether it can be taken back here: what TikTok Shop was told by the shop's keys stands there."""
    return _SHIP not in ALL_DEEDS[todo.label] or not queries.has_keys(entry[0])


def _deeds(shop: str, order_no: str, deeds: Sequence[CommandName], since: datetime | None) -> list[actions.Told]:
    """Do one after the other with an order; what somebody else has done stands, and any other refusal ends it."""
    told: list[actions.Told] = []
    for command in deeds:
        told.append(actions.do(shop, order_no, command, since=since))
        if not told[-1].done:
            break
    return told


def to_take_back() -> Entered | None:
    """Give what was entered last, while it may still be taken back without a reason."""
    entered = st.session_state.get(DONE)
    fresh = isinstance(entered, Entered) and entered.entries and queries.now() - entered.at < OWN_SLIP
    return entered if fresh else None


def take_back(entered: Entered) -> None:
    """Take back what a batch entered, the last of each order first; its orders stand on the list again. A callback.

    What could not be taken back now can be tried again.
    """
    against: list[str] = []
    left: list[Entry] = []
    for shop, order_no, keys in entered.entries:
        answers = {key: actions.do(shop, order_no, CommandName.RETRACT, {"fact_id": key}) for key in reversed(keys)}
        against += [one.words for one in answers.values() if not one.done]
        if failed := tuple(key for key in keys if not answers[key].done):
            left.append((shop, order_no, failed))
    words = [] if left else [say("packing.taken_back", count=len(entered.entries))]
    parts.tell(actions.Told(done=not left, words="  \n".join((*words, *against))))
    stays = {number for _, number, _ in left}
    again = [number for _, number, _ in entered.entries if number not in stays]
    packing_list.keep(dict.fromkeys((*again, *packing_list.listed())))
    st.session_state[DONE] = Entered(at=entered.at, entries=tuple(left))
