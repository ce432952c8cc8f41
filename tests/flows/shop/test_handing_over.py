"""Setting an order to shipped by its keys: which call, which packages, which slot, and when not."""

from __future__ import annotations

import pytest

from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import Answer, Outcome, ShopError
from models.fact import FactKind
from models.stage import HandoverMode
from tests.flows.shop.api_shop import NUMBER, Rig
from tests.flows.shop.tiny_platform import SHIPPED

SLOTS = [
    {"start_time": 300, "end_time": 400, "avaliable": True},
    {"start_time": 100, "end_time": 200, "avaliable": True},
    {"start_time": 500, "end_time": 600, "avaliable": False},
]


def ship(shop: OpenApiShop, mode: HandoverMode = HandoverMode.PICKUP, **how: object) -> Answer:
    return shop.hand_over(NUMBER, mode=mode, drop_off_point="Post 3", key="k", **how)  # type: ignore[arg-type]


def sent(rig: Rig, *endpoints: str) -> list[str]:
    return [name for name, _ in rig.platform.sent if name in endpoints]


WRITES = ("ship_package", "batch_ship", "mark_shipped", "create_package")


@pytest.mark.parametrize(
    ("market", "shipping_type", "call"),
    [
        ("VN", "TIKTOK", "ship_package"),
        ("TH", "SELLER", "ship_package"),
        ("MX", "TIKTOK", "ship_package"),
        ("US", "TIKTOK", "create_package"),
        ("US", "SELLER", "mark_shipped"),
        ("GB", "TIKTOK", "ship_package"),
        ("GB", "SELLER", "mark_shipped"),
        ("DE", "SELLER", "mark_shipped"),
        ("JP", "SELLER", "mark_shipped"),
    ],
)
def test_market_and_shipping_type_choose_the_call(rig, market, shipping_type, call):
    rig.platform.orders[NUMBER]["shipping_type"] = shipping_type
    answer = ship(rig.shop(market=market, carrier_id="71"), tracking_no="A1")
    assert answer.outcome is Outcome.OK
    assert sent(rig, *WRITES) == [call]
    assert sum(rig.platform.did.values()) == 1


def test_the_own_carriers_number_goes_along_in_south_east_asia_as_a_self_shipment(rig):
    rig.platform.orders[NUMBER]["shipping_type"] = "SELLER"
    ship(rig.shop(carrier_id="71"), tracking_no="A1")
    body = next(body for name, body in rig.platform.sent if name == "ship_package")
    assert body == {"self_shipment": {"tracking_number": "A1", "shipping_provider_id": "71"}}


@pytest.mark.parametrize(
    ("change", "code", "outcome"),
    [
        ({"status": "ON_HOLD"}, "platform_hold", Outcome.WAITING),
        ({"is_on_hold_order": True}, "platform_hold", Outcome.WAITING),
        ({"status": "UNPAID"}, "not_paid", Outcome.WAITING),
        ({"status": "CANCELLED"}, "cancelled", Outcome.REFUSED),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, "fulfilled_by_tiktok", Outcome.REFUSED),
        ({"status": "A_NEW_WORD"}, "not_understood", Outcome.REFUSED),
        ({"shipping_type": "TIKTOK_DIGITAL"}, "not_understood", Outcome.REFUSED),
        ({"packages": []}, "no_package_yet", Outcome.WAITING),
    ],
)
def test_what_must_not_be_shipped_is_not_sent(rig, change, code, outcome):
    rig.platform.orders[NUMBER] |= change
    answer = ship(rig.shop())
    assert (answer.code, answer.outcome) == (code, outcome)
    assert sent(rig, *WRITES) == []


def test_a_request_to_cancel_that_came_meanwhile_stops_it(rig):
    rig.platform.a_request(NUMBER)
    assert (ship(rig.shop()).outcome, ship(rig.shop()).code) == (Outcome.REFUSED, "cancel_request_open")
    assert sent(rig, *WRITES) == []


def test_shipped_anyway_turns_the_request_down_first(rig):
    rig.platform.a_request(NUMBER)
    assert ship(rig.shop(), anyway=True).outcome is Outcome.OK
    assert sent(rig, "reject_cancellation", "ship_package") == ["reject_cancellation", "ship_package"]


def test_in_the_us_shipping_itself_turns_the_request_down(rig):
    rig.platform.a_request(NUMBER)
    assert ship(rig.shop(market="US"), anyway=True).outcome is Outcome.OK
    assert sent(rig, "reject_cancellation", "create_package") == ["create_package"]


def test_a_cancelled_order_is_told_with_who_cancelled_it_and_why(rig):
    rig.platform.orders[NUMBER] |= {"status": "CANCELLED", "cancel_time": SHIPPED}
    ended = {"cancel_type": "CANCEL", "role": "SYSTEM", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"}
    rig.platform.a_request(NUMBER, cancel_reason="system_cancel_order_untracked", **ended)
    (told,) = ship(rig.shop()).told
    assert told.kind is FactKind.CANCELLED
    assert told.payload == {"actor": "system", "reason_code": "not_collected"}


@pytest.mark.parametrize(("preference", "start"), [("earliest", 100), ("latest", 300)])
def test_a_pickup_takes_the_slot_of_the_shops_preference_that_is_free(rig, preference, start):
    rig.platform.slots = SLOTS
    ship(rig.shop(pickup_slot=preference))
    body = next(body for name, body in rig.platform.sent if name == "ship_package")
    assert body["pickup_slot"]["start_time"] == start


def test_a_drop_off_asks_for_no_slot(rig):
    rig.platform.slots = SLOTS
    ship(rig.shop(), HandoverMode.DROP_OFF)
    assert sent(rig, "handover_slots") == []
    assert next(body for name, body in rig.platform.sent if name == "ship_package") == {"handover_method": "DROP_OFF"}


def test_a_slot_that_was_taken_meanwhile_is_chosen_anew_once(rig):
    rig.platform.slots = SLOTS
    rig.platform.fails("ship_package", 21011053)
    assert ship(rig.shop()).outcome is Outcome.OK
    assert len(sent(rig, "handover_slots")) == 2


def test_slots_that_are_refused_twice_are_left_to_a_person(rig):
    rig.platform.slots = SLOTS
    rig.platform.fails("ship_package", 21011054, times=2)
    answer = ship(rig.shop())
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "no_pickup_slot")


@pytest.mark.parametrize(
    ("fields", "number", "code"),
    [({"carrier_id": "71"}, "", "tracking_needed"), ({}, "A1", "carrier_needed")],
)
def test_an_own_carrier_needs_number_and_carrier_which_a_person_gives(rig, fields, number, code):
    rig.platform.orders[NUMBER]["shipping_type"] = "SELLER"
    answer = ship(rig.shop(**fields), tracking_no=number)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, code)
    assert sent(rig, *WRITES) == []


def test_a_doubtful_tracking_number_is_shipped_and_shown(rig):
    rig.platform.orders[NUMBER]["shipping_type"] = "SELLER"
    rig.platform.warning = "looks odd"
    answer = ship(rig.shop(market="GB", carrier_id="71"), tracking_no="A1")
    assert (answer.outcome, answer.code) == (Outcome.OK, "tracking_doubted")
    assert ship(rig.shop(market="GB", carrier_id="71"), tracking_no="A1").code == "tracking_doubted"


def test_shipped_is_told_with_time_number_and_carrier_as_the_platform_has_them(rig):
    (told,) = ship(rig.shop(), HandoverMode.DROP_OFF).told
    assert told.kind is FactKind.MARKED_SHIPPED
    assert told.occurred_at.timestamp() == SHIPPED
    assert told.payload == {
        "tracking_no": f"T{NUMBER}0",
        "carrier": "Example Logistics",
        "handover_mode": "drop_off",
        "drop_off_point": "Post 3",
    }


def test_several_packages_are_shipped_in_one_call_where_no_slot_is_booked(rig):
    rig.platform.an_order(NUMBER, packages=3)
    answer = ship(rig.shop(), HandoverMode.DROP_OFF)
    assert answer.outcome is Outcome.OK
    assert sent(rig, *WRITES) == ["batch_ship"]
    assert len({told.payload["tracking_no"] for told in answer.told}) == 3


@pytest.mark.parametrize("mode", HandoverMode)
def test_packages_that_are_done_are_not_sent_again_when_another_failed(rig, mode):
    rig.platform.an_order(NUMBER, packages=3)
    rig.platform.by_package = {f"{NUMBER}1": 21011007}
    first = ship(rig.shop(), mode)
    assert (first.outcome, first.code, first.told) == (Outcome.REFUSED, "cancel_request_open", ())
    rig.platform.by_package, rig.platform.sent = {}, []
    assert ship(rig.shop(), mode).outcome is Outcome.OK
    assert len(sent(rig, *WRITES)) == 1
    assert set(rig.platform.did.values()) == {1}
    assert len(rig.platform.did) == 3


def test_several_parcels_of_an_own_carrier_are_left_to_a_person(rig):
    rig.platform.an_order(NUMBER, packages=2, shipping_type="SELLER")
    assert ship(rig.shop(carrier_id="71"), tracking_no="A1").code == "several_parcels"
    assert sent(rig, *WRITES) == []


def test_some_packages_shipped_are_not_the_order_shipped(rig):
    rig.platform.orders[NUMBER]["status"] = "PARTIALLY_SHIPPING"
    assert rig.shop().status_of(NUMBER) == "AWAITING_SHIPMENT"


def test_an_order_that_the_platform_does_not_know_is_a_fault_that_does_not_pass(rig):
    rig.platform.orders.clear()
    with pytest.raises(ShopError) as unknown:
        ship(rig.shop())
    assert (unknown.value.code, unknown.value.transient) == ("unknown_order", False)
