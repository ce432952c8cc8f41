"""What a seller does by hand in Seller Center, because the Open API has no call for it."""

from __future__ import annotations

from flows.shop.simulator import change
from flows.shop.simulator.store import Store


def complain(store: Store, order_no: str) -> None:
    """Complain about the carrier, who then hurries."""
    with store.change() as play:
        change.hurry_carrier(play, store.script.by_no[order_no], play.now())


def request_refund(store: Store, order_no: str) -> None:
    """Ask for the money of a lost, damaged or late parcel; a mail says when it is paid."""
    with store.change() as play:
        change.promise_refund(play, store.script.by_no[order_no], play.now())
