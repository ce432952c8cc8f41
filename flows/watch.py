"""Watching the clocks as a Prefect flow: what time alone changes is noticed, recorded and shouted."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import Office, open_office
from models.db.watch import Checked, refresh_due


class WatchFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some orders could not be checked; the message holds their numbers and codes alone."""


@flow(name="watch-deadlines", flow_run_name="watch-deadlines")
def watch_deadlines() -> State[object]:
    """Record each warning, breach and presumption that has come due."""
    checked = check_due(open_office())
    if checked.failed:
        raise WatchFailed("; ".join(f"{order}: {code}" for order, code in checked.failed.items())) from None
    return Completed(message=f"{checked.orders} orders checked")


def check_due(office: Office) -> Checked:
    """Bring the orders whose next check has come up to date; those of a shop that left the settings stand still."""
    now = office.now()  # one reading for the whole run; virtual in a demo
    return refresh_due(office.engine, {shop.name: shop for shop in office.settings.shop}, now)
