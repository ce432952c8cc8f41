"""What most commands start with: the office opened, and the order found that the user means.

A number may be written SHOP:NO; an unknown or ambiguous one ends the command with words that help.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from flows.cli.output import fail, note
from flows.office import Office, open_office
from models import formats
from models.catalogue import words
from models.db.orders import find_rows
from models.db.reading import orders_count
from models.db.schema import Migration
from models.db.tables import OrderRow
from models.settings import ShopSettings


def opened() -> Office:
    """Open this installation; a database that had to be brought up to date is told on stderr."""
    return open_office(tell=tell_migration)


def the_order(session: Session, office: Office, number: str, shop: str | None) -> OrderRow:
    """Give the row of the order that `number` (or SHOP:NO) means; else say why not and end the command."""
    row, problem = look_up(session, office, number, shop)
    return row or fail(problem)


def look_up(session: Session, office: Office, number: str, shop: str | None) -> tuple[OrderRow | None, str]:
    """Give the order's row, or None and what to tell the user."""
    named, _, order_no = number.rpartition(":")
    if chosen := named or shop:
        office.shop(chosen)
    rows = find_rows(session, order_no.strip(), chosen or None)
    if len(rows) == 1:
        return rows[0], ""
    if rows:
        forms = ", ".join(f"'{row.shop_id}:{row.order_no}'" for row in rows)
        return None, words().text("cli.ambiguous", order_no=order_no, forms=forms)
    return None, _unknown(session, order_no.strip(), chosen or None)


def _unknown(session: Session, order_no: str, shop: str | None) -> str:
    """Say that there is no such order; of a part of a number, where those with it are listed."""
    count = orders_count(session, numbers=(order_no,), shop=shop) if order_no else 0
    return words().text("cli.unknown_part" if count else "cli.unknown", order_no=order_no, count=count)


def shop_of(office: Office, row: OrderRow) -> ShopSettings:
    """Give the settings of the order's shop. Raises UnknownShopError if it was removed from them."""
    return office.shop(row.shop_id)


def zone_of(office: Office, shop_id: str) -> ZoneInfo:
    """Give the shop's zone for showing times; UTC for a shop that is no longer in the settings."""
    return next((shop.zone for shop in office.settings.shop if shop.name == shop_id), ZoneInfo("UTC"))


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment as the shop's clock shows it, with its zone ("23 Nov 2026 14:05 +07"); empty for none."""
    return formats.full_moment(moment, zone) if moment else ""


def tell_migration(migration: Migration) -> None:
    """Say on stderr that the database was made or brought up to date."""
    key = "cli.database_updated" if migration.before else "cli.database_made"
    note(words().text(key, before=migration.before, after=migration.after))
