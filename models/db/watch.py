"""The watcher's part: orders that time alone changes, oldest first, each in its own short transaction.

Harmless after any pause: an order is folded at the present moment, so levels that passed meanwhile are
skipped and only the highest is shouted. What another run did first is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.db.orders import StaleOrderError, locked_row, refresh, terms_of
from models.db.session import open_session
from models.db.tables import OrderRow
from models.settings import ShopSettings

AT_A_TIME: Final = 2_000


def due_orders(session: Session, now: datetime, limit: int = AT_A_TIME) -> Sequence[tuple[str, str]]:
    """Give (order id, shop) of the orders whose next check has come, oldest first."""
    query = select(OrderRow.id, OrderRow.shop_id).where(col(OrderRow.next_check_at) <= now)
    return session.exec(query.order_by(col(OrderRow.next_check_at), OrderRow.id).limit(limit)).all()


def check_order(engine: Engine, shop: ShopSettings, key: str, now: datetime) -> bool:
    """Recompute one due order; False if another run was first."""
    with open_session(engine) as session:
        row = locked_row(session, key)
        if row.next_check_at is None or row.next_check_at > now:
            return False
        try:
            refresh(session, row, terms_of(session, shop), now)
        except StaleOrderError:
            session.rollback()
            return False
        session.commit()
    return True
