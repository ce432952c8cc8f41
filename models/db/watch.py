"""The watcher's part: orders that time alone changes, oldest first, some hundred in each short transaction.

Harmless after any pause: an order is folded at the present moment, so levels that passed meanwhile are skipped
and only the highest is shouted. What another run did first is left alone; a poisoned order falls out alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select, update
from sqlmodel import Session

from models.db.batch import write
from models.db.collector import without_collector
from models.db.derived import derive
from models.db.orders import terms_by_order
from models.db.session import DatabaseError, open_session
from models.db.stored import ORDERS, Lock, of_shops, read_orders
from models.order import fold
from models.settings import ShopSettings

AT_A_TIME: Final = 2_000  # orders looked up at once
CHUNK: Final = 500  # orders in one transaction
POISONED_WAIT: Final = timedelta(hours=1)  # until an order that cannot be computed is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a round of watching came to: how many orders, and which failed (by id) with which code."""

    orders: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Checked) -> Checked:
        """Both together."""
        return Checked(orders=self.orders + other.orders, failed={**self.failed, **other.failed})


def due_orders(
    session: Session, now: datetime, limit: int = AT_A_TIME, *, shops: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Give (order id, shop) of the orders whose next check has come, oldest first; of these shops alone, if given."""
    query = select(ORDERS.c.id, ORDERS.c.shop_id).where(ORDERS.c.next_check_at <= now)
    if shops is not None:
        query = query.where(of_shops(shops))
    rows = session.execute(query.order_by(ORDERS.c.next_check_at, ORDERS.c.id).limit(limit))
    return [(key, shop) for key, shop in rows]


def refresh_due(engine: Engine, shops: Mapping[str, ShopSettings], now: datetime) -> Checked:
    """Bring all due orders of these shops up to date. What is of another shop stands still until that is back.

    Raises DatabaseError when the database itself fails; what was committed by then stays.
    """
    checked, seen = Checked(), set[str]()
    while True:
        with open_session(engine, read_only=True) as session:
            due = [key for key, _ in due_orders(session, now, shops=list(shops))]
        fresh = [key for key in due if key not in seen]
        if not fresh:
            return checked
        seen.update(fresh)
        for start in range(0, len(fresh), CHUNK):
            checked += _check(engine, shops, fresh[start : start + CHUNK], now)


def _check(engine: Engine, shops: Mapping[str, ShopSettings], keys: Sequence[str], now: datetime) -> Checked:
    """Bring these orders up to date in one transaction; if one is poisoned, in one for each."""
    try:
        with open_session(engine) as session, without_collector():
            count = _refresh(session, shops, keys, now)
            session.commit()
    except DatabaseError:
        raise
    except Exception as bug:  # noqa: BLE001  # told at the end, after all the others
        if len(keys) > 1:
            return sum((_check(engine, shops, [key], now) for key in keys), Checked())
        _put_off(engine, keys[0], now)
        return Checked(failed={keys[0]: type(bug).__name__})
    return Checked(orders=count)


def _refresh(session: Session, shops: Mapping[str, ShopSettings], keys: Sequence[str], now: datetime) -> int:
    stored = read_orders(session, ORDERS.c.id.in_(keys), ORDERS.c.next_check_at <= now, lock=Lock.SKIP)
    terms = terms_by_order(session, shops, stored)
    write(session, [derive(fold(one.facts, terms[one.shop_id, one.policy], now), one, now) for one in stored], now)
    return len(stored)


def _put_off(engine: Engine, key: str, now: datetime) -> None:
    with open_session(engine) as session:
        session.execute(update(ORDERS).where(ORDERS.c.id == key).values(next_check_at=now + POISONED_WAIT))
        session.commit()
