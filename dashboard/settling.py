"""A list moves up once something of it is done: a second click of the same hand must not land on what is there now.

From when a page is drawn anew, its buttons take no pointer until all of them stood for a moment where they are. The
browser itself measures that, for it alone knows when it shows what. Keys reach a button at once: they go where the
focus is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template
from typing import Final

import streamlit as st

DRAWN: Final = "times-drawn"
MOMENT: Final = "0.6s"  # longer than a double click, and than it takes to see that the list has moved
# An animation begins anew with each new name; this one shows nothing. A browser that does not know :has takes clicks.
STYLE: Final = Template("""<style>
@keyframes settling-$turn {from, to {pointer-events: none}}
body:not(:has(.drawn-$turn)) [data-testid=stMain] .stButton button {pointer-events: none}
body:has(.drawn-$turn) [data-testid=stMain] .stButton button {animation: settling-$turn $moment}
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
