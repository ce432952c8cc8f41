"""Looking at the shops' own API as a Prefect flow: what changed there becomes facts, facts become orders.

The work is `flows.shop.sync`; a run is short, may be killed anywhere and may run twice.
"""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.api_watch import note_unopened, watch_api
from flows.missing_watch import watch_missing
from flows.office import Office, open_office
from flows.shop.api_error import ApiError
from flows.shop.client import open_client
from flows.shop.sync import News, ShopSync
from flows.shop.sync_page import Synced
from models.settings import ShopSettings


class SyncFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some shops could not be read, or some orders stored; the message holds names, numbers and codes alone."""


@flow(name="sync-shop", flow_run_name="sync-shop")
def sync_shop(shop: str | None = None) -> State[object]:
    """Read what changed in one shop at its API, or in all that have one.

    Args:
        shop: The shop's name in shipclock.toml; empty for all with `api = true`.

    """
    office, log = open_office(), get_run_logger()
    failed: list[str] = []
    told: list[str] = []
    for one in office.settings.shop:
        if not one.api or shop not in {None, one.name}:
            continue
        try:
            result = sync_one(office, one)
        except ApiError as fault:
            log.error("shop %s: %s %s", one.name, fault.kind, fault.code)  # noqa: TRY400  # a trace could hold an answer
            failed.append(f"{one.name}: {fault.kind}")
        else:
            told.append(f"{one.name}: {result.facts} news of {len(result.orders)} orders")
            failed += [f"{one.name}: order {number}: {code}" for number, code in result.failed.items()]
    if failed:
        raise SyncFailed("; ".join(failed)) from None
    return Completed(message="; ".join(told) or "no shop with an API")


def sync_one(office: Office, shop: ShopSettings) -> Synced:
    """Read one shop, and say what is missing on either side. Raises ApiError once it is noted and told."""
    try:
        client = open_client(office.home, office.settings, office.engine, shop, office.now)
    except ApiError as fault:
        note_unopened(office, shop, fault)
        watch_api(office, shop)
        raise
    return sync_with(office, shop, client)


def sync_with(office: Office, shop: ShopSettings, client: News) -> Synced:
    """Read one shop through an open way to it. Raises ApiError once it is noted and told."""
    sync = ShopSync(engine=office.engine, shop=shop, client=client, now=office.now)
    try:
        result = sync.run()
        return result + watch_missing(office, shop, sync)
    except ApiError:
        watch_api(office, shop)
        raise
