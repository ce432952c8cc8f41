"""Mail and API tell of the same play: what is done by a call is in the mails, and no text of a person in the store."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from httpx import Client

from flows.shop.simulator.buyer import secrets_of
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.seller_center import click
from flows.shop.simulator.serving import serve
from flows.shop.simulator.story import Story
from models.fact import FactKind
from models.notification import NotificationKind as Kind
from tests.flows.shop.simulator.world import START, World
from tests.flows.shop.simulator_player import Box


@pytest.fixture
def mailed(tmp_path):
    """A play that sends mails and is served."""
    store, box = begin_play(tmp_path / "simulator.db", seed=7, start=START), Box()
    with serve(store) as served, Client() as http:
        yield World(served, Platform(store, box), http), box


def kinds(world, plan):
    with world.store.look() as play:
        return Counter(kind for (kind,) in play.sql("select kind from mail where order_no = ?", plan.order_no))


def test_what_a_call_ships_is_told_by_mail_with_the_number_that_was_given(mailed):
    world, box = mailed
    plan = world.placed()
    assert world.ship(plan, {"tracking_number": "OWN-NUMBER-77"})["code"] == 0
    world.after(minutes=10)
    assert kinds(world, plan)[Kind.SHIPPED] == 1
    about = [raw for _, raw in box.mails if plan.order_no.encode() in raw]
    assert b"OWN-NUMBER-77" in about[-1]
    assert world.package(plan)["tracking_number"] == "OWN-NUMBER-77"


def test_what_a_call_cancels_is_told_by_mail(mailed):
    world, _ = mailed
    plan = world.placed()
    reason = "seller_cancel_reason_out_of_stock_uk"
    body = {"order_id": plan.order_no, "cancel_reason": reason}
    assert world.ask("/return_refund/202309/cancellations", body, plan=plan)["code"] == 0
    world.after(minutes=10)
    assert kinds(world, plan)[Kind.ORDER_CANCELLED] == 1


def test_the_store_keeps_nothing_of_a_buyer_and_no_text_of_a_message(mailed):
    world, _ = mailed
    plan = world.placed()
    world.order(plan)
    talks = "/customer_service/202309/conversations"
    talk = world.data(talks, {"buyer_user_id": world.order(plan)["user_id"]}, plan=plan)["conversation_id"]
    world.data(f"{talks}/{talk}/messages", {"type": "TEXT", "content": '{"content": "Dear Marrowby"}'}, plan=plan)
    kept = b"".join(path.read_bytes() for path in world.store.path.parent.iterdir())
    assert plan.order_no.encode() in kept
    planted = [text for one in world.store.script.plans for text in secrets_of(one)]
    assert not [text for text in [*planted, "Dear Marrowby"] if text.encode() in kept]


def test_a_complaint_by_hand_hurries_the_carrier(mailed):
    world, _ = mailed
    plan = world.placed(Story.CARRIER_LATE)
    world.ship(plan)
    world.after(hours=50)
    assert world.order(plan)["status"] == "AWAITING_COLLECTION"
    click(world.store, plan.order_no, FactKind.COMPLAINT_FILED, world.store.now())
    world.after(hours=24)
    assert world.order(plan)["status"] == "IN_TRANSIT"


def test_a_refund_asked_for_by_hand_is_told_by_mail(mailed):
    world, _ = mailed
    plan = world.placed(Story.LOST)
    click(world.store, plan.order_no, FactKind.REFUND_REQUESTED, world.store.now())
    world.after(hours=30)
    assert kinds(world, plan)[Kind.REFUND_COMPLETED] == 1


def test_a_crowd_sends_mails_too(tmp_path):
    box = Box()
    store = begin_play(tmp_path / "simulator.db", seed=7, start=START, market="us", crowd=Crowd(orders=20, days=0))
    Platform(store, box).advance(START + timedelta(hours=2))
    assert len({raw for _, raw in box.mails}) >= 20
    assert any(b"=24" in raw or b"$" in raw for _, raw in box.mails)  # dollars, not the language's pounds
