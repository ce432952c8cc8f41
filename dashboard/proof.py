"""What an order's page gives out: a file of evidence, and letters ready to paste.

Both are made when the page is drawn and kept nowhere; nothing is sent.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import queries
from dashboard.words import catalogue, say
from flows.proof import evidence_name
from models.db.tables import OrderRow
from models.letter import Letter, letters
from models.letter_text import Written, language_of_market, letter_languages, letter_words
from models.order import Order


def draw(row: OrderRow, order: Order, now: datetime) -> None:
    """Draw what can be given out about an order: always its evidence, and the letters that it gives cause for."""
    st.header(say("proof.title"))
    _evidence(row, now)
    found = letters(order, now)
    if not found:
        st.markdown(catalogue().text("letters.none"))
        return
    st.markdown(say("proof.letters"))
    language = _language(row)
    for letter in found:
        _letter(letter, queries.written(row, letter, language), opened=len(found) == 1)


def _evidence(row: OrderRow, now: datetime) -> None:
    """Draw the button that makes the file, and, right after it was pressed, the one that saves it."""
    st.markdown(say("proof.evidence"))
    key = f"evidence-{row.shop_id}-{row.order_no}"
    if st.button(say("proof.make"), key=key, icon=":material/folder_zip:"):
        st.download_button(
            say("proof.save"),
            queries.evidence(row, now),
            file_name=evidence_name(row),
            mime="application/zip",
            key=f"save-{key}",
            icon=":material/download:",
            on_click="ignore",  # a new drawing of the page would take the button away
        )


def _language(row: OrderRow) -> str:
    """Let a person choose the language of the letters; at first it is that of the shop's market."""
    known = letter_languages()
    chosen = st.selectbox(
        say("proof.language"),
        known,
        index=known.index(language_of_market(queries.market_of(row.shop_id))),
        format_func=lambda code: letter_words(code).name,
        key=f"letter-language-{row.shop_id}",
    )
    return str(chosen)


def _letter(letter: Letter, text: Written, *, opened: bool) -> None:
    texts = catalogue()
    with st.expander(texts.text(f"letters.kinds.{letter.kind}"), expanded=opened):
        st.markdown(texts.text(f"letters.to.{letter.to}"))
        st.code(text.subject, language=None, wrap_lines=True)
        st.code(text.body, language=None, wrap_lines=True)
