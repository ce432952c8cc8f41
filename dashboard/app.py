"""The dashboard: `streamlit run dashboard/app.py`, with SHIPCLOCK_HOME in the environment.

Owns the frame around the pages: their order, the menu, and what a person sees when something cannot be used.
Nobody logs in, so it serves this machine alone.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from pathlib import Path

import streamlit as st

from dashboard import language, parts, queries
from dashboard.words import say
from flows.office import UnknownShopError
from models.db.session import DatabaseError
from models.settings_file import SettingsError

log = logging.getLogger("shipclock.dashboard")
HERE = Path(__file__).parent
# In menu order: file, key of its words, icon. The first answers at "/".
PAGES = (
    ("today", "today"),
    ("packing", "barcode_scanner"),
    ("orders", "receipt_long"),
    ("breaches", "timer_off"),
    ("problems", "build"),
    ("mail", "mail"),
)


def main() -> None:
    """Draw the frame and the page that was asked for."""
    language.listen()
    with suppress(Exception):  # the settings say which language is spoken; what is wrong with them is said below
        queries.office()
    st.set_page_config(
        page_title=say("app.title"),
        page_icon=str(HERE / "icon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
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
    language.selector()
    if not queries.serves_this_machine_alone(st.get_option("server.address")):
        parts.stop(say("faults.address"))
    try:
        queries.office()
        page.run()
    except (SettingsError, DatabaseError, UnknownShopError) as fault:
        parts.stop(str(fault))
    except Exception as fault:  # noqa: BLE001  # a person sees a sentence, the log places without values
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
        log.error("%s at %s", type(fault).__name__, " < ".join(reversed(places)))  # noqa: TRY400  # as above
        parts.stop(say("faults.page", kind=type(fault).__name__))


if __name__ == "__main__":
    main()
