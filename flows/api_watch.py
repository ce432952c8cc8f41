"""Watching that shops can be read at their API (D20 of order-lifecycle, for this second way in).

One alert for each time that a shop stays unread; at once if only a person can mend it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flows.office import Office
from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.sync_figures import sync_figures
from models.catalogue import words
from models.db.alerts import Alert, raise_alert
from models.db.session import open_session
from models.db.shop_sync import ORDERS, note_fault, sync_row, sync_rows
from models.db.shop_tables import SyncRow
from models.deadline import DeadlineState, RuleId
from models.settings import ShopSettings
from models.shop_clock import mailbox_read
from models.shop_figures import shop_figures

PASSING: Final = frozenset({ErrorKind.RETRY, ErrorKind.INTERNAL})


def note_unopened(office: Office, shop: ShopSettings, fault: ApiError) -> None:
    """Write down that the shop could not even be asked, so that the next try waits a while."""
    with open_session(office.engine) as session:
        note_fault(session, sync_row(session, shop.name, ORDERS), fault.kind.value, office.now())
        session.commit()


def watch_api(office: Office, shop: ShopSettings) -> None:
    """Alert if a shop was not read for long, or needs a person."""
    alert = unread_shop(office, shop, office.now())
    if alert is not None:
        with open_session(office.engine) as session:
            raise_alert(session, alert, office.now())
            session.commit()


def unread_shops(office: Office) -> Iterator[Alert]:
    """Give what is to be told of shops that cannot be read at this moment."""
    for shop in office.settings.shop:
        if shop.api and (alert := unread_shop(office, shop, office.now())):
            yield alert


def unread_shop(office: Office, shop: ShopSettings, now: datetime) -> Alert | None:
    """Give what is to be told of a shop at this moment; None where it is read as usual."""
    with open_session(office.engine, read_only=True) as session:
        rows = sync_rows(session, shop.name)
    faulty = [row for row in rows.values() if row.last_error]
    refused = next((row for row in faulty if row.last_error not in PASSING), None)
    late = next((row for row in faulty if _is_late(row, now)), None)
    row = refused or late
    if row is None:
        return None
    return Alert(
        subject=f"shop:{shop.name}",
        rule=RuleId.D20.value,
        level=1 if refused else 0,
        text_key="api_refused" if refused else "api_blind",
        about=row.last_ok_at.isoformat() if row.last_ok_at else "",
        shop_id=shop.name,
        critical=True,
        values={"code": str(row.last_error), "span": words().span(now - row.last_ok_at) if row.last_ok_at else ""},
    )


def _is_late(row: SyncRow, now: datetime) -> bool:
    clock = mailbox_read(row.last_ok_at, sync_figures().every, shop_figures(), now)
    return clock is not None and clock.state is DeadlineState.BREACHED
