"""What the cancellations and returns of the Open API tell: the buyer's requests, their answers, what came of them.

Pure. Times that the seller must answer by are facts of their own, so that one that moves is news. The API does not
tell a request that was rejected from one that was withdrawn (tiktok-shop-api, section 3): it is told as withdrawn,
and a rejection that a mail or we ourselves know of outweighs that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from flows.shop.news_tables import answer_rules, reason_of
from flows.shop.report import Reporter
from flows.shop.schema import (
    Actions,
    ApiOrder,
    Cancellation,
    CancelStatus,
    Initiator,
    Return,
    ReturnStatus,
    ReturnType,
)
from models.fact import Fact, FactKind, Json

_K, _R = FactKind, ReturnStatus

ENDED: Final = frozenset({CancelStatus.SUCCESS, CancelStatus.COMPLETE})
REQUEST: Final = "BUYER_CANCEL"
AT_ONCE: Final = "CANCEL"  # nobody is asked: the seller's, the platform's, or a buyer's who may
RETURN_TYPES: Final[Mapping[ReturnType, str]] = MappingProxyType(
    {ReturnType.REFUND: "refund", ReturnType.RETURN_AND_REFUND: "return", ReturnType.REPLACEMENT: "replacement"}
)
WITHDRAWN: Final = "withdrawn"
SETTLED: Final = "settled"

# What a state of a return proves. The first of a row happened at the return's last change; what stands after it had
# happened before, nobody knows when.
PROVED_BY: Final[Mapping[ReturnStatus, tuple[FactKind | None, ...]]] = MappingProxyType(
    {
        _R.PENDING: (),
        _R.AWAITING_SHIP: (_K.RETURN_ACCEPTED,),
        _R.SHIPPED: (None, _K.RETURN_ACCEPTED),
        _R.SUCCESS: (None, _K.RETURN_ACCEPTED),
        _R.COMPLETE: (_K.REFUND_DONE, _K.RETURN_ACCEPTED),
        _R.PARCEL_REJECTED: (None, _K.RETURN_RECEIVED, _K.RETURN_ACCEPTED),
        _R.REJECTED: (_K.RETURN_REJECTED,),
        _R.CANCEL: (_K.RETURN_REJECTED,),
        _R.AWAITING_ANSWER: (_K.ANSWER_EXTENDED,),  # the seller offered part of the money: an answer
        _R.REPLACEMENT_PENDING: (),
        _R.REPLACEMENT_REJECTED: (_K.RETURN_REJECTED,),
        _R.REPLACEMENT_REFUNDED: (_K.REFUND_DONE, _K.RETURN_ACCEPTED),
        _R.REPLACEMENT_CANCEL: (_K.RETURN_REJECTED,),
        _R.REPLACEMENT_COMPLETE: (_K.CASE_CLOSED, _K.RETURN_ACCEPTED),
    }
)
TAKEN_BACK: Final = frozenset({_R.CANCEL, _R.REPLACEMENT_CANCEL})


def is_cause(cancellation: Cancellation, order: ApiOrder) -> bool:
    """Whether this cancellation is why all of the order ended."""
    return cancellation.cancel_status in ENDED and _is_whole(cancellation, order)


def cancellation_news(cancellation: Cancellation, order: ApiOrder | None, now: datetime) -> list[Fact]:
    """Give what a cancellation tells at `now` (aware, UTC): a buyer's request and its answer.

    One that asked nobody tells nothing by itself: its order says that it is cancelled, and this says why.
    """
    if not _asks(cancellation) or cancellation.cancel_status is None:
        return []
    report = Reporter(order_no=cancellation.order_id, now=now)
    request: dict[str, Json] = {
        "request_no": cancellation.cancel_id or None,
        "reason_code": reason_of(cancellation.cancel_reason),
    }
    changed_at = cancellation.update_time or cancellation.create_time or now
    return [
        report.fact(_K.CANCEL_REQUESTED, cancellation.create_time or changed_at, **request),
        *_answered(report, cancellation, order, changed_at),
        *_due(report, cancellation.seller_next_action_response, changed_at, request_no=request["request_no"]),
    ]


def _asks(cancellation: Cancellation) -> bool:
    kind = cancellation.cancel_type
    return kind == REQUEST or (kind != AT_ONCE and cancellation.role is Initiator.BUYER)


def _answered(
    report: Reporter, cancellation: Cancellation, order: ApiOrder | None, changed_at: datetime
) -> Iterator[Fact]:
    """The answer. Where only some units were let go the order goes on, so the request for all of it is off."""
    request: dict[str, Json] = {"request_no": cancellation.cancel_id or None}
    if cancellation.cancel_status is CancelStatus.CANCEL:
        yield report.fact(_K.CANCEL_WITHDRAWN, changed_at, **request)
    elif cancellation.cancel_status not in ENDED:
        return
    elif order is not None and not _is_whole(cancellation, order):
        yield report.untimed(_K.CANCEL_WITHDRAWN, changed_at, **request)
    elif order is not None and order.cancel_time is not None:
        yield report.fact(_K.CANCEL_APPROVED, order.cancel_time, **request)
    elif cancellation.cancel_status is CancelStatus.SUCCESS:
        yield report.fact(_K.CANCEL_APPROVED, changed_at, **request)
    else:
        yield report.untimed(_K.CANCEL_APPROVED, changed_at, **request)


def _is_whole(cancellation: Cancellation, order: ApiOrder) -> bool:
    """Whether it is about all units of the order; one that names none is."""
    named = {line.order_line_item_id for line in cancellation.cancel_line_items}
    return not named or named >= {line.id for line in order.line_items}


def return_news(returned: Return, now: datetime) -> list[Fact]:
    """Give what a return tells at `now` (aware, UTC)."""
    status = returned.return_status
    if status is None:
        return []
    report = Reporter(order_no=returned.order_id, now=now)
    number = returned.return_id or None
    changed_at = returned.update_time or returned.create_time or now
    wanted = RETURN_TYPES.get(returned.return_type) if returned.return_type else None
    return [
        report.fact(_K.RETURN_REQUESTED, returned.create_time or changed_at, return_no=number, return_type=wanted),
        *_came_of(report, returned, status, changed_at),
        *_due(report, returned.seller_next_action_response, changed_at, return_no=number),
    ]


def _came_of(report: Reporter, returned: Return, status: ReturnStatus, changed_at: datetime) -> Iterator[Fact]:
    just, *before = PROVED_BY[status] or (None,)
    if just is None and status is _R.SUCCESS and returned.return_type is ReturnType.REFUND:
        just, before = _K.RETURN_ACCEPTED, []  # nothing is sent back: it was granted this moment
    payload: dict[str, Json] = {"return_no": returned.return_id or None}
    if just is _K.CASE_CLOSED:
        yield report.fact(just, changed_at, case_id=f"return:{returned.return_id}", reason_code=SETTLED)
    elif just is not None:
        more: dict[str, Json] = {"reason_code": WITHDRAWN} if status in TAKEN_BACK else {}
        rule: dict[str, Json] = {"rule": "D15"} if just is _K.ANSWER_EXTENDED else {}
        yield report.fact(just, changed_at, **payload, **more, **rule)
    for kind in before:
        if kind is not None:
            yield report.untimed(kind, changed_at, **payload)


def _due(report: Reporter, actions: Actions, said_at: datetime, **payload: Json) -> Iterator[Fact]:
    """By when the seller must answer what is asked of them; two ways to answer, such as yes and no, share one time."""
    stated = {(answer_rules().get(action.action), action.deadline): None for action in actions}
    for rule, deadline in stated:
        if rule and deadline:
            yield report.due(rule, deadline, said_at, **payload)
