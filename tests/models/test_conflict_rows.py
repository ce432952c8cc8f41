"""Which facts disagree, row by row: X01 to X18 of order-lifecycle, section 8, that concern one order."""

from __future__ import annotations

import pytest

from models.stage import HandoverMode
from tests.models.makers import a_fact, an_order, placed
from tests.rows import by_row

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
SHIPPED = (*placed(), a_fact("marked_shipped", 10))
DELIVERED = (*SHIPPED, a_fact("in_transit", 20), a_fact("delivered", 30))
CANCELLED = (*SHIPPED, a_fact("cancelled", 20))
ASKED = (*placed(), a_fact("cancel_requested", 1, request_no="R"))

SEEN = {
    "X01": ((*placed(), a_fact("packed", 5), a_fact("delivered", 30)), {}, "DELIVERED", {"X01"}),
    "X02": ((*SHIPPED, a_fact("picked_up", 12)), DROP_OFF, "PICKED_UP", {"X02"}),
    "X02 the other way": ((*SHIPPED, a_fact("dropped_off", 12, by="human")), {}, "AWAITING_HANDOVER", {"X02"}),
    "X02 not when the post office scans a drop-off": (
        (*SHIPPED, a_fact("dropped_off", 12, by="human"), a_fact("picked_up", 13)),
        DROP_OFF,
        "PICKED_UP",
        set(),
    ),
    "X03 items": (
        (*placed(items=[{"sku": "A"}]), a_fact("order_placed", items=[{"sku": "B"}])),
        {},
        "NEW",
        {"X03"},
    ),
    "X03 count": (
        (*placed(items=[{"sku": "A", "quantity": 1}]), a_fact("order_placed", items=[{"sku": "A", "quantity": 2}])),
        {},
        "NEW",
        {"X03"},
    ),
    "X03 counts swapped": (
        (
            *placed(items=[{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}]),
            a_fact("order_placed", items=[{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]),
        ),
        {},
        "NEW",
        {"X03"},
    ),
    "X03 a single item told without a list": (
        (*placed(sku="A", quantity=1), a_fact("order_placed", sku="B", quantity=1)),
        {},
        "NEW",
        {"X03"},
    ),
    "X03 titles": ((*placed(items=["Tea"]), a_fact("order_placed", items=["Rice"])), {}, "NEW", {"X03"}),
    "X03 not for one thing told in two lines": (
        (
            *placed(items=[{"sku": "A", "quantity": 1}, {"sku": "A", "quantity": 1}]),
            a_fact("order_placed", items=[{"sku": "A", "quantity": 2}]),
        ),
        {},
        "NEW",
        set(),
    ),
    "X03 not where one mail names no counts": (
        (*placed(items=[{"sku": "A"}]), a_fact("order_placed", items=[{"sku": "A", "quantity": 2}])),
        {},
        "NEW",
        set(),
    ),
    "X03 an amount that is no number": (
        (*placed(amount="5"), a_fact("order_placed", amount="1e9999999")),
        {},
        "NEW",
        {"X03"},
    ),
    "X03 amount": ((*placed(amount="5"), a_fact("order_placed", amount="6")), {}, "NEW", {"X03"}),
    "X03 not for what one mail leaves out": (
        (*placed(amount="5.0", items=[{"sku": "A", "title": "Tea"}]), a_fact("order_placed", amount="5.00")),
        {},
        "NEW",
        set(),
    ),
    "X03 not for the same lines in another order": (
        (
            *placed(items=[{"sku": "A"}, {"sku": "B", "title": "Tea"}]),
            a_fact("order_placed", items=[{"sku": "B"}, {"sku": "A"}]),
        ),
        {},
        "NEW",
        set(),
    ),
    "X04": (CANCELLED, {}, "CANCELLED", {"X04"}),
    "X04 not for a lost parcel": (
        (*SHIPPED, a_fact("cancelled", 20, reason_code="lost")),
        {},
        "CANCELLED",
        set(),
    ),
    "X04 whatever was lost, the buyer's own reason recalls the parcel": (
        (*SHIPPED, a_fact("lost_declared", 15), a_fact("cancelled", 20, reason_code="buyer_changed_mind")),
        {},
        "CANCELLED",
        {"X04"},
    ),
    "X04 not for a lost parcel whose cancellation gives no reason": (
        (*SHIPPED, a_fact("lost_declared", 15), a_fact("cancelled", 20)),
        {},
        "CANCELLED",
        set(),
    ),
    "X04 not for a person's drop-off alone": (
        (*placed(), a_fact("dropped_off", 4, by="human"), a_fact("cancelled", 5)),
        DROP_OFF,
        "CANCELLED",
        set(),
    ),
    "X05 not for a person's drop-off alone": (
        (*placed(), a_fact("cancelled", 5), a_fact("dropped_off", 6, by="human")),
        DROP_OFF,
        "CANCELLED",
        set(),
    ),
    "X05 by the report that speaks": (
        (*placed(), a_fact("marked_shipped", 3, by="human"), a_fact("marked_shipped", 10), a_fact("cancelled", 5)),
        {},
        "CANCELLED",
        {"X05"},
    ),
    "X04 and not X05 for a second scan": (
        (*SHIPPED, a_fact("in_transit", 15), a_fact("in_transit", 25), a_fact("cancelled", 20)),
        {},
        "CANCELLED",
        {"X04"},
    ),
    "X05": ((*placed(), a_fact("cancelled", 5), a_fact("picked_up", 6)), {}, "CANCELLED", {"X05"}),
    "X06 delivered later": ((*DELIVERED, a_fact("lost_declared", 25)), {}, "DELIVERED", {"X06"}),
    "X06 lost later": ((*DELIVERED, a_fact("damaged_declared", 35)), {}, "DAMAGED", {"X06"}),
    "X06 at one time the delivery": ((*DELIVERED, a_fact("lost_declared", 30)), {}, "DELIVERED", {"X06"}),
    "X06 at one time the stronger": (
        (*SHIPPED, a_fact("lost_declared", 30), a_fact("delivered", 30, by="human")),
        {},
        "LOST",
        {"X01", "X06"} - {"X01"},
    ),
    "X06 delivered after the refund was asked for": (
        (
            *SHIPPED,
            a_fact("delivery_attempt_failed", 20, attempt_no="1"),
            a_fact("delivery_attempt_failed", 21, attempt_no="2"),
            a_fact("refund_requested", 25, by="human", case_id="claim:lost"),
            a_fact("delivered", 30),
        ),
        {},
        "DELIVERED",
        {"X06"},
    ),
    "X06 delivered after a claim cancelled it and the refund came": (
        (
            *SHIPPED,
            a_fact("cancelled", 20, reason_code="lost"),
            a_fact("refund_done", 25),
            a_fact("delivered", 30),
        ),
        {},
        "CANCELLED",
        {"X06", "X07"},
    ),
    "X06 not for a refund asked for after the delivery": (
        (*DELIVERED, a_fact("refund_requested", 40, by="human")),
        {},
        "DELIVERED",
        set(),
    ),
    "X06 not for a refund of what was never claimed": (
        (*SHIPPED, a_fact("refund_done", 25), a_fact("delivered", 30)),
        {},
        "DELIVERED",
        set(),
    ),
    "X07": ((*DELIVERED, a_fact("cancelled", 40)), {}, "CANCELLED", {"X04", "X07"}),
    "X07 a person against the platform": (
        (*DELIVERED, a_fact("cancelled", 40, by="human")),
        {},
        "DELIVERED",
        {"X07"},
    ),
    "X08": (
        (*placed(), a_fact("marked_shipped", 10, tracking_no="A"), a_fact("in_transit", 20, tracking_no="B")),
        {},
        "AWAITING_HANDOVER",
        {"X08"},
    ),
    "X09 to come": ((*SHIPPED, a_fact("in_transit", 99, seen=20)), {}, "IN_TRANSIT", {"X09"}),
    "X09 before the order": ((*SHIPPED, a_fact("in_transit", -25, seen=20)), {}, "IN_TRANSIT", {"X09"}),
    "X09 not for a clock ten minutes ahead": (
        (*SHIPPED, a_fact("in_transit", 20 + 1 / 6, seen=20)),
        {},
        "IN_TRANSIT",
        set(),
    ),
    "X10 later answer": (
        (*ASKED, a_fact("cancel_rejected", 5), a_fact("cancel_approved", 6)),
        {},
        "CANCELLED",
        {"X10"},
    ),
    "X10 higher authority": (
        (*ASKED, a_fact("cancel_rejected", 5), a_fact("cancel_approved", 6, by="human")),
        {},
        "NEW",
        {"X10"},
    ),
    "X11": ((a_fact("in_transit", 20),), {}, "IN_TRANSIT", {"X11"}),
    "X14": ((*SHIPPED, a_fact("delivery_attempt_failed", 20, attempt_no="2")), {}, "LOST", {"X14"}),
    "X14 the second before a numbered first": (
        (
            *SHIPPED,
            a_fact("delivery_attempt_failed", 20),
            a_fact("delivery_attempt_failed", 21, attempt_no="2"),
            a_fact("delivery_attempt_failed", 22, attempt_no="1"),
        ),
        {},
        "LOST",
        {"X14"},
    ),
    "X14 not after an unnumbered first": (
        (*SHIPPED, a_fact("delivery_attempt_failed", 20), a_fact("delivery_attempt_failed", 21, attempt_no="2")),
        {},
        "LOST",
        set(),
    ),
    "X16 not once the platform says so, too": (
        (*SHIPPED, a_fact("delivered", 20, by="human"), a_fact("in_transit", 25), a_fact("delivered", 30)),
        {},
        "DELIVERED",
        set(),
    ),
    "X16": (
        (*SHIPPED, a_fact("delivered", 20, by="human"), a_fact("delivery_attempt_failed", 25)),
        {},
        "DELIVERED",
        {"X16"},
    ),
    "X17": ((a_fact("order_placed"), a_fact("order_paid", 50)), {}, "NEW", {"X17"}),
    "X17 not for an order that went on in time": (
        (a_fact("order_placed"), a_fact("stock_confirmed", 20, by="human"), a_fact("order_paid", 50)),
        {},
        "CONFIRMED",
        set(),
    ),
    "X17 not for one that was cancelled before": (
        (a_fact("order_placed"), a_fact("cancelled", 40), a_fact("order_paid", 50)),
        {},
        "CANCELLED",
        set(),
    ),
    "X18 also when the answer came after it": (
        (
            *placed(),
            a_fact("cancel_requested", 1),
            a_fact("marked_shipped", 55),
            a_fact("cancel_rejected", 55.5),
        ),
        {},
        "AWAITING_HANDOVER",
        {"X18"},
    ),
    "X18 not when it was answered before": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("cancel_rejected", 52), a_fact("marked_shipped", 55)),
        {},
        "AWAITING_HANDOVER",
        set(),
    ),
    "X18": (
        (*placed(), a_fact("cancel_requested", 1), a_fact("marked_shipped", 55)),
        {},
        "AWAITING_HANDOVER",
        {"X18"},
    ),
}


@pytest.mark.parametrize("row", by_row(SEEN))
def test_seen(row) -> None:
    facts, shop, stage, ids = row
    order = an_order(56, *facts, **shop)
    assert (order.stage, {conflict.id for conflict in order.conflicts}) == (stage, ids)
