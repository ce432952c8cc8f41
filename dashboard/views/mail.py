"""Mail: what was not understood or not trusted, why, and what to do. Never a sender, subject or text."""

from __future__ import annotations

import streamlit as st

from dashboard import actions, mail_shops, noticed, parts, present, queries, rights, teaching
from dashboard.settling import settling
from dashboard.words import catalogue, plain, say
from ingest.quarantine import Waiting
from models.db.reading import up_to_cap
from models.person import Right


def page() -> None:
    """Draw the mails that wait for a person, oldest first."""
    parts.heading("mail")
    noticed.unread()
    noticed.lines()
    _counts()
    _waiting()
    mail_shops.which_mails()


def _waiting() -> None:
    waiting = queries.quarantined()
    if not waiting:
        parts.empty(say("mail.none"))
        return
    st.header(say("mail.waiting", count=queries.waiting_mails()))
    rights.line(Right.READ_MAIL, Right.JUDGE_MAIL)
    if rights.may(Right.READ_MAIL):
        st.button(say("mail.read_all"), key="read-all", icon=":material/replay:", type="primary", on_click=_read_all)
    for mail, version in waiting:
        _card(mail, version)
    teaching.show_dialog()


def _counts() -> None:
    counts = queries.mail_counts()
    told = [
        say("mail.counted", outcome=catalogue().text(f"mail.outcomes.{outcome}"), count=up_to_cap(count))
        for outcome, count in sorted(counts.items(), key=lambda one: -one[1])
    ]
    st.markdown(say("mail.counts", counts=" · ".join(told)) if told else say("mail.no_mail"))
    if unfitting := queries.unfitting_signatures():
        st.caption(say("mail.unfitting", count=unfitting))


def _card(mail: Waiting, version: str) -> None:
    now, texts = queries.now(), catalogue()
    why = texts.text(f"mail.quarantine.{mail.reason}.why")
    with st.container(border=True, key=f"mail-{mail.message_id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(present.mail_badge(mail.reason), width="content")
            st.markdown(f"**{plain(why)}**", width="content")
        st.markdown(plain(texts.text(f"mail.quarantine.{mail.reason}.do")))
        if mail.dkim is not None:
            st.markdown(plain(texts.text(f"mail.signature.{mail.dkim}")))
        st.markdown(_details(mail, version, present.ago(mail.seen_at, now)))
        if mail.order_no:
            _order(mail.order_no)
        if rights.may(Right.JUDGE_MAIL):
            mail_shops.shop_buttons(mail)
        with st.container(horizontal=True, gap="small"):
            _buttons(mail)


def _details(mail: Waiting, version: str, ago: str) -> str:
    zone = queries.zone_of_mailbox(mail.mailbox)
    told = [
        say("mail.seen", when=present.when(mail.seen_at, zone), ago=ago),
        say("mail.mailbox", mailbox=plain(mail.mailbox)),
        say("mail.reader", version=plain(version), attempts=mail.attempts),
        say("mail.number", number=mail.message_id),
    ]
    return " · ".join(told)


def _order(order_no: str) -> None:
    """Name the order that the mail says it is about, with a link where we know one of that number."""
    known = queries.find_orders(order_no)
    if not known:
        st.markdown(say("mail.unknown_order", order_no=plain(order_no)))
    for row in known:
        parts.order_link(row.shop_id, row.order_no, say("mail.order", order_no=row.order_no))


def _buttons(mail: Waiting) -> None:
    key, judges = mail.message_id, rights.may(Right.JUDGE_MAIL)
    if not mail.readable:
        st.markdown(say("mail.gone"))
    else:
        st.button(say("mail.why"), key=f"why-{key}", on_click=teaching.look_at, args=(key,))
        if rights.may(Right.READ_MAIL):
            st.button(say("mail.read"), key=f"read-{key}", on_click=_read, args=(key,))
        if judges:
            with st.popover(say("mail.let_in"), key=f"ask-let-in-{key}"):
                st.markdown(say("mail.sure_let_in", number=key))
                st.button(say("mail.yes_let_in", number=key), key=f"let-in-{key}", on_click=_let_in, args=(key,))
    if judges:
        with st.popover(say("mail.ignore"), key=f"ask-ignore-{key}"):
            st.markdown(say("mail.sure_ignore", number=key))
            st.button(say("mail.yes_ignore", number=key), key=f"ignore-{key}", on_click=_ignore, args=(key,))


def _read_all() -> None:
    parts.tell(actions.read_mail())


def _read(message_id: int) -> None:
    parts.tell(actions.read_mail(message_id))


def _let_in(message_id: int) -> None:
    parts.tell(actions.let_in(message_id))


def _ignore(message_id: int) -> None:
    parts.tell(actions.ignore_mail(message_id))


with settling():
    page()
