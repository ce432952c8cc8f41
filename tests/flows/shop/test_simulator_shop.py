"""The simulated shop's door: outcomes, idempotency, faults, and the simulator's count of double effects."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from flows.shop.protocol import Outcome, ShopError
from flows.shop.simulator import fault
from flows.shop.simulator.story import Story
from flows.shop.simulator.tally import double_effects
from models.fact import PAYLOAD_KEYS, FactKind
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus
from models.stage import HandoverMode
from tests.flows.shop.simulator_player import Seller


@pytest.fixture
def seller(tmp_path):
    return Seller(tmp_path)


def just_placed(seller, story):
    plan = seller.first(story)
    seller.go_to(plan.placed_at + timedelta(minutes=10))
    return plan, seller.shop_of(plan)


def test_an_order_that_nobody_placed_yet_is_unknown(seller):
    plan = seller.first(Story.PICKUP)
    assert seller.status(plan) is None
    with pytest.raises(ShopError) as raised:
        seller.shop_of(plan).confirm(plan.order_no, key="k")
    assert (raised.value.code, raised.value.transient) == ("unknown_order", False)


def test_a_shop_does_not_know_the_other_shops_orders(seller):
    plan, own = just_placed(seller, Story.DROP_OFF)
    other = next(shop for name, shop in seller.shops.items() if name != own.name)
    with pytest.raises(ShopError, match="unknown_order"):
        other.confirm(plan.order_no, key="k")


def test_stock_is_confirmed_where_there_is_some(seller):
    plan, shop = just_placed(seller, Story.LOST)
    answer = shop.confirm(plan.order_no, key="k")
    assert answer.outcome is Outcome.OK
    assert [told.kind for told in answer.told] == [FactKind.STOCK_CONFIRMED]
    assert answer.told[0].occurred_at == seller.now


def test_out_of_stock_needs_a_decision_and_no_other_try(seller):
    plan, shop = just_placed(seller, Story.OUT_OF_STOCK)
    answer = shop.confirm(plan.order_no, key="k")
    assert (answer.outcome, answer.code, answer.told) == (Outcome.BUSINESS_FAILURE, "out_of_stock", ())


def test_packing_waits_until_the_packers_have_a_hand_free(seller):
    plan, shop = just_placed(seller, Story.SHIPPED_LATE)
    waiting = shop.pack(plan.order_no, key="k")
    assert (waiting.outcome, waiting.code) == (Outcome.WAITING, "packers_busy")
    assert seller.now + waiting.again_in == plan.packers_ready_at > plan.placed_at + timedelta(hours=72)
    seller.go_to(plan.packers_ready_at)
    assert shop.pack(plan.order_no, key="k").outcome is Outcome.OK


def test_a_handed_over_order_waits_for_the_carrier_and_a_mail_says_so(seller):
    plan, shop = just_placed(seller, Story.LOST)
    answer = shop.hand_over(plan.order_no, mode=HandoverMode.PICKUP, drop_off_point="", key="k")
    assert [told.kind for told in answer.told] == [FactKind.MARKED_SHIPPED]
    assert set(answer.told[0].payload) <= PAYLOAD_KEYS
    assert seller.status(plan) is PlatformStatus.AWAITING_COLLECTION
    seller.go_to(seller.now + timedelta(minutes=10))
    assert seller.kinds(plan)[Kind.SHIPPED] == 1


def test_nothing_is_done_for_an_unpaid_order(seller):
    plan, shop = just_placed(seller, Story.UNPAID)
    assert shop.confirm(plan.order_no, key="k").outcome is Outcome.REFUSED
    assert shop.pack(plan.order_no, key="k").code == "unpaid"


@pytest.mark.row("T41")
def test_the_same_key_is_done_once_and_answered_alike(seller):
    plan, shop = just_placed(seller, Story.LOST)
    first = shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="k")
    seller.go_to(seller.now + timedelta(hours=1))
    assert shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="k") == first
    assert double_effects(seller.store) == 0


@pytest.mark.parametrize("effect", ["confirm", "pack"])
def test_another_key_for_what_was_done_is_counted(seller, effect):
    plan, shop = just_placed(seller, Story.LOST)
    for key in ("first", "second", "second", "third"):
        getattr(shop, effect)(plan.order_no, key=key)
    assert double_effects(seller.store) == 2


def test_many_callers_at_once_with_one_key_do_it_once(seller):
    plan, shop = just_placed(seller, Story.LOST)

    def call(_) -> object:
        return shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="k")

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(call, range(16)))
    assert all(answer == answers[0] for answer in answers)
    assert double_effects(seller.store) == 0
    seller.go_to(seller.now + timedelta(minutes=10))
    assert seller.kinds(plan)[Kind.SHIPPED] == 1


def test_messages_on_different_topics_are_different_effects(seller):
    plan, shop = just_placed(seller, Story.LOST)
    shop.message_buyer(plan.order_no, topic="lost", key="1")
    shop.message_buyer(plan.order_no, topic="late", key="2")
    assert double_effects(seller.store) == 0
    shop.message_buyer(plan.order_no, topic="late", key="3")
    assert double_effects(seller.store) == 1


def test_a_503_passes_after_some_calls_and_a_lost_answer_is_not_a_lost_effect(seller):
    plan, shop = just_placed(seller, Story.SHOP_DOWN)
    for _ in range(2):
        with pytest.raises(ShopError) as raised:
            shop.pack(plan.order_no, key="p")
        assert (raised.value.code, raised.value.transient) == ("503", True)
    assert shop.pack(plan.order_no, key="p").outcome is Outcome.OK
    with pytest.raises(ShopError):
        shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h")
    assert seller.status(plan) is PlatformStatus.AWAITING_COLLECTION
    assert shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h").outcome is Outcome.OK
    assert double_effects(seller.store) == 0


def test_a_broken_step_fails_until_somebody_mends_it(seller):
    plan, shop = just_placed(seller, Story.STEP_BROKEN)
    assert fault.broken_orders(seller.store) == [plan.order_no]
    for _ in range(5):
        with pytest.raises(ShopError) as raised:
            shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h")
        assert (raised.value.code, raised.value.transient) == ("internal_error", False)
    assert fault.mend(seller.store, plan.order_no)
    assert not fault.mend(seller.store, plan.order_no)
    assert shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h").outcome is Outcome.OK


def test_a_buyers_request_is_approved_or_rejected_once(seller):
    approved, rejected = seller.first(Story.CANCEL_APPROVED), seller.first(Story.CANCEL_REJECTED)
    for plan, approve in sorted(((approved, True), (rejected, False)), key=lambda pair: pair[0].cancel_at):
        seller.go_to(plan.cancel_at + timedelta(hours=1))
        shop = seller.shop_of(plan)
        assert shop.answer_cancel(plan.order_no, approve=approve, reason="", key="a").outcome is Outcome.OK
        seller.go_to(seller.now + timedelta(hours=1))
    assert seller.status(approved) is PlatformStatus.CANCELLED
    assert {Kind.CANCEL_APPROVED, Kind.ORDER_CANCELLED} <= set(seller.kinds(approved))
    assert seller.status(rejected) is PlatformStatus.AWAITING_SHIPMENT
    assert Kind.CANCEL_REJECTED in seller.kinds(rejected)


def test_without_a_request_there_is_nothing_to_answer(seller):
    plan, shop = just_placed(seller, Story.LOST)
    answer = shop.answer_cancel(plan.order_no, approve=True, reason="", key="a")
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "no_open_request")


def test_the_seller_cancels_what_is_out_of_stock(seller):
    plan, shop = just_placed(seller, Story.OUT_OF_STOCK)
    assert shop.cancel(plan.order_no, reason="out_of_stock", key="c").outcome is Outcome.OK
    assert seller.status(plan) is PlatformStatus.CANCELLED


def test_a_parcel_that_is_away_is_cancelled_only_as_lost_damaged_or_late(seller):
    plan, shop = just_placed(seller, Story.LOST)
    shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h")
    assert shop.cancel(plan.order_no, reason="out_of_stock", key="c").code == "already_shipped"
    assert shop.cancel(plan.order_no, reason="lost", key="c").outcome is Outcome.OK


def test_a_complaint_brings_the_carrier_within_the_day(seller):
    plan, shop = just_placed(seller, Story.CARRIER_LATE)
    shop.hand_over(plan.order_no, mode=plan.handover, drop_off_point="", key="h")
    seller.go_to(seller.now + timedelta(hours=50))
    assert shop.track(plan.order_no).told == ()
    shop.complain(plan.order_no, key="c")
    seller.go_to(seller.now + timedelta(hours=6))
    assert [told.kind for told in shop.track(plan.order_no).told] == [FactKind.PICKED_UP]


def test_a_refund_that_was_asked_for_is_paid_and_told_by_mail(seller):
    plan, shop = just_placed(seller, Story.LOST)
    shop.request_refund(plan.order_no, key="r")
    seller.go_to(seller.now + timedelta(days=2))
    assert seller.kinds(plan)[Kind.REFUND_COMPLETED] == 1
