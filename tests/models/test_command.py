"""Commands, guard by guard: each test names the rows T06 to T42 of order-lifecycle it holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.command import COMMANDS, CommandName, offered
from models.deadline import RuleId
from models.fact import Fact
from models.stage import HandoverMode, Role, ShippingMode
from tests.models.makers import a_fact, after, an_order, answer_to, code_of, placed, t, terms
from tests.rows import by_row

NEW = placed()
UNPAID = (a_fact("order_placed"),)
CONFIRMED = (*NEW, a_fact("stock_confirmed", 1))
PACKED = (*CONFIRMED, a_fact("packed", 2, by="human"))
SHIPPED = (*PACKED, a_fact("marked_shipped", 3))
AWAY = (*SHIPPED, a_fact("in_transit", 4))
DELIVERED = (*AWAY, a_fact("delivered", 5))
CANCELLED = (*NEW, a_fact("cancelled", 3))
ASKED = (*NEW, a_fact("cancel_requested", 3, request_no="R1"))
HELD = (*NEW, a_fact("hold_placed", 3, by="human", hold="fraud_check", role="manager"))
CONFLICTING = (a_fact("order_placed", amount="5"), a_fact("order_placed", 1, amount="6"), a_fact("order_paid"))
DROP_OFF = {"handover": HandoverMode.DROP_OFF}
PLATFORM = {"shipping": ShippingMode.PLATFORM}
LATE_CARRIER = (*PACKED, a_fact("marked_shipped", 3))  # not collected at hour 52
LATE = (*placed(promised_at=t(10)), a_fact("marked_shipped", 3))
LOST = (*AWAY, a_fact("lost_declared", 8))
RETURNED = (*DELIVERED, a_fact("return_requested", 6, return_no="B1"))
TWO_OPEN = (*ASKED, *RETURNED[-2:])
TICKED = {"checklist": "all"}

REFUSED = {
    "T06 twice": (CONFIRMED, "confirm", 10, {}, "already_confirmed"),
    "T06 unpaid": (UNPAID, "confirm", 10, {}, "not_paid"),
    "T06 on hold": (HELD, "confirm", 10, {}, "hold_first"),
    "T06 no stock": (NEW, "confirm", 10, {"stock": "no"}, "stock_not_ok"),
    "T07 no reason": (NEW, "seller_cancel", 10, {}, "cancel_reason_needed"),
    "T09 already shipped": (SHIPPED, "seller_cancel", 10, {"reason": "other"}, "already_shipped"),
    "T10 checklist": (CONFIRMED, "mark_packed", 10, {"checklist": "label_readable"}, "checklist_incomplete"),
    "T10 no checklist": (CONFIRMED, "mark_packed", 10, {}, "checklist_incomplete"),
    "T10 on hold": (HELD, "mark_packed", 10, TICKED, "on_hold"),
    "T10 hold needs a reason": (HELD, "mark_packed", 10, {**TICKED, "override": "hold"}, "on_hold"),
    "T10 twice": (PACKED, "mark_packed", 10, TICKED, "already_packed"),
    "T10 away": (AWAY[:-2] + AWAY[-1:], "mark_packed", 10, TICKED, "already_packed"),
    "T11 no stock": (NEW, "mark_packed", 10, {**TICKED, "stock": "no"}, "stock_not_ok"),
    "T12 not packed": (CONFIRMED, "mark_shipped", 10, {}, "not_packed"),
    "T12 asked to cancel": (
        (*PACKED, a_fact("cancel_requested", 3)),
        "mark_shipped",
        10,
        {},
        "cancel_requested",
    ),
    "T12 twice": (SHIPPED, "mark_shipped", 10, {}, "already_shipped"),
    "T12 odd mode": (PACKED, "mark_shipped", 10, {"handover_mode": "balloon"}, "bad_value"),
    "T14 pickup": (SHIPPED, "drop_off", 10, {}, "not_drop_off"),
    "T14 not shipped": (PACKED, "drop_off", 10, {"shop": DROP_OFF}, "not_shipped"),
    "T14 twice": (
        (*SHIPPED, a_fact("dropped_off", 5, by="human")),
        "drop_off",
        10,
        {"shop": DROP_OFF},
        "already_dropped_off",
    ),
    "T17 no case": (SHIPPED, "file_complaint", 10, {}, "no_complaint_case"),
    "T17 twice": (
        (*LATE_CARRIER, a_fact("complaint_filed", 52, by="human")),
        "file_complaint",
        53,
        {},
        "already_complained",
    ),
    "T18 same": (SHIPPED, "switch_handover", 10, {"handover_mode": "pickup", "reason": "r"}, "same_handover"),
    "T18 no reason": (SHIPPED, "switch_handover", 10, {"handover_mode": "drop_off"}, "reason_needed"),
    "T18 too late": (
        AWAY,
        "switch_handover",
        10,
        {"handover_mode": "drop_off", "reason": "r"},
        "already_collected",
    ),
    "T23 undecided": (LATE, "claim_step", 20, {}, "decision_needed"),
    "T23 odd choice": (LATE, "choose_claim", 20, {"choice": "pray"}, "bad_value"),
    "T24 order of steps": (LOST, "claim_step", 10, {"step": "request_refund"}, "step_locked"),
    "T24 done": (
        (*LOST, a_fact("cancelled", 9, reason_code="lost")),
        "claim_step",
        10,
        {"step": "cancel"},
        "step_done",
    ),
    "T24 step not named": (LOST, "claim_step", 10, {}, "bad_value"),
    "T24 no claim": (AWAY, "claim_step", 10, {}, "no_open_case"),
    "T31 no request": (NEW, "approve_cancel", 10, {}, "no_open_request"),
    "T31 parcel away": ((*SHIPPED, a_fact("cancel_requested", 5)), "approve_cancel", 10, {}, "parcel_away"),
    "T31 answered": ((*ASKED, a_fact("cancel_rejected", 5)), "approve_cancel", 10, {}, "already_answered"),
    "T32 no reason": (ASKED, "reject_cancel", 10, {}, "reason_needed"),
    "T34b too late": (ASKED, "extend_answer", 60, {"due_at": "2026-03-09T00:00Z"}, "too_late"),
    "T34b not later": (ASKED, "extend_answer", 10, {"due_at": "2026-03-02T00:00Z"}, "not_later"),
    "T34b no time": (ASKED, "extend_answer", 10, {"due_at": "soon"}, "bad_time"),
    "T34b nothing asked": (NEW, "extend_answer", 10, {"due_at": "2026-03-09T00:00Z"}, "no_open_request"),
    "T37 no return": (DELIVERED, "accept_return", 10, {}, "no_open_request"),
    "T37 answered": ((*RETURNED, a_fact("return_accepted", 7)), "accept_return", 10, {}, "already_answered"),
    "T37 no reason": (RETURNED, "reject_return", 10, {}, "reason_needed"),
    "T39 no reason": (NEW, "hold", 10, {}, "reason_needed"),
    "T39 on hold": (HELD, "hold", 10, {"hold": "fraud_check", "reason": "r"}, "already_on_hold"),
    "T39 odd hold": (NEW, "hold", 10, {"hold": "platform_hold", "reason": "r"}, "bad_value"),
    "T39 release by a lower role": (HELD, "release", 10, {"hold": "fraud_check"}, "role_too_low"),
    "T39 not on hold": (NEW, "release", 10, {}, "no_hold"),
    "T39 on another hold": (HELD, "release", 10, {"role": "manager"}, "not_on_hold"),
    "T39 the buyer's": (ASKED, "release", 10, {"hold": "cancel_requested"}, "hold_not_ours"),
    "T40 packer": (NEW, "retract", 10, {"fact_id": NEW[0].source_key, "reason": "r"}, "role_too_low"),
    "T40 unknown": (NEW, "retract", 10, {"fact_id": "?", "reason": "r", "role": "manager"}, "no_such_fact"),
    "T40 unknown, to a packer": (NEW, "retract", 10, {"fact_id": "?"}, "no_such_fact"),
    "T40 not named, to a packer": (NEW, "retract", 10, {}, "which_fact"),
    "T40 viewer": (NEW, "retract", 10, {"fact_id": "?", "role": "viewer"}, "role_too_low"),
    "T40 no reason": (NEW, "retract", 10, {"fact_id": NEW[0].source_key, "role": "manager"}, "reason_needed"),
    "T40b odd kind": (NEW, "record", 10, {"kind": "packed"}, "bad_value"),
    "T40b to come": (NEW, "record", 10, {"kind": "delivered", "at": "2026-03-02T00:00Z"}, "in_future"),
    "T40b odd time": (NEW, "record", 10, {"kind": "delivered", "at": "noon"}, "bad_time"),
    "T42 pack": (CANCELLED, "mark_packed", 10, TICKED, "order_cancelled"),
    "T42 ship": (CANCELLED, "mark_shipped", 10, {}, "order_cancelled"),
    "T42 presumed": (ASKED, "mark_packed", 60, TICKED, "presumed_cancelled"),
    "finished": (DELIVERED, "mark_packed", 400, TICKED, "order_finished"),
    "viewer": (NEW, "confirm", 10, {"role": "viewer"}, "role_too_low"),
    "close nothing": (NEW, "close_case", 10, {"case_id": "claim:lost", "reason": "r"}, "no_open_case"),
    "close another": (LOST, "close_case", 10, {"case_id": "claim:late", "reason": "r"}, "no_such_case"),
    "close one of two": (TWO_OPEN, "close_case", 10, {"reason": "r"}, "which_case"),
    "close without reason": (LOST, "close_case", 10, {"case_id": "claim:lost"}, "reason_needed"),
}


@pytest.mark.parametrize("row", by_row(REFUSED))
def test_refused(row) -> None:
    facts, name, hours, given, code = row
    assert code_of(facts, name, hours, **given) == code


ACCEPTED = {
    "T06": (NEW, "confirm", {}, "CONFIRMED"),
    "T10": (CONFIRMED, "mark_packed", TICKED, "PACKED"),
    "T10 despite a hold": (
        (*CONFIRMED, *HELD[-1:]),
        "mark_packed",
        {**TICKED, "override": "hold", "reason": "checked"},
        "PACKED",
    ),
    "T11": (NEW, "mark_packed", TICKED, "PACKED"),
    "T12": (PACKED, "mark_shipped", {"tracking_no": "A1"}, "AWAITING_HANDOVER"),
    "T12 label first": (NEW, "mark_shipped", {"shop": PLATFORM}, "AWAITING_HANDOVER"),
    "T12 label first, confirmed": (CONFIRMED, "mark_shipped", {"shop": PLATFORM}, "AWAITING_HANDOVER"),
    "T12 ship anyway": (
        (*PACKED, a_fact("cancel_requested", 3)),
        "mark_shipped",
        {"override": "ship_anyway"},
        "AWAITING_HANDOVER",
    ),
    "T10 packed after the label": (
        (*CONFIRMED, a_fact("marked_shipped", 3)),
        "mark_packed",
        TICKED,
        "AWAITING_HANDOVER",
    ),
    "T14": (SHIPPED, "drop_off", {"shop": DROP_OFF}, "AWAITING_HANDOVER"),
    "T18": (SHIPPED, "switch_handover", {"handover_mode": "drop_off", "reason": "r"}, "AWAITING_HANDOVER"),
    "T07": (NEW, "seller_cancel", {"reason": "out_of_stock"}, "NEW"),
    "T24": (LOST, "claim_step", {"step": "cancel"}, "CANCELLED"),
    "T31": (ASKED, "approve_cancel", {}, "CANCELLED"),
    "T31 recalled": (
        (*SHIPPED, a_fact("cancel_requested", 5)),
        "approve_cancel",
        {"override": "parcel_recalled"},
        "CANCELLED",
    ),
    "T32": (ASKED, "reject_cancel", {"reason": "packed"}, "NEW"),
    "T37 accept": (RETURNED, "accept_return", {}, "DELIVERED"),
    "T37 reject": (RETURNED, "reject_return", {"reason": "worn"}, "DELIVERED"),
    "T39": (NEW, "hold", {"reason": "look"}, "NEW"),
    "T40": (SHIPPED, "retract", {"fact_id": SHIPPED[-1].source_key, "reason": "r", "role": "manager"}, "PACKED"),
    "T40b": (SHIPPED, "record", {"kind": "delivered", "at": "2026-03-01T09:00Z"}, "DELIVERED"),
    "T42 evidence is never refused": (CANCELLED, "record", {"kind": "marked_shipped"}, "CANCELLED"),
}


@pytest.mark.parametrize("row", by_row(ACCEPTED))
def test_accepted(row) -> None:
    facts, name, given, stage = row
    shop = given.get("shop", {})
    assert an_order(10, *after(facts, name, 10, **given), **shop).stage == stage


def test_a_refusal_says_who_did_it_and_when() -> None:
    facts = after(CONFIRMED, "mark_packed", 10, **TICKED)
    answer = answer_to(facts, "mark_packed", 11, actor="minh", **TICKED)
    assert (answer.code, answer.values) == ("already_packed", {"by": "lan", "at": t(10).isoformat()})  # type: ignore[union-attr]


def test_the_same_command_twice_leaves_one_fact() -> None:
    once, again = (after(CONFIRMED, "mark_packed", 10, **TICKED)[-1] for _ in range(2))
    assert once == again


@pytest.mark.row("T07")
def test_t07_seller_cancel_holds_the_order_and_has_two_ordered_steps() -> None:
    started = after(NEW, "seller_cancel", 10, reason="out_of_stock")
    order = an_order(10, *started)
    assert (sorted(order.holds), order.steps) == (["manual"], ())
    assert [(case.reason, case.next_step) for case in order.open_cases] == [("out_of_stock", "notify")]
    assert code_of(started, "claim_step", 11, step="cancel") == "step_locked"
    assert code_of(started, "mark_packed", 11, **TICKED) == "being_cancelled"
    assert code_of(started, "seller_cancel", 11, reason="other") == "already_cancelling"
    assert code_of(started, "release", 11) == "being_cancelled"


@pytest.mark.row("T08")
def test_t08_both_steps_cancel_the_order_and_ask_to_look_at_the_stock() -> None:
    told = after(after(NEW, "seller_cancel", 10, reason="out_of_stock"), "claim_step", 11, step="notify")
    order = an_order(13, *after(told, "claim_step", 12, step="cancel"))
    assert (order.stage, order.cancel_reason, order.cancel_actor) == ("CANCELLED", "out_of_stock", "seller")
    assert (order.holds, order.open_cases) == (frozenset(), ())
    assert {clock.state for clock in order.deadlines} == {"VOID"}
    assert [todo.kind for todo in order.todos] == ["check_stock"]


@pytest.mark.row("T08")
def test_t08_the_platforms_mail_cancels_without_the_steps() -> None:
    started = after(NEW, "seller_cancel", 10, reason="other")
    order = an_order(13, *started, a_fact("cancelled", 12))
    assert (order.stage, order.open_cases) == ("CANCELLED", ())


@pytest.mark.row("T12")
def test_t12_ship_anyway_rejects_the_request() -> None:
    asked = (*PACKED, a_fact("cancel_requested", 3))
    order = an_order(10, *after(asked, "mark_shipped", 10, override="ship_anyway"))
    assert (order.holds, [case.outcome for case in order.cases]) == (frozenset(), ["rejected"])


@pytest.mark.row("T17")
def test_t17_a_complaint_is_filed_once_the_carrier_is_late() -> None:
    filed = after(LATE_CARRIER, "file_complaint", 55)
    order = an_order(56, *filed)
    assert [clock.state for clock in order.deadlines if clock.rule == "D05"] == ["MET"]
    follow_up = [todo.due_at for todo in order.todos if todo.kind == "follow_up_complaint"]
    assert follow_up == [t(55) + timedelta(hours=24)]
    collected = an_order(60, *filed, a_fact("picked_up", 59))
    assert [case.outcome for case in collected.cases] == ["collected"]


@pytest.mark.row("T18")
def test_t18_the_new_clock_keeps_the_start_and_the_old_is_void() -> None:
    switched = after(SHIPPED, "switch_handover", 10, handover_mode="drop_off", reason="r")
    clocks = {str(clock.rule): clock for clock in an_order(12, *switched).deadlines}
    assert (clocks["D06"].start_at, clocks["D06"].state) == (t(3), "RUNNING")
    assert clocks["D04"].state == "VOID"


@pytest.mark.row("T23")
def test_t23_waiting_is_asked_again_after_48_hours_and_a_claim_starts_its_steps() -> None:
    waited = after(LATE, "choose_claim", 20, choice="wait")
    assert [todo.due_at for todo in an_order(21, *waited).todos if todo.kind == "decide_late"] == [t(68)]
    claimed = an_order(25, *after(waited, "choose_claim", 24, choice="claim"))
    assert [case.next_step for case in claimed.cases if case.case_id == "claim:late"] == ["cancel"]
    assert [clock.start_at for clock in claimed.deadlines if clock.rule == "D14"] == [t(24)]


@pytest.mark.row("T24")
def test_t24_claim_steps_run_in_order_and_each_has_its_clock() -> None:
    facts = LOST
    for hours, step in ((10, "cancel"), (12, "notify"), (15, "request_refund")):
        facts = after(facts, "claim_step", hours, step=step)
    order = an_order(16, *facts)
    assert [(c.about, c.start_at, c.met_at) for c in order.deadlines if c.rule == "D14"] == [
        ("claim:lost/cancel", t(8), t(10)),
        ("claim:lost/notify", t(10), t(12)),
        ("claim:lost/request_refund", t(12), t(15)),
    ]
    assert [todo.kind for todo in order.todos] == ["await_refund"]
    refunded = an_order(30, *after(facts, "claim_step", 20, step="await_refund"))
    assert [(case.open, case.outcome) for case in refunded.cases] == [(False, "refunded")]


@pytest.mark.row("T34b")
def test_t34b_an_extension_moves_the_clock_and_is_stated() -> None:
    extended = after(ASKED, "extend_answer", 10, due_at="2026-03-05T00:00Z")
    clock = an_order(11, *extended).deadline(RuleId.D08)
    assert clock is not None
    assert (clock.due_at, clock.stated, clock.state) == (t(96), True, "RUNNING")


@pytest.mark.row("T39")
def test_t39_a_manager_releases_a_managers_hold() -> None:
    assert an_order(10, *after(HELD, "release", 10, hold="fraud_check", role="manager")).holds == frozenset()


@pytest.mark.row("T39")
def test_t39_a_hold_that_is_over_says_nothing_about_who_may_release_the_next() -> None:
    released = after(HELD, "release", 10, hold="fraud_check", role="manager")
    again = after(released, "hold", 12, hold="fraud_check", reason="look")
    assert code_of(again, "hold", 13, hold="fraud_check", reason="look", actor="minh") == "already_on_hold"
    assert code_of(again, "release", 13, hold="fraud_check") == "accepted"


@pytest.mark.row("T39")
def test_t39_who_names_another_hold_is_told_which_are_on_and_who_placed_them() -> None:
    held = after(
        after(NEW, "hold", 3, hold="fraud_check", reason="odd"), "seller_cancel", 4, reason="other", actor="minh"
    )
    answer = answer_to(held, "release", 10, hold="stock_check")
    assert (answer.code, answer.values) == (  # type: ignore[union-attr]
        "not_on_hold",
        {
            "hold": "stock_check",
            "holds": "fraud_check, manual",
            "held_by_fraud_check": "lan",
            "held_by_manual": "minh",
        },
    )


@pytest.mark.row("T39")
def test_t39_releasing_a_conflict_after_looking() -> None:
    assert an_order(9, *CONFLICTING).holds == {"conflict"}
    order = an_order(10, *after(CONFLICTING, "close_case", 10, case_id="conflict:X03", reason="same"))
    assert (order.holds, [conflict.settled for conflict in order.conflicts]) == (frozenset(), [True])


def test_the_only_open_case_or_conflict_needs_no_name() -> None:
    assert an_order(10, *after(CONFLICTING, "close_case", 10, reason="same")).holds == frozenset()
    assert an_order(10, *after(LOST, "close_case", 10, reason="settled")).open_cases == ()
    again = answer_to(after(LOST, "close_case", 10, reason="settled"), "close_case", 11, reason="settled")
    assert again.code == "no_open_case"  # type: ignore[union-attr]


def test_a_case_that_is_not_clear_is_refused_with_those_there_are() -> None:
    answer = answer_to(TWO_OPEN, "close_case", 10, reason="r")
    assert answer.values["open"].split(", ") == ["cancel_request:R1", "return:B1", "conflict:X01"]  # type: ignore[union-attr]


@pytest.mark.row("T40")
def test_t40_ones_own_slip_needs_no_reason_for_ten_minutes() -> None:
    slipped = after(NEW, "confirm", 10)
    take_back = {"fact_id": slipped[-1].source_key, "role": "manager"}
    assert code_of(slipped, "retract", 10 + 1 / 6, **take_back) == "accepted"
    assert code_of(slipped, "retract", 10 + 1 / 6, actor="minh", **take_back) == "reason_needed"
    assert code_of(slipped, "retract", 10.2, **take_back) == "reason_needed"


@pytest.mark.row("T40b")
def test_t40b_the_same_word_twice_is_told() -> None:
    said = after(SHIPPED, "record", 10, kind="picked_up")
    assert code_of(said, "record", 10, kind="picked_up", actor="minh") == "already_recorded"


def test_typed_reasons_are_not_stored() -> None:
    reason = "Mrs Tran does not want it"
    facts: tuple[Fact, ...] = after(ASKED, "reject_cancel", 10, reason=reason)
    facts = after(facts, "seller_cancel", 11, reason=reason)
    assert not any("Tran" in str(fact) for fact in facts)


def test_every_command_has_a_row() -> None:
    assert set(COMMANDS) == set(CommandName)


@pytest.mark.parametrize(
    ("facts", "role", "names"),
    [
        (NEW, Role.PACKER, {"confirm", "mark_packed", "seller_cancel", "hold", "record"}),
        (NEW, Role.VIEWER, set[str]()),
        (
            ASKED,
            Role.PACKER,
            {"approve_cancel", "reject_cancel", "extend_answer", "seller_cancel", "hold", "close_case", "record"},
        ),
        (AWAY, Role.MANAGER, {"hold", "record", "retract"}),
        (CANCELLED, Role.PACKER, {"record"}),
    ],
)
def test_a_stage_offers_its_commands(facts, role, names) -> None:
    assert set(offered(an_order(10, *facts), role)) == names


def test_what_is_offered_before_anything_went_wrong_is_not_refused_for_the_stage() -> None:
    for facts in (NEW, CONFIRMED, PACKED, SHIPPED):
        for name in offered(an_order(10, *facts), Role.PACKER):
            stage_codes = {"order_cancelled", "already_shipped", "not_packed", "not_paid", "not_shipped"}
            assert code_of(facts, name, 10) not in stage_codes


def test_the_policy_says_until_when_the_seller_may_cancel() -> None:
    assert terms().policy.cancel_limit_rank == 40
