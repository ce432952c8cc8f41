"""What decides about alerts beside themselves: silences, quiet hours, shops whose news are not read. It only asks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from flows.office import Office
from flows.shop.sync_figures import sync_figures
from flows.shop_watch import LOOK_EVERY
from models.alert_figures import alert_figures
from models.alert_plan import Around, Silence, Why
from models.db.alert_people import running_silences
from models.db.alert_telling import groups_told
from models.db.mail_tables import MailboxRow
from models.db.shop_sync import ORDERS
from models.db.shop_tables import SyncRow
from models.db.tables import AlertRow
from models.deadline import DeadlineState
from models.quiet_hours import QuietHours
from models.settings import Settings, ShopSettings
from models.settings_key import NEVER
from models.shop_clock import mailbox_read
from models.shop_figures import shop_figures


def around(session: Session, office: Office, now: datetime) -> Around:
    """Give all that a plan of alerts depends on at this moment."""
    silences = [Silence(shop=row.shop_id, rule=row.rule, until=row.until) for row in running_silences(session, now)]
    figures = alert_figures()
    return Around(
        figures=figures,
        silences=silences,
        quiet=quiet_hours(office.settings),
        blind=frozenset(shop.name for shop in office.settings.shop if is_blind(session, shop, now)),
        grouped_at=groups_told(session, now - figures.group_pause),
    )


def quiet_hours(settings: Settings) -> dict[str, QuietHours]:
    """Give the quiet hours of each shop that has some, its own before those of all, in its own zone.

    What concerns no single shop keeps those of all, by the first shop's clock.
    """
    everybodys = settings.alerts.quiet_hours
    hours = {shop.name: (shop.quiet_hours or everybodys, shop.zone) for shop in settings.shop}
    if settings.shop:
        hours[""] = everybodys, settings.shop[0].zone
    return {
        name: QuietHours(start=when[0], end=when[1], zone=zone)
        for name, (when, zone) in hours.items()
        if when is not None and when != NEVER
    }


def is_blind(session: Session, shop: ShopSettings, now: datetime) -> bool:
    """Whether nobody reads what happens to the shop's orders: neither its mailbox nor, where it has one, its API."""
    mailbox = session.get(MailboxRow, shop.mailbox)
    unread = _unread(mailbox.last_ok_at if mailbox else None, LOOK_EVERY, now)
    if not unread or not shop.api:
        return unread
    news = session.get(SyncRow, (shop.name, ORDERS))
    return news is None or _unread(news.last_ok_at, sync_figures().every, now)


def _unread(read_at: datetime | None, every: timedelta, now: datetime) -> bool:
    clock = mailbox_read(read_at, every, shop_figures(), now)
    return clock is not None and clock.state is DeadlineState.BREACHED


def hidden_while_blind(session: Session, office: Office) -> Counter[str]:
    """Count what is hidden because a shop is not read, by the subject of the alert that tells of it."""
    waits = (col(AlertRow.next_attempt_at).is_not(None), AlertRow.held_by == Why.BLIND.value)
    by_shop = session.exec(select(AlertRow.shop_id, func.count()).where(*waits).group_by(col(AlertRow.shop_id)))
    counts = Counter[str]()
    for name, count in by_shop:
        shop = office.settings.shop_named(name or "")
        if shop is not None:
            counts[f"mailbox:{shop.mailbox}"] += count
            counts[f"shop:{shop.name}"] += count
    return counts
