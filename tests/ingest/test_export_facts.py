"""What an export proves: platform facts, the same again from the same or an overlapping file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.export_facts import Known, facts_of_order
from models.fact import Authority, Fact, FactKind
from models.hold import Hold
from models.order import fold
from models.stage import HandoverMode, Stage
from tests.ingest.exports import NO, NOW, SAMPLES, SHOPS, VN, a_csv, a_line, read
from tests.models.makers import terms

PICKUP = Known(handover=HandoverMode.PICKUP)
LATER = NOW + timedelta(days=1)


def facts_in(tmp_path, *lines: dict[str, str], known=PICKUP, now=NOW):
    (order,) = read(a_csv(tmp_path, *(lines or [a_line()]))).orders.values()
    return facts_of_order(order, known, now)


def told(facts):
    """Kind: time, or None for one that is estimated."""
    return {str(fact.kind): None if fact.estimated else fact.occurred_at for fact in facts}


def at(day, hour, minute=0, second=0):
    """A wall time of the shop in November 2026, in UTC."""
    return datetime(2026, 11, day, hour - 7, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("market", "stages"),
    [
        ("us", [Stage.NEW, Stage.AWAITING_HANDOVER, Stage.PICKED_UP, Stage.CANCELLED]),
        ("vn", [Stage.NEW, Stage.AWAITING_HANDOVER, Stage.PICKED_UP, Stage.DELIVERED, Stage.CANCELLED]),
        ("th", [Stage.NEW, Stage.PICKED_UP, Stage.UNPAID]),
    ],
)
def test_the_samples_become_orders_at_their_stage(market, stages):
    now = datetime(2026, 11, 20, 20, tzinfo=UTC)
    export = read(SAMPLES / f"{market}.csv", SHOPS[market], now)
    folded = [fold(facts_of_order(order, PICKUP, now), terms(), now) for order in export.orders.values()]
    assert [order.stage for order in folded] == stages
    assert [order.conflicts for order in folded] == [()] * len(folded)


def test_every_fact_is_the_platforms_and_seen_at_the_import(tmp_path):
    for fact in facts_in(tmp_path):
        assert (fact.authority, fact.source, fact.observed_at) == (Authority.PLATFORM, "import", NOW)
        assert fact.payload["order_no"] == NO


def test_the_order_carries_its_items_amount_and_currency(tmp_path):
    placed = facts_in(tmp_path)[0]
    assert placed.kind is FactKind.ORDER_PLACED
    assert (placed.payload["amount"], placed.payload["currency"], placed.payload["paid"]) == ("478000", "VND", True)
    assert placed.payload["items"] == [{"sku": "TV-TRAY-L", "title": "Bamboo tray", "quantity": 2, "unit_price": None}]


def test_each_stated_time_is_a_fact_at_that_time(tmp_path):
    line = a_line(
        Order_Status="Completed",
        Order_Substatus="Completed",
        RTS_Time="20/11/2026 12:00:00",
        Shipped_Time="21/11/2026 08:00:00",
        Delivered_Time="22/11/2026 18:00:00",
        Tracking_ID="VN123",
        Shipping_Provider_Name="GHN",
    )
    facts = facts_in(tmp_path, line)
    assert told(facts) == {
        "order_placed": at(20, 9, 30, 33),
        "order_paid": at(20, 9, 31),
        "marked_shipped": at(20, 12),
        "picked_up": at(21, 8),
        "delivered": at(22, 18),
    }
    assert {fact.payload.get("tracking_no") for fact in facts[2:]} == {"VN123"}
    assert {fact.payload.get("carrier") for fact in facts[2:]} == {"GHN"}


def test_the_carrier_has_it_by_pickup_or_by_its_first_scan(tmp_path):
    line = a_line(Order_Substatus="In transit", RTS_Time="20/11/2026 12:00:00", Shipped_Time="21/11/2026 08:00:00")
    assert "picked_up" in told(facts_in(tmp_path, line))
    dropping_off = Known(handover=HandoverMode.DROP_OFF)
    assert "in_transit" in told(facts_in(tmp_path, line, known=dropping_off))


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("Awaiting collection", "marked_shipped"),
        ("In transit", "picked_up"),
        ("Delivered", "delivered"),
        ("Canceled", "cancelled"),
        ("On hold", "platform_hold_started"),
    ],
)
def test_a_state_without_its_time_is_known_since_the_import_and_told_once(tmp_path, state, kind):
    line = a_line(Order_Status=state, Order_Substatus=state)
    first, second = (facts_in(tmp_path, line, now=now) for now in (NOW, LATER))
    fact = next(fact for fact in first if fact.kind == kind)
    assert (fact.estimated, fact.occurred_at) == (True, NOW)
    assert [fact.source_key for fact in first] == [fact.source_key for fact in second]


def test_a_step_that_a_later_time_proves_is_not_made_up(tmp_path):
    line = a_line(Order_Substatus="Delivered", Delivered_Time="22/11/2026 18:00:00")
    assert list(told(facts_in(tmp_path, line))) == ["order_placed", "order_paid", "delivered"]


def test_cash_on_delivery_counts_as_paid_when_ordered(tmp_path):
    line = a_line(Paid_Time=None, Payment_Method="Thanh toán khi nhận hàng")
    assert told(facts_in(tmp_path, line))["order_paid"] == at(20, 9, 30, 33)


def test_an_order_to_ship_is_paid_since_an_unknown_time(tmp_path):
    facts = facts_in(tmp_path, a_line(Paid_Time=None))
    paid = next(fact for fact in facts if fact.kind is FactKind.ORDER_PAID)
    assert (paid.estimated, paid.occurred_at) == (True, at(20, 9, 30, 33))


def test_an_unpaid_order_is_placed_and_no_more(tmp_path):
    line = a_line(Order_Status="Unpaid", Order_Substatus="", Paid_Time=None)
    (placed,) = facts_in(tmp_path, line)
    assert placed.payload["paid"] is False


@pytest.mark.parametrize(
    ("by", "reason", "actor", "code"),
    [
        ("User", "No longer needed", "buyer", "no_longer_needed"),
        ("Seller", "Out of stock", "seller", "out_of_stock"),
        ("System", "Buyer did not pay: unpaid", "system", "unpaid"),
        ("Nobody we know", "Zelphira changed the colour of the sea", "unknown", None),
    ],
)
def test_a_cancellation_tells_who_and_why_as_codes(tmp_path, by, reason, actor, code):
    line = a_line(
        Order_Status="Canceled",
        Order_Substatus="",
        Cancelled_Time="20/11/2026 10:00:00",
        Cancel_By=by,
        Cancel_Reason=reason,
    )
    cancelled = facts_in(tmp_path, line)[-1]
    assert (cancelled.occurred_at, cancelled.payload["actor"]) == (at(20, 10), actor)
    assert cancelled.payload.get("reason_code") == code


def test_a_hold_of_the_platform_ends_when_the_export_says_otherwise(tmp_path):
    held = Known(handover=HandoverMode.PICKUP, held=True)
    assert "platform_hold_ended" in told(facts_in(tmp_path, known=held))
    assert "platform_hold_ended" not in told(facts_in(tmp_path))


def test_keys_do_not_depend_on_the_file(tmp_path):
    alone = facts_in(tmp_path, a_line())
    among = read(a_csv(tmp_path, a_line(Order_ID="576461413038785753"), a_line(Weight="2"))).orders[NO]
    assert [fact.source_key for fact in facts_of_order(among, PICKUP, LATER)] == [fact.source_key for fact in alone]


def fold_of(*facts: list[Fact]):
    return fold([fact for some in facts for fact in some], terms(), LATER)


@pytest.mark.row("X03")
@pytest.mark.parametrize("change", [{"Quantity": "3"}, {"Seller_SKU": "CUP"}, {"Order_Amount": "500000"}])
def test_a_later_export_that_says_another_order_is_a_conflict(tmp_path, change):
    first, second = facts_in(tmp_path), facts_in(tmp_path, a_line(**change), now=LATER)
    order = fold_of(first, second)
    assert [one.id for one in order.conflicts] == ["X03"]
    assert order.holds == {Hold.CONFLICT}
    assert fold_of(second, first) == order


@pytest.mark.row("T02")
@pytest.mark.parametrize("change", [{"Order_Amount": "478.000 ₫"}, {"Product_Name": "Tray"}, {"Paid_Time": None}])
def test_a_later_export_that_says_the_same_order_in_other_words_is_no_second_report(tmp_path, change):
    first, second = (facts_in(tmp_path, line)[0] for line in (a_line(), a_line(**change)))
    assert first.source_key == second.source_key


def test_the_lines_of_an_order_may_come_in_any_order(tmp_path):
    lines = [a_line(), a_line(Seller_SKU="CUP", Quantity="1")]
    first, second = (facts_in(tmp_path, *some)[0] for some in (lines, lines[::-1]))
    assert first.source_key == second.source_key


def test_an_export_and_its_successor_give_one_order(tmp_path):
    first = facts_in(tmp_path, a_line(Order_Substatus="Awaiting collection"))
    timed = a_line(Order_Substatus="In transit", RTS_Time="20/11/2026 12:00:00", Shipped_Time="21/11/2026 08:00:00")
    order = fold([*first, *facts_in(tmp_path, timed, now=LATER)], terms(), LATER)
    assert order.stage is Stage.PICKED_UP
    assert VN.zone.key == "Asia/Ho_Chi_Minh"
    assert order.milestones[FactKind.MARKED_SHIPPED].at == at(20, 12)
    assert order.conflicts == ()
