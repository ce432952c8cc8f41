"""A look at some orders each hour, all of them by turns, whether what is cached still follows from the facts.

A difference is told once a day and left for a person, who runs `shipclock rebuild`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from models.db.alerts import Alert, raise_alert
from models.db.difference import Difference
from models.db.rebuild import look_through
from models.db.session import open_session
from models.db.tables import MetaRow
from models.settings import Settings

PLACE: Final = "rebuild_sample"  # of `meta`: the id of the last order that was looked at
SIZE: Final = 200  # orders in an hour [D]


def check_sample(engine: Engine, settings: Settings, now: datetime, size: int = SIZE) -> list[Difference]:
    """Compare the next `size` orders with their facts, and alert about differences; give them. Mends nothing."""
    with open_session(engine, read_only=True) as session:
        row = session.get(MetaRow, PLACE)
    shops = {shop.name: shop for shop in settings.shop}
    looked = next(look_through(engine, shops, now, after=row.value if row else "", at_a_time=size), None)
    found = list(looked.differences) if looked else []
    with open_session(engine) as session:
        session.merge(MetaRow(key=PLACE, value=looked.last if looked and looked.orders == size else ""))
        if found:
            _shout(session, found, now)
        session.commit()
    return found


def _shout(session: Session, found: list[Difference], now: datetime) -> None:
    orders = sorted({one.order_no for one in found})
    alert = Alert(
        subject="rebuild",
        rule="rebuild",
        level=0,
        text_key="rebuild",
        about=now.date().isoformat(),
        values={"orders": str(len(orders)), "first": orders[0]},
    )
    raise_alert(session, alert, now)
