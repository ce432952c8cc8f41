"""Orders: searching several numbers at once, filters, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard import parts, present, queries, who
from dashboard.words import plain, say
from models.db.reading import COUNT_CAP, PAGE
from models.db.tables import OrderRow
from models.stage import Stage

MOST_NUMBERS: Final = 20  # searched for at once


def page() -> None:
    """Draw the filters and one page of orders."""
    parts.heading("orders")
    numbers, stage, shop, open_only = _filters()
    count = queries.orders_count(numbers, stage=stage, shop=shop, open_only=open_only)
    if not count:
        parts.empty(say("orders.none"))
        return
    st.markdown(say("orders.more", cap=COUNT_CAP) if count > COUNT_CAP else say("orders.count", count=count))
    _listed(numbers, stage, shop, open_only=open_only, pages=-(-min(count, COUNT_CAP) // PAGE))
    parts.zones()


@st.fragment
def _listed(numbers: tuple[str, ...], stage: str | None, shop: str | None, *, open_only: bool, pages: int) -> None:
    """Draw one page of the list; whoever turns it has this part drawn alone."""
    who.still_here()
    chosen = st.session_state.get("page", 1) or 1
    offset = (min(int(chosen), pages) - 1) * PAGE
    for row in queries.orders(numbers, stage=stage, shop=shop, open_only=open_only, offset=offset):
        _line(row)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")


def _filters() -> tuple[tuple[str, ...], str | None, str | None, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            say("orders.search"),
            key="q",
            type="search",
            bind="query-params",
            placeholder=say("orders.example"),
            width=400,
            max_chars=800,
        )
        stage = _choice("stage", [stage.value for stage in Stage], lambda stage: say(f"stage_filter.{stage}"))
        shop = _choice("shop", queries.shops(), str) if len(queries.shops()) > 1 else None
        open_only = st.checkbox(say("orders.open_only"), key="open", bind="query-params")
    return present.numbers_in(text or "")[:MOST_NUMBERS], stage, shop, open_only


def _choice(key: str, options: list[str], words: Callable[[str], str]) -> str | None:
    return st.selectbox(
        say(f"orders.{key}"),
        options,
        index=None,
        placeholder=say("orders.any"),
        format_func=words,
        key=key,
        bind="query-params",
        width=220,
    )


def _line(row: OrderRow) -> None:
    now, zone = queries.now(), queries.zone_of(row.shop_id)
    counting = row.stage not in present.OVER and row.next_due_at is not None
    told = [present.rule_name(row.next_due_rule) if counting else "", plain(row.carrier)]
    told += [plain(row.shop_id) if len(queries.shops()) > 1 else ""]
    told += [say("orders.placed", when=present.when(row.placed_at, zone, now))]
    with parts.line(f"order-{row.id}", row.shop_id, row.order_no):
        st.markdown(present.urgency_badge(row.next_due_at, now) if counting else "", width=130)
        st.markdown(present.stage_badge(row.stage, presumed=row.presumed), width=280)
        st.markdown(" · ".join(filter(None, told)), width="stretch")


page()
