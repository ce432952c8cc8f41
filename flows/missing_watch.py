"""Watching that mail and API tell of the same orders: one that a source does not know within its time is told.

Only where both are read: a shop without a readable mailbox, or that never got a mail of a new order, lacks none.
The figures are those of `flows/shop/sync.toml`. One alert for each order and direction; when they are many the
outbox sends one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from flows.office import Office
from flows.shop.sync import ShopSync
from flows.shop.sync_figures import sync_figures
from flows.shop.sync_page import Synced
from ingest.ledger import Outcome
from models.db.alerts import Alert, raise_alerts
from models.db.facts import FACTS
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.session import open_session
from models.db.shop_sync import ORDERS as ORDER_NEWS
from models.db.shop_sync import connected_since
from models.db.shop_tables import SyncRow
from models.db.stored import ORDERS, of_shops
from models.db.tables import AlertRow
from models.fact import API, FactKind
from models.ids import order_id
from models.notification import NotificationKind
from models.settings import ShopSettings
from models.stage import Stage

MAIL: Final = "mail"  # the source of facts that a mail told
RULE: Final = "missing"
NO_MAIL, NOT_AT_API = "no_mail", "not_at_api"
AT_A_TIME: Final = 50  # orders that are looked up in one run


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Numbers of a shop's orders that one of the two sources should know by now and does not."""

    by_mail: tuple[str, ...] = ()
    at_api: tuple[str, ...] = ()


def watch_missing(office: Office, shop: ShopSettings, sync: ShopSync) -> Synced:
    """Alert about each order that is missing on a side; what the API does not know is asked for once more before.

    Raises ApiError.
    """
    with open_session(office.engine, read_only=True) as session:
        missing = missing_of(session, shop, office.now()).at_api
        fresh = [number for number in missing if not _is_told(session, shop, number)]
    result = sync.look_up(fresh[:AT_A_TIME])
    now = office.now()
    with open_session(office.engine) as session:
        raise_alerts(session, alerts_of(missing_of(session, shop, now), shop), now)
        session.commit()
    return result


def told_missing(session: Session, shop: ShopSettings, now: datetime) -> Missing:
    """Give what is missing at this moment of the orders that were told as missing: a page may ask."""
    told = select(AlertRow.order_no).where(
        AlertRow.rule == RULE,
        AlertRow.shop_id == shop.name,
        col(AlertRow.created_at) > now - sync_figures().missing_within,
        col(AlertRow.order_no).is_not(None),
    )
    numbers = [number for number in session.exec(told) if number is not None]
    return missing_of(session, shop, now, numbers) if numbers else Missing()


def missing_of(session: Session, shop: ShopSettings, now: datetime, among: Sequence[str] | None = None) -> Missing:
    """Give what is missing at this moment, of all orders or of those numbers."""
    since = connected_since(session, shop)
    if since is None:
        return Missing()
    mailbox = session.get(MailboxRow, shop.mailbox)
    read_at = mailbox.last_ok_at if mailbox and mailbox.last_error is None else None
    mail = _Side(source=MAIL, told_by=API, kind=FactKind.ORDER_PAID, read_at=read_at)
    by_mail = _lacking(session, shop, mail, now, among)
    news = session.get(SyncRow, (shop.name, ORDER_NEWS))
    asked_at = news.last_ok_at if news and news.last_error is None else None
    api = _Side(source=API, told_by=MAIL, kind=FactKind.ORDER_PLACED, read_at=asked_at)
    at_api = _lacking(session, shop, api, now, among)
    return Missing(by_mail=by_mail if by_mail and _gets_orders_by_mail(session, shop) else (), at_api=at_api)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A source that was read last at that time, and what the other one tells of an order that it should know."""

    source: str
    told_by: str
    kind: FactKind
    read_at: datetime | None


def _lacking(
    session: Session, shop: ShopSettings, side: _Side, now: datetime, among: Sequence[str] | None
) -> tuple[str, ...]:
    """The orders of which the other source told that fact in time, and this one, read since then, nothing."""
    if side.read_at is None:
        return ()
    figures = sync_figures()
    mine = FACTS.c.order_id == ORDERS.c.id
    from_when, until = now - figures.missing_within, min(now, side.read_at) - figures.missing_after
    at = FACTS.c.occurred_at.between(from_when, until)
    told = exists().where(mine, FACTS.c.source == side.told_by, FACTS.c.kind == side.kind.value, at)
    # Nearly all orders are known to both: that is seen by the keys of their facts alone, in their index.
    by_key: ColumnElement[bool] = exists().where(mine, FACTS.c.source_key.between(f"{side.source}:", f"{side.source}z"))
    other: ColumnElement[bool] = exists().where(mine, FACTS.c.source == side.source)
    query = select(ORDERS.c.order_no).where(of_shops([shop.name]), ORDERS.c.stage != Stage.CANCELLED.value)
    recent = ORDERS.c.placed_at >= from_when - figures.missing_within
    if among is not None:
        query = query.where(ORDERS.c.order_no.in_(among))
    found = session.execute(query.where(recent, ~by_key, ~other, told).order_by(ORDERS.c.placed_at, ORDERS.c.order_no))
    return tuple(number for (number,) in found)


def _gets_orders_by_mail(session: Session, shop: ShopSettings) -> bool:
    kind = MessageRow.kind == NotificationKind.NEW_ORDER.value
    parsed = MessageRow.outcome == Outcome.PARSED.value
    return (
        session.exec(select(MessageRow.id).where(MessageRow.shop_id == shop.name, kind, parsed).limit(1)).first()
        is not None
    )


def _is_told(session: Session, shop: ShopSettings, number: str) -> bool:
    return session.get(AlertRow, _alert(shop, number, NOT_AT_API).dedup_key) is not None


def alerts_of(missing: Missing, shop: ShopSettings) -> list[Alert]:
    """Give an alert for each order and direction."""
    return [
        *(_alert(shop, number, NO_MAIL) for number in missing.by_mail),
        *(_alert(shop, number, NOT_AT_API) for number in missing.at_api),
    ]


def _alert(shop: ShopSettings, number: str, direction: str) -> Alert:
    return Alert(
        subject=order_id(shop.name, number),
        rule=RULE,
        level=0,
        text_key=direction,
        about=direction,
        shop_id=shop.name,
        order_no=number,
    )
