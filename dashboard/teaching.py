"""The dialog that shows why a mail waits, and teaches the wording that is missing.

It shows labels, parts and values in their own form; never a buyer, a subject or a mail's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import actions, queries, rights, who
from dashboard.words import capital, catalogue, plain, say
from flows.lessons import FoundLine, found_lines, verdict_words
from ingest.explaining import NEEDED, TEACHABLE, Explained
from ingest.own_words import LabelLesson, Lesson, PhraseLesson
from ingest.sealed import SealError
from ingest.vocabulary import Field, VocabularyError
from models.notification import NotificationKind
from models.person import Right

LOOKING: Final = "looking"  # the number of the mail that the open dialog is about
KIND: Final = "kind"


def look_at(message_id: int) -> None:
    """Open the dialog on the next run; a callback for buttons."""
    st.session_state[LOOKING] = message_id


def stop_looking() -> None:
    """Forget the open dialog."""
    st.session_state.pop(LOOKING, None)


def show_dialog() -> None:
    """Draw the dialog that was asked for, if there is one; call it once, at the end of a page."""
    number = st.session_state.get(LOOKING)
    if isinstance(number, int):
        st.dialog(say("teach.title", number=number), width="large", on_dismiss=stop_looking)(_dialog)(number)


def _dialog(message_id: int) -> None:
    who.still_here()
    try:
        explained = queries.explained(message_id)
    except (SealError, VocabularyError) as fault:
        st.error(plain(str(fault)))
        return
    if explained is None:
        st.warning(say("told.mail_gone"))
        return
    st.markdown("  \n".join(map(plain, verdict_words(explained))))
    _found(found_lines(explained))
    _missing(explained)
    if rights.may(Right.JUDGE_MAIL):
        _form(message_id, explained)


def _found(lines: Sequence[FoundLine]) -> None:
    texts = catalogue()
    st.subheader(texts.text("lessons.found"))
    if not lines:
        st.markdown(texts.text("lessons.nothing_found"))
        return
    names = [say(f"teach.{column}") for column in ("what", "value", "label", "where")]
    rows = [(capital(line.name), line.values, line.label, line.where) for line in lines]
    st.table([dict(zip(names, map(plain, row), strict=True)) for row in rows], border="horizontal")


def _missing(explained: Explained) -> None:
    texts = catalogue()
    st.subheader(texts.text("lessons.missing"))
    if explained.kind is not None and not explained.missing:
        st.markdown(texts.text("lessons.nothing_missing"))
        return
    lines = [texts.text("lessons.kind_unknown")] if explained.kind is None else []
    for wanted in explained.missing:
        key = "needed" if wanted in NEEDED else "useful"
        lines.append(texts.text(f"lessons.{key}", field=_name(wanted)))
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def _form(message_id: int, explained: Explained) -> None:
    st.subheader(say("teach.teach"))
    others = [wanted for wanted in TEACHABLE if wanted not in explained.missing]
    choices = [*explained.missing, KIND, *others]
    first = choices.index(KIND) if explained.kind is None else 0
    chosen = st.selectbox(say("teach.choose"), choices, index=first, format_func=_name, key="teach-field")
    lesson = _phrase() if chosen == KIND else _label(Field(chosen), explained)
    if not st.button(say("teach.do"), type="primary", key="teach-do"):
        return
    if lesson is None:
        st.warning(say("teach.nothing"))
        return
    told = actions.teach(message_id, lesson)
    if not told.done:
        st.warning(told.words)
        return
    st.session_state["told"] = told
    stop_looking()
    st.rerun()


def _label(wanted: Field, explained: Explained) -> Lesson | None:
    """Let the person pick a label that stands beside a value of the right form, or type one."""
    label = st.selectbox(
        say("teach.which_label"),
        explained.candidates.get(wanted, ()),
        index=None,
        placeholder=say("teach.type_label"),
        accept_new_options=True,
        key=f"teach-label-{wanted}",
    )
    return LabelLesson(wanted, label) if label else None


def _phrase() -> Lesson | None:
    kind = st.selectbox(say("teach.which_kind"), list(NotificationKind), format_func=_kind, key="teach-kind")
    phrase = st.text_input(say("teach.which_words"), key="teach-phrase", max_chars=120)
    return PhraseLesson(kind, phrase) if kind and phrase.strip() else None


def _name(wanted: str) -> str:
    return say("teach.kind") if wanted == KIND else capital(catalogue().text(f"lessons.fields.{wanted}"))


def _kind(kind: NotificationKind) -> str:
    return capital(catalogue().text(f"mail.kinds.{kind}"))
