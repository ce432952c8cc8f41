"""What an order and its packages at the API tell: facts of the platform, each once, whatever the answer looks like."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import permutations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.shop.news import Known, is_sellers, order_news, package_news
from flows.shop.news_tables import order_times, reason_of
from flows.shop.report import news_among
from flows.shop.request_news import cancellation_news, return_news
from flows.shop.schema import ApiOrder, Cancellation, Package, Return, ReturnStatus
from models.deadline import RuleId
from models.fact import Authority, Fact
from models.order import fold
from models.stage import HandoverMode, Stage
from tests.flows.shop.api_makers import (
    HOUR,
    NO,
    NOW,
    PICKUP,
    T0,
    K,
    a_request,
    a_row,
    an_order,
    at,
    folded,
    seconds,
    told,
)
from tests.flows.shop.wire_server import SAMPLES
from tests.models.makers import Given, terms


def test_units_of_one_sku_are_one_line_with_their_count_and_price():
    placed = told(order_news(an_order(), PICKUP, NOW))[K.ORDER_PLACED]
    assert placed.payload == {
        "order_no": NO,
        "currency": "IDR",
        "shipping_mode": "platform",
        "items": [{"sku": "MUG", "title": "Mug, Blue", "quantity": 2, "unit_price": "150000"}],
    }
    assert (placed.occurred_at, placed.observed_at) == (at(0), NOW)
    assert (placed.authority, placed.source, placed.estimated) == (Authority.PLATFORM, "api", False)


def test_a_paid_order_is_paid_when_the_api_says_and_cash_on_delivery_counts_when_ordered():
    assert told(order_news(an_order(), PICKUP, NOW))[K.ORDER_PAID].occurred_at == at(0.1)
    cash = told(order_news(an_order(is_cod=True, paid_time=0), PICKUP, NOW))[K.ORDER_PAID]
    assert (cash.occurred_at, cash.payload["payment_method"]) == (at(0), "cod")
    assert K.ORDER_PAID not in told(order_news(an_order(status="UNPAID", paid_time=0), PICKUP, NOW))


def test_a_hold_begins_when_it_is_seen_and_ends_when_the_order_goes_on():
    begun = order_news(an_order(status="ON_HOLD", update_time=seconds(0.1)), PICKUP, NOW)
    assert told(begun)[K.PLATFORM_HOLD_STARTED].occurred_at == at(0.1)
    held = Known(handover=HandoverMode.PICKUP, held=True)
    ended = order_news(an_order(), held, NOW)
    assert told(ended)[K.PLATFORM_HOLD_ENDED].occurred_at == at(1.1)
    assert folded(begun).holds
    assert not folded([*begun, *ended]).holds
    assert K.PLATFORM_HOLD_ENDED not in told(order_news(an_order(), PICKUP, NOW))


MOVED: Final = {"rts_time": seconds(10), "collection_time": seconds(20), "delivery_time": seconds(90)}


def test_each_step_is_told_at_its_own_time_for_the_parcel():
    order = an_order(status="DELIVERED", tracking_number="VN1", shipping_provider="J&T", **MOVED)
    facts = told(order_news(order, PICKUP, NOW))
    assert {kind: facts[kind].occurred_at for kind in (K.MARKED_SHIPPED, K.IN_TRANSIT, K.DELIVERED)} == {
        K.MARKED_SHIPPED: at(10), K.IN_TRANSIT: at(20), K.DELIVERED: at(90),
    }  # fmt: skip
    assert facts[K.DELIVERED].payload == {"order_no": NO, "tracking_no": "VN1", "carrier": "J&T"}


@pytest.mark.parametrize(("mode", "picked_up"), [(HandoverMode.PICKUP, True), (HandoverMode.DROP_OFF, False)])
def test_the_time_of_collection_is_the_pick_up_where_the_carrier_comes_so_a_late_one_is_late(mode, picked_up):
    order = an_order(status="IN_TRANSIT", rts_time=seconds(10), collection_time=seconds(70), update_time=seconds(70))
    facts = order_news(order, Known(handover=mode), at(71))
    assert (K.PICKED_UP in told(facts)) is picked_up
    found = fold(facts, terms(handover=mode), at(71))
    assert found.stage is Stage.IN_TRANSIT
    clock = found.deadline(RuleId.D04 if picked_up else RuleId.D06)
    assert clock is not None
    assert clock.state == ("MET_LATE" if picked_up else "UNKNOWN")


@pytest.mark.parametrize(
    ("status", "kind"),
    [("AWAITING_COLLECTION", K.MARKED_SHIPPED), ("IN_TRANSIT", K.IN_TRANSIT), ("DELIVERED", K.DELIVERED)],
)
def test_a_state_without_its_time_had_happened_by_the_last_change_and_is_told_once(status, kind):
    first, later = (order_news(an_order(status=status, update_time=seconds(hours)), PICKUP, NOW) for hours in (30, 40))
    assert (told(first)[kind].occurred_at, told(first)[kind].estimated, told(first)[kind].at_latest) == (
        at(30), True, True,
    )  # fmt: skip
    assert told(first)[kind].source_key == told(later)[kind].source_key


def test_what_is_shipped_in_part_or_completed_without_a_delivery_proves_no_step():
    part = order_news(an_order(status="PARTIALLY_SHIPPING", rts_time=seconds(5), tracking_number="VN1"), PICKUP, NOW)
    refunded = order_news(an_order(status="COMPLETED"), PICKUP, NOW)
    for facts in (part, refunded):
        assert not told(facts).keys() & {K.MARKED_SHIPPED, K.IN_TRANSIT, K.DELIVERED}


def test_an_order_in_two_parcels_tells_each_step_of_both():
    rows = [{**line, "tracking_number": f"VN{line['id']}"} for line in a_row()["line_items"]]
    facts = order_news(an_order(status="AWAITING_COLLECTION", rts_time=seconds(9), line_items=rows), PICKUP, NOW)
    assert [fact.text("tracking_no") for fact in facts if fact.kind is K.MARKED_SHIPPED] == ["VN1", "VN2"]


def test_units_that_were_cancelled_make_another_version_of_the_order_and_that_one_speaks():
    whole = order_news(an_order(), PICKUP, at(2))
    lines = a_row()["line_items"]
    part = order_news(an_order(line_items=[lines[0], {**lines[1], "display_status": "CANCELLED"}]), PICKUP, at(3))
    found = folded([*whole, *part], at(3))
    assert [item["quantity"] for item in found.items] == [1]
    assert "X03" in {conflict.id for conflict in found.conflicts}
    assert not folded([*whole, *order_news(an_order(), PICKUP, at(3))], at(3)).conflicts


@pytest.mark.parametrize(
    ("initiator", "code", "actor", "reason"),
    [
        ("SYSTEM", "package_lost", "system", "lost"),
        ("SYSTEM", "system_cancel_unpaid_time_out", "system", "unpaid"),
        ("SELLER", "seller_cancel_reason_out_of_stock_uk", "seller", "out_of_stock"),
        ("OPERATOR", "never heard of it", "system", None),
        ("SOMEBODY", "", "unknown", None),
    ],
)
def test_who_cancelled_and_why_are_our_words_and_unknown_ones_tell_nothing(initiator, code, actor, reason):
    cause = a_request(cancel_type="CANCEL", cancel_status="CANCELLATION_REQUEST_SUCCESS", role="", cancel_reason=code)
    order = an_order(status="CANCELLED", cancel_time=seconds(9), cancellation_initiator=initiator)
    cancelled = told(order_news(order, PICKUP, NOW, cause))[K.CANCELLED]
    assert (cancelled.payload["actor"], cancelled.text("reason_code"), cancelled.occurred_at) == (actor, reason, at(9))


def test_a_cancellation_whose_reason_comes_later_has_that_reason():
    order = an_order(status="CANCELLED", cancel_time=seconds(9), cancellation_initiator="SYSTEM")
    cause = a_request(cancel_type="CANCEL", role="SYSTEM", cancel_reason="package_lost")
    bare, full = order_news(order, PICKUP, NOW), order_news(order, PICKUP, NOW, cause)
    assert {folded([*one, *other]).cancel_reason for one, other in permutations((bare, full))} == {"lost"}


def test_each_time_that_is_set_is_stated_for_its_rule_and_0_is_not_set():
    times = {"rts_sla_time": seconds(48), "tts_sla_time": seconds(72), "delivery_sla_time": 0,
             "delivery_option_required_delivery_time": seconds(140), "shipping_due_time": seconds(96)}  # fmt: skip
    stated = [fact for fact in order_news(an_order(**times), PICKUP, NOW) if fact.kind is K.DUE_STATED]
    assert {fact.text("rule"): fact.moment("due_at") for fact in stated} == {
        "D02": at(48), "D04": at(72), "D06": at(72), "D11": at(140), "not_shipped": at(96),
    }  # fmt: skip


def test_stated_times_are_the_clocks_and_the_platforms_own_cancelling_is_shown():
    order = an_order(rts_sla_time=seconds(48), delivery_sla_time=seconds(140), shipping_due_time=seconds(96))
    found = folded(order_news(order, PICKUP, at(2)), at(2))
    ship, deliver = found.deadline(RuleId.D02), found.deadline(RuleId.D11)
    assert ship is not None
    assert deliver is not None
    assert (ship.due_at, ship.stated, deliver.due_at) == (at(48), True, at(140))
    assert found.auto_cancel_at == at(96)


def test_a_parcel_shipped_after_its_time_for_collection_accuses_no_carrier_at_once():
    order = an_order(status="AWAITING_COLLECTION", tts_sla_time=seconds(72), rts_time=seconds(80))
    clock = folded(order_news(order, PICKUP, at(81)), at(81)).deadline(RuleId.D04)
    assert clock is not None
    assert (clock.state, clock.due_at) == ("RUNNING", at(128))


def test_a_time_that_moves_is_news_and_one_that_moves_back_is_news_again():
    stored: list[Fact] = []
    for hours, due in ((1, 48), (2, 72), (3, 48), (4, 48)):
        order = an_order(rts_sla_time=seconds(due), update_time=seconds(hours))
        stored += news_among(order_news(order, PICKUP, at(hours)), stored)
        clock = folded(stored, at(5)).deadline(RuleId.D02)
        assert clock is not None
        assert clock.due_at == at(due)
    assert sum(fact.kind is K.DUE_STATED for fact in stored) == 3


def test_times_of_the_table_are_fields_of_an_order_and_rules_that_there_are():
    assert order_times().keys() <= ApiOrder.model_fields.keys()
    names = {rule for rules in order_times().values() for rule in rules}
    assert names - {rule.value for rule in RuleId} == {"not_shipped", "not_collected", "not_delivered"}


def a_package(**changes: Given) -> Package:
    """A package on its way."""
    row = {"id": "115", "status": "FULFILLING", "tracking_number": "VN1", "update_time": seconds(30), **changes}
    return Package.model_validate(row)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("PACKAGE_LOST", K.LOST_DECLARED),
        ("PACKAGE_DAMAGAED", K.DAMAGED_DECLARED),
        ("PACKAGE_SCRAP", K.DAMAGED_DECLARED),
    ],
)
def test_a_lost_or_damaged_parcel_is_declared_so(reason, kind):
    facts = package_news(a_package(status="CANCELLED", ship_exception_reason=reason), None, NO, NOW)
    assert [(fact.kind, fact.text("tracking_no")) for fact in facts] == [(kind, "VN1")]


@pytest.mark.parametrize("reason", ["RETURNED_TO_SHIPPER", "EATEN_BY_DOG", None])
def test_any_other_end_of_a_package_tells_nothing(reason):
    assert package_news(a_package(status="CANCELLED", ship_exception_reason=reason), None, NO, NOW) == []


def test_a_package_tells_how_far_its_parcel_is_only_where_its_order_does_not():
    assert [fact.kind for fact in package_news(a_package(), an_order(), NO, NOW)] == [K.IN_TRANSIT]
    assert package_news(a_package(), an_order(collection_time=seconds(29)), NO, NOW) == []


def test_the_platforms_own_warehouse_is_no_work_of_the_seller():
    assert is_sellers(an_order())
    assert not is_sellers(an_order(fulfillment_type="FULFILLMENT_BY_TIKTOK"))


# --- any answer at all ---

WORDS = st.sampled_from(["", "NEW_WORD", "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "CANCEL",
                         "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED"])  # fmt: skip
TIMES = st.one_of(st.none(), st.just(0), st.integers(T0 - 10 * HOUR, T0 + 900 * HOUR), st.integers(0, 2**40))
LINES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("1234")},
        optional={"sku_id": st.sampled_from(["", "17"]), "seller_sku": st.sampled_from(["", "MUG"]),
                  "sale_price": st.sampled_from(["", "9.50", "x"]), "display_status": WORDS,
                  "tracking_number": st.sampled_from(["", "A", "B"])},
    ),
    max_size=4,
)  # fmt: skip
MOMENTS = ("create_time", "paid_time", "update_time", "cancel_time", "rts_time", "collection_time", "delivery_time")
ORDERS = st.fixed_dictionaries(
    {"id": st.just(NO)},
    optional={
        "status": WORDS,
        **dict.fromkeys((*MOMENTS, *order_times()), TIMES),
        "is_cod": st.booleans(),
        "shipping_type": st.sampled_from(["TIKTOK", "SELLER", "BY_DRONE"]),
        "cancellation_initiator": st.sampled_from(["BUYER", "SELLER", "SYSTEM", "OPERATOR", "MOON", ""]),
        "tracking_number": st.sampled_from(["", "A"]),
        "line_items": LINES,
    },
).map(ApiOrder.model_validate)
ACTIONS = st.lists(
    st.fixed_dictionaries(
        {"action": st.sampled_from(["SELLER_RESPOND_CANCEL", "SELLER_RESPOND_REFUND", "DANCE"]), "deadline": TIMES}
    ),
    max_size=2,
)
REQUESTS = st.fixed_dictionaries(
    {"cancel_id": st.sampled_from(["403", "404"]), "order_id": st.just(NO)},
    optional={
        "cancel_type": st.sampled_from(["CANCEL", "BUYER_CANCEL", "REQUEST_CANCEL_REFUND", "NEW"]),
        "cancel_status": st.sampled_from([f"CANCELLATION_REQUEST_{end}" for end in
                                          ("PENDING", "SUCCESS", "CANCEL", "CANCELLED", "COMPLETE", "NEW")]),
        "role": st.sampled_from(["BUYER", "SELLER", "SYSTEM", "MOON"]),
        "cancel_reason": st.sampled_from(["package_lost", "no_longer_needed", "xyz", "Nguyễn Văn A"]),
        "create_time": TIMES, "update_time": TIMES, "seller_next_action_response": ACTIONS,
        "cancel_line_items": st.lists(st.fixed_dictionaries({"order_line_item_id": st.sampled_from("12")})),
    },
).map(Cancellation.model_validate)  # fmt: skip
RETURNS = st.fixed_dictionaries(
    {"return_id": st.sampled_from(["77", "78"]), "order_id": st.just(NO)},
    optional={
        "return_type": st.sampled_from(["REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "NEW"]),
        "return_status": st.sampled_from([*ReturnStatus, "NEW"]),
        "create_time": TIMES, "update_time": TIMES, "seller_next_action_response": ACTIONS,
    },
).map(Return.model_validate)  # fmt: skip


def news(seen: ApiOrder | Cancellation | Return, now: datetime) -> list[Fact]:
    """What it tells."""
    if isinstance(seen, ApiOrder):
        return order_news(seen, PICKUP, now)
    return cancellation_news(seen, None, now) if isinstance(seen, Cancellation) else return_news(seen, now)


def unseen(facts: list[Fact]) -> set[tuple[object, ...]]:
    """The facts but for when they were seen; those whose time is no part of them but for that, too."""
    return {(fact.source_key, fact.kind, json.dumps(dict(fact.payload), sort_keys=True)) for fact in facts}


@given(st.one_of(ORDERS, REQUESTS, RETURNS))
def test_any_answer_is_told_the_same_whenever_it_is_seen_and_nothing_is_raised(seen):
    first, second = news(seen, NOW), news(seen, NOW + timedelta(days=1))
    timed = unseen([fact for fact in first if seen.update_time])
    assert timed == unseen([fact for fact in second if seen.update_time])
    assert len({fact.source_key for fact in first}) == len(first)
    assert "Nguyễn" not in repr(first)


@given(st.lists(st.one_of(ORDERS, REQUESTS, RETURNS), max_size=4), st.randoms(use_true_random=False))
def test_in_any_order_and_twice_the_same_news_make_the_same_order(seen, random):
    facts = [fact for one in seen for fact in news(one, NOW)]
    shuffled = [fact for one in [*seen, *seen] for fact in news(one, NOW)]
    random.shuffle(shuffled)
    assert fold(shuffled, terms(), NOW) == fold(facts, terms(), NOW)


@pytest.mark.parametrize("name", ["order_detail_202507", "order_list_real_fr_cancelled", "order_list_search_202309"])
def test_recorded_orders_become_orders_that_are_complete(name):
    rows = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["data"]["orders"]
    for row in rows:
        facts = order_news(ApiOrder.model_validate(row), PICKUP, NOW)
        assert not folded(facts).incomplete
        assert not {fact.text("reason_code") for fact in facts} - {None}  # "Autre" is the buyer's language


def test_a_code_is_a_word_of_ours_or_none():
    assert reason_of("threepl_breach") == "late"
    assert reason_of("Autre") is None
