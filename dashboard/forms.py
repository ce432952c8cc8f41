"""The dialog that asks before a command is given.

It names the order by its number and acts on that number, whatever moved on the page behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from dashboard import actions, present, queries
from dashboard.fields import Subject, fill
from dashboard.words import capital, catalogue, say
from models.command import offered
from models.command_name import CommandName
from models.order import Order

ASKING: Final = "asking"  # what the open dialog is about; kept until it is answered or closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a dialog asks about: one order by its number, and the command to give.

    No command: the person chooses among those that are possible now, but for those in `without`.
    """

    shop: str
    order_no: str
    title: str
    command: CommandName | None = None
    without: tuple[CommandName, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def ask(asking: Asking) -> None:
    """Open the dialog on the next run; a callback for buttons."""
    st.session_state[ASKING] = asking


def stop_asking() -> None:
    """Forget the open dialog."""
    st.session_state.pop(ASKING, None)


def show_dialog() -> None:
    """Draw the dialog that was asked for, if there is one; call it once, at the end of a page."""
    asking = st.session_state.get(ASKING)
    if isinstance(asking, Asking):
        st.dialog(asking.title, on_dismiss=stop_asking)(_dialog)(asking)


def _dialog(asking: Asking) -> None:
    subject = _subject(asking)
    if subject is None:
        st.warning(say("order.unknown", order_no=asking.order_no))
        return
    st.markdown(say("forms.about", order_no=asking.order_no, stage=present.stage_badge(subject.order.stage)))
    command = _command(asking, subject.order)
    if command is None:
        st.info(say("forms.nothing_possible"))
        return
    filled = fill(command, asking.values, subject)
    if not st.button(_do_words(command), type="primary", key="form-do"):
        return
    if filled.missing:
        st.warning(filled.missing)
        return
    told = actions.do(asking.shop, asking.order_no, command, filled.values)
    st.session_state["told"] = told
    stop_asking()
    st.rerun()


def _subject(asking: Asking) -> Subject | None:
    now = queries.now()
    row = next(iter(queries.find_orders(asking.order_no, asking.shop)), None)
    order = queries.order_now(row, now) if row else None
    if row is None or order is None:
        return None
    return Subject(order=order, facts=queries.facts(row.id), zone=queries.zone_of(row.shop_id), now=now)


def _command(asking: Asking, order: Order) -> CommandName | None:
    """Give the command that was asked for, or let the person choose among those that are possible now."""
    if asking.command is not None:
        return asking.command
    possible = [name for name in offered(order, actions.ROLE) if name not in asking.without]
    if not possible:
        return None
    return st.selectbox(say("forms.what"), possible, format_func=command_words, key="form-command")


def command_words(command: CommandName) -> str:
    """Give a command as a button says it."""
    return capital(catalogue().text(f"facts.commands.{command}"))


def _do_words(command: CommandName) -> str:
    return say("forms.do", command=command_words(command))
