"""What a refused command tells beside its code: who and when, what is wrong with it, and what is possible instead."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from models.answer import Refused
from models.stage import HandoverMode, ShippingMode
from tests.models.makers import Given, a_fact, after, answer_to, placed, t
from tests.rows import by_row

UNPAID = (a_fact("order_placed"),)
NEW = placed()
TICKED = {"checklist": "all"}
REASON = {"reason": "r"}
CONFIRMED = after(NEW, "confirm", 1)
PACKED = after(CONFIRMED, "mark_packed", 2, **TICKED)
SHIPPED = after(PACKED, "mark_shipped", 3, tracking_no="A1", carrier="J&T", drop_off_point="Le Loi")
DROP_OFF = {"handover": HandoverMode.DROP_OFF}
PLATFORM = {"shipping": ShippingMode.PLATFORM}
DROPPED = after(after(PACKED, "mark_shipped", 3, shop=DROP_OFF), "drop_off", 4, shop=DROP_OFF)
TRAVELS = (*SHIPPED, a_fact("in_transit", 5))
CANCELLED = (*NEW, a_fact("cancelled", 3))
ASKED = (*NEW, a_fact("cancel_requested", 3, request_no="R1"))
PACKED_AND_ASKED = (*PACKED, ASKED[-1])
CANCELLING = after(NEW, "seller_cancel", 4, reason="other")
FRAUD = after(NEW, "hold", 3, hold="fraud_check", role="manager", **REASON)
TWO_HOLDS = after(FRAUD, "hold", 4, hold="stock_check", actor="minh", **REASON)
BY_PLATFORM = (*NEW, a_fact("platform_hold_started", 3))
RELEASED = after(FRAUD, "release", 5, hold="fraud_check", role="manager", actor="minh")
SWITCHED = after(SHIPPED, "switch_handover", 4, handover_mode="drop_off", actor="minh", **REASON)
SAW = after(SHIPPED, "record", 5, kind="picked_up", tracking_no="A1", actor="minh")
SLIP = CONFIRMED[-1].source_key
TAKEN_BACK = after(CONFIRMED, "retract", 1.1, fact_id=SLIP)
SCANS = tuple(a_fact("delivery_attempt_failed", 5, key=f"scan:{number}") for number in range(3))
COMPLETED = (*TRAVELS, a_fact("delivered", 6))


def by(name: str, hours: float, **more: str) -> dict[str, str]:
    return {"by": name, "at": t(hours).isoformat(), **more}


HANDOVER = {"key": "handover_mode", "allowed": "pickup, drop_off"}
FRAUD_HELD = {"holds": "fraud_check", "held_by_fraud_check": "lan"}

Row = tuple[Given, str, float, Mapping[str, Given], str, Mapping[str, str], tuple[str, ...]]
# facts, command, at which hour, with what; the code, its values, what is possible instead
TOLD: dict[str, Row] = {
    "a viewer": (NEW, "confirm", 2, {"role": "viewer"}, "role_too_low", {"needs": "packer"}, ()),
    "T06 confirmed": (CONFIRMED, "confirm", 2, {"actor": "minh"}, "already_confirmed", by("lan", 1), ()),
    "T06 packed, so it was confirmed": ((*NEW, a_fact("packed", 2)), "confirm", 3, {}, "already_confirmed", {}, ()),
    "T06 confirmed, and now there is no stock": (
        CONFIRMED,
        "confirm",
        1.1,
        {"stock": "no"},
        "already_confirmed",
        by("lan", 1),
        ("record", "retract"),
    ),
    "T06 no stock": (NEW, "confirm", 2, {"stock": "no"}, "stock_not_ok", {}, ("seller_cancel", "hold")),
    "T06 unpaid": (UNPAID, "confirm", 2, {}, "not_paid", {}, ("record",)),
    "T06 on hold": (FRAUD, "confirm", 5, {}, "hold_first", FRAUD_HELD, ("release",)),
    "T06 asked to cancel": (ASKED, "confirm", 5, {}, "cancel_requested", {}, ("approve_cancel", "reject_cancel")),
    "T10 the packing list": (
        NEW,
        "mark_packed",
        5,
        {"checklist": "items_and_count,sound,unexpired,label_readable,no_flyers,nothing_extra,no_buyer_data"},
        "checklist_incomplete",
        {"missing": "no_review_request, handling_told"},
        (),
    ),
    "T10 packed, and something is missing": (
        PACKED,
        "mark_packed",
        5,
        {"checklist": "sound"},
        "already_packed",
        by("lan", 2),
        ("record",),
    ),
    "T10 away": ((*NEW, a_fact("in_transit", 4)), "mark_packed", 5, TICKED, "already_packed", {}, ()),
    "T10 two holds": (
        TWO_HOLDS,
        "mark_packed",
        5,
        TICKED,
        "on_hold",
        {"holds": "fraud_check, stock_check", "held_by_fraud_check": "lan", "held_by_stock_check": "minh"},
        ("release",),
    ),
    "T10 the platform's hold": (BY_PLATFORM, "mark_packed", 5, TICKED, "on_hold", {"holds": "platform_hold"}, ()),
    "T10 being cancelled": (
        CANCELLING,
        "mark_packed",
        5,
        TICKED,
        "being_cancelled",
        {},
        ("claim_step", "close_case"),
    ),
    "T12 not packed": (CONFIRMED, "mark_shipped", 2, {}, "not_packed", {}, ("mark_packed",)),
    "T12 asked to cancel": (
        PACKED_AND_ASKED,
        "mark_shipped",
        4,
        {},
        "cancel_requested",
        {},
        ("approve_cancel", "reject_cancel"),
    ),
    "T12 anyway, but on hold": (
        after(PACKED_AND_ASKED, "hold", 4, hold="fraud_check", **REASON),
        "mark_shipped",
        5,
        {"override": "ship_anyway"},
        "on_hold",
        FRAUD_HELD,
        ("release",),
    ),
    "T12 an odd way": (PACKED, "mark_shipped", 4, {"handover_mode": "fly"}, "bad_value", HANDOVER, ()),
    "T12 shipped": (SHIPPED, "mark_shipped", 4, {}, "already_shipped", by("lan", 3), ()),
    "T14 a pickup": (SHIPPED, "drop_off", 4, {}, "not_drop_off", {}, ("switch_handover",)),
    "T14 packed": (PACKED, "drop_off", 4, {"shop": DROP_OFF}, "not_shipped", {}, ("mark_shipped",)),
    "T14 new": (NEW, "drop_off", 4, {"shop": DROP_OFF}, "not_shipped", {}, ("mark_packed",)),
    "T14 on hold": (FRAUD, "drop_off", 4, {"shop": DROP_OFF}, "not_shipped", {}, ("release",)),
    "T14 label first": (
        NEW,
        "drop_off",
        4,
        {"shop": DROP_OFF | PLATFORM},
        "not_shipped",
        {},
        ("mark_shipped", "mark_packed"),
    ),
    "T14 dropped off": (DROPPED, "drop_off", 5, {"shop": DROP_OFF}, "already_dropped_off", by("lan", 4), ()),
    "T18 on the way": (
        TRAVELS,
        "switch_handover",
        6,
        {"handover_mode": "drop_off", **REASON},
        "already_collected",
        {},
        ("record",),
    ),
    "T18 no way": (SHIPPED, "switch_handover", 5, REASON, "bad_value", HANDOVER, ()),
    "T18 no reason": (SHIPPED, "switch_handover", 5, {"handover_mode": "drop_off"}, "reason_needed", {}, ()),
    "T18 so from the beginning": (
        SHIPPED,
        "switch_handover",
        5,
        {"handover_mode": "pickup", **REASON},
        "same_handover",
        {"handover_mode": "pickup"},
        (),
    ),
    "T18 switched by somebody": (
        SWITCHED,
        "switch_handover",
        5,
        {"handover_mode": "drop_off", **REASON},
        "same_handover",
        by("minh", 4, handover_mode="drop_off"),
        (),
    ),
    "T39 an odd hold": (
        NEW,
        "hold",
        5,
        {"hold": "platform_hold", **REASON},
        "bad_value",
        {"key": "hold", "allowed": "address_check, fraud_check, manual, stock_check"},
        (),
    ),
    "T39 on hold": (TWO_HOLDS, "hold", 5, {"hold": "stock_check", **REASON}, "already_on_hold", by("minh", 4), ()),
    "T39 held by our own cancelling": (CANCELLING, "hold", 5, REASON, "already_on_hold", by("lan", 4), ()),
    "T39 released by somebody": (
        RELEASED,
        "release",
        6,
        {"hold": "fraud_check"},
        "already_released",
        by("minh", 5, hold="fraud_check"),
        (),
    ),
    "T39 to end what cannot be": (
        FRAUD,
        "release",
        6,
        {"hold": "moon"},
        "bad_value",
        {
            "key": "hold",
            "allowed": "address_check, cancel_requested, conflict, fraud_check, manual, platform_hold, stock_check",
        },
        (),
    ),
    "T39 on no hold": (NEW, "release", 6, {}, "no_hold", {}, ()),
    "T39 none was named": (FRAUD, "release", 6, {}, "not_on_hold", {"hold": "manual", **FRAUD_HELD}, ()),
    "T39 the platform's": (
        BY_PLATFORM,
        "release",
        6,
        {"hold": "platform_hold"},
        "hold_not_ours",
        {"hold": "platform_hold"},
        (),
    ),
    "T39 a manager's": (FRAUD, "release", 6, {"hold": "fraud_check"}, "role_too_low", {"needs": "manager"}, ()),
    "T39 of our own cancelling": (CANCELLING, "release", 6, {}, "being_cancelled", {}, ("claim_step", "close_case")),
    "T40 the platform's": (NEW, "retract", 5, {"fact_id": NEW[0].source_key}, "role_too_low", {"needs": "manager"}, ()),
    "T40 none named": (CONFIRMED, "retract", 5, {}, "which_fact", {}, ()),
    "T40 none there": (CONFIRMED, "retract", 5, {"fact_id": "abcd"}, "no_such_fact", {"fact_id": "abcd"}, ()),
    "T40 several": (
        (*SHIPPED, *SCANS),
        "retract",
        6,
        {"fact_id": "scan:"},
        "ambiguous_fact",
        {"fact_id": "scan:"},
        (),
    ),
    "T40 taken back": (
        TAKEN_BACK,
        "retract",
        5,
        {"fact_id": SLIP, "role": "manager"},
        "already_retracted",
        by("lan", 1.1),
        (),
    ),
    "T40 a manager without reason": (
        NEW,
        "retract",
        5,
        {"fact_id": NEW[0].source_key, "role": "manager"},
        "reason_needed",
        {},
        (),
    ),
    "T40b told": (
        SAW,
        "record",
        6,
        {"kind": "picked_up", "at": t(5).isoformat(), "tracking_no": "A1"},
        "already_recorded",
        by("minh", 5),
        (),
    ),
    "T40b no time": (NEW, "record", 6, {"kind": "delivered", "at": "noon"}, "bad_time", {"key": "at"}, ()),
    "T40b to come": (
        NEW,
        "record",
        6,
        {"kind": "delivered", "at": t(6.01).isoformat()},
        "in_future",
        {"at": t(6.01).isoformat()},
        (),
    ),
    "T42 cancelled": (CANCELLED, "mark_packed", 5, TICKED, "order_cancelled", {}, ("record",)),
    "T42 presumed, unpaid": (UNPAID, "confirm", 60, {}, "presumed_cancelled", {}, ("record",)),
    "T42 presumed, asked": (ASKED, "mark_packed", 60, TICKED, "presumed_cancelled", {}, ("reject_cancel",)),
    "T42 presumed, and we cancel": (ASKED, "seller_cancel", 60, REASON, "presumed_cancelled", {}, ("reject_cancel",)),
    "T07 cancelled already": (CANCELLED, "seller_cancel", 5, REASON, "already_cancelled", by("platform", 3), ()),
    "finished": (COMPLETED, "mark_packed", 400, TICKED, "order_finished", {}, ()),
}


@pytest.mark.parametrize("row", by_row(TOLD))
def test_a_refusal_tells_who_and_what_and_what_is_possible_instead(row):
    facts, name, hours, given, code, values, instead = row
    answer = answer_to(facts, name, hours, **given)
    assert isinstance(answer, Refused), answer
    assert (answer.code, dict(answer.values), answer.instead) == (code, values, instead)
