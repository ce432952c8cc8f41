"""Today: how fresh the data is, what to do now, and which clocks end next."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard import batches, forms, gathered, noticed, parts, present, queries, rights, who
from dashboard.settling import moved, settling
from dashboard.words import plain, say
from models.gathering import GATHERED
from models.person import Right

FEW: Final = 10
SEEN: Final = "todo-mark"
DRAWN: Final = "drawn-at"
AGED: Final = timedelta(minutes=5)  # then the times left are no longer those that the list names
KIND: Final = "kind"


@st.fragment(run_every="5s")
def pulse() -> None:
    """Say how old the data is, again and again; only these words change by themselves, never what is in the list."""
    who.still_here()
    now, patience = queries.now(), present.DEMO_PATIENCE if queries.is_virtual() else present.PATIENCE
    zone = queries.zone_of(queries.shops()[0]) if queries.shops() else queries.zone_of("")
    as_of = say("age.as_of", when=present.when(now, zone), zone=zone.key)
    ages = present.freshness(queries.data_age(), now, patience)
    changed = st.session_state[SEEN] != queries.todo_mark()
    offer = changed or now - st.session_state[DRAWN] >= AGED
    moved((*(age.bad for age in ages), offer))
    for age in ages:
        if age.bad:
            st.error(f"**{age.words}** {as_of}", icon=":material/sync_problem:")
        else:
            st.markdown(f":material/check: {age.words} {as_of}")
    if offer:
        offer_anew(present.when(st.session_state[DRAWN], zone), changed=changed)


def offer_anew(drawn: str, *, changed: bool) -> None:
    """Offer to draw the page anew, all of it: what is clicked in a part draws that part alone."""
    words = say("today.reload") if changed else say("today.aged", when=drawn)
    if st.button(words, icon=":material/refresh:", key="reload"):
        queries.forget()
        st.rerun(scope="app")


def kind_filter() -> str | None:
    """Draw the counts by kind, each a filter that the address keeps; give the chosen kind."""
    counts = queries.todo_counts()
    if questions := queries.questions():
        counts = {**counts, GATHERED: len(questions)}
    kinds = sorted(counts, key=lambda kind: (-counts[kind], kind))
    if len(kinds) <= 1:
        return None
    if (asked := st.query_params.get(KIND)) in kinds and KIND not in st.session_state:
        st.session_state[KIND] = asked
    return st.pills(
        say("today.by_kind", total=sum(counts.values())),
        kinds,
        format_func=lambda kind: say("today.kind", kind=parts.kind_name(kind), count=counts.get(kind, 0)),
        key=KIND,
        on_change=keep_kind,
    )


def keep_kind() -> None:
    """Put the chosen kind into the address (bound widgets would put their words there, with the count)."""
    st.query_params.from_dict({KIND: st.session_state[KIND]} if st.session_state.get(KIND) else {})


def todo_list() -> None:
    """Draw what people must do, worst first."""
    now = queries.now()
    late = queries.overdue(queries.rounded(now))
    overdue = present.badge(say("today.overdue", count=late), "error", "red") if late else ""
    st.header(f"{say('today.todo')} {overdue}")
    rights.line(Right.GIVE_COMMANDS)
    chosen = kind_filter()
    more = st.session_state.get("all-todos", False)
    todos = batches.rows(queries.rounded(now), chosen)
    questions = queries.questions() if chosen in {None, GATHERED} else []
    if not todos and not questions:
        ages = queries.data_age()
        read = max((age.last_ok_at for age in ages if age.last_ok_at), default=None)
        parts.empty(say("today.nothing", read=present.ago(read, now)) if read else say("today.unknown"))
    batches.cards(todos if more else todos[:FEW], now)
    if len(todos) > FEW:
        st.toggle(say("today.all", count=len(todos)), key="all-todos")
    for line in questions:
        gathered.card(line, primary=not todos and line is questions[0])


def late_shares() -> None:
    """Say for each shop that has orders due this week how many were late, and how many more may be."""
    shares = {shop: queries.late_share(shop) for shop in queries.shops()}
    due = {shop: share for shop, share in shares.items() if share.due}
    if due:
        st.header(say("late_share.title"))
    for shop, share in due.items():
        told = present.late_share_words(share)
        st.markdown(say("late_share.of_shop", shop=plain(shop), told=told) if len(shares) > 1 else told)


def next_clocks() -> None:
    """Draw the open orders whose clocks end first."""
    now, rows = queries.now(), queries.next_due()
    st.header(say("today.next"))
    if not rows:
        st.markdown(say("today.no_clocks"))
    for row in rows:
        zone = queries.zone_of(row.shop_id)
        with parts.line(f"next-{row.order_id}", row.shop_id, row.order_no):
            st.markdown(present.urgency_badge(row.due_at, now), width=130)
            st.markdown(present.stage_badge(row.stage, presumed=row.presumed), width=280)
            due = say("today.clock", rule=present.rule_name(row.rule), when=present.when(row.due_at, zone, now))
            st.markdown(due, width="content")


batches.go_where_sent()
with settling():
    parts.heading("today")
    st.session_state[SEEN], st.session_state[DRAWN] = queries.todo_mark(), queries.now()
    pulse()
    todo_list()
    noticed.lines()  # after the orders: on a phone the first of those must be seen without scrolling
    late_shares()
    next_clocks()
forms.show_dialog()
