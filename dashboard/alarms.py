"""The list of alerts on a page: what nobody has acknowledged, where each stands, and what is silenced."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import alert_actions, alert_queries, parts, present, queries, rights
from dashboard.words import catalogue, plain
from flows import alarms
from flows.alarms import Line, Standing
from models.db.alert_tables import SilenceRow
from models.person import Right

FEW: Final = 3  # below them stands what failed
LOOK: Final = {
    Standing.TOLD: ("notifications_active", "orange"),
    Standing.WAITS: ("schedule_send", "blue"),
    Standing.FAILS: ("sync_problem", "red"),
    Standing.QUIET: ("bedtime", "gray"),
    Standing.GROUPED: ("schedule_send", "blue"),
    Standing.BLIND: ("visibility_off", "gray"),
    Standing.SILENCED: ("notifications_off", "gray"),
}


def section() -> None:
    """Draw what nobody has acknowledged, then what is silenced; nothing where there is neither."""
    groups, silences = alert_queries.open_alerts(), alert_queries.silences()
    if not groups and not silences:
        return
    st.header(_say("page.title"))
    st.markdown(_say("page.intro"))
    more = st.session_state.get("all-alarms", False)
    for group in groups if more else groups[:FEW]:
        _card(group)
    if len(groups) > FEW:
        st.toggle(_say("page.all", count=len(groups)), key="all-alarms")
    for row in silences:
        _silence(row)


def _card(group: list[Line]) -> None:
    """One line for all of a shop and rule: the worst in words, how many others, and what can be said to them."""
    first, key = group[0], f"alarm-{group[0].short}"
    with st.container(border=True, key=key, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word = _say(f"standing.{first.standing}")
            st.markdown(present.badge(word, *LOOK[first.standing]), width="content")
            st.markdown(plain(first.words), width="content")
        st.markdown(_when(first, len(group) - 1))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if rights.may(Right.ACKNOWLEDGE):
                st.button(
                    _say("page.know", count=len(group)),
                    key=f"know-{first.short}",
                    icon=":material/done_all:",
                    on_click=_acknowledge,
                    args=([line.key for line in group],),
                )
            if rights.may(Right.SILENCE):
                _silence_button(first)


def _when(line: Line, others: int) -> str:
    zone, now = queries.zone_of(line.shop), queries.now()
    told = [_say("page.since", when=present.when(line.created_at, zone, now))]
    if line.next_at is not None and line.next_at > now:
        again = "again" if line.standing is Standing.TOLD else "next"
        told.append(_say(f"page.{again}", when=present.when(line.next_at, zone, now)))
    if others:
        told.append(_say("page.others", count=others))
    return " · ".join(told)


def _silence_button(line: Line) -> None:
    """Ask for how long and why; nothing is silenced before that is said."""
    with st.popover(_say("page.silence"), icon=":material/notifications_off:", key=f"silence-{line.short}"):
        st.markdown(plain(alarms.covers(line.shop, line.rule)))
        length = st.radio(
            _say("page.how_long"),
            list(alert_actions.LENGTHS),
            format_func=lambda one: _say(f"lengths.{one}"),
            key=f"length-{line.short}",
        )
        reason = st.radio(
            _say("page.why"),
            alert_actions.REASONS,
            format_func=lambda one: _say(f"reasons.{one}"),
            key=f"reason-{line.short}",
        )
        st.button(
            _say("page.do_silence"),
            key=f"silence-do-{line.short}",
            on_click=_do_silence,
            args=(line.shop, line.rule, length, reason),
        )


def _silence(row: SilenceRow) -> None:
    zone = queries.zone_of(row.shop_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"silenced-{row.id}"):
        told = _say(
            "page.silenced",
            what=plain(alarms.covers(row.shop_id, row.rule)),
            until=present.when(row.until, zone, queries.now()),
            reason=plain(alarms.reason_of(row)),
            by=plain(row.by),
        )
        st.markdown(f":material/notifications_off: {told}", width="content")
        if rights.may(Right.SILENCE):
            st.button(_say("page.end"), key=f"unsilence-{row.id}", on_click=_unsilence, args=(row.id or 0,))


def _acknowledge(keys: list[str]) -> None:
    parts.tell(alert_actions.acknowledge(keys))


def _do_silence(shop: str, rule: str, length: str, reason: str) -> None:
    parts.tell(alert_actions.silence(shop, rule, length, reason))


def _unsilence(number: int) -> None:
    parts.tell(alert_actions.unsilence(number))


def _say(key: str, **values: object) -> str:
    """Give a text of `alarms.toml`, which command line and pages share."""
    return catalogue().text(f"alarms.{key}", **values)
