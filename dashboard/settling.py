"""A list moves up once something of it is done: a second click of the same hand must not land on what is there now.

From when a page is drawn anew, its buttons take no pointer until all of them stood for a moment where they are. The
browser itself measures that, for it alone knows when it shows what. Keys reach a button at once: they go where the
focus is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from string import Template
from typing import Final

import streamlit as st

DRAWN: Final = "times-drawn"
MOVED: Final = "times-moved"
SHAPE: Final = "shape"
MOMENT: Final = "0.6s"  # longer than a double click, and than it takes to see that the list has moved
# An animation begins anew with each new name; this one shows nothing. A browser that does not know :has takes clicks.
STYLE: Final = Template("""<style>
@keyframes settling-$turn {from, to {pointer-events: none}}
body:not(:has(.drawn-$turn)) [data-testid=stMain] .stButton button {pointer-events: none}
body:has(.drawn-$turn) [data-testid=stMain] .stButton button {animation: settling-$turn $moment, var(--moved, none)}
</style>""")
MOVED_STYLE: Final = Template("""<style>
@keyframes settling-moved-$turn {from, to {pointer-events: none}}
body {--moved: settling-moved-$turn $moment}
</style>""")


@contextmanager
def settling() -> Iterator[None]:
    """Let the buttons of a page that is drawn within settle before they are pressed."""
    turn = st.session_state[DRAWN] = st.session_state.get(DRAWN, 0) + 1
    st.html(STYLE.substitute(turn=turn, moment=MOMENT))
    try:
        yield
    finally:
        st.html(f'<i class="drawn-{turn}"></i>')


def moved(shape: Hashable) -> None:
    """Let the buttons settle anew when what is drawn next takes another shape than before, and so moves what is below.

    For a part that is drawn again by itself, within a page that settles.
    """
    if st.session_state.get(SHAPE) != shape:
        st.session_state[SHAPE], st.session_state[MOVED] = shape, st.session_state.get(MOVED, 0) + 1
    st.html(MOVED_STYLE.substitute(turn=st.session_state[MOVED], moment=MOMENT))
