"""The frame around the pages: their order, the menu, who looks, and what they see when something cannot be used."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import language, packing, parts, queries, who
from dashboard.gate import SIGN_IN
from dashboard.words import catalogue, plain, say
from flows.office import UnknownShopError
from models.db.session import DatabaseError
from models.person import Person
from models.settings_dashboard import is_loopback
from models.settings_file import SettingsError

log = logging.getLogger("shipclock.dashboard")
HERE = Path(__file__).parent
# On a phone a link's words go on in the next line; Streamlit cuts them off.
WRAPPED = "<style>[data-testid=stPageLink-NavLink] * {white-space: normal; overflow: visible}</style>"
# In menu order: file, key of its words, icon. The first answers at "/".
PAGES = (
    ("today", "today"),
    ("packing", "barcode_scanner"),
    ("orders", "receipt_long"),
    ("breaches", "timer_off"),
    ("figures", "bar_chart"),
    ("problems", "build"),
    ("mail", "mail"),
    ("settings", "settings"),
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
    st.html(WRAPPED)
    try:
        if queries.office().settings.dashboard.alone and not is_loopback(str(st.get_option("server.address"))):
            parts.stop(say("faults.address"))
        _person(who.welcome())
        packing.carry_out()  # on whichever page: a batch that was begun is done
        page.run()
    except who.NotSignedInError as stranger:
        _door(stranger.email)
    except (SettingsError, DatabaseError, UnknownShopError) as fault:
        parts.stop(str(fault))
    except Exception as fault:  # noqa: BLE001  # a person sees a sentence, the log places without values
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
        log.error("%s at %s", type(fault).__name__, " < ".join(reversed(places)))  # noqa: TRY400  # a traceback shows values
        parts.stop(say("faults.page", kind=type(fault).__name__))


def _person(person: Person) -> None:
    """Show in the menu who is signed in, and the way out."""
    if queries.office().settings.dashboard.alone:
        return
    texts = catalogue()
    with st.sidebar:
        role = texts.text(f"people.roles.{person.role}")
        st.markdown(texts.text("people.here", name=plain(person.name), role=role))
        st.button(texts.text("people.leave"), key="leave", on_click=who.leave)


def _door(email: str | None) -> None:
    """Show the way in to whoever is not signed in, or no longer."""
    texts = catalogue()
    st.title(texts.text("people.door.title"))
    if email:
        st.warning(texts.text("people.unknown_email", email=plain(email)))
        st.button(texts.text("people.leave"), key="leave", on_click=who.leave)
    elif queries.office().settings.dashboard.sign_in == "company":
        st.button(texts.text("people.door.company"), key="sign-in", type="primary", on_click=st.login)
    else:
        words = texts.text("people.door.enter")
        st.info(texts.text("people.signed_out"))
        st.html(f'<a href="{SIGN_IN}" target="_self">{escape(words)}</a>')


if __name__ == "__main__":
    main()
