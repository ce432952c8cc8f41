"""Watching the clocks as a Prefect flow: what time alone changes is noticed, recorded and shouted."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import Office, UnknownShopError, open_office
from models.db.session import open_session
from models.db.watch import check_order, due_orders


@flow(name="watch-deadlines", flow_run_name="watch-deadlines")
def watch_deadlines() -> State[object]:
    """Record each warning, breach and presumption that has come due."""
    return Completed(message=f"{check_due(open_office())} orders checked")


def check_due(office: Office) -> int:
    """Recompute the orders whose next check has come; return how many. One bad order holds up no other."""
    now = office.now()  # one reading for the whole run; virtual in a demo
    with open_session(office.engine, read_only=True) as session:
        due = due_orders(session, now)
    checked = 0
    for order_id, shop_id in due:
        try:
            shop = office.shop(shop_id)
        except UnknownShopError:
            continue  # a shop that left the settings: its orders stand still until it is back
        checked += check_order(office.engine, shop, order_id, now)
    return checked
