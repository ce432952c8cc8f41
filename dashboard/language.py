"""The language of whoever looks at a page: chosen in the menu, or told by the address, kept while the page is open."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from models.catalogue import words
from models.language import languages, let_choose, speaking

LANGUAGE: Final = "language"  # in the address, too: a packer's bookmark may name it
CHOSEN: Final = "chosen-language"


def listen() -> None:
    """Speak to each session in the language that its person chose."""
    if CHOSEN not in st.session_state and (asked := st.query_params.get(LANGUAGE)) in languages():
        st.session_state[CHOSEN] = asked
    let_choose(chosen)


def chosen() -> str:
    """Give the language that the person of this session chose; empty without a choice, or without a session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    return str(st.session_state.get(CHOSEN) or "")


def selector() -> None:
    """Draw the languages, each by its own name; the present one is that of the settings until another is chosen."""
    here = speaking()
    st.session_state.setdefault(LANGUAGE, here)
    with st.sidebar:
        st.selectbox(
            words().text("pages.language.choose"),
            languages(),
            format_func=lambda language: words(language).text("pages.language.name"),
            key=LANGUAGE,
            on_change=_choose,
        )


def _choose() -> None:
    st.session_state[CHOSEN] = st.session_state[LANGUAGE]
