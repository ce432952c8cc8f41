"""What becomes of requests to cancel, of cancellations, and of goods that the buyer does not want to keep.

Each change writes the platform's own rows and the mails and webhooks that follow, as in `change`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flows.shop.simulator import change
from flows.shop.simulator.post import EventKind, News, post, tell
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.state import (
    CLOSED,
    COMPLETE,
    PENDING,
    SUCCESS,
    Cancellation,
    Order,
    Return,
    find,
    line_ids,
    move,
    move_packages,
    new_id,
    open_request,
    put,
    status_of,
    the_order,
)
from flows.shop.simulator.store import Event, Play, seconds
from flows.shop.simulator.story import Story
from models.fact import Json
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus

TIMER_RUNS: Final = timedelta(minutes=3)  # the platform's own timers act a little after the moment
ROLES: Final = {"unpaid": "SYSTEM", "system": "SYSTEM", "buyer": "BUYER", "seller": "SELLER"}
REASONS: Final = {  # the platform's code for each cause that a mail may give
    "unpaid": "system_cancel_unpaid_time_out",
    "not_shipped": "system_cancel_order_reason_shipping_timeout",
    "not_collected": "system_cancel_order_untracked",
    "undelivered": "threepl_breach",
    "lost": "package_lost",
    "damaged": "package_damaged",
    "refused": "returned_to_shipper_refused",
    "late": "threepl_breach",
    "change_address": "ecom_order_to_ship_canceled_reason_need_to_change_address",
    "by_mistake": "ecom_order_to_ship_canceled_reason_ordered_by_mistake",
    "not_needed": "ecom_order_to_ship_canceled_reason_no_longer_needed",
    "out_of_stock": "seller_cancel_reason_out_of_stock",
    "damaged_goods": "seller_cancel_reason_out_of_stock",  # there is no code for damaged goods
    "other": "seller_cancel_reason_wrong_price",
}
REFUND_PENDING: Final = "RETURN_OR_REFUND_REQUEST_PENDING"
REFUND_SUCCESS: Final = "RETURN_OR_REFUND_REQUEST_SUCCESS"
REFUND_COMPLETE: Final = "RETURN_OR_REFUND_REQUEST_COMPLETE"
REFUND_REJECTED: Final = "REFUND_OR_RETURN_REQUEST_REJECT"
AWAITING_SHIP: Final = "AWAITING_BUYER_SHIP"
SENT_BACK: Final = "BUYER_SHIPPED_ITEM"
SENT_BACK_AFTER: Final = timedelta(hours=30)
SELLER_ACTS: Final = {
    "REFUND": "SELLER_RESPOND_REFUND",
    "RETURN_AND_REFUND": "SELLER_RESPOND_RETURN",
}


def cancel(
    play: Play, plan: OrderPlan, at: datetime, *, cause: str, by: str, reason: str = "", lines: tuple[str, ...] = ()
) -> Cancellation:
    """Cancel the order, or some line items; `cause` is a reason of the mails, `by`: unpaid, system, buyer, seller."""
    asked = open_request(play, plan.order_no)
    if asked and by != "buyer":
        _close(play, plan, asked, CLOSED, at)
    if asked and by == "buyer":
        done = _close(play, plan, asked, SUCCESS, at)
    else:
        kind = "BUYER_CANCEL" if by == "buyer" else "CANCEL"
        code = reason or REASONS[cause]
        done = _new(play, plan, at, kind, SUCCESS, ROLES[by], code, lines or line_ids(plan))
    if set(line_ids(plan)) <= change.cancelled_lines(play, plan):
        _end(play, plan, at, cause, by, done.reason)
    if the_order(play, plan.order_no).paid_time:
        detail: dict[str, Json] = {"cancel_id": done.cancel_id}
        back = at + change.REFUND_TAKES
        play.schedule(Event(at=back, order_no=plan.order_no, kind=EventKind.MONEY_BACK, detail=detail))
    return done


def give_up(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Cancel an order in Seller Center, such as one whose parcel is lost."""
    if status_of(play, plan.order_no) is not PlatformStatus.CANCELLED:
        cause = {Story.DAMAGED: "damaged", Story.LATE: "late"}.get(plan.story, "lost")
        cancel(play, plan, at, cause=cause, by="seller")


def ask(play: Play, plan: OrderPlan, at: datetime) -> Cancellation:
    """Let the buyer ask to cancel; the platform grants it when nobody answers in time."""
    order = the_order(play, plan.order_no)
    put(play, replace(order, cancel_open=1, request_cancel_time=seconds(at)))
    post(play, plan, Kind.CANCEL_REQUESTED, at, cause=plan.cancel_wish)
    over = at + plan.answer_within
    play.schedule(Event(at=over + TIMER_RUNS, order_no=plan.order_no, kind=EventKind.CANCEL_OVER))
    reason = REASONS[plan.cancel_wish]
    return _new(play, plan, at, "BUYER_CANCEL", PENDING, "BUYER", reason, line_ids(plan), deadline=seconds(over))


def approve(play: Play, plan: OrderPlan, at: datetime) -> Cancellation:
    """Grant the buyer's request: the order is cancelled, and two mails say so."""
    post(play, plan, Kind.CANCEL_APPROVED, at, cause=plan.cancel_wish)
    return cancel(play, plan, at, cause=plan.cancel_wish, by="buyer")


def reject(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Turn the buyer's request down; the order goes on."""
    asked = open_request(play, plan.order_no)
    if asked:
        _close(play, plan, asked, CLOSED, at)
        post(play, plan, Kind.CANCEL_REJECTED, at, cause="already_shipped")


def money_back(play: Play, plan: OrderPlan, at: datetime, cancel_id: str) -> None:
    """Pay back what was cancelled."""
    found = find(play, Cancellation, cancel_id)
    if found and found.status == SUCCESS:
        _close(play, plan, found, COMPLETE, at)


def ask_return(play: Play, plan: OrderPlan, at: datetime) -> Return:
    """Let the buyer want the money back, with or without sending the goods back."""
    over = at + plan.answer_within
    wanted = Return(
        return_id=new_id(play, Return, "41", plan.order_no),
        order_no=plan.order_no,
        shop=plan.shop,
        return_type=plan.return_wish,
        status=REFUND_PENDING,
        role="BUYER",
        reason="ecom_order_delivered_refund_reason_arrived_damaged",
        create_time=seconds(at),
        update_time=seconds(at),
        deadline=seconds(over),
        action=SELLER_ACTS[plan.return_wish],
    )
    _return_moves(play, plan, over + TIMER_RUNS, wanted.return_id, "answered")
    return _return_news(play, plan, at, put(play, wanted))


def approve_return(play: Play, plan: OrderPlan, at: datetime, wanted: Return) -> None:
    """Accept what the buyer wants, one stage on: the goods come back, or the money goes."""
    if wanted.status == REFUND_PENDING and wanted.return_type == "RETURN_AND_REFUND":
        _return_to(play, plan, at, wanted, AWAITING_SHIP)
        _return_moves(play, plan, at + SENT_BACK_AFTER, wanted.return_id, SENT_BACK)
    else:
        _return_to(play, plan, at, wanted, REFUND_SUCCESS)
        _return_moves(play, plan, at + change.REFUND_TAKES, wanted.return_id, REFUND_COMPLETE)


def reject_return(play: Play, plan: OrderPlan, at: datetime, wanted: Return) -> None:
    """Turn down what the buyer wants."""
    _return_to(play, plan, at, wanted, REFUND_REJECTED)


def move_return(play: Play, plan: OrderPlan, at: datetime, return_id: str, to: str) -> None:
    """Take a return on by itself: unanswered in time, on its way back, paid."""
    wanted = find(play, Return, return_id)
    if wanted is None:
        return
    if to == "answered" and wanted.action:
        approve_return(play, plan, at, wanted)
    elif to == SENT_BACK and wanted.status == AWAITING_SHIP:
        over = at + plan.answer_within
        action = "SELLER_RESPOND_RECEIVE_PACKAGE"
        _return_to(play, plan, at, wanted, SENT_BACK, action=action, deadline=seconds(over))
        _return_moves(play, plan, over + TIMER_RUNS, return_id, "answered")
    elif to == REFUND_COMPLETE and wanted.status == REFUND_SUCCESS:
        _return_to(play, plan, at, wanted, REFUND_COMPLETE)
        complete(play, plan, at)


def complete(play: Play, plan: OrderPlan, at: datetime) -> None:
    """Close an order that was delivered."""
    if the_order(play, plan.order_no).status is PlatformStatus.DELIVERED:
        move(play, plan.order_no, PlatformStatus.COMPLETED, seconds(at))
        change.order_news(play, plan, at)


def _end(play: Play, plan: OrderPlan, at: datetime, cause: str, by: str, reason: str) -> None:
    now = seconds(at)
    fields = {"cancel_time": now, "cancel_reason": reason, "cancel_by": ROLES[by], "cancel_open": 0}
    move(play, plan.order_no, PlatformStatus.CANCELLED, now, **fields)
    move_packages(play, plan.order_no, "CANCELLED", "CANCELLED", now)
    for kind in (EventKind.SCANNED, EventKind.EXCEPTION, EventKind.GIVEN_UP):
        play.void(plan.order_no, kind)
    change.take_stock(play, plan, 1)
    post(play, plan, Kind.ORDER_CANCELLED, at, cause=cause, by=by)
    change.order_news(play, plan, at)


def _new(  # noqa: PLR0913, PLR0917  # the columns of a cancellation
    play: Play,
    plan: OrderPlan,
    at: datetime,
    kind: str,
    status: str,
    role: str,
    reason: str,
    lines: tuple[str, ...],
    *,
    deadline: int | None = None,
) -> Cancellation:
    made = Cancellation(
        cancel_id=new_id(play, Cancellation, "40", plan.order_no),
        order_no=plan.order_no,
        shop=plan.shop,
        cancel_type=kind,
        status=status,
        role=role,
        reason=reason,
        create_time=seconds(at),
        update_time=seconds(at),
        deadline=deadline,
        lines=lines,
    )
    return _news(play, plan, at, put(play, made))


def _close(play: Play, plan: OrderPlan, found: Cancellation, status: str, at: datetime) -> Cancellation:
    """Bring a request or cancellation to another status; an answered request is no longer open."""
    order: Order = the_order(play, plan.order_no)
    if order.cancel_open:
        put(play, replace(order, cancel_open=0))
    closed = replace(found, status=status, update_time=seconds(at), deadline=None)
    return _news(play, plan, at, put(play, closed))


def _news(play: Play, plan: OrderPlan, at: datetime, row: Cancellation) -> Cancellation:
    data: dict[str, Json] = {
        "cancellations_role": row.role,
        "cancel_status": row.status,
        "cancel_id": row.cancel_id,
        "create_time": row.create_time,
    }
    tell(play, plan, News.CANCELLATION, at, data)
    return row


def _return_to(  # who, what, when, where to
    play: Play,
    plan: OrderPlan,
    at: datetime,
    wanted: Return,
    status: str,
    *,
    action: str = "",
    deadline: int | None = None,
) -> None:
    moved = replace(wanted, status=status, update_time=seconds(at), action=action, deadline=deadline)
    _return_news(play, plan, at, put(play, moved))


def _return_moves(play: Play, plan: OrderPlan, at: datetime, return_id: str, to: str) -> None:
    detail: dict[str, Json] = {"return_id": return_id, "to": to}
    play.schedule(Event(at=at, order_no=plan.order_no, kind=EventKind.RETURN_MOVES, detail=detail))


def _return_news(play: Play, plan: OrderPlan, at: datetime, row: Return) -> Return:
    data: dict[str, Json] = {
        "return_id": row.return_id,
        "return_type": row.return_type,
        "return_role": row.role,
        "return_status": row.status,
        "create_time": row.create_time,
        "update_time": row.update_time,
    }
    tell(play, plan, News.RETURN, at, data)
    return row
