"""What a person must do about an order: one verb, one time, the command that finishes it.

Pure values; `models.agenda` derives them. The words shown for a kind live in a catalogue of texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.command_name import CommandName
from models.deadline import RuleId


class TodoKind(StrEnum):
    """One verb each."""

    CONFIRM = "confirm"
    PACK = "pack"
    HAND_OVER = "hand_over"  # set to shipped
    DROP_OFF = "drop_off"
    ANSWER_CANCEL = "answer_cancel"
    VERIFY_CANCEL = "verify_cancel"  # the answer is overdue: see what the platform did
    TELL_BUYER = "tell_buyer"
    CANCEL_ORDER = "cancel_order"
    REQUEST_REFUND = "request_refund"
    AWAIT_REFUND = "await_refund"
    DECIDE_LATE = "decide_late"  # wait, chase the carrier, or claim
    COMPLAIN = "complain"
    FOLLOW_UP_COMPLAINT = "follow_up_complaint"
    ASK_COLLECTED = "ask_collected"  # this shop never gets such mails: gathered once a day
    ASK_DELIVERED = "ask_delivered"  # likewise
    ASK_POST_OFFICE = "ask_post_office"
    ASK_BUYER = "ask_buyer"  # about the failed delivery
    CHECK_TRACKING = "check_tracking"
    ANSWER_RETURN = "answer_return"
    VERIFY_RETURN = "verify_return"
    RECEIVE_RETURN = "receive_return"
    REFUND_RETURN = "refund_return"
    CHECK_STOCK = "check_stock"
    FIND_ORDER_MAIL = "find_order_mail"
    STATE_TIME = "state_time"  # "when did you ship it?"
    COMPARE_ORDER = "compare_order"  # X03
    RECALL_PARCEL = "recall_parcel"  # X04, X05
    DECIDE_DELIVERY = "decide_delivery"  # X06
    SETTLE_REFUND = "settle_refund"  # X06 after a refund was asked for (T27)
    CHECK_MONEY = "check_money"  # X07
    DECIDE_ANSWER = "decide_answer"  # X10
    CHECK_CONTRADICTION = "check_contradiction"  # X16
    RELEASE_HOLD = "release_hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do. `due_at` in UTC; `priority` 0 is worst.

    `command` finishes it (None: only looking helps); `case_id` and `about` fill that command's values.
    """

    kind: TodoKind
    due_at: datetime | None = None
    priority: int = 5
    case_id: str | None = None
    command: CommandName | None = None
    rule: RuleId | None = None
    about: str = ""
