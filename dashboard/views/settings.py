"""Settings, to look at: each shop with the time limits that count for it, what is watched, and who may come in.

Nothing is changed here, the file is. No address that holds a token is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import parts, present, queries
from dashboard.words import capital, catalogue, plain, say
from flows.policy_words import (
    View,
    calendar_words,
    chosen_words,
    clock_rows,
    extension_words,
    opening_words,
    other_rows,
)
from models.settings import MailboxSettings, ShopSettings

CLOCK_COLUMNS: Final = ("key", "what", "limit", "warns", "origin", "source")


def page() -> None:
    """Draw the shops first: their time limits are what people ask about."""
    parts.heading("settings")
    st.markdown(say("settings.read_only", file=plain(str(queries.office().home.config))))
    for shop in queries.office().settings.shop:
        _shop(shop)
    _watched()
    _people()
    parts.zones()


def _shop(shop: ShopSettings) -> None:
    st.header(plain(shop.name))
    view = View(policy=shop.own_policy, extensions=shop.extensions, shop=shop)
    told = [
        say("settings.sells", market=shop.market, currency=shop.currency, zone=plain(shop.timezone)),
        say("settings.mailbox", mailbox=plain(shop.mailbox)),
        say("settings.leaves", how=say(f"handover.{shop.handover}"), who=say(f"settings.shipping.{shop.shipping}")),
        say("settings.keys" if shop.api else "settings.by_hand"),
    ]
    st.markdown(" · ".join(told))
    for words in (chosen_words(view), calendar_words(view.policy.calendar, shop), opening_words(shop)):
        st.markdown(plain(words))
    st.subheader(catalogue().text("policies.headings.clocks"))
    names = [catalogue().text(f"policies.columns.{name}") for name in CLOCK_COLUMNS]
    _rows(names[1:], [[capital(row[1]), *row[2:]] for row in clock_rows(shop.own_policy)])
    with st.expander(catalogue().text("policies.headings.other")):
        _rows([names[1], names[2], names[4], names[5]], list(other_rows(shop.own_policy)))
    if view.extensions:
        st.subheader(catalogue().text("policies.headings.extensions"))
        for one in view.extensions:
            st.markdown(plain(extension_words(one, view.zone)))


def _rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw rows under their names; a column in which nothing stands is left out."""
    filled = [place for place in range(len(names)) if any(row[place] for row in rows)]
    st.table([{capital(names[place]): plain(row[place]) for place in filled} for row in rows], border="horizontal")


def _watched() -> None:
    settings = queries.office().settings
    st.header(say("settings.watched"))
    for mailbox in settings.mailbox:
        st.markdown(say("settings.reads", **_mailbox(mailbox)))
    told = [
        say("settings.alerts", count=len(settings.alerts.addresses)),
        say("settings.pinged" if settings.watch.ping else "settings.not_pinged"),
    ]
    for words in told:
        st.markdown(words)


def _mailbox(mailbox: MailboxSettings) -> Mapping[str, str]:
    """Say where a mailbox is; its user is a person's address and stays out."""
    place = mailbox.host if mailbox.kind == "imap" else say(f"settings.place.{mailbox.kind}")
    return {
        "mailbox": plain(mailbox.name),
        "place": plain(place),
        "folders": plain(", ".join(mailbox.folders) if mailbox.kind == "imap" else "INBOX"),
        "after": say(f"settings.after.{mailbox.after_reading}"),
    }


def _people() -> None:
    door, texts = queries.office().settings.dashboard, catalogue()
    st.header(say("settings.people"))
    if door.alone:
        st.markdown(texts.text("people.share.alone"))
        return
    names = [texts.text(f"people.columns.{name}") for name in ("name", "role", "by")]
    rows = [
        (row.name, texts.text(f"people.roles.{row.role}"), present.ways_in(has_pin=bool(row.pin), email=row.email))
        for row in queries.people()
    ]
    if rows:
        _rows(names, rows)
    else:
        parts.empty(texts.text("people.nobody"))


page()
