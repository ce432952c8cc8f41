"""What is settled in several steps: requests, complaints, claims, returns.

Pure values, derived from facts at every fold; `models.claim` and `models.dispute` derive them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """What a case is about (order-lifecycle, section 2); conflicts are a list of their own."""

    CANCEL_REQUEST = "cancel_request"
    SELLER_CANCEL = "seller_cancel"
    CARRIER_COMPLAINT = "carrier_complaint"
    CLAIM = "claim"
    RETURN = "return"


class CaseStep(StrEnum):
    """The steps of the cases, in the words of `claim_step --set step=...`."""

    CANCEL = "cancel"
    NOTIFY = "notify"
    REQUEST_REFUND = "request_refund"
    AWAIT_REFUND = "await_refund"
    ANSWER = "answer"
    COMPLAIN = "complain"
    FOLLOW_UP = "follow_up"
    RECEIVE = "receive"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; `case_id` is made from facts, so it is the same at every fold ("claim:lost").

    `steps_done` and `next_step` are in the order the document demands. `waiting` says that a person must
    decide before the steps go on (a late parcel, a claim against a delivery). Times are UTC.
    """

    case_id: str
    kind: CaseKind
    open: bool
    reason: str | None = None
    steps_done: tuple[str, ...] = ()
    next_step: str | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    waiting: bool = False
    outcome: str | None = None
