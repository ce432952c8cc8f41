"""What is offered to whoever looks at a page, and one line for those who may do less.

A button that would only refuse is not drawn. What is done is checked where it is done all the same (`actions.guarded`,
`models.guard`): a role may change while a page stands open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import streamlit as st

from dashboard import who
from dashboard.words import catalogue
from models.answer import is_word_of
from models.command import COMMANDS
from models.command_name import CommandName
from models.fact import Fact
from models.guard import OWN_SLIP
from models.person import NEEDED, Person, Right
from models.stage import ROLE_RANK


def may(right: Right) -> bool:
    """Tell whether the person for whom the page is drawn may do it."""
    return who.looker().may(right)


def line(*rights: Right) -> None:
    """Say in one line what of a page is for others, and for whom; nothing to those who may do all of it."""
    if told := _left_out(who.looker(), rights):
        st.markdown(f":material/lock: {told}")


def _left_out(person: Person, rights: Sequence[Right]) -> str:
    texts = catalogue()
    others = [right for right in rights if not person.may(right)]
    named = [
        texts.text(
            "people.for_role",
            what=texts.text(f"people.rights.{right}"),
            role=texts.text(f"people.roles.{NEEDED[right]}"),
        )
        for right in others
    ]
    role = texts.text(f"people.roles.{person.role}")
    return texts.text("people.left_out", role=role, told=", ".join(named)) if named else ""


def retractable(facts: Iterable[Fact], now: datetime) -> frozenset[str]:
    """Give the keys of the entries that the person may take back: all, or their own slips of just now."""
    me = who.looker()
    if ROLE_RANK[me.role] >= ROLE_RANK[COMMANDS[CommandName.RETRACT].role]:
        return frozenset(fact.source_key for fact in facts)
    return frozenset(
        fact.source_key for fact in facts if is_word_of(fact, me.name) and now - fact.observed_at <= OWN_SLIP
    )
