"""The card of what is asked once a day: *yes* for all the orders that it names, or for all but those picked.

The numbers are those of the moment the card was drawn; picking is by number, so that no list that moves behind
it can change what was meant.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import actions, parts, present, queries, rights
from dashboard.words import catalogue, plain, say
from models import formats
from models.gathering import About, Gathered
from models.person import Right

LEFT_OUT: Final = "left-out"


def card(line: Gathered, *, primary: bool) -> None:
    """Draw one shop's questions; the page's one primary button is the first *yes* when `primary`."""
    with st.container(border=True, key=f"todo-{_key(line)}", gap="xsmall"):
        for place, about in enumerate(line.orders):
            _question(line, about, primary=primary and not place)


def _key(line: Gathered) -> str:
    return f"gathered-{line.shop_id}-{line.until}"


def _question(line: Gathered, about: About, *, primary: bool) -> None:
    texts, numbers = catalogue(), line.orders[about]
    day = formats.day(line.until)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(present.badge(say("gathered.asked"), "help", "blue"), width="content")
        title = texts.text(f"todos.gathered.{about}.title", count=len(numbers), day=day)
        st.markdown(f"**{plain(title)}**", width="content")
        if len(queries.shops()) > 1:
            st.markdown(plain(line.shop_id), width="content")
    st.markdown(plain(texts.text(f"todos.gathered.{about}.clicks")))
    if not rights.may(Right.GIVE_COMMANDS):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            say("gathered.all", count=len(numbers)),
            key=f"yes-{_key(line)}-{about}",
            type="primary" if primary else "secondary",
            on_click=_yes,
            args=(line, about),
        )
        with st.popover(say("gathered.not_all")):
            _exceptions(line, about)


def _exceptions(line: Gathered, about: About) -> None:
    key = f"{LEFT_OUT}-{_key(line)}-{about}"
    chosen = st.multiselect(
        say(f"gathered.pick_{about}"),
        line.orders[about],
        key=key,
        placeholder=say("gathered.none"),
        filter_mode="contains",  # fuzzy finds 1203 for 123, and Enter takes all that it finds
        select_all=False,
    )
    st.markdown(plain(say(f"gathered.then_{about}")))
    for number in chosen:
        parts.order_link(line.shop_id, number)
    st.button(
        say("gathered.others", count=len(line.orders[about]) - len(chosen)),
        key=f"others-{_key(line)}-{about}",
        disabled=not chosen,
        on_click=_yes,
        args=(line, about, key),
    )


def _yes(line: Gathered, about: About, left_out: str | None = None) -> None:
    """Answer for the orders of the drawn card, but for those whose numbers were picked under `left_out`."""
    picked = frozenset(st.session_state.get(left_out, ()) if left_out else ())
    parts.tell(actions.say_yes(line.shop_id, about, [one for one in line.orders[about] if one not in picked]))
