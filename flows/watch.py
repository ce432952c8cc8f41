"""Watching the clocks as a Prefect flow: what time alone changes is noticed, recorded and shouted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import Office, UnknownShopError, open_office
from models.db.session import DatabaseError, open_session
from models.db.watch import check_order, due_orders


class WatchFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some orders could not be checked; the message holds their numbers and codes alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a round of watching came to: how many orders, and which failed with which code."""

    orders: int
    failed: Mapping[str, str]


@flow(name="watch-deadlines", flow_run_name="watch-deadlines")
def watch_deadlines() -> State[object]:
    """Record each warning, breach and presumption that has come due."""
    checked = check_due(open_office())
    if checked.failed:
        raise WatchFailed("; ".join(f"{order}: {code}" for order, code in checked.failed.items())) from None
    return Completed(message=f"{checked.orders} orders checked")


def check_due(office: Office) -> Checked:
    """Recompute the orders whose next check has come. One poisoned order holds up no other."""
    now = office.now()  # one reading for the whole run; virtual in a demo
    with open_session(office.engine, read_only=True) as session:
        due = due_orders(session, now)
    checked, failed = 0, {}
    for order_id, shop_id in due:
        try:
            checked += check_order(office.engine, office.shop(shop_id), order_id, now)
        except UnknownShopError:
            continue  # a shop that left the settings: its orders stand still until it is back
        except DatabaseError:
            raise
        except Exception as bug:  # noqa: BLE001  # told at the end, after all the others
            failed[order_id] = type(bug).__name__
    return Checked(orders=checked, failed=failed)
