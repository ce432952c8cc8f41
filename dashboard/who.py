"""Who looks at a page: the person of this browser, asked anew each time something is drawn or done."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import queries
from dashboard.gate import COOKIE
from flows.people import digest, who
from models.db.people import person_of_email
from models.db.session import open_session
from models.db.sign_ins import sign_out
from models.person import Person
from models.stage import Role

LOOKER: Final = "looker"
# Nobody signs in: whoever sits at this machine may do everything.
AT_THIS_MACHINE: Final = Person(name="dashboard", role=Role.MANAGER)


class NotSignedInError(Exception):
    """The person's sign-in has ended, or they have none; `email` is one that a company vouches for and nobody has."""

    def __init__(self, email: str | None = None) -> None:
        """Say who it is, as far as that is known."""
        super().__init__("not signed in")
        self.email = email


def here() -> Person:
    """Give the person of this page. Raises NotSignedInError."""
    match queries.office().settings.dashboard.sign_in:
        case "none":
            return AT_THIS_MACHINE
        case "pin":
            return _by_token()
        case "company":
            return _by_company()


def _by_token() -> Person:
    token = st.context.cookies.get(COOKIE)
    person = who(queries.office().engine, token) if token else None
    if person is None:
        raise NotSignedInError
    return person


def _by_company() -> Person:
    """Give the person of the address that the company's sign-in vouches for."""
    email = st.user.get("email") if st.user.get("is_logged_in") else None
    if not isinstance(email, str) or st.user.get("email_verified") is False:
        raise NotSignedInError
    with open_session(queries.office().engine, read_only=True) as session:
        person = person_of_email(session, email)
    if person is None:
        raise NotSignedInError(email)
    return person


def looker() -> Person:
    """Give the person for whom this page is drawn; what they do is checked anew where it is done."""
    known = st.session_state.get(LOOKER)
    return known if isinstance(known, Person) else here()


def welcome() -> Person:
    """Give the person of this page, and keep them for the drawing of it. Raises NotSignedInError."""
    st.session_state[LOOKER] = person = here()
    return person


def still_here() -> None:
    """Have the whole page drawn anew, which shows the door, where the sign-in has ended since it was drawn.

    To be called first by each part of a page that is drawn without the rest.
    """
    try:
        here()
    except NotSignedInError:
        st.rerun(scope="app")


def leave() -> None:
    """Sign this browser out."""
    if queries.office().settings.dashboard.sign_in == "company":
        st.logout()
        return
    if token := st.context.cookies.get(COOKIE):
        with open_session(queries.office().engine) as session:
            sign_out(session, digest(token))
            session.commit()
