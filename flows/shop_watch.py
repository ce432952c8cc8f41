"""Watching mailboxes and shops themselves: unread, silent, or with mail that waits for a person (D20 to D22).

`models.shop_clock` decides; what it finds goes into the outbox once for each outage, silence, or mail and level.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flows.office import Office
from ingest import ledger
from models.business_time import BusinessCalendar
from models.catalogue import words
from models.db.alerts import BREACH_LEVEL, Alert, raise_alert
from models.db.session import open_session
from models.db.wake import woke_at
from models.deadline import DeadlineState, RuleId
from models.settings import MailboxSettings, ShopSettings
from models.shop_clock import mail_expected, mail_waits, mailbox_read
from models.shop_figures import shop_figures

LOOK_EVERY: Final = timedelta(minutes=1)


def watch_unread(office: Office, mailbox: MailboxSettings, *, refused: bool) -> None:
    """D20: alert once for each time that the mailbox stays unread; at once if only a person can help (`refused`).

    That holds for one that never was read, too.
    """
    now = office.now()
    with open_session(office.engine) as session:
        since = ledger.last_ok_at(session, mailbox.name)
        clock = mailbox_read(since, LOOK_EVERY, shop_figures(), now)
        if refused or (clock is not None and clock.state is DeadlineState.BREACHED):
            raise_alert(session, _blind(mailbox, since, now, refused=refused), now)
            session.commit()


def watch_unfinished(office: Office, mailbox: MailboxSettings) -> None:
    """D20 of a mailbox that answers and has news, when reading them comes to no end: the runs may fail.

    What waited through a sleep has its time from waking up; while a poller is at it, nobody is blind.
    """
    now = office.now()
    with open_session(office.engine) as session:
        row, woke = ledger.mailbox_row(session, mailbox.name), woke_at(session)
        since = max(filter(None, (row.last_ok_at, woke)), default=None) if row.last_ok_at else None
        clock = mailbox_read(since, LOOK_EVERY, shop_figures(), now)
        at_it = row.lease_until is not None and row.lease_until > now
        if clock is None or at_it or clock.state is not DeadlineState.BREACHED:
            return
        raise_alert(session, _blind(mailbox, clock.start_at, now), now)
        session.commit()


def _blind(mailbox: MailboxSettings, since: datetime | None, now: datetime, *, refused: bool = False) -> Alert:
    span = words().span(now - since) if since else ""
    return Alert(
        subject=f"mailbox:{mailbox.name}",
        rule=RuleId.D20.value,
        level=1 if refused else 0,
        text_key=_refused_key(mailbox) if refused else "blind",
        about=since.isoformat() if since else "",
        critical=True,
        values={"mailbox": mailbox.name, "span": span, "auth": mailbox.auth},
    )


def _refused_key(mailbox: MailboxSettings) -> str:
    """What a person has to do: put in a password, or sign in."""
    return "login_refused" if mailbox.auth == "password" else "sign_in"


def watch_silence(office: Office, mailbox: MailboxSettings) -> None:
    """D21: alert once for each time that a shop's mail stays away unusually long, though its mailbox is read."""
    for shop in office.shops_of(mailbox.name):
        alert = silence_of(office, mailbox, shop, office.now())
        if alert is not None:
            with open_session(office.engine) as session:
                raise_alert(session, alert, office.now())
                session.commit()


def silence_of(office: Office, mailbox: MailboxSettings, shop: ShopSettings, now: datetime) -> Alert | None:
    """D21: what is to be told of a shop that is silent at this moment; None where all is as usual."""
    figures = shop_figures()
    with open_session(office.engine, read_only=True) as session:
        if ledger.has_mail_since(session, mailbox.name, shop.name, now - figures.silent_at_least):
            return None  # the usual case, and a cheap question
        since = now - 2 * timedelta(weeks=figures.weeks)  # a silence of so many weeks, and what was usual before it
        times = ledger.mail_times(session, mailbox.name, shop.name, since)
    clock = mail_expected(times, shop.zone, figures, now)
    if clock is None or clock.state is not DeadlineState.BREACHED:
        return None
    return Alert(
        subject=f"shop:{shop.name}",
        rule=clock.rule.value,
        level=BREACH_LEVEL,
        text_key="silent",
        about=clock.start_at.isoformat(),
        shop_id=shop.name,
        values={"span": words().span(now - clock.start_at)},
    )


def watch_waiting(office: Office, mailbox: MailboxSettings) -> None:
    """D22: alert when a mail that was not understood has nearly waited too long, and when it has."""
    now = office.now()
    if alerts := waiting_in(office, mailbox, now):
        with open_session(office.engine) as session:
            for alert in alerts:
                raise_alert(session, alert, now)
            session.commit()


def waiting_in(office: Office, mailbox: MailboxSettings, now: datetime) -> list[Alert]:
    """D22: what is to be told of the mails that wait at this moment, one for each that waits too long, or nearly."""
    shops = {shop.name: shop for shop in office.shops_of(mailbox.name)}
    with open_session(office.engine, read_only=True) as session:
        waiting = ledger.not_understood(session, mailbox.name) if shops else []
    alerts = []
    for number, shop, seen_at in waiting:
        its_shop = shops.get(shop or "") or next(iter(shops.values()))
        clock = mail_waits(seen_at, _opening(its_shop), shop_figures(), now)
        level = BREACH_LEVEL if clock.state is DeadlineState.BREACHED else clock.warn_level
        alerts += [_of_mail(mailbox, clock.rule.value, number, level)] if level else []
    return alerts


def _of_mail(mailbox: MailboxSettings, rule: str, number: int | None, level: int) -> Alert:
    return Alert(subject=f"mailbox:{mailbox.name}", rule=rule, level=level, text_key="quarantine", about=str(number))


def _opening(shop: ShopSettings) -> BusinessCalendar:
    return BusinessCalendar(
        zone=shop.zone,
        hours=shop.business_hours,
        days=frozenset(shop.business_days),
        closed=frozenset(shop.closed_days),
    )
