"""What a seller does by hand in Seller Center, because the Open API has no call for it.

Known by the fact that a person records about it; done again, nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from flows.shop.simulator import aftersale, change
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.store import Play, Store
from models.fact import FactKind

CLICKS: Final[Mapping[FactKind, Callable[[Play, OrderPlan, datetime], None]]] = {
    FactKind.COMPLAINT_FILED: change.hurry_carrier,
    FactKind.REFUND_REQUESTED: change.promise_refund,
    FactKind.CANCELLED: aftersale.give_up,
}


def click(store: Store, order_no: str, kind: FactKind, at: datetime) -> None:
    """Complain about the carrier, ask for the money of a parcel, or give it up, at a moment of the play (aware)."""
    with store.change() as play:
        if play.sql("select 1 from click where order_no = ? and kind = ?", order_no, kind).fetchone() is None:
            play.sql("insert into click values (?, ?)", order_no, kind)
            CLICKS[kind](play, store.script.by_no[order_no], at)
