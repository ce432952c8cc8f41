"""Moving a shop's open orders to the figures of its settings: asked for by a person, written to the audit.

One order in one transaction; killed anywhere, it is simply asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, select, update
from sqlmodel import Session

from models.db.audit import note
from models.db.batch import write
from models.db.derived import derive
from models.db.orders import terms_of
from models.db.policies import keep_policy
from models.db.session import open_session
from models.db.stored import ORDERS, Lock, Stored, read_orders
from models.explain import told
from models.policy_change import Moved, move
from models.policy_data import policy_key
from models.settings import ShopSettings

APPLIED: Final = "policy applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What came of one order; `moved` is None where a clock that is over forbids it."""

    order_no: str
    moved: Moved | None


def earlier_figures(engine: Engine, shop: ShopSettings) -> list[str]:
    """Give the ids of the shop's open orders whose clocks run by other figures than its settings say now."""
    query = select(ORDERS.c.id).where(
        ORDERS.c.shop_id == shop.name, ORDERS.c.terminal.is_(False), ORDERS.c.policy.not_in([shop.policy_key])
    )
    with open_session(engine, read_only=True) as session:
        return list(session.scalars(query.order_by(ORDERS.c.placed_at, ORDERS.c.id)))


def apply_policy(engine: Engine, shop: ShopSettings, now: datetime, *, by: str | None) -> Iterator[Applied]:
    """Move the shop's open orders to its figures of now, in the name of `by`; without one only tell what would be."""
    for key in earlier_figures(engine, shop):
        with open_session(engine, read_only=by is None) as session:
            stored = read_orders(session, ORDERS.c.id == key, lock=None if by is None else Lock.WAIT)
            if not stored:
                continue
            (one,) = stored
            moved = move(one.facts, terms_of(session, shop, one.policy), shop.own_policy, now)
            if moved is not None and policy_key(moved.policy) == one.policy:
                continue  # moved before, with the figures of clocks that were over then
            if by is not None and moved is not None:
                _store(session, one, moved, now, by)
                session.commit()
        yield Applied(order_no=one.number[1], moved=moved)


def _store(session: Session, one: Stored, moved: Moved, now: datetime, by: str) -> None:
    key = keep_policy(session, moved.policy, now)
    session.execute(update(ORDERS).where(ORDERS.c.id == one.id).values(policy=key))
    write(session, [derive(moved.order, replace(one, order={**one.order, "policy": key}), now)], now)
    clocks = {f"{clock.rule} {clock.about}".strip(): clock for clock in moved.clocks}
    note(
        session,
        at=now,
        actor=by,
        action=APPLIED,
        order_id=one.id,
        before={"policy": one.policy, "due": {name: told(clock.before) for name, clock in clocks.items()}},
        after={"policy": key, "due": {name: told(clock.after) for name, clock in clocks.items()}},
    )
