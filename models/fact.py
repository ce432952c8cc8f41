"""What (somebody says) happened to an order.

Pure values: a fact is never refused and never changed; a wrong one is retracted by another fact.
No field holds a buyer's name, phone, address or words: payload keys are an allow-list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


IMPORT: Final = "import"  # the source of what stood in an export of Seller Center
API: Final = "api"  # the source of what the shop's Open API told
STATES: Final = frozenset({IMPORT, API})  # sources that show where an order is, and not always since when

FIRST_YEAR, LAST_YEAR = 2000, 2200  # what no order can mean, and what would break counting days


class Authority(StrEnum):
    """Whose word a fact is; STRENGTH says which wins."""

    PLATFORM = "platform"  # authenticated TikTok Shop mail, export or API
    CARRIER = "carrier"
    HUMAN = "human"
    TIMER = "timer"  # our own inference: derived at every recompute, never stored


STRENGTH: Final[Mapping[Authority, int]] = MappingProxyType(
    {Authority.TIMER: 0, Authority.HUMAN: 1, Authority.CARRIER: 2, Authority.PLATFORM: 3}
)


class FactKind(StrEnum):
    """Everything that can happen to an order (order-lifecycle, section 4), past tense."""

    ORDER_PLACED = "order_placed"
    ORDER_PAID = "order_paid"
    DUE_STATED = "due_stated"
    PLATFORM_HOLD_STARTED = "platform_hold_started"
    PLATFORM_HOLD_ENDED = "platform_hold_ended"
    STOCK_CONFIRMED = "stock_confirmed"
    PACKED = "packed"
    MARKED_SHIPPED = "marked_shipped"
    PICKED_UP = "picked_up"
    DROPPED_OFF = "dropped_off"
    IN_TRANSIT = "in_transit"
    DELIVERY_ATTEMPT_FAILED = "delivery_attempt_failed"
    DELIVERED = "delivered"
    LOST_DECLARED = "lost_declared"
    DAMAGED_DECLARED = "damaged_declared"
    LOST_PRESUMED = "lost_presumed"  # timer
    CANCELLED = "cancelled"
    CANCELLED_PRESUMED = "cancelled_presumed"  # timer
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_APPROVED = "cancel_approved"
    CANCEL_REJECTED = "cancel_rejected"
    CANCEL_WITHDRAWN = "cancel_withdrawn"
    ANSWER_EXTENDED = "answer_extended"
    COMPLAINT_FILED = "complaint_filed"
    COMPLAINT_ANSWERED = "complaint_answered"
    BUYER_NOTIFIED = "buyer_notified"
    REFUND_REQUESTED = "refund_requested"  # our claim step, not the buyer's wish
    REFUND_DONE = "refund_done"
    RETURN_REQUESTED = "return_requested"
    RETURN_ACCEPTED = "return_accepted"
    RETURN_REJECTED = "return_rejected"
    RETURN_RECEIVED = "return_received"
    RETURN_WINDOW_CLOSED = "return_window_closed"  # timer
    RETRACTION = "retraction"
    # What a person decided: a command that is carried out records a fact, so that the order
    # stays a function of its facts alone.
    SELLER_CANCEL_STARTED = "seller_cancel_started"
    HANDOVER_SWITCHED = "handover_switched"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    CLAIM_CHOSEN = "claim_chosen"
    CASE_CLOSED = "case_closed"


PAYLOAD_KEYS: Final = frozenset(
    {
        "order_no", "sku", "title", "quantity", "unit_price", "amount", "currency",
        "payment_method", "paid", "carrier", "tracking_no", "reason_code", "actor",
        "promised_at", "due_at", "rule", "attempt_no", "request_no", "return_no", "return_type",
        "handover_mode", "shipping_mode", "drop_off_point", "checklist", "case_id", "fact_id",
        "items",  # of order_placed: a list of {sku, title, quantity, unit_price}
        "hold", "choice",
        "role",  # of the person who did it: who may undo a hold
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One piece of evidence. Times are aware UTC; `source_key` is its identity.

    The same mail read twice has the same `source_key` and is one fact. `estimated` says that
    no time stood in the evidence and `occurred_at` is the mail's Date or our own clock.
    """

    kind: FactKind
    occurred_at: datetime
    observed_at: datetime
    authority: Authority
    source_key: str
    payload: Mapping[str, Json] = field(default_factory=dict)
    estimated: bool = False
    source: str = "mail"  # mail, person, shop, api, import, file

    def __post_init__(self) -> None:
        """Raise ValueError for a naive time or a payload key outside the allow-list."""
        for moment in (self.occurred_at, self.observed_at):
            if moment.tzinfo is not UTC and (moment.tzinfo is None or moment.utcoffset()):
                raise ValueError(f"fact {self.source_key}: times are aware UTC")
        if not self.payload.keys() <= PAYLOAD_KEYS:
            stray = sorted(self.payload.keys() - PAYLOAD_KEYS)
            raise ValueError(f"fact {self.source_key}: payload keys not allowed: {stray}")

    @property
    def at_latest(self) -> bool:
        """Whether it happened by `occurred_at`, nobody knows when: an export or the API showed only that it had."""
        return self.estimated and self.source in STATES

    def text(self, key: str) -> str | None:
        """The payload's value for `key` as text; None when absent or empty."""
        value = self.payload.get(key)
        return None if value in (None, "") else str(value)

    def moment(self, key: str) -> datetime | None:
        """The payload's time for `key` in UTC; None when absent, unreadable or of another century.

        Without a zone it is UTC.
        """
        value = self.payload.get(key)
        if not isinstance(value, str) or not value:
            return None
        try:
            stated = datetime.fromisoformat(value)
        except ValueError:
            return None
        if not FIRST_YEAR <= stated.year < LAST_YEAR:
            return None
        return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
