"""Claims, delivery, requests, returns: the rows T23 to T38 of order-lifecycle, section 6.

What a command is refused for stands in `test_command.py`.
"""

from __future__ import annotations

import pytest

from models.deadline import RuleId
from models.fact import Fact
from tests.models.makers import a_fact, after, an_order, answer_to, placed, t
from tests.models.transition import (
    ASKED,
    ASKED_AWAY,
    CHOSEN,
    COLLECTED,
    CONFIRMED,
    DELIVERED,
    DROP_OFF,
    FAILED_TWICE,
    LOST,
    MOMENT,
    NEW,
    PROMISED,
    REFUND_ASKED,
    RETURNED,
    SHIPPED,
    Transition,
    expected,
    seen,
    these,
)
from tests.rows import by_row

TRANSITIONS = {
    "T23": Transition(
        facts=(*PROMISED, a_fact("in_transit", 110)),
        before=("IN_TRANSIT", 120),
        after=("IN_TRANSIT", 120 + MOMENT),
        clocks={"D11": "BREACHED"},
        cases={"claim:late": None},
        todos=these("decide_late"),
        values={"late": True},
    ),
    "T24 a late parcel is cancelled at the first step": Transition(
        facts=(*CHOSEN, a_fact("in_transit", 121)),
        before=("IN_TRANSIT", 122),
        do=("claim_step", {"step": "cancel"}),
        after=("CANCELLED", 122),
        clocks={"D10": "VOID", "D11": "BREACHED", "D17": "VOID"},
        cases={"claim:late": None},
        next_step="notify",
        todos=these("tell_buyer"),
        values={"cancel_reason": "late", "late": True},
    ),
    "T24 the platform's mail is the first step": Transition(
        facts=LOST,
        before=("LOST", 61),
        news=(a_fact("cancelled", 62, actor="system", reason_code="lost"),),
        after=("CANCELLED", 63),
        cases={"claim:lost": None},
        next_step="notify",
        todos=these("tell_buyer"),
    ),
    "T25": Transition(
        facts=(*PROMISED, a_fact("in_transit", 110)),
        before=("IN_TRANSIT", 122),
        news=(a_fact("delivered", 122),),
        after=("DELIVERED", 123),
        clocks={"D11": "MET_LATE"},
        starts={"D18": 122},
        cases={"claim:late": "delivered_late"},
        values={"late": True},
    ),
    "T26": Transition(
        facts=FAILED_TWICE,
        before=("LOST", 95),
        news=(a_fact("delivered", 96),),
        after=("DELIVERED", 97),
        clocks={"D12": "MET_LATE"},
        starts={"D18": 96},
        cases={"claim:lost": "delivered"},
    ),
    "T27 from LOST": Transition(
        facts=(*FAILED_TWICE, REFUND_ASKED),
        before=("LOST", 100),
        news=(a_fact("delivered", 110),),
        after=("DELIVERED", 111),
        starts={"D18": 110},
        cases={"claim:lost": None},
        conflicts=these("X06"),
        todos=these("settle_refund"),
    ),
    "T27 refunded by the platform": Transition(
        facts=(*FAILED_TWICE, a_fact("refund_done", 100)),
        before=("LOST", 101),
        news=(a_fact("delivered", 110),),
        after=("DELIVERED", 111),
        starts={"D18": 110},
        cases={"claim:lost": "refunded"},
        conflicts=these("X06"),
        todos=these("settle_refund"),
    ),
    "T27 cancelled by a claim": Transition(
        facts=(*LOST, a_fact("cancelled", 70, actor="seller", reason_code="lost"), REFUND_ASKED),
        before=("CANCELLED", 101),
        news=(a_fact("delivered", 110),),
        after=("CANCELLED", 111),
        cases={"claim:lost": None},
        conflicts=these("X06", "X07"),
        todos=these("check_money", "settle_refund"),
    ),
    "T28": Transition(
        facts=PROMISED,
        before=("IN_TRANSIT", 40),
        news=(a_fact("delivered", 40),),
        after=("DELIVERED", 41),
        clocks={"D10": "MET", "D11": "MET", "D17": "MET"},
        starts={"D18": 40},
    ),
    "T29": Transition(
        facts=DELIVERED,
        before=("DELIVERED", 40 + 336),
        after=("COMPLETED", 40 + 336 + MOMENT),
        presumed=True,
        clocks={"D18": "MET"},
    ),
    "T29 not while a case is open": Transition(
        facts=(*DELIVERED, a_fact("return_requested", 376), a_fact("return_accepted", 376)),
        before=("DELIVERED", 40 + 336),
        after=("DELIVERED", 40 + 336 + MOMENT),
        clocks={"D18": "PAUSED"},
        cases={"return:2026-03-16T16:00+00:00": None},
        next_step="receive",
        todos=these("receive_return"),
    ),
    "T30": Transition(
        facts=NEW,
        before=("NEW", 5),
        news=(a_fact("cancel_requested", 5, request_no="R"),),
        after=("NEW", 6),
        clocks={"D01": "PAUSED", "D02": "RUNNING"},
        starts={"D08": 5},
        cases={"cancel_request:R": None},
        next_step="answer",
        holds=these("cancel_requested"),
        todos=these("answer_cancel"),
        values={"steps": ()},
    ),
    "T31": Transition(
        facts=ASKED,
        before=("NEW", 20),
        do=("approve_cancel", {}),
        after=("CANCELLED", 20),
        clocks={"D01": "VOID", "D02": "VOID", "D08": "MET"},
        cases={"cancel_request:R": "approved"},
        values={"cancel_actor": "buyer"},
    ),
    "T31 parcel recalled": Transition(
        facts=ASKED_AWAY,
        before=("AWAITING_HANDOVER", 20),
        do=("approve_cancel", {"override": "parcel_recalled"}),
        after=("CANCELLED", 20),
        clocks={"D04": "VOID", "D08": "MET", "D10": "VOID"},
        cases={"cancel_request:R": "approved"},
        conflicts=these("X04"),
        todos=these("recall_parcel"),
    ),
    "T32": Transition(
        facts=ASKED,
        before=("NEW", 20),
        do=("reject_cancel", {"reason_code": "already_packed"}),
        after=("NEW", 20),
        clocks={"D02": "RUNNING", "D08": "MET"},
        cases={"cancel_request:R": "rejected"},
        todos=these("confirm"),
    ),
    "T34 before shipped": Transition(
        facts=ASKED,
        before=("NEW", 53),
        after=("CANCELLED", 53 + MOMENT),
        presumed=True,
        clocks={"D01": "VOID", "D02": "VOID", "D08": "BREACHED"},
        cases={"cancel_request:R": None},
        next_step="answer",
        holds=these("cancel_requested"),
        todos=these("verify_cancel"),
        values={"steps": (), "cancel_actor": "buyer"},
    ),
    "T34 away": Transition(
        facts=(*COLLECTED, a_fact("cancel_requested", 22, request_no="R")),
        before=("PICKED_UP", 70),
        after=("PICKED_UP", 70 + MOMENT),
        clocks={"D08": "BREACHED"},
        cases={"cancel_request:R": None},
        next_step="answer",
        holds=these("cancel_requested"),
        todos=these("verify_cancel"),
        values={"steps": ()},
    ),
    "T35": Transition(
        facts=ASKED,
        before=("NEW", 20),
        news=(a_fact("cancel_withdrawn", 20),),
        after=("NEW", 21),
        clocks={"D08": "VOID"},
        cases={"cancel_request:R": "withdrawn"},
        todos=these("confirm"),
    ),
    "T36": Transition(
        facts=DELIVERED,
        before=("DELIVERED", 50),
        news=(a_fact("return_requested", 50, return_no="B"),),
        after=("DELIVERED", 51),
        starts={"D15": 50},
        cases={"return:B": None},
        next_step="answer",
        todos=these("answer_return"),
    ),
    "T37 accepted": Transition(
        facts=RETURNED,
        before=("DELIVERED", 60),
        do=("accept_return", {}),
        after=("DELIVERED", 60),
        clocks={"D15": "MET"},
        cases={"return:B": None},
        next_step="receive",
        todos=these("receive_return"),
    ),
    "T37 rejected": Transition(
        facts=RETURNED,
        before=("DELIVERED", 60),
        do=("reject_return", {"reason_code": "used"}),
        after=("DELIVERED", 60),
        clocks={"D15": "MET"},
        cases={"return:B": "rejected"},
    ),
    "T37 received": Transition(
        facts=(*RETURNED, a_fact("return_accepted", 60)),
        before=("DELIVERED", 80),
        do=("record", {"kind": "return_received"}),
        after=("DELIVERED", 80),
        cases={"return:B": None},
        next_step="refund",
        todos=these("check_stock", "refund_return"),
    ),
    "T37 refunded": Transition(
        facts=(*RETURNED, a_fact("return_accepted", 60), a_fact("return_received", 80, by="human")),
        before=("DELIVERED", 90),
        news=(a_fact("refund_done", 90),),
        after=("DELIVERED", 91),
        cases={"return:B": "refunded"},
        todos=these("check_stock"),
    ),
    "T38": Transition(
        facts=CONFIRMED,
        before=("CONFIRMED", 20),
        news=(a_fact("cancelled", 20, actor="buyer", reason_code="changed_mind"),),
        after=("CANCELLED", 21),
        clocks={"D02": "VOID", "D03": "VOID"},
        values={"cancel_actor": "buyer", "cancel_reason": "changed_mind"},
    ),
    "T38 away": Transition(
        facts=SHIPPED,
        before=("AWAITING_HANDOVER", 20),
        news=(a_fact("cancelled", 20, actor="system"),),
        after=("CANCELLED", 21),
        clocks={"D04": "VOID", "D10": "VOID"},
        conflicts=these("X04"),
        todos=these("recall_parcel"),
    ),
}


@pytest.mark.parametrize("row", by_row(TRANSITIONS))
def test_transition(row: Transition) -> None:
    assert seen(row) == expected(row)


@pytest.mark.row("T26")
def test_a_defeated_presumption_leaves_a_declared_loss_alone() -> None:
    declared = an_order(97, *LOST, a_fact("delivered", 96))
    assert (declared.stage, [case.open for case in declared.cases]) == ("DELIVERED", [True])


@pytest.mark.row("T30")
def test_a_request_to_cancel_is_on_top_of_what_is_to_be_done() -> None:
    order = an_order(20, *placed(), a_fact("marked_shipped", 10), a_fact("cancel_requested", 11), **DROP_OFF)
    assert next(todo.kind for todo in order.todos) == "answer_cancel"


@pytest.mark.row("T30")
@pytest.mark.parametrize("news", [a_fact("cancelled", 3), a_fact("cancelled", 3, by="human")])
def test_a_request_about_a_cancelled_order_asks_for_nothing(news: Fact) -> None:
    order = an_order(20, *NEW, news, a_fact("cancel_requested", 5))
    assert (order.open_cases, order.holds, order.todos) == ((), frozenset(), ())


@pytest.mark.row("T33")
def test_of_a_parcel_that_is_away_rejecting_is_suggested() -> None:
    def suggested(facts: tuple[Fact, ...]) -> list[str | None]:
        return [todo.command for todo in an_order(20, *facts).todos if todo.kind == "answer_cancel"]

    assert (suggested(ASKED), suggested(ASKED_AWAY)) == (["approve_cancel"], ["reject_cancel"])
    refused = answer_to(ASKED_AWAY, "approve_cancel", 20)
    assert (refused.code, refused.instead) == ("parcel_away", ("reject_cancel",))  # type: ignore[union-attr]


@pytest.mark.row("T34")
@pytest.mark.parametrize("facts", [ASKED, ASKED_AWAY])
def test_an_answer_that_is_overdue_is_the_most_pressing(facts: tuple[Fact, ...]) -> None:
    assert next((todo.kind, todo.priority) for todo in an_order(61, *facts).todos) == ("verify_cancel", 0)


@pytest.mark.row("T34b", "D15")
def test_the_answer_to_a_return_can_be_put_off_too() -> None:
    moved = after(RETURNED, "extend_answer", 60, due_at="2026-03-06T00:00Z")
    clock = an_order(110, *moved).deadline(RuleId.D15)
    assert clock is not None
    assert (clock.due_at, clock.stated, clock.state) == (t(120), True, "WARNED")


@pytest.mark.row("T37")
def test_a_wish_for_the_money_alone_is_received_by_nobody() -> None:
    wish = (*DELIVERED, a_fact("return_requested", 50, return_no="B", return_type="refund"))
    accepted = an_order(61, *after(wish, "accept_return", 60))
    assert [case.next_step for case in accepted.cases] == ["refund"]
