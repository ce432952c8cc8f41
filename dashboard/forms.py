"""The dialog that asks before a command is given.

It names the order by its number and acts on that number, whatever moved on the page behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from dashboard import actions, present, queries, who
from dashboard.fields import Filled, Subject, fill
from dashboard.words import capital, catalogue, plain, say
from models.command import offered
from models.command_name import CommandName

ASKING: Final = "asking"  # what the open dialog is about; kept until it is answered or closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a dialog asks about: one order by its number, and the command to give.

    No command: the person chooses among those that are possible now, but for those in `without`. `about` says in
    words what a value of it means.
    """

    shop: str
    order_no: str
    title: str
    command: CommandName | None = None
    without: tuple[CommandName, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


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
    who.still_here()
    subject = _subject(asking)
    if subject is None:
        st.warning(say("order.unknown", order_no=asking.order_no))
        return
    st.markdown(say("forms.about", order_no=asking.order_no, stage=present.stage_badge(subject.order.stage)))
    if asking.about:
        st.markdown(f"**{asking.about}**")
    command = _command(asking, subject)
    if command is None:
        st.info(say("forms.nothing_possible"))
        return
    filled = fill(command, asking.values, subject)
    if command is CommandName.RETRACT and not filled.missing:
        _foresee(asking, filled)
    if not st.button(_do_words(command), type="secondary" if filled.missing else "primary", key="form-do"):
        return
    if filled.missing:
        st.warning(filled.missing)
        return
    told = actions.do(asking.shop, asking.order_no, command, filled.values)
    st.session_state["told"] = told
    stop_asking()
    st.rerun()


def _foresee(asking: Asking, filled: Filled) -> None:
    """Show what taking an entry back would change, or why it is refused."""
    seen = actions.foresee(asking.shop, asking.order_no, filled.command, filled.values)
    if isinstance(seen, actions.Told):
        st.warning(seen.words)
        return
    words = catalogue()
    names = [words.text(f"preview.{column}") for column in ("what", "before", "after")]
    if seen:
        st.table([dict(zip(names, map(plain, map(capital, row)), strict=True)) for row in seen], border="horizontal")
    else:
        st.info(say("forms.changes_nothing"))


def _subject(asking: Asking) -> Subject | None:
    now = queries.now()
    row = next(iter(queries.find_orders(asking.order_no, asking.shop)), None)
    order = queries.order_now(row, now) if row else None
    if row is None or order is None:
        return None
    return Subject(
        order=order,
        facts=queries.facts(row.id),
        zone=queries.zone_of(row.shop_id),
        now=now,
        packing=queries.packing(row.shop_id, who.looker().name),
        cancel_limit_rank=queries.policy_of(row).cancel_limit_rank,
    )


def _command(asking: Asking, subject: Subject) -> CommandName | None:
    """Give the command that was asked for, or let the person choose among those that are possible now."""
    if asking.command is not None:
        return asking.command
    names = offered(subject.order, who.looker().role, subject.cancel_limit_rank)
    possible = [name for name in names if name not in asking.without]
    if not possible:
        return None
    return st.selectbox(say("forms.what"), possible, format_func=command_words, key="form-command")


def command_words(command: CommandName) -> str:
    """Give a command as a button says it."""
    return capital(catalogue().text(f"facts.commands.{command}"))


def _do_words(command: CommandName) -> str:
    return say("forms.do", command=command_words(command))
