"""What a command leaves when it is carried out: each fact with all that it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from models.answer import Accepted
from models.command import decide
from models.fact import Authority
from models.order import fold
from models.packing_rules import RULES, VERSION, Packing, RulesRead
from models.stage import HandoverMode
from tests.models.makers import Given, a_command, a_fact, after, answer_to, t, terms
from tests.models.transition import (
    ASKED,
    CANCELLING,
    CHOSEN,
    CONFIRMED,
    DELIVERED,
    LOST,
    NEW,
    PACKED,
    PROMISED,
    RETURNED,
    SHIPPED,
    TOLD,
)
from tests.rows import by_row

TICKED = {"checklist": "all"}
CHECKLIST = {"version": VERSION, "ticks": list(RULES)}
DROP_OFF = {"handover": HandoverMode.DROP_OFF}
REASON = {"reason": "r"}
CODE = {"reason_code": "too_late"}
HELD = after(NEW, "hold", 3, hold="fraud_check", **REASON)
SLIP = a_fact("delivered", 5, key="slip")
REQUEST, RETURN = {"case_id": "cancel_request:R"}, {"case_id": "return:B"}
ALL_GIVEN = {
    "tracking_no": "A1",
    "carrier": "J&T",
    "attempt_no": "2",
    "case_id": "claim:lost",
    "request_no": "R2",
    "return_no": "B2",
    "return_type": "refund",
    "handover_mode": "drop_off",
    "shipping_mode": "platform",
    "drop_off_point": "Le Loi",
    "reason_code": "torn",
}

Kept = tuple[str, str, Mapping[str, Given]]
Row = tuple[Given, str, Mapping[str, Given], list[Kept]]
# facts, command, with what; of each fact its kind, what it is about, and what it keeps
KEPT: dict[str, Row] = {
    "T06": (NEW, "confirm", {}, [("stock_confirmed", "", {})]),
    "T10": (CONFIRMED, "mark_packed", TICKED, [("packed", "", {"checklist": CHECKLIST})]),
    "T11": (NEW, "mark_packed", TICKED, [("stock_confirmed", "", {}), ("packed", "", {"checklist": CHECKLIST})]),
    "T12 nothing given": (PACKED, "mark_shipped", {}, [("marked_shipped", "", {"handover_mode": "pickup"})]),
    "T12 the shop drops off": (
        PACKED,
        "mark_shipped",
        {"shop": DROP_OFF},
        [("marked_shipped", "", {"handover_mode": "drop_off"})],
    ),
    "T12 all given": (
        PACKED,
        "mark_shipped",
        {"tracking_no": "A1", "carrier": "J&T", "drop_off_point": "Le Loi", "handover_mode": "drop_off"},
        [
            (
                "marked_shipped",
                "",
                {"tracking_no": "A1", "carrier": "J&T", "drop_off_point": "Le Loi", "handover_mode": "drop_off"},
            )
        ],
    ),
    "T12 anyway": (
        (*PACKED, ASKED[-1], a_fact("cancel_requested", 7, request_no="S")),
        "mark_shipped",
        {"override": "ship_anyway"},
        [
            ("marked_shipped", "", {"handover_mode": "pickup"}),
            ("cancel_rejected", "cancel_request:R", {**REQUEST, "reason_code": "ship_anyway"}),
            ("cancel_rejected", "cancel_request:S", {"case_id": "cancel_request:S", "reason_code": "ship_anyway"}),
        ],
    ),
    "T14": (
        SHIPPED,
        "drop_off",
        {"shop": DROP_OFF, "drop_off_point": "Le Loi"},
        [("dropped_off", "", {"drop_off_point": "Le Loi"})],
    ),
    "T18": (
        SHIPPED,
        "switch_handover",
        {**REASON, "handover_mode": "drop_off"},
        [("handover_switched", "", {"handover_mode": "drop_off"})],
    ),
    "T07": (
        NEW,
        "seller_cancel",
        {"reason_code": "damaged_goods"},
        [("seller_cancel_started", "", {"reason_code": "damaged_goods"})],
    ),
    "T07 in words": (
        NEW,
        "seller_cancel",
        {"reason": " Out-of stock "},
        [("seller_cancel_started", "", {"reason_code": "out_of_stock"})],
    ),
    "T07 the code counts": (
        NEW,
        "seller_cancel",
        {"reason": "damaged goods", "reason_code": "out_of_stock"},
        [("seller_cancel_started", "", {"reason_code": "out_of_stock"})],
    ),
    "T08 the buyer is told": (
        CANCELLING,
        "claim_step",
        {"step": "notify"},
        [("buyer_notified", "seller_cancel", {"case_id": "seller_cancel"})],
    ),
    "T08 cancelled": (
        TOLD,
        "claim_step",
        {"step": "cancel"},
        [("cancelled", "seller_cancel", {"actor": "seller", "reason_code": "out_of_stock"})],
    ),
    "T17": (SHIPPED, "file_complaint", {}, [("complaint_filed", "", {"case_id": "carrier_complaint"})]),
    "T23": (
        PROMISED,
        "choose_claim",
        {"choice": "chase"},
        [("claim_chosen", "claim:late", {"case_id": "claim:late", "choice": "chase"})],
    ),
    "T24 cancelled as lost": (
        LOST,
        "claim_step",
        {"step": "cancel"},
        [("cancelled", "claim:lost", {"actor": "seller", "reason_code": "lost"})],
    ),
    "T24 cancelled as late": (
        CHOSEN,
        "claim_step",
        {"step": "cancel"},
        [("cancelled", "claim:late", {"actor": "seller", "reason_code": "late"})],
    ),
    "T24 the refund is asked for": (
        (*LOST, a_fact("cancelled", 61, reason_code="lost"), a_fact("buyer_notified", 62, case_id="claim:lost")),
        "claim_step",
        {"step": "request_refund"},
        [("refund_requested", "claim:lost", {"case_id": "claim:lost"})],
    ),
    "T31": (ASKED, "approve_cancel", CODE, [("cancel_approved", "cancel_request:R", {**REQUEST, **CODE})]),
    "T32": (ASKED, "reject_cancel", CODE, [("cancel_rejected", "cancel_request:R", {**REQUEST, **CODE})]),
    "T32 in words": (ASKED, "reject_cancel", REASON, [("cancel_rejected", "cancel_request:R", REQUEST)]),
    "T34b": (
        (*NEW, a_fact("cancel_requested", 110, request_no="R")),
        "extend_answer",
        {"due_at": "2026-03-08T09:00:00+07:00"},
        [("answer_extended", "cancel_request:R", {**REQUEST, "due_at": "2026-03-08T02:00:00+00:00", "rule": "D08"})],
    ),
    "T34b a return": (
        (*DELIVERED, a_fact("return_requested", 110, return_no="B")),
        "extend_answer",
        {"due_at": "2026-03-08T02:00Z"},
        [("answer_extended", "return:B", {**RETURN, "due_at": "2026-03-08T02:00:00+00:00", "rule": "D15"})],
    ),
    "T37 accepted": (RETURNED, "accept_return", {}, [("return_accepted", "return:B", RETURN)]),
    "T37 declined": (RETURNED, "reject_return", CODE, [("return_rejected", "return:B", {**RETURN, **CODE})]),
    "T39 held": (
        NEW,
        "hold",
        {**CODE, "hold": "fraud_check", "role": "manager"},
        [("hold_placed", "fraud_check", {"hold": "fraud_check", "role": "manager", **CODE})],
    ),
    "T39 held by hand": (NEW, "hold", REASON, [("hold_placed", "manual", {"hold": "manual", "role": "packer"})]),
    "T39 released": (
        HELD,
        "release",
        {**CODE, "hold": "fraud_check"},
        [("hold_released", "fraud_check", {"hold": "fraud_check", "role": "packer", **CODE})],
    ),
    "T40": (
        (*NEW, SLIP),
        "retract",
        {**REASON, "fact_id": "slip", "role": "manager"},
        [("retraction", "slip", {"fact_id": "slip"})],
    ),
    "T40b": (SHIPPED, "record", {"kind": "picked_up"}, [("picked_up", "", {})]),
    "T40b all given": (
        SHIPPED,
        "record",
        {"kind": "delivery_attempt_failed", **ALL_GIVEN},
        [("delivery_attempt_failed", "A1", ALL_GIVEN)],
    ),
    "T40b about a case": (
        LOST,
        "record",
        {"kind": "refund_done", "case_id": "claim:lost"},
        [("refund_done", "claim:lost", {"case_id": "claim:lost"})],
    ),
    "T40b cancelled by nobody knows whom": (
        NEW,
        "record",
        {"kind": "cancelled"},
        [("cancelled", "", {"actor": "unknown"})],
    ),
    "closed": (LOST, "close_case", CODE, [("case_closed", "claim:lost", {"case_id": "claim:lost", **CODE})]),
}
LATER: Mapping[str, float] = {
    "T17": 60,
    "T23": 130,
    "T24 cancelled as lost": 70,
    "T24 cancelled as late": 130,
    "T24 the refund is asked for": 70,
    "T34b": 120,
    "T34b a return": 120,
    "T37 accepted": 60,
    "T37 declined": 60,
    "T40b about a case": 70,
    "closed": 70,
}
"""At which hour a command is given, where it is not the twentieth."""


@pytest.mark.parametrize("row", by_row({name: (name, *row) for name, row in KEPT.items()}))
def test_a_command_leaves_its_facts_with_all_that_was_told(row):
    name, facts, command, given, kept = row
    hours = LATER.get(name, 20)
    answer = answer_to(facts, command, hours, **given)
    assert isinstance(answer, Accepted), answer
    assert [(fact.kind, dict(fact.payload)) for fact in answer.facts] == [
        (kind, {"actor": "lan", **payload}) for kind, _, payload in kept
    ]
    expected_keys = [":".join(filter(None, [kind, t(hours).isoformat(), "lan", about])) for kind, about, _ in kept]
    assert [fact.source_key for fact in answer.facts] == expected_keys
    assert {(fact.authority, fact.source, fact.estimated) for fact in answer.facts} == {
        (Authority.HUMAN, "person", False)
    }
    assert {(fact.occurred_at, fact.observed_at) for fact in answer.facts} == {(t(hours), t(hours))}


@pytest.mark.row("T40b")
def test_t40b_whose_wish_a_cancellation_was_is_kept_and_who_told_it_stands_in_its_key():
    command = replace(a_command("record", 20), values={"kind": "cancelled", "actor": "buyer", "reason_code": "changed"})
    answer = decide(fold(NEW, terms(), t(20)), NEW, command, terms())
    assert isinstance(answer, Accepted)
    assert answer.facts[0].payload == {"actor": "buyer", "reason_code": "changed"}
    assert answer.facts[0].source_key.endswith(":lan")


@pytest.mark.row("T40b")
@pytest.mark.parametrize(("typed", "at"), [("2026-03-01T09:00Z", t(9)), ("2026-03-01T09:00", t(2))])
def test_t40b_what_happened_before_keeps_both_times_and_a_time_without_zone_is_the_shops(typed, at):
    shop = {"timezone": ZoneInfo("Asia/Ho_Chi_Minh")}
    (seen,) = after(SHIPPED, "record", 20, kind="in_transit", at=typed, shop=shop)[len(SHIPPED) :]
    assert (seen.occurred_at, seen.observed_at) == (at, t(20))
    assert seen.source_key == f"in_transit:{at.isoformat()}:lan"


@pytest.mark.row("T40b")
def test_t40b_who_knows_only_by_when_it_had_happened_says_so():
    known, guessed = (after(SHIPPED, "record", 20, kind="in_transit", estimated=word)[-1] for word in ("", "yes"))
    assert (known.estimated, guessed.estimated) == (False, True)


@pytest.mark.row("T10")
def test_t10_rules_read_in_this_shift_are_kept_with_when_they_were_unless_every_line_was_ticked():
    read = Packing(read=RulesRead(version=VERSION, read_at=t(18)))
    for ticks, acknowledged in (("", {"acknowledged_at": t(18).isoformat()}), ("all", {})):
        command = replace(a_command("mark_packed", 20, checklist=ticks), packing=read)
        answer = decide(fold(CONFIRMED, terms(), t(20)), CONFIRMED, command, terms())
        assert isinstance(answer, Accepted)
        assert answer.facts[0].payload["checklist"] == {**CHECKLIST, **acknowledged}


@pytest.mark.row("T40")
def test_t40_what_is_said_again_after_it_was_taken_back_has_a_key_beside_the_first():
    facts, at = NEW, t(1).isoformat()
    keys = []
    for number in range(3):
        facts = after(facts, "confirm", 2 + number, at=at)
        keys.append(facts[-1].source_key)
        facts = after(facts, "retract", 2.1 + number, fact_id=keys[-1])
    first = f"stock_confirmed:{at}:lan"
    assert keys == [first, f"{first}:2", f"{first}:3"]
