"""What is offered is possible: with its values given, no offered command is refused for where the order stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Case
from models.command import Command, CommandName, Refused, decide, offered
from models.hold import BY_HAND, Hold
from models.order import Order, fold
from models.policy_files import load_policy
from models.stage import HandoverMode, Role, Stage
from tests.models.lives import Life, lives
from tests.models.makers import a_fact, after, an_order, answer_to, code_of, placed, t

SHIPPED = (*placed(), a_fact("marked_shipped", 3))
ONLY_NEW_ORDERS: Mapping[str, object] = {"seen": {}}  # a shop that never got another kind of news


@given(lives())
def test_what_is_offered_is_refused_neither_for_the_stage_nor_as_done_already(life: Life):
    order = fold(life.known, life.shop, life.now)
    for name in offered(order, Role.MANAGER, life.shop.policy.cancel_limit_rank):
        if name is CommandName.RETRACT and not life.known:
            continue
        given_values = {"reason_code": "other", **VALUES.get(name, nothing)(order, life)}
        asked = Command(name=name, actor="lan", role=Role.MANAGER, at=life.now, values=given_values)
        answer = decide(order, life.known, asked, life.shop)
        assert not isinstance(answer, Refused) or answer.code in {"already_retracted", "already_recorded"}, answer


@given(lives(), st.sampled_from(CommandName), st.sampled_from([Role.PACKER, Role.MANAGER]))
def test_what_a_refusal_says_is_possible_is_offered(life: Life, name: CommandName, role: Role):
    order = fold(life.known, life.shop, life.now)
    asked = Command(name=name, actor="lan", role=role, at=life.now, values={"reason_code": "other"})
    answer = decide(order, life.known, asked, life.shop)
    possible = offered(order, role, life.shop.policy.cancel_limit_rank)
    assert not isinstance(answer, Refused) or set(answer.instead) <= set(possible)


T09 = {
    "nothing is wrong": (SHIPPED, 5, ()),
    "the carrier is late": (SHIPPED, 52, ("file_complaint",)),
    "lost": ((*SHIPPED, a_fact("lost_declared", 8)), 10, ("claim_step",)),
    "late": ((*placed(promised_at=t(10)), *SHIPPED[2:]), 20, ("choose_claim",)),
}


@pytest.mark.row("T09")
@pytest.mark.parametrize(("facts", "hours", "possible"), T09.values(), ids=T09)
def test_t09_a_complaint_or_claim_is_offered_instead_of_cancelling_where_there_is_one(facts, hours, possible):
    answer = answer_to(facts, "seller_cancel", hours, reason="other")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.instead) == ("already_shipped", possible)


def test_what_was_done_for_one_of_two_parcels_is_recorded_for_the_other_and_not_offered_as_if_nothing_were():
    told = (a_fact("stock_confirmed", 1, tracking_no="B"), a_fact("packed", 2, tracking_no="A"))
    order = an_order(3, *placed(), *told)
    assert order.stage is Stage.CONFIRMED
    assert CommandName.MARK_PACKED not in offered(order, Role.PACKER)
    assert CommandName.RECORD in offered(order, Role.PACKER)


def test_of_two_parcels_none_is_to_be_packed_once_the_carrier_has_one_of_them():
    told = (a_fact("marked_shipped", 2, tracking_no="A"), a_fact("marked_shipped", 2, tracking_no="B"))
    order = an_order(5, *placed(), *told, a_fact("picked_up", 4, tracking_no="A"))
    assert order.stage is Stage.AWAITING_HANDOVER
    assert CommandName.MARK_PACKED not in offered(order, Role.PACKER)


def test_a_packer_is_not_sent_to_take_back_what_only_a_manager_may():
    facts = after(placed(), "confirm", 1)
    doubts = {"stock": "no", "actor": "minh"}
    assert answer_to(facts, "confirm", 2, **doubts).instead == ("record",)  # type: ignore[union-attr]
    assert answer_to(facts, "confirm", 2, **doubts, role="manager").instead == ("record", "retract")  # type: ignore[union-attr]
    assert answer_to(facts, "confirm", 1.1, stock="no").instead == ("record", "retract")  # type: ignore[union-attr]


def nothing(*_: object) -> dict[str, str]:
    return {}


def case_for(order: Order, *steps: str | None) -> Case:
    return next(case for case in order.open_cases if case.next_step in steps and not case.waiting)


def closing(order: Order, _: Life) -> dict[str, str]:
    conflicts = [conflict.case_id for conflict in order.conflicts if not conflict.settled]
    return {"case_id": [*(case.case_id for case in order.open_cases), *conflicts][0]}


def stepping(order: Order, _: Life) -> dict[str, str]:
    steps = ("cancel", "notify", "request_refund", "await_refund")
    case = case_for(order, *steps)
    return {"case_id": case.case_id, "step": str(case.next_step)}


def choosing(order: Order, _: Life) -> dict[str, str]:
    return {"choice": "chase", "case_id": next(case.case_id for case in order.open_cases if case.waiting)}


def releasing(order: Order, _: Life) -> dict[str, str]:
    cancelling = any(case.kind == "seller_cancel" for case in order.open_cases)
    ours = BY_HAND | {Hold.CONFLICT}
    return {"hold": next(hold for hold in sorted(order.holds & ours) if not (cancelling and hold == "manual"))}


def extending(order: Order, _: Life) -> dict[str, str]:
    waiting = ("RUNNING", "WARNED")
    clock = next(one for one in order.deadlines if one.rule in {"D08", "D15"} and one.state in waiting)
    word = "cancel_request" if clock.rule == "D08" else "return"
    return {"case_id": f"{word}:{clock.about}", "due_at": (clock.due_at + timedelta(hours=1)).isoformat()}


VALUES: Mapping[CommandName, Callable[[Order, Life], dict[str, str]]] = {
    CommandName.MARK_PACKED: lambda *_: {"checklist": "all"},
    CommandName.SWITCH_HANDOVER: lambda order, _: {
        "handover_mode": next(mode for mode in HandoverMode if mode is not order.handover_mode)
    },
    CommandName.APPROVE_CANCEL: lambda *_: {"override": "parcel_recalled"},
    CommandName.EXTEND_ANSWER: extending,
    CommandName.CLAIM_STEP: stepping,
    CommandName.CHOOSE_CLAIM: choosing,
    CommandName.RECORD: lambda *_: {"kind": "in_transit"},
    CommandName.RELEASE: releasing,
    CommandName.RETRACT: lambda _, life: {"fact_id": life.known[0].source_key},
    CommandName.CLOSE_CASE: closing,
}


@pytest.mark.row("T07")
def test_t07_where_the_market_lets_cancel_until_collected_it_is_offered_until_then():
    american = {"policy": load_policy("us-2026")}
    limit = load_policy("us-2026").cancel_limit_rank
    assert CommandName.SELLER_CANCEL in offered(an_order(5, *SHIPPED, **american), Role.PACKER, limit)
    assert CommandName.SELLER_CANCEL not in offered(an_order(5, *SHIPPED), Role.PACKER)
    assert code_of(SHIPPED, "seller_cancel", 5, reason="other", shop=american) == "accepted"


@pytest.mark.row("T17")
def test_t17_whoever_knows_that_nobody_came_may_complain_while_the_clock_only_asks():
    order = an_order(52, *SHIPPED, **ONLY_NEW_ORDERS)
    assert CommandName.FILE_COMPLAINT in offered(order, Role.PACKER)
    assert code_of(SHIPPED, "file_complaint", 52, shop=ONLY_NEW_ORDERS) == "accepted"


@pytest.mark.row("T17")
@pytest.mark.parametrize(
    ("facts", "hours", "code"),
    [
        (SHIPPED, 50, "no_complaint_case"),
        ((*SHIPPED, a_fact("picked_up", 60, by="human")), 61, "no_complaint_case"),
        ((*SHIPPED, a_fact("complaint_filed", 52, by="human")), 53, "already_complained"),
    ],
    ids=["before the time is over", "after all collected", "complained already"],
)
def test_t17_a_clock_that_asks_gives_no_right_to_complain_early_late_or_twice(facts, hours, code):
    assert code_of(facts, "file_complaint", hours, shop=ONLY_NEW_ORDERS) == code
    assert CommandName.FILE_COMPLAINT not in offered(an_order(hours, *facts, **ONLY_NEW_ORDERS), Role.PACKER)


@pytest.mark.row("T34b")
def test_t34b_an_answer_is_not_extended_after_its_time():
    asked = (*placed(), a_fact("cancel_requested", 3))
    assert CommandName.EXTEND_ANSWER in offered(an_order(50, *asked), Role.PACKER)
    assert CommandName.EXTEND_ANSWER not in offered(an_order(52, *asked), Role.PACKER)
    assert code_of(asked, "extend_answer", 52, due_at=t(90).isoformat()) == "too_late"
