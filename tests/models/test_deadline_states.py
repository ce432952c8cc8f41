"""How each clock stands by which facts, row by row (order-lifecycle, section 7)."""

from __future__ import annotations

import pytest

from models.deadline import RuleId
from models.stage import HandoverMode
from tests.models.makers import a_fact, an_order, placed, t
from tests.rows import by_row

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
SHIPPED = (*placed(), a_fact("marked_shipped", 10))
DELIVERED = (*SHIPPED, a_fact("in_transit", 20), a_fact("delivered", 30))

STATES = {
    "D01 counts business hours from when we saw it": (placed(), 36, "D01", "WARNED"),
    "D01 stops by any proof of rank 20": ((*placed(), a_fact("marked_shipped", 30)), 60, "D01", "MET"),
    "D02 at the due moment is in time": ((*placed(), a_fact("marked_shipped", 72)), 100, "D02", "MET"),
    "D02 is not over at the due moment": (placed(), 72, "D02", "WARNED"),
    "D02 is over after it": (placed(), 72.01, "D02", "BREACHED"),
    "D02 void when cancelled in time": ((*placed(), a_fact("cancelled", 72)), 100, "D02", "VOID"),
    "D02 stays broken when cancelled later": ((*placed(), a_fact("cancelled", 73)), 100, "D02", "BREACHED"),
    "D02 void under a presumed cancellation": ((*placed(), a_fact("cancel_requested", 1)), 80, "D02", "VOID"),
    "D02 named stop before implied proof": (
        (*placed(), a_fact("marked_shipped", 80), a_fact("picked_up", 60)),
        90,
        "D02",
        "MET_LATE",
    ),
    "D03 is 12 hours before D02": ((*placed(), a_fact("stock_confirmed", 10)), 60.5, "D03", "BREACHED"),
    "D03 met by packing": (
        (*placed(), a_fact("stock_confirmed", 10), a_fact("packed", 60)),
        61,
        "D03",
        "MET",
    ),
    "D03 pauses on hold": (
        (*placed(), a_fact("stock_confirmed", 10), a_fact("hold_placed", 20, by="human", hold="manual")),
        70,
        "D03",
        "PAUSED",
    ),
    "D03 moves by a finished hold": (
        (
            *placed(),
            a_fact("stock_confirmed", 10),
            a_fact("hold_placed", 20, by="human", hold="manual"),
            a_fact("hold_released", 40, by="human", hold="manual"),
        ),
        70,
        "D03",
        "RUNNING",
    ),
    "D01 met by what stops it while it stands still": (
        (*placed(), a_fact("hold_placed", 34, by="human", hold="manual"), a_fact("stock_confirmed", 60)),
        61,
        "D01",
        "MET",
    ),
    "D02 implied by the strongest word, not by the first": (
        (*placed(), a_fact("picked_up", 60, by="human"), a_fact("picked_up", 80)),
        90,
        "D02",
        "UNKNOWN",
    ),
    "D02 never pauses": ((*placed(), a_fact("hold_placed", 20, by="human", hold="manual")), 80, "D02", "BREACHED"),
    "D04 implied in time": ((*SHIPPED, a_fact("in_transit", 50)), 60, "D04", "MET"),
    "D04 implied too late is unknown": ((*SHIPPED, a_fact("in_transit", 60)), 61, "D04", "UNKNOWN"),
    "D05 met, though nobody knows when the carrier came": (
        (*SHIPPED, a_fact("complaint_filed", 60, by="human"), a_fact("in_transit", 75)),
        80,
        "D05",
        "MET",
    ),
    "D05 void when nobody knows whether there was anything to complain of": (
        (*SHIPPED, a_fact("in_transit", 75)),
        80,
        "D05",
        "VOID",
    ),
    "D05 void when collected": ((*SHIPPED, a_fact("picked_up", 60)), 80, "D05", "VOID"),
    "D05 broken when nobody complained": (SHIPPED, 71, "D05", "BREACHED"),
    "D08 void when withdrawn": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("cancel_withdrawn", 5)),
        9,
        "D08",
        "VOID",
    ),
    "D08 met by approval": ((*placed(), a_fact("cancel_requested", 1), a_fact("cancel_approved", 5)), 9, "D08", "MET"),
    "D08 met by the cancellation itself": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("cancelled", 5)),
        9,
        "D08",
        "MET",
    ),
    "D08 rejected too late": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("cancel_rejected", 50)),
        60,
        "D08",
        "MET_LATE",
    ),
    "D08 void when asked after the cancellation": (
        (*placed(), a_fact("cancelled", 1), a_fact("cancel_requested", 2)),
        9,
        "D08",
        "VOID",
    ),
    "D08 void once nobody paid in time": ((a_fact("order_placed"), a_fact("cancel_requested", 5)), 54, "D08", "VOID"),
    "D08 broken before the time to pay is over": (
        (a_fact("order_placed", due_at=t(90)), a_fact("cancel_requested", -1)),
        48,
        "D08",
        "BREACHED",
    ),
    "D02 runs for an order whose loss proves that it was paid": (
        (a_fact("order_placed"), a_fact("lost_declared", 60)),
        91,
        "D02",
        "MET",
    ),
    "D12 is a count, broken when it is reached": (
        (*SHIPPED, a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90)),
        90,
        "D12",
        "BREACHED",
    ),
    "D14 met by a message that names no case": (
        (
            *SHIPPED,
            a_fact("lost_declared", 50),
            a_fact("cancelled", 60, reason_code="lost"),
            a_fact("buyer_notified", 62, by="human"),
            a_fact("refund_requested", 63, by="human"),
        ),
        64,
        "D14",
        "MET",
    ),
    "D09 runs while unpaid": ((a_fact("order_placed"),), 48, "D09", "RUNNING"),
    "D09 void when paid": ((a_fact("order_placed"), a_fact("order_paid", 5)), 6, "D09", "VOID"),
    "D09 is never broken": ((a_fact("order_placed"),), 49, "D09", "VOID"),
    "D10 stops at delivery": (DELIVERED, 400, "D10", "MET"),
    "D10 stops at a declared loss": ((*SHIPPED, a_fact("lost_declared", 90)), 400, "D10", "MET"),
    "D07 stops at the scan of the strongest word": (
        (
            *SHIPPED,
            a_fact("dropped_off", 20, by="human"),
            a_fact("in_transit", 40, by="human"),
            a_fact("in_transit", 50),
        ),
        51,
        "D07",
        "MET_LATE",
    ),
    "D10 is not stopped by attempts before a delivery": (
        (
            *SHIPPED,
            a_fact("delivery_attempt_failed", 100),
            a_fact("delivery_attempt_failed", 130),
            a_fact("delivered", 350),
        ),
        360,
        "D10",
        "MET_LATE",
    ),
    "D10 delivered after all": ((*SHIPPED, a_fact("delivered", 350)), 360, "D10", "MET_LATE"),
    "D11 void when cancelled": ((*placed(promised_at=t(50)), a_fact("cancelled", 5)), 60, "D11", "VOID"),
    "D12 from the second attempt": (
        (*SHIPPED, a_fact("delivery_attempt_failed", 50), a_fact("delivery_attempt_failed", 80)),
        81,
        "D12",
        "BREACHED",
    ),
    "D13 met by a message": (
        (*SHIPPED, a_fact("delivery_attempt_failed", 50), a_fact("buyer_notified", 51, by="human")),
        100,
        "D13",
        "MET",
    ),
    "D13 void when delivered": (
        (*SHIPPED, a_fact("delivery_attempt_failed", 50), a_fact("delivered", 52)),
        100,
        "D13",
        "VOID",
    ),
    "D15 met by an answer": (
        (*DELIVERED, a_fact("return_requested", 40), a_fact("return_accepted", 50)),
        60,
        "D15",
        "MET",
    ),
    "D15 void when cancelled": (
        (*DELIVERED, a_fact("return_requested", 40), a_fact("cancelled", 50)),
        100,
        "D15",
        "VOID",
    ),
    "D15 broken": ((*DELIVERED, a_fact("return_requested", 40)), 89, "D15", "BREACHED"),
    "D15 an extension without a time is an answer": (
        (*DELIVERED, a_fact("return_requested", 40), a_fact("answer_extended", 50, rule="D15")),
        100,
        "D15",
        "MET",
    ),
    "D17 restarts with each scan": (
        (*SHIPPED, a_fact("in_transit", 20), a_fact("in_transit", 90)),
        100,
        "D17",
        "RUNNING",
    ),
    "D17 silent": ((*SHIPPED, a_fact("in_transit", 20)), 93, "D17", "BREACHED"),
    "D17 delivered": (DELIVERED, 200, "D17", "MET"),
    "D18 runs": (DELIVERED, 366, "D18", "RUNNING"),
    "D18 over": (DELIVERED, 366.1, "D18", "MET"),
    "D18 waits for an open return": ((*DELIVERED, a_fact("return_requested", 40)), 367, "D18", "PAUSED"),
}


@pytest.mark.parametrize("row", by_row(STATES))
def test_state(row) -> None:
    facts, now, rule, expected = row
    clock = an_order(now, *facts).deadline(RuleId(rule))
    assert clock is not None
    assert clock.state == expected
