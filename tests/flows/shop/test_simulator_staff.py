"""The shop's people: which to-dos they take care of, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.shop.simulator.script import write_script
from flows.shop.simulator.staff import DUTIES, OpenTodo, moves, next_move_at
from flows.shop.simulator.story import Story
from models.command_name import CommandName
from models.todo import TodoKind

START = datetime(2026, 3, 2, tzinfo=UTC)
SCRIPT = write_script(7, START)
NOW = START + timedelta(days=5)


def a_todo(kind, story=Story.PICKUP, *, due_in=None, case_id=None):
    order_no = SCRIPT.stories(story)[0].order_no
    return OpenTodo(order_no=order_no, kind=kind, due_at=NOW + due_in if due_in else None, case_id=case_id)


@pytest.mark.parametrize(
    ("story", "command"),
    [(Story.CANCEL_APPROVED, CommandName.APPROVE_CANCEL), (Story.CANCEL_REJECTED, CommandName.REJECT_CANCEL)],
)
def test_requests_are_answered_as_the_story_says_some_hours_after_they_came(story, command):
    fresh = a_todo(TodoKind.ANSWER_CANCEL, story, due_in=timedelta(hours=47))
    assert moves([fresh], SCRIPT, NOW) == []
    assert next_move_at([fresh], SCRIPT, NOW) == NOW + timedelta(hours=5)
    [move] = moves([fresh], SCRIPT, NOW + timedelta(hours=5))
    assert (move.command, move.at) == (command, NOW + timedelta(hours=5))


def test_a_rejection_has_its_reason():
    [move] = moves([a_todo(TodoKind.ANSWER_CANCEL, Story.CANCEL_REJECTED)], SCRIPT, NOW)
    assert move.reason


def test_a_request_that_is_left_stays_unanswered():
    assert moves([a_todo(TodoKind.ANSWER_CANCEL, Story.CANCEL_LEFT)], SCRIPT, NOW) == []


def test_what_is_out_of_stock_is_cancelled_and_all_else_is_confirmed():
    [move] = moves([a_todo(TodoKind.CONFIRM, Story.OUT_OF_STOCK)], SCRIPT, NOW)
    assert (move.command, move.values) == (CommandName.SELLER_CANCEL, {"reason_code": "out_of_stock"})
    [move] = moves([a_todo(TodoKind.CONFIRM, Story.PICKUP)], SCRIPT, NOW)
    assert move.command is CommandName.CONFIRM


def test_an_order_is_packed_when_the_packers_have_a_hand_free():
    plan = SCRIPT.stories(Story.SHIPPED_LATE)[0]
    todo = OpenTodo(order_no=plan.order_no, kind=TodoKind.PACK)
    assert next_move_at([todo], SCRIPT, plan.placed_at) == plan.packers_ready_at
    [move] = moves([todo], SCRIPT, plan.packers_ready_at)
    assert move.command is CommandName.MARK_PACKED


def test_what_the_shop_sends_itself_gets_its_tracking_number_and_the_rest_is_left_to_shipclock():
    own = SCRIPT.stories(Story.PICKUP)[0]
    [move] = moves([a_todo(TodoKind.HAND_OVER)], SCRIPT, NOW)
    assert (move.command, move.values) == (CommandName.MARK_SHIPPED, {"tracking_no": own.tracking_no})
    assert moves([a_todo(TodoKind.HAND_OVER, Story.LABEL_FIRST)], SCRIPT, NOW) == []


def test_what_the_api_has_no_call_for_is_done_by_hand_and_recorded():
    [told] = moves([a_todo(TodoKind.TELL_BUYER, Story.LOST, case_id="claim:lost")], SCRIPT, NOW)
    assert (told.command, told.values) == (CommandName.RECORD, {"kind": "buyer_notified", "case_id": "claim:lost"})
    [gone] = moves([a_todo(TodoKind.CANCEL_ORDER, Story.LOST, case_id="claim:lost")], SCRIPT, NOW)
    assert gone.values == {"kind": "cancelled", "reason_code": "lost", "actor": "seller"}


@pytest.mark.parametrize(
    ("kind", "case_id", "step"),
    [
        (TodoKind.CANCEL_ORDER, "seller_cancel", "cancel"),
        (TodoKind.REQUEST_REFUND, "claim:lost", "request_refund"),
    ],
)
def test_steps_are_done_for_the_case_they_belong_to(kind, case_id, step):
    [move] = moves([a_todo(kind, Story.LOST, case_id=case_id)], SCRIPT, NOW)
    assert (move.command, move.values) == (CommandName.CLAIM_STEP, {"case_id": case_id, "step": step})


def test_a_late_parcel_is_waited_for():
    [move] = moves([a_todo(TodoKind.DECIDE_LATE, Story.LATE, case_id="claim:late")], SCRIPT, NOW)
    assert (move.command, move.values["choice"]) == (CommandName.CHOOSE_CLAIM, "wait")


def test_a_parcel_is_brought_to_the_post_office_when_the_script_says():
    plan = SCRIPT.stories(Story.DROP_OFF)[0]
    shipped_at = plan.placed_at
    todo = OpenTodo(order_no=plan.order_no, kind=TodoKind.DROP_OFF, due_at=shipped_at + timedelta(hours=48))
    assert moves([todo], SCRIPT, shipped_at) == []
    assert next_move_at([todo], SCRIPT, shipped_at) == shipped_at + plan.drop_off_after


def test_orders_that_are_not_of_the_play_are_left_alone():
    assert moves([OpenTodo(order_no="123", kind=TodoKind.DROP_OFF)], SCRIPT, NOW) == []


def test_most_kinds_of_todo_are_nobodys_duty_and_ask_for_no_move():
    idle = [kind for kind in TodoKind if kind not in DUTIES]
    assert idle
    assert moves([a_todo(kind) for kind in idle], SCRIPT, NOW) == []
