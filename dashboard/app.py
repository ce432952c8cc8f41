"""The dashboard: `streamlit run dashboard/app.py`, with SHIPCLOCK_HOME in the environment.

Owns the frame around the pages: their order, the menu, and what a person sees when something cannot be used.
Nobody logs in, so it serves this machine alone.
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import streamlit as st

from dashboard import parts, queries
from dashboard.words import say
from flows.office import UnknownShopError
from models.db.session import DatabaseError
from models.settings_file import SettingsError

HERE = Path(__file__).parent
# In menu order: file, key of its words, icon. The first answers at "/".
PAGES = (
    ("today", "today"),
    ("orders", "receipt_long"),
    ("breaches", "timer_off"),
    ("problems", "build"),
    ("mail", "mail"),
)


def main() -> None:
    """Draw the frame and the page that was asked for."""
    st.set_page_config(
        page_title=say("app.title"),
        page_icon=str(HERE / "icon.png"),
        layout="wide",
        initial_sidebar_state="auto",
    )
    pages = [
        st.Page(
            HERE / "views" / f"{name}.py",
            title=say(f"menu.{name}"),
            icon=f":material/{icon}:",
            default=name == "today",
        )
        for name, icon in PAGES
    ]
    hidden = st.Page(
        HERE / "views" / "order.py", title=say("menu.order"), icon=":material/package_2:", visibility="hidden"
    )
    page = st.navigation([*pages, hidden], position="top")
    if not serves_this_machine_alone(st.get_option("server.address")):
        parts.stop(say("faults.address"))
    try:
        queries.office()
        page.run()
    except (SettingsError, DatabaseError, UnknownShopError) as fault:
        parts.stop(str(fault))


def serves_this_machine_alone(address: str | None) -> bool:
    """Tell whether Streamlit was told to listen on loopback."""
    if address in {None, ""}:
        return False
    if address == "localhost":
        return True
    try:
        return ip_address(str(address)).is_loopback
    except ValueError:
        return False


main()
