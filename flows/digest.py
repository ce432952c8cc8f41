"""The message with which a shop's day begins: what is to be done, what was missed the day before, how old that is.

A row of the outbox like any alert, once for each shop and day, so that no crash sends it twice or loses it. Its words
are made when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from flows.office import Office
from flows.telling import Message
from models.alert_figures import alert_figures
from models.alert_plan import DIGEST
from models.catalogue import words
from models.db.alerts import Alert, raise_alert
from models.db.day_reading import URGENCIES, Day, met_after_warning, missed_by_rule, todos_by_urgency
from models.db.mail_tables import MailboxRow
from models.db.session import open_session
from models.db.tables import AlertRow
from models.formats import number
from models.settings import Settings, ShopSettings


def raise_digests(session: Session, settings: Settings, now: datetime) -> None:
    """Put the day's digest of each shop into the outbox, once its morning has come. The caller commits."""
    if not (settings.alerts.digest and settings.alerts.addresses):
        return
    figures = alert_figures()
    for shop in settings.shop:
        local = now.astimezone(shop.zone)
        alert = _alert(shop, local)
        if figures.digest_from <= local.time() < figures.digest_until and not session.get(AlertRow, alert.dedup_key):
            raise_alert(session, alert, now)


def _alert(shop: ShopSettings, local: datetime) -> Alert:
    return Alert(
        subject=f"shop:{shop.name}",
        rule=DIGEST,
        level=0,
        text_key=DIGEST,
        about=local.date().isoformat(),
        shop_id=shop.name,
    )


def digest(office: Office, row: AlertRow, now: datetime) -> Message:
    """Word the digest as of `now`. A shop that left the settings since has nothing to do."""
    shop = office.settings.shop_named(row.shop_id or "")
    body = "\n".join(_lines(office, shop, now)) if shop else words().text("alerts.digest.nothing")
    return Message(title=words().text("alerts.titles.digest", shop=row.shop_id or ""), body=body, rows=(row,))


def _lines(office: Office, shop: ShopSettings, now: datetime) -> Iterator[str]:
    text, day = words(), _day(shop, now)
    with open_session(office.engine, read_only=True) as session:
        todos, missed = todos_by_urgency(session, day), missed_by_rule(session, day)
        saved = met_after_warning(session, day)
        mailbox = session.get(MailboxRow, shop.mailbox)
    yield text.text("alerts.digest.todo" if todos else "alerts.digest.nothing", count=sum(todos.values()))
    yield from (f"- {text.text(f'alerts.digest.{one}', count=todos[one])}" for one in URGENCIES if todos.get(one))
    yield text.text("alerts.digest.missed" if missed else "alerts.digest.none_missed", count=sum(missed.values()))
    by_count = sorted(missed.items(), key=lambda one: -one[1])
    yield from (f"- {text.rule(rule)}: {number(count)}" for rule, count in by_count)
    if saved:
        yield text.text("alerts.digest.saved", count=saved)
    read_at = mailbox.last_ok_at if mailbox else None
    span = text.span(now - read_at) if read_at else ""
    yield text.text("alerts.digest.read" if read_at else "alerts.digest.never_read", span=span)
    yield text.text("alerts.slept.where")


def _day(shop: ShopSettings, now: datetime) -> Day:
    """The shop's own day, from midnight to midnight of its zone."""
    today = now.astimezone(shop.zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    before, begins, ends = ((today + timedelta(days=step)).astimezone(UTC) for step in (-1, 0, 1))
    return Day(shop=shop.name, before=before, begins=begins, ends=ends, now=now)
