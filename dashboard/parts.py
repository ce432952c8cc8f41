"""Pieces that several pages draw: the outcome of the last action, to-do cards, order links, empty states.

Every button carries its order's number from the moment it was drawn; nothing here counts rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Literal

import streamlit as st

from dashboard import actions, fields, forms, present, queries, rights
from dashboard.answers import Answer, answers_to
from dashboard.words import capital, catalogue, plain, say
from models.command_name import CommandName
from models.db.todo_reading import TodoLine
from models.fact_key import short_key
from models.packing_turn import OnIt
from models.person import Right
from models.refusal import Listener, ago_words, who_words

TOLD: Final = "told"
ORDER_PAGE: Final = "views/order.py"


def stop(words: str) -> None:
    """Say in a sentence why there is nothing to see, and draw no more."""
    st.title(say("faults.title"))
    st.error(plain(words).replace("\n", "  \n"), icon=":material/error:")
    st.stop()


def heading(key: str) -> None:
    """Draw a page's title and what came of the last action."""
    st.title(say(f"{key}.title"))
    show_told()


def show_told() -> None:
    """Show what came of the last action, once."""
    told = st.session_state.pop(TOLD, None)
    if not isinstance(told, actions.Told):
        return
    if told.already:
        st.info(told.words, icon=":material/group:")
    elif told.done:
        st.success(told.words, icon=":material/check_circle:")
    else:
        st.warning(told.words, icon=":material/report:")


def tell(told: actions.Told) -> None:
    """Keep what came of an action for the next drawing of the page."""
    st.session_state[TOLD] = told


def zones() -> None:
    """Say whose time the page shows."""
    named = dict.fromkeys((name, queries.zone_of(name).key) for name in queries.shops())
    told = ", ".join(say("zones.shop", shop=plain(shop), zone=plain(zone)) for shop, zone in named)
    st.markdown(say("zones.all", shops=told))


def order_link(
    shop: str, order_no: str, label: str | None = None, *, width: int | Literal["content"] = "content"
) -> None:
    """Draw a link to an order's page."""
    words = f":blue[**{plain(label or order_no)}**]"
    st.page_link(ORDER_PAGE, label=words, width=width, query_params={"order": order_no, "shop": shop})


@contextmanager
def line(key: str, shop: str, order_no: str) -> Iterator[None]:
    """Draw a line of a list that begins with an order's link; what follows wraps on a narrow screen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=key):
        order_link(shop, order_no, width=185)
        yield


def todo_cards(todos: Iterable[TodoLine], now: datetime, *, linked: bool = True) -> None:
    """Draw to-dos as cards, the most pressing first; its usual answer is the page's one primary button."""
    for position, todo in enumerate(todos):
        todo_card(todo, now, linked=linked, primary=position == 0)


def todo_card(todo: TodoLine, now: datetime, *, linked: bool, primary: bool) -> None:
    """Draw one to-do: what, for which order, how long there is, where to click, and the answers."""
    texts, zone = catalogue(), queries.zone_of(todo.shop_id)
    title = texts.text(f"todos.{todo.kind}.title", order_no=todo.order_no)
    with st.container(border=True, key=f"todo-{_key(todo)}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(present.todo_badge(todo, now), width="content")
            if linked:
                order_link(todo.shop_id, todo.order_no, title)
            else:
                st.markdown(f"**{plain(title)}**", width="content")
            st.markdown(_facts(todo, present.due_text(todo.due_at, zone, now)), width="content")
        st.markdown(plain(texts.text(f"todos.{todo.kind}.clicks")))
        st.markdown(plain(texts.text(f"todos.{todo.kind}.done")))
        if not rights.may(Right.GIVE_COMMANDS):
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            for place, answer in enumerate(answers_to(todo, keys=queries.has_keys(todo.shop_id))):
                _answer_button(todo, answer, primary=primary and not place)
            _problem_button(todo)


def _facts(todo: TodoLine, due: str) -> str:
    several = len(queries.shops()) > 1
    return " · ".join(filter(None, (due, plain(todo.shop_id) if several else "", plain(todo.carrier))))


def _key(todo: TodoLine) -> str:
    return f"{todo.order_id}-{todo.kind}-{todo.about}"


def _answer_button(todo: TodoLine, answer: Answer, *, primary: bool) -> None:
    st.button(
        say(f"answers.{answer.label}"),
        key=f"answer-{_key(todo)}-{answer.label}",
        type="primary" if primary else "secondary",
        on_click=answer_todo,
        args=(todo, answer),
    )


def answer_todo(todo: TodoLine, answer: Answer) -> None:
    """Give the answer's command for the order on which the button stood, or ask for what it still needs."""
    asking = forms.Asking(
        shop=todo.shop_id,
        order_no=todo.order_no,
        title=catalogue().text(f"todos.{todo.kind}.title", order_no=todo.order_no),
        command=answer.command,
        values=answer.values,
    )
    if fields.asks(answer.command, answer.values):
        forms.ask(asking)
        return
    told = actions.do(todo.shop_id, todo.order_no, answer.command, answer.values)
    if told.code in fields.ASKED_WHEN_REFUSED:
        forms.ask(asking)
    else:
        tell(told)


def label_button(shop: str, order_no: str) -> None:
    """Draw the button that fetches an order's label, and, right after it was pressed, the way to open it.

    The address shows the buyer's to anyone: it lives in this drawing of the page alone, in no state, cache or address.
    """
    if not st.button(say("label.fetch"), key=f"label-{shop}-{order_no}", icon=":material/print:"):
        return
    found = actions.fetch_labels(shop, order_no)
    if isinstance(found, actions.Told):
        st.warning(found.words, icon=":material/report:")
        return
    st.info(say("label.care"))
    for one in found:
        st.link_button(say("label.open", number=plain(one.tracking_no)), one.address, icon=":material/open_in_new:")


def _problem_button(todo: TodoLine) -> None:
    st.button(
        say("answers.problem"),
        key=f"problem-{_key(todo)}",
        icon=":material/report:",
        on_click=forms.ask,
        args=(
            forms.Asking(
                shop=todo.shop_id,
                order_no=todo.order_no,
                title=say("forms.problem_title", order_no=todo.order_no),
                without=tuple({answer.command for answer in answers_to(todo, keys=queries.has_keys(todo.shop_id))[:1]}),
            ),
        ),
    )


def command_button(shop: str, order_no: str, command: CommandName) -> None:
    """Draw a button for a command that is possible now; it asks before it acts."""
    words = forms.command_words(command)
    asking = forms.Asking(
        shop=shop,
        order_no=order_no,
        title=say("forms.title", command=words, order_no=order_no),
        command=command,
    )
    st.button(words, key=f"command-{command}", on_click=forms.ask, args=(asking,))


def take_back_button(shop: str, order_no: str, fact_id: str, what: str) -> None:
    """Draw a small button beside an entry of the timeline; it shows what would change before it acts."""
    asking = forms.Asking(
        shop=shop,
        order_no=order_no,
        title=say("forms.title", command=forms.command_words(CommandName.RETRACT), order_no=order_no),
        command=CommandName.RETRACT,
        values={"fact_id": fact_id},
        about=what,
    )
    key = f"take-back-{short_key(fact_id)}"
    st.button(say("timeline.take_back"), key=key, type="tertiary", on_click=forms.ask, args=(asking,))


def item_words(item: Mapping[str, object]) -> str:
    """Say what goes into the parcel: pieces and name."""
    title = plain(str(item.get("title") or item.get("sku") or ""))
    return say("order.item", quantity=item.get("quantity", 1), title=title)


def person_name(name: str) -> str:
    """Give a person's name, or words where nobody signs in."""
    return plain(who_words(catalogue(), name, Listener(now=queries.now())))


def on_it_words(other: OnIt) -> str:
    """Say who is on an order, and when they were last heard of."""
    ago = ago_words(catalogue(), other.at, Listener(now=queries.now()))
    return say("packing.on_it", who=person_name(other.person), ago=ago)


def others_on_words(numbers: Iterable[str], others: Mapping[str, OnIt]) -> str:
    """Say in a line on how many of these orders somebody else is; empty for none."""
    counts = Counter(others[number].person for number in numbers if number in others)
    told = ", ".join(say("packing.on_some", who=person_name(name), count=count) for name, count in counts.items())
    return say("packing.others_on", told=told) if told else ""


def empty(words: str) -> None:
    """Say that there is nothing, instead of an empty list."""
    st.info(words, icon=":material/task_alt:")


def kind_name(kind: str) -> str:
    """Give a kind of to-do in a word or two."""
    return capital(say(f"kinds.{kind}"))
