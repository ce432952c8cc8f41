"""Watching how TikTok Shop words its mails: what they no longer state, and whether more of them are not understood.

`models.drift` decides; what it finds goes into the outbox once for each field and week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select

from flows.office import Office
from ingest.stated_mail import arrived_since, stated_since
from models import formats
from models.catalogue import words
from models.db.alerts import Alert, raise_alerts
from models.db.session import open_session
from models.db.tables import AlertRow
from models.drift import Drift, Share, fallen_fields, more_unclear
from models.mail_figures import drift_figures
from models.settings import MailboxSettings, ShopSettings

RULE: Final = "drift"
TOLD_AGAIN: Final = timedelta(days=7)


def watch_wording(office: Office) -> int:
    """Alert about each field that mails no longer state as before, once a week; how many are new."""
    alerts, now = changed_wordings(office), office.now()
    if not alerts:
        return 0
    with open_session(office.engine) as session:
        new = raise_alerts(session, alerts, now)
        session.commit()
    return new


def told_wordings(office: Office) -> list[Alert]:
    """What lasts of that which was told within a week.

    Where nothing was told, which is usual, no mail is read for it: a page may ask.
    """
    told = select(AlertRow.dedup_key).where(AlertRow.rule == RULE, col(AlertRow.created_at) > office.now() - TOLD_AGAIN)
    with open_session(office.engine, read_only=True) as session:
        nothing = session.exec(told.limit(1)).first() is None
    return [] if nothing else changed_wordings(office)


def changed_wordings(office: Office) -> list[Alert]:
    """What is to be told at this moment."""
    now = office.now()
    found = [alert for shop in office.settings.shop for alert in _fallen(office, shop, now)]
    return [*found, *(alert for mailbox in office.settings.mailbox for alert in _unclear(office, mailbox, now))]


def _fallen(office: Office, shop: ShopSettings, now: datetime) -> Iterator[Alert]:
    figures = drift_figures()
    with open_session(office.engine, read_only=True) as session:
        stated = stated_since(session, shop.name, now - 2 * figures.days)
    for drift in fallen_fields(stated, figures, now):
        yield Alert(
            subject=f"shop:{shop.name}",
            rule=RULE,
            level=0,
            text_key="drift",
            about=f"{drift.kind}|{drift.language}|{drift.field}|{_week(now)}",
            shop_id=shop.name,
            values=_words_of(drift, shop),
        )


def _words_of(drift: Drift, shop: ShopSettings) -> dict[str, str]:
    text = words()
    return {
        "kind": text.text(f"mail.kinds.{drift.kind}"),
        "language": text.text(f"mail.languages.{drift.language}"),
        "field": text.text(f"mail.stated.{drift.field}"),
        "last": formats.full_date(drift.last_at.astimezone(shop.zone).date()),
        **_shares(drift.before, drift.now),
    }


def _unclear(office: Office, mailbox: MailboxSettings, now: datetime) -> Iterator[Alert]:
    figures = drift_figures()
    with open_session(office.engine, read_only=True) as session:
        arrived = arrived_since(session, mailbox.name, now - 2 * figures.days)
    if (found := more_unclear(arrived, figures, now)) is not None:
        yield Alert(
            subject=f"mailbox:{mailbox.name}",
            rule=RULE,
            level=0,
            text_key="unclear",
            about=_week(now),
            values={"mailbox": mailbox.name, **_shares(found.before, found.now)},
        )


def _shares(before: Share, now: Share) -> dict[str, str]:
    return {
        "found": formats.number(now.count),
        "mails": formats.number(now.mails),
        "found_before": formats.number(before.count),
        "mails_before": formats.number(before.mails),
    }


def _week(now: datetime) -> str:
    return f"{now:%G-W%V}"
