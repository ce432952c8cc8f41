"""Breaches: which orders missed a time limit, the latest due first; how often that is, the page Numbers tells."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from dashboard import parts, present, queries, who
from dashboard.words import capital, catalogue, plain, say
from models.db.reading import PAGE, Breach


def page() -> None:
    """Draw the breaches by their due day."""
    parts.heading("breaches")
    st.page_link("views/figures.py", label=say("breaches.how_often"), icon=":material/bar_chart:")
    st.header(say("breaches.list"))
    _list()
    parts.zones()


def _list() -> None:
    count = queries.breach_count()
    if not count:
        parts.empty(say("breaches.none"))
        return
    _listed(min(-(-count // PAGE), 200))


@st.fragment
def _listed(pages: int) -> None:
    """Draw one page of the list; whoever turns it has this part drawn alone."""
    who.still_here()
    offset = (min(int(st.session_state.get("page", 1) or 1), pages) - 1) * PAGE
    days = groupby(queries.breaches(offset), key=lambda one: present.day_name(one.due_at, queries.zone_of(one.shop_id)))
    for day, missed in days:
        st.subheader(say("breaches.due_on", day=day))
        for one in missed:
            _line(one)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")


def _line(one: Breach) -> None:
    now, zone = queries.now(), queries.zone_of(one.shop_id)
    told = [present.lateness(one, now, zone), say("breaches.by", who=catalogue().text(f"rules.faults.{one.fault}"))]
    with parts.line(f"breach-{one.order_id}-{one.rule}-{one.due_at:%s}", one.shop_id, one.order_no):
        st.markdown(present.breach_badge(one), width=140)
        st.markdown(f"**{capital(present.rule_name(one.rule))}**", width=290)
        st.markdown(" · ".join([*told, *filter(None, [plain(one.carrier)])]), width="content")


page()
