"""What is odd about the mail, in a line each: mailboxes unread, shops silent, mail that waits, changed wordings."""

from __future__ import annotations

import streamlit as st

from dashboard import present, queries
from dashboard.words import plain


def lines() -> None:
    """Draw a line for each; nothing where all is as usual."""
    for told in queries.notices():
        st.markdown(f":material/notifications_active: **{plain(told)}**")


def unread() -> None:
    """Draw a line for each mailbox that was not read for long or cannot be read."""
    patience = present.DEMO_PATIENCE if queries.is_virtual() else present.PATIENCE
    for age in present.freshness(queries.data_age(), queries.now(), patience):
        if age.bad:
            st.error(f"**{age.words}**", icon=":material/sync_problem:")
