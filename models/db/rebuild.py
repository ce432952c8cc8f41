"""Comparing what is cached with what follows from the facts, and mending it.

An order is computed as of the moment it was last brought up to date: what time alone changes since then is the
watcher's work and no difference. What a mending finds is written to the audit and counts as told: it tells the
person who asked for it, and alarms nobody about the past.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, func, select
from sqlmodel import Session

from models.db.audit import note
from models.db.batch import SHIPCLOCK, write
from models.db.collector import without_collector
from models.db.derived import Derived, derive_again
from models.db.difference import COMPUTATION, Difference, differences
from models.db.orders import terms_by_order, terms_of
from models.db.session import DatabaseError, open_session
from models.db.stored import ORDERS, Lock, Stored, of_shops, read_orders
from models.order import fold
from models.settings import ShopSettings
from models.terms import Terms

CHUNK: Final = 250  # orders in one short transaction
REBUILT: Final = "rebuilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of some orders: how many, what differs, and the id of the last, from which to go on."""

    orders: int
    differences: tuple[Difference, ...]
    last: str


def chosen(shops: Mapping[str, ShopSettings], order_no: str | None = None) -> list[ColumnElement[bool]]:
    """Give the conditions for the orders of these shops, or for one number among them."""
    theirs = of_shops(shops)
    return [theirs] if order_no is None else [theirs, ORDERS.c.order_no == order_no]


def count_orders(engine: Engine, shops: Mapping[str, ShopSettings], order_no: str | None = None) -> int:
    """Count the orders of these shops, or those of one number among them."""
    with open_session(engine, read_only=True) as session:
        query = select(func.count()).select_from(ORDERS).where(*chosen(shops, order_no))
        return int(session.execute(query).scalar_one())


def look_through(  # which orders, and what to do with them
    engine: Engine,
    shops: Mapping[str, ShopSettings],
    now: datetime,
    *,
    order_no: str | None = None,
    after: str = "",
    at_a_time: int = CHUNK,
    mend: bool = False,
) -> Iterator[Looked]:
    """Compare the orders of these shops, some hundred at a time, by id from `after` on; `mend` stores what differs.

    Killed anywhere, it is simply started again. Each part is a short transaction, and what seems to differ is
    looked at once more by itself, for another run may be at it.
    """
    while True:
        some = [*chosen(shops, order_no), ORDERS.c.id > after]
        with open_session(engine, read_only=True) as session, without_collector():
            keys = list(session.scalars(select(ORDERS.c.id).where(*some).order_by(ORDERS.c.id).limit(at_a_time)))
            doubtful = _doubtful(session, shops, keys, now)
        if not keys:
            return
        found: list[Difference] = []
        for key in doubtful:
            try:
                found += _look_again(engine, shops, key, now, mend=mend)
            except DatabaseError:
                raise
            except Exception as bug:  # noqa: BLE001  # one poisoned order holds up no other
                found.append(_poisoned(engine, key, bug))
        after = keys[-1]
        yield Looked(orders=len(keys), differences=tuple(found), last=after)


def _doubtful(session: Session, shops: Mapping[str, ShopSettings], keys: Sequence[str], now: datetime) -> list[str]:
    """Those that seem to differ or cannot be computed; all of them if one cannot even be read."""
    try:
        stored = read_orders(session, ORDERS.c.id.in_(keys))
    except ValueError:
        return list(keys)
    terms = terms_by_order(session, shops, stored)
    return [one.id for one in stored if not _is_sound(one, terms[one.shop_id, one.policy], now)]


def _is_sound(stored: Stored, terms: Terms, now: datetime) -> bool:
    try:
        return next(differences(_derived(stored, terms, now)), None) is None
    except Exception:  # noqa: BLE001  # looked at once more by itself, and told then
        return False


def _derived(stored: Stored, terms: Terms, now: datetime) -> Derived:
    as_of = stored.computed_at
    return derive_again(fold(stored.facts, terms, as_of), stored, as_of, now)


def _look_again(
    engine: Engine, shops: Mapping[str, ShopSettings], key: str, now: datetime, *, mend: bool
) -> Sequence[Difference]:
    with open_session(engine, read_only=not mend) as session:
        orders = read_orders(session, ORDERS.c.id == key, lock=Lock.WAIT if mend else None)
        if not orders:
            return ()
        (stored,) = orders
        derived = _derived(stored, terms_of(session, shops[stored.shop_id], stored.policy), now)
        found = tuple(differences(derived))
        if mend and found:
            write(session, [derived], now, quietly=True)
            before, after = ({one.place: getattr(one, side) for one in found} for side in ("stored", "computed"))
            note(session, at=now, actor=SHIPCLOCK, action=REBUILT, order_id=key, before=before, after=after)
            session.commit()
        return found


def _poisoned(engine: Engine, key: str, bug: Exception) -> Difference:
    """Tell that an order cannot be computed, and by what fault; never the fault's words."""
    with open_session(engine, read_only=True) as session:
        shop, number = session.execute(select(ORDERS.c.shop_id, ORDERS.c.order_no).where(ORDERS.c.id == key)).one()
    return Difference(
        shop_id=shop,
        order_no=number,
        table=ORDERS.name,
        key="",
        column=COMPUTATION,
        stored=None,
        computed=type(bug).__name__,
    )
