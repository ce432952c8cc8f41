"""A look at a shop that is killed at any point and made again leaves the rows of one that was not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from models.db.session import open_session
from models.db.shop_sync import sync_rows
from tests.flows.shop.api_office import ApiOffice, an_api_office, order_no, seconds
from tests.flows.shop.clients import SHOP
from tests.flows.shop.killed_sync import POINTS, sync_and_die
from tests.flows.shop.shelf import Shelf
from tests.forks import forks

if os.name != "posix":
    pytest.skip("needs SIGKILL: the systems of .ci/install-debian have it", allow_module_level=True)

PAGES = (1, 2, 4)
ORDERS = 120  # three pages


def filled(shelf: Shelf, api: ApiOffice) -> None:
    """A shop where much has happened."""
    for number in range(ORDERS):
        api.order(number, hours=-20 + number / 60, status="IN_TRANSIT", rts_time=seconds(1), collection_time=seconds(2))
    for number in range(60):
        shelf.put(
            "cancellations", cancel_id=str(number), order_id=order_no(number), cancel_type="BUYER_CANCEL",
            role="BUYER", cancel_status="CANCELLATION_REQUEST_CANCEL", create_time=seconds(0), update_time=seconds(1),
        )  # fmt: skip
        shelf.put("packages", id=f"1{number}", status="FULFILLING", orders=[{"id": order_no(number)}],
                  tracking_number=f"VN{number}", update_time=seconds(3))  # fmt: skip


def test_a_look_killed_at_any_point_and_made_again_leaves_the_same_rows(tmp_path: Path, database: str, thorough):
    deaths = [(point, at) for point in POINTS for at in (PAGES if thorough else PAGES[:1])]
    (tmp_path / "killed").mkdir()
    (tmp_path / "whole").mkdir()
    with Shelf() as shelf:
        with an_api_office(tmp_path / "whole", shelf=shelf) as whole:
            filled(shelf, whole)
            whole.sync(200)
            facts, orders = whole.facts(), whole.orders()
        died = 0
        with an_api_office(tmp_path / "killed", shelf=shelf, database=database) as killed:
            for point, at in deaths:
                process = forks().Process(target=sync_and_die, args=(killed.office.home, shelf.url, point, at))
                process.start()
                process.join()
                died += process.exitcode == -signal.SIGKILL
            killed.sync(200)
            assert killed.facts() == facts
            assert {number: row.stage for number, row in killed.orders().items()} == {
                number: row.stage for number, row in orders.items()
            }
            with open_session(killed.office.engine, read_only=True) as session:
                assert all(row.last_ok_at for row in sync_rows(session, SHOP).values())
    assert died >= len(POINTS)  # the later deaths come to no page any more: what was read is not read again
