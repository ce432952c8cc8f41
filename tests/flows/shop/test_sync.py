"""Reading a shop at its API, over HTTP: all that changed becomes facts once, whatever fails, dies or comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import delete

from flows.look import SYNC, Work, look
from flows.shop import news, sync_page
from flows.shop.api_error import ApiError
from flows.shop.schema import ApiOrder
from flows.shop.sync import ShopSync
from flows.shop.sync_figures import sync_figures
from flows.sync_shop import sync_one
from models.db.sample import check_sample
from models.db.session import open_session
from models.db.shop_sync import KINDS, connected_since, sync_rows
from models.db.shop_tables import GrantRow, SyncRow
from models.fact import Fact, FactKind
from models.settings import TikTokSettings
from models.stage import Stage
from tests.flows.shop.api_office import HOUR, ApiOffice, alerts, an_api_office, mail_told, order_no, seconds
from tests.flows.shop.clients import NOW, SHOP
from tests.flows.shop.wire_server import APP_KEY, SECRET
from tests.planted import search_files

WORK = Work(deployment=SYNC, parameters={"shop": SHOP})
IN_TRANSIT: dict[str, Any] = {
    "status": "IN_TRANSIT",
    "rts_time": seconds(2),
    "collection_time": seconds(3),
    "update_time": seconds(3),
}
PERMISSION, OVERLOAD = 105005, 36009007


@pytest.fixture
def api(tmp_path: Path, database: str) -> Iterator[ApiOffice]:
    """A shop with an API, and nothing in it."""
    with an_api_office(tmp_path, database=database) as made:
        yield made


def rows(api: ApiOffice) -> dict[str, SyncRow]:
    """How far was read."""
    with open_session(api.office.engine, read_only=True) as session:
        return sync_rows(session, SHOP)


def test_orders_that_nobody_told_of_are_opened_and_what_changed_is_news(api: ApiOffice):
    api.order(1)
    first = api.sync()
    assert (set(first.orders), api.orders()[order_no(1)].stage) == ({order_no(1)}, "NEW")
    api.order(1, **IN_TRANSIT)
    second = api.sync(4)
    assert (second.facts, api.orders()[order_no(1)].stage) == (3, "IN_TRANSIT")
    assert api.sync(4.1).facts == 0


def test_news_that_show_late_below_the_mark_are_read_all_the_same(api: ApiOffice):
    api.order(1)
    api.order(2, update_time=seconds(0))
    api.sync()
    api.order(3, hours=-1.5)
    assert api.sync(0.2).orders == {order_no(3)}


def test_the_first_look_goes_back_to_the_day_of_the_settings_and_leaves_history_out(tmp_path: Path, database: str):
    with an_api_office(tmp_path, database=database, orders_from=NOW.date()) as api:
        api.order(1, hours=-8)
        api.order(2, hours=-10)  # of the day before, changed today
        api.order(2, hours=-10, update_time=seconds(-1))
        assert api.sync().orders == {order_no(1)}
        assert rows(api)["orders"].since == NOW - timedelta(hours=9)


def test_what_the_platform_ships_itself_is_not_opened(api: ApiOffice):
    api.order(1, fulfillment_type="FULFILLMENT_BY_TIKTOK")
    assert api.sync().orders == frozenset()


def test_a_run_reads_so_many_pages_beyond_its_mark_and_the_next_goes_on(api: ApiOffice, monkeypatch):
    figures = sync_figures()
    small = type(figures)(**{**{name: getattr(figures, name) for name in figures.__slots__}, "page": 3, "pages": 2})
    monkeypatch.setattr("flows.shop.sync.sync_figures", lambda: small)
    for number in range(20):
        api.order(number, hours=-1 + number / 60)  # all within the overlap
    read = []
    while api.sync().left:
        read.append(len(api.orders()))
        assert WORK in look(api.office).work
    assert len(api.orders()) == 20
    assert len(read) in {3, 4}
    assert WORK not in look(api.office).work


def test_a_poisoned_order_stops_no_other(api: ApiOffice, monkeypatch):
    real = news.order_news

    def poisoned(order: ApiOrder, *more: object) -> list[Fact]:
        if order.id == order_no(2):
            raise ZeroDivisionError
        return real(order, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(sync_page, "order_news", poisoned)
    for number in (1, 2, 3):
        api.order(number)
    result = api.sync()
    assert (set(result.orders), dict(result.failed)) == ({order_no(1), order_no(3)}, {order_no(2): "ZeroDivisionError"})


@pytest.mark.parametrize("shown_at", [90, -2000])  # the walk of cancellations shows it, or does not yet
def test_why_an_order_was_cancelled_is_known_with_it_so_a_lost_parcel_is_not_called_back(api: ApiOffice, shown_at):
    api.order(1, **IN_TRANSIT)
    api.sync(4)
    api.order(1, status="CANCELLED", cancel_time=seconds(90), update_time=seconds(90), cancellation_initiator="SYSTEM")
    api.shelf.put(
        "cancellations", cancel_id="9", order_id=order_no(1), cancel_type="CANCEL", role="SYSTEM",
        cancel_status="CANCELLATION_REQUEST_SUCCESS", cancel_reason="package_lost", update_time=seconds(shown_at),
    )  # fmt: skip
    api.sync(91)
    row = api.orders()[order_no(1)]
    assert (row.stage, row.cancel_reason, "X04" in row.conflicts) == ("CANCELLED", "lost", False)


@pytest.mark.parametrize("status", ["FULFILLING", "CANCELLED"])
def test_a_lost_parcel_is_known_from_the_detail_of_its_package(api: ApiOffice, status: str):
    api.order(1, **IN_TRANSIT)
    api.shelf.put("packages", id="115", status=status, orders=[{"id": order_no(1)}], update_time=seconds(50))
    api.shelf.details["115"] = {
        "package_id": "115", "package_status": status, "ship_exception_reason": "PACKAGE_LOST",
    }  # fmt: skip
    api.sync(51)
    assert api.orders()[order_no(1)].stage == Stage.LOST


def test_requests_and_returns_of_an_order_that_changed_otherwise_not_at_all_are_read(api: ApiOffice):
    api.order(1)
    api.sync()
    api.shelf.put(
        "cancellations", cancel_id="9", order_id=order_no(1), cancel_type="BUYER_CANCEL", role="BUYER",
        cancel_status="CANCELLATION_REQUEST_PENDING", create_time=seconds(1), update_time=seconds(1),
    )  # fmt: skip
    api.shelf.put(
        "return_orders", return_id="7", order_id=order_no(1), return_type="REFUND",
        return_status="RETURN_OR_REFUND_REQUEST_PENDING", create_time=seconds(1), update_time=seconds(1),
    )  # fmt: skip
    api.sync(30)
    assert {"cancel_requested", "return_requested"} <= set(api.kinds())
    assert api.orders()[order_no(1)].holds == ["cancel_requested"]


@pytest.mark.parametrize(("code", "told"), [(PERMISSION, [("api_refused", None)]), (OVERLOAD, [])])
def test_a_shop_that_does_not_answer_is_left_in_peace_and_a_person_is_called_where_only_they_can_help(
    api: ApiOffice, code: int, told: list[tuple[str, str | None]]
):
    api.shelf.down = code
    with pytest.raises(ApiError):
        api.sync()
    assert rows(api)[KINDS[0]].failures == 1
    assert alerts(api) == told
    assert WORK not in look(api.office).work
    api.at(1)
    assert WORK in look(api.office).work
    api.shelf.down = None
    api.sync()
    assert (rows(api)[KINDS[0]].failures, rows(api)[KINDS[0]].last_error) == (0, None)


def test_a_shop_that_is_not_read_for_long_is_told_once(api: ApiOffice):
    api.sync()
    api.shelf.down = OVERLOAD
    for hours in (0.1, 0.2, 0.4, 0.8):
        api.at(hours)
        with pytest.raises(ApiError):
            api.sync()
    assert alerts(api) == [("api_blind", None)]


def test_a_shop_is_looked_at_every_few_minutes_and_one_without_an_api_never(api: ApiOffice, tmp_path: Path):
    assert WORK in look(api.office).work
    api.sync()
    for minutes, due in ((4, False), (5, True)):
        api.at(minutes / 60)
        assert (WORK in look(api.office).work) is due
    (tmp_path / "other").mkdir()
    with an_api_office(tmp_path / "other", api=False) as other:
        assert WORK not in look(other.office).work


def test_another_run_that_is_further_keeps_its_mark(api: ApiOffice):
    api.order(1)
    api.sync()
    mark = rows(api)["orders"].mark
    with api.place.client() as one, api.place.client() as other:
        slow, quick = (
            ShopSync(engine=api.office.engine, shop=api.shop, client=client, now=api.office.now)
            for client in (one, other)
        )
        begun = slow._begun("orders")  # noqa: SLF001  # a run that is held up here
        api.order(2, hours=-0.5)
        quick.run()
        further = rows(api)["orders"].mark
        assert slow._walked(begun).left  # noqa: SLF001
    assert mark is not None
    assert (rows(api)["orders"].mark, further) == (further, NOW - HOUR / 2)


# --- ask, don't accuse ---


SHIPPED_LONG_AGO = ((FactKind.ORDER_PLACED, -100), (FactKind.ORDER_PAID, -100), (FactKind.MARKED_SHIPPED, -90))


def test_a_shop_that_is_read_at_its_api_is_accused_as_one_whose_mails_came(api: ApiOffice):
    mail_told(api, 1, *SHIPPED_LONG_AGO)
    assert api.states("D04") == {"UNKNOWN"}
    api.order(1, hours=-100, status="AWAITING_COLLECTION", rts_time=seconds(-90), update_time=seconds(-90))
    api.sync()
    with open_session(api.office.engine, read_only=True) as session:
        assert connected_since(session, api.shop) == NOW - sync_figures().first
    assert api.states("D04") == {"BREACHED"}


def test_what_the_api_does_not_know_either_is_judged_from_its_first_complete_look_on(api: ApiOffice):
    mail_told(api, 1, *SHIPPED_LONG_AGO)
    api.sync()
    assert api.states("D04") == {"BREACHED"}


def test_a_shop_that_is_no_longer_read_at_its_api_is_asked_again_whatever_that_told_before(api: ApiOffice):
    api.order(1, **IN_TRANSIT)
    api.sync(4)
    with an_api_office(api.office.home.path, database=api.office.home.database_url, api=False) as without:
        without.at(60)
        mail_told(without, 2, (FactKind.ORDER_PLACED, 1), (FactKind.ORDER_PAID, 1), (FactKind.MARKED_SHIPPED, 2))
        assert without.states("D04") == {"MET", "UNKNOWN"}


def test_what_is_stored_of_orders_follows_from_their_facts_before_and_after_the_first_complete_look(api: ApiOffice):
    mail_told(api, 1, *SHIPPED_LONG_AGO)
    mail_told(api, 2, *SHIPPED_LONG_AGO, (FactKind.IN_TRANSIT, -20))
    assert list(check_sample(api.office.engine, api.office.settings, api.office.now())) == []
    api.order(2, hours=-100, **{**IN_TRANSIT, "collection_time": seconds(-60), "rts_time": seconds(-90)})
    api.order(3)
    api.sync(4)
    assert list(check_sample(api.office.engine, api.office.settings, api.office.now())) == []


def test_the_way_to_a_shop_is_opened_by_its_settings_and_a_missing_consent_is_noted_and_told(api: ApiOffice):
    app = TikTokSettings(app_key=APP_KEY, api_url=api.shelf.url, auth_url=api.shelf.url)
    settings = api.office.settings.model_copy(update={"tiktok": app})
    home = replace(api.office.home, environment={"SHIPCLOCK_TIKTOK_SECRET": SECRET})
    office = replace(api.office, settings=settings, home=home)
    api.order(1)
    assert sync_one(office, api.shop).orders == {order_no(1)}
    with open_session(office.engine) as session:
        session.exec(delete(GrantRow))
        session.commit()
    with pytest.raises(ApiError):
        sync_one(office, api.shop)
    assert alerts(api) == [("api_refused", None)]
    assert WORK not in look(office).work


# --- privacy ---

BUYER: dict[str, Any] = {
    "buyer_email": "nguyen.van.a@example.com",
    "buyer_message": "Ring at 12 Tran Phu",
    "user_id": "7000000000000000001",
    "cancel_reason": "Nguyen Van A does not want it",
    "recipient_address": {"name": "Nguyen Van A", "phone_number": "0903123456", "full_address": "12 Tran Phu"},
}
MARKERS = ["Nguyen Van A", "nguyen.van.a@example.com", "12 Tran Phu", "0903123456", "7000000000000000001"]


def test_no_buyer_is_in_anything_that_reading_leaves_behind(api: ApiOffice):
    api.order(1, **BUYER)
    api.order(2, **BUYER, status="CANCELLED", cancel_time=seconds(1))
    api.shelf.put(
        "cancellations", cancel_id="9", order_id=order_no(2), cancel_type="BUYER_CANCEL", role="BUYER", **BUYER,
        cancel_status="CANCELLATION_REQUEST_SUCCESS", cancel_reason_text="Nguyen Van A", update_time=seconds(1),
    )  # fmt: skip
    assert len(api.sync(2).orders) == 2
    api.office.engine.dispose()
    assert search_files(api.office.home.path, MARKERS) == []
