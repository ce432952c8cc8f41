"""A row of order-lifecycle, section 6: an order before and after, and how to check it. Facts to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.fact import Fact
from models.order import Order
from models.stage import HandoverMode, ShippingMode
from tests.models.makers import a_fact, after, an_order, placed, t

DROP_OFF = {"handover": HandoverMode.DROP_OFF}
PLATFORM = {"shipping": ShippingMode.PLATFORM}
MOMENT = 0.001  # hours

UNPAID = (a_fact("order_placed"),)
NEW = placed()
CONFIRMED = (*NEW, a_fact("stock_confirmed", 5))
PACKED = (*CONFIRMED, a_fact("packed", 8))
SHIPPED = (*PACKED, a_fact("marked_shipped", 10))
DROPPED = (*SHIPPED, a_fact("dropped_off", 20, by="human"))
COLLECTED = (*SHIPPED, a_fact("picked_up", 20))
TRAVELS = (*COLLECTED, a_fact("in_transit", 30))
FAILED_ONCE = (*TRAVELS, a_fact("delivery_attempt_failed", 60))
FAILED_TWICE = (*FAILED_ONCE, a_fact("delivery_attempt_failed", 90))
LOST = (*TRAVELS, a_fact("lost_declared", 60))
DELIVERED = (*TRAVELS, a_fact("delivered", 40))
PROMISED = (*placed(promised_at=t(120)), *TRAVELS[2:])
ASKED = (*NEW, a_fact("cancel_requested", 5, request_no="R"))
ASKED_AWAY = (*SHIPPED, a_fact("cancel_requested", 12, request_no="R"))
CANCELLING = (*NEW, a_fact("seller_cancel_started", 5, by="human", reason_code="out_of_stock"))
TOLD = (*CANCELLING, a_fact("buyer_notified", 6, by="human", case_id="seller_cancel"))
RETURNED = (*DELIVERED, a_fact("return_requested", 50, return_no="B"))
CHOSEN = (*PROMISED, a_fact("claim_chosen", 121, by="human", case_id="claim:late", choice="claim"))
REFUND_ASKED = a_fact("refund_requested", 100, by="human", case_id="claim:lost")
SAME_ORDER: Mapping[str, Any] = {"amount": "5.00", "items": [{"sku": "A", "quantity": 1}]}


@dataclass(frozen=True, kw_only=True)
class Transition:
    """An order before and after: each a stage and the hour (after t0) at which it is looked at.

    What comes is `news`, a command (`do`, at the later hour), or time alone. `starts` are the clocks that this
    begins, with the hour from which they run; of a case its outcome, or None while it is open.
    """

    facts: tuple[Fact, ...] = ()
    before: tuple[str, float]
    news: tuple[Fact, ...] = ()
    do: tuple[str, Mapping[str, Any]] | None = None
    after: tuple[str, float]
    presumed: bool = False
    clocks: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, float] = field(default_factory=dict)
    cases: Mapping[str, str | None] = field(default_factory=dict)
    next_step: str | None = None  # of the only open case
    holds: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    todos: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)
    shop: Mapping[str, Any] = field(default_factory=dict)


def these(*words: str) -> frozenset[str]:
    return frozenset(words)


def expected(row: Transition) -> dict[str, object]:
    """What the row says, to be compared with `seen`."""
    return {
        "before": row.before[0],
        "after": (row.after[0], row.presumed),
        "clocks": dict(row.clocks),
        "starts": dict(row.starts),
        "cases": dict(row.cases),
        "next_step": row.next_step,
        "holds": row.holds,
        "conflicts": row.conflicts,
        "todos": row.todos,
        "values": dict(row.values),
    }


def seen(row: Transition) -> dict[str, object]:
    """What becomes of the row's order: its clocks as far as the row names them, of the rest everything."""
    before = an_order(row.before[1], *row.facts, **row.shop)
    hours, facts = row.after[1], (*row.facts, *row.news)
    if row.do:
        facts = after(facts, row.do[0], hours, **row.do[1], shop=row.shop)
    order = an_order(hours, *facts, **row.shop)
    states = {clock.rule.value: clock.state.value for clock in order.deadlines}
    begun = {rule: start for rule, start in started(order).items() if started(before).get(rule) != start}
    return {
        "before": before.stage,
        "after": (order.stage, order.presumed),
        "clocks": {rule: states.get(rule) for rule in row.clocks},
        "starts": {rule: begun.get(rule) for rule in row.starts},
        "cases": {case.case_id: None if case.open else case.outcome for case in order.cases},
        "next_step": next((case.next_step for case in order.open_cases if case.next_step), None),
        "holds": order.holds,
        "conflicts": {conflict.id for conflict in order.conflicts},
        "todos": {todo.kind for todo in order.todos},
        "values": {name: getattr(order, name) for name in row.values},
    }


def started(order: Order) -> dict[str, float]:
    return {clock.rule.value: (clock.start_at - t(0)).total_seconds() / 3600 for clock in order.deadlines}
