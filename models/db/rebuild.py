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

from sqlalchemy import ColumnElement, Engine, func, select, update
from sqlmodel import Session

from models.db.audit import note
from models.db.batch import SHIPCLOCK, write
from models.db.collector import without_collector
from models.db.columns import PlainJson
from models.db.derived import Derived, derive_again
from models.db.difference import COMPUTATION, UNREADABLE, Difference, differences
from models.db.facts import facts_of
from models.db.orders import terms_by_order, terms_of
from models.db.session import DatabaseError, open_session
from models.db.stored import ORDERS, SHELVES, Lock, Stored, of_shops, read_orders
from models.order import fold
from models.settings import ShopSettings
from models.terms import Terms

CHUNK: Final = 250  # orders in one short transaction
REBUILT: Final = "rebuilt"
EMPTY: Final[Mapping[str, object]] = {"milestones": {}}  # the other JSON columns are lists


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
            found += _one(engine, shops, key, now, mend=mend)
        after = keys[-1]
        yield Looked(orders=len(keys), differences=tuple(found), last=after)


def _one(
    engine: Engine, shops: Mapping[str, ShopSettings], key: str, now: datetime, *, mend: bool
) -> Sequence[Difference]:
    """Look at one order by itself; if its facts can be read and its cached rows can't, those are made anew."""
    try:
        return _look_again(engine, shops, key, now, mend=mend)
    except DatabaseError:
        raise
    except Exception as bug:  # noqa: BLE001  # one poisoned order holds up no other
        if not _facts_are_sound(engine, key):
            return [_told(engine, key, COMPUTATION, bug)]
    try:
        if mend:
            _blank(engine, key)
            _look_again(engine, shops, key, now, mend=True)
    except DatabaseError:
        raise
    except Exception as bug:  # noqa: BLE001  # as above
        return [_told(engine, key, COMPUTATION, bug)]
    return [_told(engine, key, UNREADABLE, None)]


def _facts_are_sound(engine: Engine, key: str) -> bool:
    try:
        with open_session(engine, read_only=True) as session:
            return bool(facts_of(session, key))
    except (KeyError, ValueError):
        return False


def _blank(engine: Engine, key: str) -> None:
    """Empty what is cached of the order as JSON: it is no JSON, so the rows cannot even be read."""
    with open_session(engine) as session:
        for table, owner in ((ORDERS, ORDERS.c.id), *((shelf.table, shelf.table.c.order_id) for shelf in SHELVES)):
            if empty := {
                column.name: EMPTY.get(column.name, []) for column in table.c if isinstance(column.type, PlainJson)
            }:
                session.execute(update(table).where(owner == key).values(empty))
        session.commit()


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


def _told(engine: Engine, key: str, what: str, bug: Exception | None) -> Difference:
    """Tell that an order cannot be computed or read, and by what fault; never the fault's words."""
    with open_session(engine, read_only=True) as session:
        shop, number = session.execute(select(ORDERS.c.shop_id, ORDERS.c.order_no).where(ORDERS.c.id == key)).one()
    return Difference(
        shop_id=shop,
        order_no=number,
        table=ORDERS.name,
        key="",
        column=what,
        stored=None,
        computed=type(bug).__name__ if bug else None,
    )
