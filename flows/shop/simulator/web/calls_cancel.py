"""The calls about cancellations: cancel, eligibility, search, approve, reject, reject reasons."""

from __future__ import annotations

from typing import Final

from flows.shop.simulator import aftersale, change, wire_aftersale
from flows.shop.simulator.market import RANK
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import PENDING, Cancellation, Order, find, line_ids, status_of
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.paging import Rules, one_of, turn
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire
from models.platform_status import PlatformStatus

CANCELLATIONS: Final = Rules(most=50, size=10)
SHIPPED: Final = frozenset(
    {PlatformStatus.AWAITING_COLLECTION, PlatformStatus.IN_TRANSIT, PlatformStatus.DELIVERED, PlatformStatus.COMPLETED}
)
CAUSES: Final = {"out_of_stock": "out_of_stock"}  # what the mail says; else "other"


def cancel_order(ask: Ask) -> Wire:
    """Cancel an order, or some of its line items, as the seller."""
    order, plan = ask.order(ask.text("order_id"))
    reason = ask.text("cancel_reason")
    lines = _lines(ask, plan)
    partial = bool(lines) and set(lines) != set(line_ids(plan))
    try:
        _guard(order, plan, reason, partial=partial)
    except Refusal as refusal:
        ask.done(order.order_no, order.order_no, refusal.code)
        raise
    cause = next((cause for word, cause in CAUSES.items() if word in reason), "other")
    done = aftersale.cancel(ask.play, plan, ask.now, cause=cause, by="seller", reason=reason, lines=lines)
    ask.done(done.cancel_id if partial else order.order_no, order.order_no)
    return {"cancel_id": done.cancel_id, "cancel_status": done.status}


def eligibility(ask: Ask) -> Wire:
    """Say for each line item whether the seller may cancel it, and with which reasons."""
    order, plan = ask.order(ask.ids[0])
    reasons = reasons_for(order, plan) if ask.query.get("initiate_aftersale_user", "SELLER") == "SELLER" else ()
    answer: Wire = {"request_type": "CANCEL", "eligible": bool(reasons), "available_reason_names": list(reasons)}
    if not reasons:
        answer |= {"ineligible_code": 25001045, "ineligible_reason": "The order can no longer be cancelled."}
    skus = [
        {
            "sku_id": plan.cast.sku_id(line.good),
            "line_item_eligibility": [{"order_line_item_id": item, **answer} for item in items],
        }
        for line, items in _lines_by_good(plan)
    ]
    return {"sku_eligibility": skus}


def search_cancellations(ask: Ask) -> Wire:
    """List cancellations, oldest change first unless asked otherwise."""
    filters = [
        *one_of("cancel_id", ask.texts("cancel_ids")),
        *one_of("order_no", ask.texts("order_ids")),
        *one_of("cancel_type", ask.texts("cancel_types")),
        *one_of("status", [_short(word) for word in ask.texts("cancel_status")]),
    ]
    page = turn(ask, Cancellation, CANCELLATIONS, filters)
    by_no = ask.script.by_no
    return {
        "cancellations": [wire_aftersale.cancellation(row, by_no[row.order_no]) for row in page.rows],
        "next_page_token": page.next_token,
        "total_count": page.total,
    }


def approve_cancellation(ask: Ask) -> Wire:
    """Grant the buyer's request."""
    row, plan = _request(ask)
    aftersale.approve(ask.play, plan, ask.now)
    ask.done(row.cancel_id, row.order_no)
    return {}


def reject_cancellation(ask: Ask) -> Wire:
    """Turn the buyer's request down, with a reason of the market; in the US one ships instead."""
    if not ask.cast.shape.rejects:
        raise Refusal("path", "Ship the order instead.")
    reason = ask.text("reject_reason")
    row, plan = _request(ask)
    if reason not in ask.cast.shape.rejects:
        raise Refusal("reject_reason")
    aftersale.reject(ask.play, plan, ask.now)
    ask.done(row.cancel_id, row.order_no)
    return {}


def reject_reasons(ask: Ask) -> Wire:
    """List with which reasons a request may be turned down."""
    if not ask.query.get("return_or_cancel_id"):
        raise Refusal("parameter", "'return_or_cancel_id'")
    return {"reasons": [{"name": name, "text": "A reason in the buyer's words"} for name in ask.cast.shape.rejects]}


def reasons_for(order: Order, plan: OrderPlan) -> tuple[str, ...]:
    """Give the codes with which the seller may cancel an order as it is; none: they may not."""
    until = plan.cast.timers.seller_cancels_until or plan.cast.shape.seller_cancels_until
    if order.status in {PlatformStatus.UNPAID, PlatformStatus.CANCELLED} or RANK[order.status] > RANK[until]:
        return ()
    return plan.cast.shape.reasons


def _guard(order: Order, plan: OrderPlan, reason: str, *, partial: bool) -> None:
    if order.status is PlatformStatus.CANCELLED:
        raise Refusal("already_cancelled")
    allowed = reasons_for(order, plan)
    if not allowed:
        raise Refusal("cannot_intercept" if order.status in SHIPPED else "reason_mismatch")
    if reason not in allowed:
        raise Refusal("reason_mismatch" if reason.startswith("seller_cancel") else "reason_unknown")
    if partial and not (plan.cast.shape.partial_cancel and "out_of_stock" in reason):
        raise Refusal("reason_mismatch")


def _request(ask: Ask) -> tuple[Cancellation, OrderPlan]:
    """Find the request that is to be answered. Raises Refusal for one that is over."""
    row = find(ask.play, Cancellation, ask.ids[0])
    if row is None or row.shop != ask.cast.name:
        raise Refusal("no_cancellation")
    if row.status != PENDING:
        ask.done(row.cancel_id, row.order_no, Refusal("decided").code)
        raise Refusal("decided")
    if status_of(ask.play, row.order_no) is PlatformStatus.IN_TRANSIT:
        raise Refusal("cannot_intercept")
    return row, ask.script.by_no[row.order_no]


def _lines(ask: Ask, plan: OrderPlan) -> tuple[str, ...]:
    """Read which line items, named themselves or counted by good; none: the whole order."""
    lines = ask.texts("order_line_item_ids")
    wanted = ask.body.get("skus") or []
    if not isinstance(wanted, list) or not set(lines) <= set(line_ids(plan)):
        raise Refusal("parameter", "'skus', 'order_line_item_ids'")
    by_sku = {plan.cast.sku_id(line.good): items for line, items in _lines_by_good(plan)}
    over = change.cancelled_lines(ask.play, plan)
    for one in wanted:
        left = [item for item in by_sku.get(str(one.get("sku_id")), ()) if item not in over]
        count = one.get("quantity")
        if not isinstance(count, int) or not 1 <= count <= len(left):
            raise Refusal("parameter", "'skus'")
        lines += left[:count]
    return tuple(lines)


def _lines_by_good(plan: OrderPlan):  # type: ignore[no-untyped-def]  # noqa: ANN202  # pairs of a line and its items
    ids = list(line_ids(plan))
    for line in plan.lines:
        yield line, tuple(ids[: line.quantity])
        ids = ids[line.quantity :]


def _short(word: str) -> str:
    return word.replace("_CANCELLED", "_CANCEL")
