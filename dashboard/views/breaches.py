"""Breaches: how often a time limit was missed, by the day it was due, and which orders missed one."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard import parts, present, queries
from dashboard.words import capital, catalogue, plain, say
from models.db.reading import PAGE, Breach
from models.deadline import RuleId

DAYS: Final = 14


def page() -> None:
    """Draw the rate by due day, then the breaches."""
    parts.heading("breaches")
    if queries.shops():
        _rates()
    st.header(say("breaches.list"))
    _list()
    parts.zones()


def _rates() -> None:
    """Give the share of missed clocks a day; a day that is not over can still become late and waits."""
    with st.container(horizontal=True):
        shops = queries.shops()
        shop = st.selectbox(say("orders.shop"), shops, key="shop", width=260) if len(shops) > 1 else shops[0]
        rules = list(dict.fromkeys([RuleId.D02.value, *queries.missed_rules()]))
        rule = st.selectbox(
            say("breaches.clock"),
            rules,
            format_func=lambda rule: capital(present.rule_name(rule)),
            key="rule",
            width=380,
        )
    zone = queries.zone_of(shop)
    until = present.start_of_day(queries.now(), zone)
    days = present.rates(queries.settled(shop, rule, until - timedelta(days=DAYS), until), zone)
    if not days:
        parts.empty(say("breaches.no_days", days=DAYS))
        return
    total, late = sum(day.total for day in days), sum(day.late for day in days)
    period = say("breaches.period", days=DAYS, rule=present.rule_name(rule))
    st.markdown(f"**{present.rate_words(late, total)}** {period}")
    st.table(
        [
            {
                say("breaches.day"): day.day,
                say("breaches.late"): present.rate_badge(day),
                say("breaches.of"): day.total,
            }
            for day in days
        ],
        border="horizontal",
        width=520,
        alt=say("breaches.alt", rule=present.rule_name(rule)),
    )


def _list() -> None:
    count = queries.breach_count()
    if not count:
        parts.empty(say("breaches.none"))
        return
    pages = min(-(-count // PAGE), 200)
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
