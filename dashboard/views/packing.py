"""Packing: scan or paste numbers, see GO or STOP, and do it for one order or for all of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import actions, fields, packing, packing_list, parts, present, queries, rights, who
from dashboard.settling import settling
from dashboard.sound import tone
from dashboard.words import plain, say
from models.packing_turn import OnIt
from models.packing_verdict import Verdict, Word, pick_list
from models.person import Right

LOOK: Final = {Word.GO: "check_circle", Word.STOP: "dangerous"}  # a shape for each word; its colour is below
STYLE: Final = """<style>
.st-key-verdict-go, .st-key-verdict-stop {border-radius: .75rem; padding: 1rem 1.5rem; color: #fff}
.st-key-verdict-go {background: #0a6b2d}
.st-key-verdict-stop {background: #a3000b}
.st-key-verdict-go *, .st-key-verdict-stop * {color: #fff}
.st-key-verdict-go h2, .st-key-verdict-stop h2 {font-size: 3.5rem; padding: 0}
.st-key-tone {display: none}
@media print {
  .stAppHeader, .stButton, .stTextInput, .stExpander, .st-key-verdict-go, .st-key-verdict-stop {display: none}
}
</style>"""


def chosen_shop() -> str:
    """Let the packer say for which shop they pack, where there are several; empty for any."""
    shops = queries.shops()
    if len(shops) <= 1:
        return ""
    every = say("packing.any_shop")
    chosen = st.selectbox(
        say("packing.shop"), ["", *shops], format_func=lambda shop: shop or every, key=packing_list.SHOP
    )
    return str(chosen or "")


def rules() -> None:
    """Show what a packer says with each parcel, once a shift."""
    if not rights.may(Right.KEEP_RULES):
        return
    if all(queries.packing(shop, who.looker().name).read_until(queries.now()) for shop in queries.shops()):
        return
    with st.container(border=True, key="packing-rules"):
        fields.rules_to_keep("keep-rules", _keep_rules)


def _keep_rules() -> None:
    parts.tell(actions.keep_packing_rules())


def word(verdict: Verdict, other: OnIt | None) -> None:
    """Fill the screen with what the number that was scanned last comes to, and who else is on it."""
    with st.container(key=f"verdict-{verdict.word}", gap="xsmall"):
        st.header(f":material/{LOOK[verdict.word]}: {say(f'packing.{verdict.word}')}")
        st.markdown(f"**{plain(verdict.order_no)}**")
        if other:
            st.markdown(f":material/person: **{parts.on_it_words(other)}**")
        if verdict.against:
            st.markdown(actions.why_words(verdict.against, verdict.order_no))
        for item in verdict.items:
            st.markdown(parts.item_words(item))


def buttons(verdicts: Sequence[Verdict], shown: Verdict | None) -> None:
    """Draw what can be done with the list in one go; each button counts the orders it is for.

    Below a STOP none of them stands out, and each that does not concern the order shown says so.
    """
    labels = packing.DEEDS if rights.may(Right.GIVE_COMMANDS) else ()
    batches = [found for label in labels if (found := packing.batch(label, verdicts)).orders]
    stands_out = bool(shown and shown.word is Word.GO)
    with st.container(horizontal=True, gap="small"):
        for place, todo in enumerate(batches):
            words = say(f"packing.do_{todo.label}", count=len(todo.orders))
            concerned = shown is None or shown.order_no in {order_no for _, order_no in todo.orders}
            st.button(
                words if concerned else say("packing.others", words=words),
                key=f"do-{todo.label}",
                type="primary" if stands_out and not place else "secondary",
                on_click=packing.begin,
                args=(todo,),
            )
        if verdicts:
            st.button(say("packing.clear"), key="clear", on_click=packing.clear)
        if entered := packing.to_take_back():
            words = say("packing.take_back", count=len(entered.entries))
            st.button(words, key="take-back", icon=":material/undo:", on_click=packing.take_back, args=(entered,))


def sounds(shown: Verdict | None) -> None:
    """Let the word be heard by those who want that: once for each scan."""
    wanted = st.toggle(say("packing.sound"), key="sound", help=say("packing.sound_help"), bind="query-params")
    if wanted and shown and (turn := packing_list.turn()):
        with st.container(key="tone"):
            st.audio(tone(shown.word, turn), format="audio/wav", autoplay=True)


def nothing_listed() -> None:
    """Say how to begin, and offer the list that the person left."""
    parts.empty(say("packing.nothing"))
    if left := packing_list.left():
        ago = present.ago(left.changed_at, queries.now())
        words = say("packing.go_on", count=len(left.numbers), ago=ago)
        st.button(words, key="go-on", icon=":material/history:", on_click=packing_list.go_on, args=(left,))


def stops(verdicts: Sequence[Verdict]) -> None:
    """List the orders of the list that are not to be packed, each with its reason."""
    against = [(one, one.against) for one in verdicts if one.against]
    fills_the_screen = len(verdicts) == 1
    if not against or fills_the_screen:
        return
    st.header(say("packing.stops", count=len(against), of=len(verdicts)))
    for one, why in against:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"stop-{one.order_no}"):
            if one.shop:
                parts.order_link(one.shop, one.order_no)
            else:
                st.markdown(f"**{plain(one.order_no)}**", width="content")
            st.markdown(actions.why_words(why, one.order_no), width="content")
            st.button(
                say("packing.drop"),
                key=f"drop-{one.order_no}",
                type="tertiary",
                on_click=packing.drop,
                args=(one.order_no,),
            )


def to_fetch(verdicts: Sequence[Verdict]) -> None:
    """Show what to fetch for all orders that may be packed; the browser prints it."""
    going = [one for one in verdicts if one.word is Word.GO]
    if not going or not st.toggle(say("packing.picks", count=len(going)), key="picks"):
        return
    columns = [say(f"packing.{column}") for column in ("sku", "product", "pieces", "orders")]
    picks = pick_list(one.items for one in going)
    rows = [(plain(pick.sku), plain(pick.title), pick.pieces, pick.orders) for pick in picks]
    st.table([dict(zip(columns, row, strict=True)) for row in rows], border="horizontal")


def page() -> None:
    """Draw the page: the word first, since a packer looks at nothing else."""
    st.html(STYLE)
    parts.heading("packing")
    rights.line(Right.GIVE_COMMANDS)
    packing_list.restore()
    rules()
    shop = chosen_shop()
    st.text_input(say("packing.scan"), key=packing.SCAN, placeholder=say("packing.example"), on_change=packing.scan)
    verdicts = actions.verdicts_of(packing_list.listed(), shop)
    shown = next((one for one in verdicts if one.order_no == packing_list.last()), None)
    others = packing_list.others()
    if shown:
        word(shown, others.get(shown.order_no))
    if not verdicts:
        nothing_listed()
    buttons(verdicts, shown)
    if told := parts.others_on_words([one.order_no for one in verdicts if one is not shown], others):
        st.markdown(f":material/person: {told}")
    stops(verdicts)
    to_fetch(verdicts)
    sounds(shown)
    with st.expander(say("packing.paste"), key="packing-many"):  # its place shifts with what stands above it
        st.text_area(say("packing.many"), key=packing.PASTE, height=160)
        st.button(say("packing.add"), key="add", on_click=packing.paste)


with settling():
    page()
