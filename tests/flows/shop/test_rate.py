"""Never faster than the platform allows, and not much slower: as the simulated platform counts, in real seconds."""

from __future__ import annotations

import threading
from datetime import timedelta

from flows.shop.client import ShopClient
from flows.shop.simulator.script import Crowd
from flows.shop.wire import open_http
from tests.conftest import TOLD
from tests.flows.shop.simulator.world import START, a_world
from tests.flows.shop.test_client_on_simulator import a_client

THREADS = 8
CALLS = 260  # five seconds' worth
ALLOWED = 50  # a second, per call and shop (tiktok-shop-api, section 5)
EXPECTED = 40


def ask_all_at_once(client: ShopClient, order_no: str) -> None:
    """Ask as fast as eight threads can."""

    def ask() -> None:
        for _ in range(CALLS // THREADS):
            client.orders([order_no])

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_second_sees_more_calls_than_the_platform_allows_and_under_load_few_places_stay_empty(
    tmp_path, record_property
):
    with a_world(tmp_path / "limited", crowd=Crowd(orders=10, days=0)) as world, open_http() as http:
        world.go(START + timedelta(hours=5))
        client = a_client(world, tmp_path / "limited", http)
        ask_all_at_once(client, world.store.script.plans[0].order_no)
        client.transport.limiter.close()
        told = next(one for one in world.served.tally()["rates"] if one["endpoint"] == "get_orders")
        refused = world.served.tally()["refused"]
    record_property(TOLD, f"rate: at most {told['most_in_a_second']} in a second, {told['mean']} in the mean")
    assert told["most_in_a_second"] <= ALLOWED
    assert "limit" not in refused
    assert told["mean"] > EXPECTED
