"""The calls about returns and refunds that a buyer wants."""

from __future__ import annotations

from typing import Final

from flows.shop.simulator import aftersale, wire_aftersale
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import Return, find
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.paging import Rules, one_of, turn
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire

RETURNS: Final = Rules(least=10, most=50, size=10)
APPROVES: Final = {
    "SELLER_RESPOND_REFUND": {"APPROVE_REFUND", "DIRECT_REFUND"},
    "SELLER_RESPOND_RETURN": {"APPROVE_RETURN", "APPROVE_REFUND", "DIRECT_REFUND"},
    "SELLER_RESPOND_RECEIVE_PACKAGE": {"APPROVE_RECEIVED_PACKAGE"},
}
REJECTS: Final = {
    "SELLER_RESPOND_REFUND": {"REJECT_REFUND"},
    "SELLER_RESPOND_RETURN": {"REJECT_RETURN"},
    "SELLER_RESPOND_RECEIVE_PACKAGE": {"REJECT_RECEIVED_PACKAGE"},
}


def search_returns(ask: Ask) -> Wire:
    """List returns, oldest change first unless asked otherwise."""
    filters = [
        *one_of("return_id", ask.texts("return_ids")),
        *one_of("order_no", ask.texts("order_ids")),
        *one_of("return_type", ask.texts("return_types")),
        *one_of("status", ask.texts("return_status")),
    ]
    page = turn(ask, Return, RETURNS, filters)
    by_no = ask.script.by_no
    return {
        "return_orders": [wire_aftersale.returned(row, by_no[row.order_no]) for row in page.rows],
        "next_page_token": page.next_token,
        "total_count": page.total,
    }


def approve_return(ask: Ask) -> Wire:
    """Accept what the buyer wants."""
    row, plan = _waiting(ask, APPROVES)
    aftersale.approve_return(ask.play, plan, ask.now, row)
    ask.done(row.return_id, row.order_no)
    return {}


def reject_return(ask: Ask) -> Wire:
    """Turn down what the buyer wants."""
    ask.text("reject_reason")
    row, plan = _waiting(ask, REJECTS)
    aftersale.reject_return(ask.play, plan, ask.now, row)
    ask.done(row.return_id, row.order_no)
    return {}


def _waiting(ask: Ask, decisions: dict[str, set[str]]) -> tuple[Return, OrderPlan]:
    """Find the return that waits for this decision. Raises Refusal."""
    decision = ask.text("decision")
    row = find(ask.play, Return, ask.ids[0])
    if row is None or row.shop != ask.cast.name:
        raise Refusal("no_cancellation")
    if not row.action:
        ask.done(row.return_id, row.order_no, Refusal("decided").code)
        raise Refusal("decided")
    if decision not in decisions[row.action]:
        raise Refusal("parameter", "'decision'")
    return row, ask.script.by_no[row.order_no]
