"""The demo plays every story to its end; the simulator's own count finds nothing lost and nothing done twice.

Played here without Prefect; `shipclock demo --headless` plays the same with real flow runs.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlmodel import col, select

from flows import steps
from flows.demo.home import OtherPlayError, open_demo_home
from flows.demo.report import report
from flows.shop import handing_over
from flows.shop.protocol import Answer, Shop
from flows.shop.simulator.story import Story
from ingest import recording
from models.db.reading import orders_page
from models.db.session import open_session
from models.db.tables import AlertRow, AuditRow
from models.order import Order
from models.stage import Step
from tests.flows.demo.playing import play


def test_at_least_40_orders_come_to_their_end_in_20_days(played):
    told = played[1]
    assert told["orders"] >= 40
    assert set(told["by_stage"]) <= {"DELIVERED", "COMPLETED", "CANCELLED"}


def test_nothing_is_lost_and_nothing_done_twice(played):
    assert (played[1]["double_effects"], played[1]["lost_mails"]) == (0, 0)


def test_the_staff_reads_the_packing_rules_in_each_shift(played):
    demo = played[0]
    with open_session(demo.office.engine, read_only=True) as session:
        read = session.exec(
            select(AuditRow.at).where(AuditRow.action == "packing_rules", AuditRow.actor == "staff")
        ).all()
    assert len(read) == len({moment.date() for moment in read}) == 3  # a shift of the demo is a week


def test_forged_and_cut_mails_wait_for_a_person(played):
    assert played[1]["quarantined"] >= 2


def test_a_step_that_fails_for_good_is_run_again_by_hand(played):
    assert played[1]["failed_tasks"] >= 1
    assert played[1]["reruns"] >= 1


def test_every_story_is_told_and_its_order_is_found_by_its_number(played):
    demo, told, _ = played
    assert {line["story"] for line in told["stories"]} == {story.value for story in Story}
    with open_session(demo.office.engine, read_only=True) as session:
        for line in told["stories"]:
            (row,) = orders_page(session, numbers=[line["order_no"]])
            assert row.stage == line["stage"]


CANCELLED = {
    Story.OUT_OF_STOCK, Story.UNPAID, Story.CANCEL_APPROVED, Story.CANCEL_LEFT,
    Story.TWO_ATTEMPTS, Story.LOST, Story.DAMAGED,
}  # fmt: skip


def test_each_story_ends_where_its_name_says(played):
    for line in played[1]["stories"]:
        over = {"CANCELLED"} if line["story"] in CANCELLED else {"DELIVERED", "COMPLETED"}
        assert line["stage"] in over, line


def test_cases_of_every_kind_of_trouble_were_opened(played):
    assert set(played[1]["cases"]) == {"cancel_request", "carrier_complaint", "claim", "seller_cancel"}


def test_no_alert_is_left_unsent(played):
    with open_session(played[0].office.engine, read_only=True) as session:
        assert session.exec(select(AlertRow).where(col(AlertRow.next_attempt_at).is_not(None))).all() == []


def test_the_same_seed_plays_the_same_and_another_one_does_not(tmp_path):
    told = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        with open_demo_home(tmp_path / name, seed=seed) as demo:
            told.append(report(demo, reruns=play(demo, days=1).reruns))
    assert told[0] == told[1]
    assert told[0] != told[2] | {"seed": 7}


def test_a_home_of_another_seed_is_not_played_in(tmp_path):
    with open_demo_home(tmp_path, seed=7):
        pass
    with pytest.raises(OtherPlayError, match="another --seed"), open_demo_home(tmp_path, seed=8):
        pass


def test_without_our_guards_the_simulator_counts_effects_done_twice(tmp_path, monkeypatch):
    fresh_keys = iter(range(10**6))

    def unguarded(shop: Shop, order: Order, order_no: str, _key: str) -> Answer:
        return shop.hand_over(order_no, mode=order.handover_mode, drop_off_point="", key=f"fresh-{next(fresh_keys)}")

    def blind(shipping: handing_over._Shipping) -> None:
        shipping.order = shipping.desk.order(shipping.asked.order_no, "hand_over")

    with open_demo_home(tmp_path, seed=7) as demo:
        play(demo, days=2)
        before = report(demo, reruns=0)["double_effects"]
        monkeypatch.setattr(steps, "EFFECTS", {Step.HAND_OVER: unguarded})
        monkeypatch.setattr(steps, "is_due", lambda _step, _order: True)
        monkeypatch.setattr(handing_over._Shipping, "look", blind)  # noqa: SLF001  the guard itself is taken away
        with open_session(demo.office.engine, read_only=True) as session:
            shipped = {row.order_no: row.shop_id for row in orders_page(session) if row.stage == "IN_TRANSIT"}
        ours = [plan.order_no for plan in demo.store.script.stories(Story.LABEL_FIRST) if plan.order_no in shipped]
        for order_no in ours:
            with suppress(steps.StepFault):
                steps.carry_out(demo.office, shipped[order_no], order_no, Step.HAND_OVER)
        assert before == 0
        assert report(demo, reruns=0)["double_effects"] >= len(ours) > 0


def test_a_poll_that_writes_its_mark_without_the_facts_is_seen_as_lost_mail(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "record_facts", lambda *_args, **_more: [])
    with open_demo_home(tmp_path, seed=7) as demo:
        play(demo, days=1)
        assert report(demo, reruns=0)["lost_mails"] > 0
