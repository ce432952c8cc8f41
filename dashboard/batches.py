"""What goes together on Today: one row for many orders of one verb, which opens, and is done in one go.

What its button does is bound to the numbers of the moment it was drawn, whatever moves behind it. Packing and setting
to shipped go on at the packing table, where each order has its GO or STOP; the rest is done here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from dashboard import packing, packing_list, parts, present, queries, rights
from dashboard.words import catalogue, plain, say
from models.db.reading import PAGE
from models.db.session import open_session
from models.db.todo_batches import TodoBatch, todo_rows
from models.db.todo_reading import TodoLine
from models.packing_turn import OnIt
from models.person import Right
from models.todo import TodoKind

PACKING_PAGE: Final = "views/packing.py"
LEAVING: Final = "to-the-packing-table"
HERE: Final = {TodoKind.CONFIRM: "checked", TodoKind.DROP_OFF: "dropped_off"}  # done without a look at each


@queries.kept(queries.FRESH)
def rows(at: datetime, kind: str | None, limit: int = PAGE) -> list[TodoLine | TodoBatch]:
    """Give what people must do at that (rounded) moment, worst first, what goes together as one."""
    with open_session(queries.office().engine, read_only=True) as session:
        return todo_rows(session, at, kind=kind, limit=limit)


def go_where_sent() -> None:
    """Go to the packing table when a button sent the person there; call it before anything is drawn."""
    if st.session_state.pop(LEAVING, False):
        st.switch_page(PACKING_PAGE)


def cards(found: Sequence[TodoLine | TodoBatch], now: datetime) -> None:
    """Draw to-dos and batches, the most pressing first; the first has the page's one primary button."""
    others = packing_list.others()
    for position, one in enumerate(found):
        if isinstance(one, TodoBatch):
            _card(one, now, others, primary=position == 0)
        else:
            parts.todo_card(one, now, linked=True, primary=position == 0)


def _card(batch: TodoBatch, now: datetime, others: Mapping[str, OnIt], *, primary: bool) -> None:
    texts, first, key = catalogue(), batch.first, _key(batch)
    with st.container(border=True, key=f"batch-{key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(present.todo_badge(first, now), width="content")
            st.markdown(f"**{plain(texts.text(f'todos.{first.kind}.many', count=batch.count))}**", width="content")
            st.markdown(_facts(batch, now), width="content")
        st.markdown(plain(texts.text(f"todos.{first.kind}.many_done")))
        if told := parts.others_on_words([one.order_no for one in batch.lines], others):
            st.markdown(f":material/person: {told}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if rights.may(Right.GIVE_COMMANDS):
                _done_button(batch, primary=primary)
            opened = st.toggle(say("batch.show", count=batch.count), key=f"open-{key}")
    if opened:
        for one in batch.lines[:PAGE]:
            parts.todo_card(one, now, linked=True, primary=False)
        if (more := batch.count - PAGE) > 0:
            st.markdown(say("batch.more", count=more))


def _key(batch: TodoBatch) -> str:
    return f"{batch.first.shop_id}-{batch.first.kind}-{batch.first.priority}-{batch.band}"


def _facts(batch: TodoBatch, now: datetime) -> str:
    first, last = batch.first.due_at, batch.lines[-1].due_at
    zone = queries.zone_of(batch.first.shop_id)
    told = [say("batch.by", when=present.when(first, zone, now))] if first else []
    if first and last and last != first:
        told = [say("batch.by_several", first=present.when(first, zone, now), last=present.when(last, zone, now))]
    told += [plain(batch.first.shop_id)] if len(queries.shops()) > 1 else []
    return " · ".join(told)


def _done_button(batch: TodoBatch, *, primary: bool) -> None:
    st.button(
        say(f"batch.do_{batch.first.kind}", count=len(batch.lines)),
        key=f"done-{_key(batch)}",
        type="primary" if primary else "secondary",
        on_click=_done,
        args=(batch,),
    )


def _done(batch: TodoBatch) -> None:
    """Do it for the orders of the drawn row, or take them to the packing table."""
    if label := HERE.get(TodoKind(batch.first.kind)):
        packing.begin(packing.Batch(label=label, orders=tuple((one.shop_id, one.order_no) for one in batch.lines)))
        return
    packing_list.begin([one.order_no for one in batch.lines], shop=batch.first.shop_id)
    st.session_state[LEAVING] = True
