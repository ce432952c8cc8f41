"""One order: where it is, what to do, its clocks, what is possible, what happened, and our own work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import forms, parts, present, proof, queries, rights, who
from dashboard.settling import settling
from dashboard.timeline import timeline
from dashboard.words import capital, catalogue, plain, said, say
from models.command import offered
from models.db.reading import OrderFile
from models.db.tables import OrderRow
from models.order import Order
from models.person import Right


def page() -> None:
    """Draw the order that the address names, or say plainly that there is none."""
    order_no = str(st.query_params.get("order", ""))[: present.LONGEST_NUMBER]
    shop = st.query_params.get("shop")
    found = queries.find_orders(order_no, shop) if order_no else ()
    file = queries.order_file(found[0].id) if len(found) == 1 else None
    if len(found) > 1:
        _which(order_no, found)
    elif file is None:
        _unknown(order_no)
    else:
        _order(file)


def _unknown(order_no: str) -> None:
    st.title(say("order.unknown_title"))
    st.warning(say("order.unknown", order_no=plain(order_no)) if order_no else say("order.no_number"))
    st.page_link("views/orders.py", label=say("order.back"), icon=":material/arrow_back:")


def _which(order_no: str, found: Sequence[OrderRow]) -> None:
    st.title(say("order.title", order_no=plain(order_no)))
    st.warning(say("order.several"))
    for row in found:
        parts.order_link(row.shop_id, row.order_no, f"{row.shop_id}: {row.order_no}")


def _order(file: OrderFile) -> None:
    row, now = file.order, queries.now()
    zone = queries.zone_of(row.shop_id)
    order = queries.order_now(row, now)
    st.page_link("views/orders.py", label=say("order.back"), icon=":material/arrow_back:")
    st.title(say("order.title", order_no=plain(row.order_no)))
    parts.show_told()
    _head(row, zone, now)
    _todos(row, now)
    if order is None:
        st.warning(say("order.no_shop", shop=plain(row.shop_id)))
    else:
        _possible(row, order)
        _cancels_itself(order.auto_cancel_at, zone, now)
    _clocks(file, zone, now)
    _timeline(file, zone, now)
    _work(file, zone, now)
    if order is not None:
        proof.draw(row, order, now)
    st.markdown(say("order.zone", zone=plain(zone.key)))
    forms.show_dialog()


def _head(row: OrderRow, zone: ZoneInfo, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(present.stage_badge(row.stage, presumed=row.presumed), width="content")
        if row.next_due_at and row.stage not in present.OVER:
            st.markdown(present.urgency_badge(row.next_due_at, now), width="content")
            st.markdown(
                say(
                    "today.clock",
                    rule=present.rule_name(row.next_due_rule),
                    when=present.when(row.next_due_at, zone, now),
                ),
                width="content",
            )
    for line in _overlays(row):
        st.markdown(line)
    st.markdown(" · ".join(_details(row, zone, now)))
    if row.items:
        st.markdown(say("order.items", items=", ".join(map(parts.item_words, row.items))))


def _overlays(row: OrderRow) -> list[str]:
    """Say what stands beside the stage: holds, disagreeing news, a late promise, a failed delivery."""
    texts = catalogue()
    told = [
        present.badge(say("order.hold", why=texts.text(f"facts.holds.{hold}")), "pan_tool", "orange")
        for hold in row.holds
    ]
    told += [
        present.badge(said(f"pages.conflicts.{one}", say("conflicts.other")), "compare_arrows", "red")
        for one in row.conflicts
    ]
    if row.late_since:
        told.append(present.badge(say("order.late"), "running_with_errors", "red"))
    if row.failed_attempts:
        told.append(present.badge(say("order.attempts", count=row.failed_attempts), "notification_important", "orange"))
    if row.cancel_reason:
        told.append(say("order.cancelled", why=present.reason_words(row.cancel_reason)))
    return told


def _details(row: OrderRow, zone: ZoneInfo, now: datetime) -> list[str]:
    told = [plain(row.shop_id), say("orders.placed", when=present.when(row.placed_at, zone, now))]
    if row.promised_at:
        told.append(say("order.promised", when=present.when(row.promised_at, zone, now)))
    told.append(say("order.leaves", how=say(f"handover.{row.handover_mode}")))
    if row.carrier:
        told.append(say("order.carrier", carrier=plain(row.carrier)))
    if row.tracking_no:
        told.append(say("order.tracking", number=plain(row.tracking_no)))
    return told


def _todos(row: OrderRow, now: datetime) -> None:
    todos = [todo for todo in queries.todos(order_no=row.order_no) if todo.order_id == row.id]
    if todos:
        st.header(say("today.todo"))
        parts.todo_cards(todos, now, linked=False)


def _possible(row: OrderRow, order: Order) -> None:
    st.header(say("order.possible"))
    rights.line(Right.GIVE_COMMANDS)
    with st.container(horizontal=True, gap="small"):
        for command in offered(order, who.looker().role, queries.policy_of(row).cancel_limit_rank):
            parts.command_button(row.shop_id, row.order_no, command)
    if queries.has_keys(row.shop_id) and not order.terminal and rights.may(Right.LABEL):
        parts.label_button(row.shop_id, row.order_no)


def _cancels_itself(at: datetime | None, zone: ZoneInfo, now: datetime) -> None:
    """Say when the platform cancels an order to which nothing more happens."""
    if at is not None:
        key = "auto_cancel" if now <= at else "auto_cancel_over"
        st.markdown(catalogue().text(f"policies.order.{key}", when=present.when(at, zone, now)))


def _clocks(file: OrderFile, zone: ZoneInfo, now: datetime) -> None:
    if not file.deadlines:
        return
    st.header(say("order.clocks"))
    over, policy = file.order.stage in present.OVER, queries.policy_of(file.order)
    st.table(
        [
            {
                say("order.clock"): capital(present.rule_name(clock.rule)),
                say("order.state"): present.clock_badge(clock, now, over=over),
                say("order.due"): present.when(clock.due_at, zone, now),
                say("order.origin"): present.clock_origin(clock, policy, file.order.promised_at),
            }
            for clock in file.deadlines
        ],
        border="horizontal",
        alt=say("order.clocks"),
    )


def _timeline(file: OrderFile, zone: ZoneInfo, now: datetime) -> None:
    """Draw what happened, the newest first, each entry with its way back."""
    st.header(say("order.timeline"))
    mine = rights.retractable(queries.facts(file.order.id), now)
    for place, entry in enumerate(timeline(file, now, zone)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry-{place}"):
            st.markdown(present.when(entry.at, zone, now), width=175)
            st.markdown(entry.who, width=150)
            st.markdown(entry.what, width="content")
            if entry.fact_id in mine:
                parts.take_back_button(file.order.shop_id, file.order.order_no, entry.fact_id, entry.what)


def _work(file: OrderFile, zone: ZoneInfo, now: datetime) -> None:
    """Draw the steps of our own code, with what went wrong."""
    if not file.steps:
        return
    st.header(say("order.work"))
    st.table(
        [
            {
                say("work.step"): capital(present.step_name(step.step)),
                say("work.status"): present.step_badge(step),
                say("work.trouble"): present.fault_words(step.error_code) if step.error_code else "",
                say("work.next"): present.when(step.next_attempt_at, zone, now) if step.next_attempt_at else "",
            }
            for step in file.steps
        ],
        border="horizontal",
        alt=say("order.work"),
    )
    if any(step.status == "dead" for step in file.steps):
        st.page_link("views/problems.py", label=say("work.problems"), icon=":material/build:")


with settling():
    page()
