"""What one mail tells, typed: the contract between reading a mail and knowing an order.

Pure values. `ingest` makes them from bytes, `ingest.facts` turns them into facts.
Nothing here holds the buyer: not even the masked user name that stands in the mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from models.stage import HandoverMode, ShippingMode


class NotificationKind(StrEnum):
    """What a TikTok Shop mail is about; email-notifications, section 2."""

    NEW_ORDER = "new_order"
    ORDER_PAID = "order_paid"
    SHIP_REMINDER = "ship_reminder"
    LATE_DISPATCH = "late_dispatch"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_APPROVED = "cancel_approved"
    CANCEL_REJECTED = "cancel_rejected"
    CANCEL_WITHDRAWN = "cancel_withdrawn"
    ORDER_CANCELLED = "order_cancelled"
    SHIPPED = "shipped"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    PARCEL_LOST = "parcel_lost"
    PARCEL_DAMAGED = "parcel_damaged"
    RETURN_REQUESTED = "return_requested"
    REFUND_REQUESTED = "refund_requested"  # the buyer's wish
    REFUND_COMPLETED = "refund_completed"


class IgnoreReason(StrEnum):
    """Why a mail is none of our business."""

    MARKETING = "marketing"
    SETTLEMENT = "settlement"
    ACCOUNT_SECURITY = "account_security"
    BUYER_MESSAGE = "buyer_message"
    BUYER_SIDE = "buyer_side"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    NOT_MARKETPLACE = "not_marketplace"
    BEFORE_START = "before_start"  # older than the shop's orders_from: silent history


class QuarantineReason(StrEnum):
    """Why a mail waits for a person."""

    SENDER_UNAUTHENTICATED = "sender_unauthenticated"
    LOOKALIKE_SENDER = "lookalike_sender"
    FORWARDED = "forwarded"
    MALFORMED = "malformed"
    INCOMPLETE = "incomplete"
    TOO_LARGE = "too_large"
    HIDDEN_TEXT = "hidden_text"
    AMBIGUOUS_ORDER_ID = "ambiguous_order_id"
    INVALID_VALUE = "invalid_value"
    TOTALS_MISMATCH = "totals_mismatch"
    UNKNOWN_SHOP = "unknown_shop"
    UNKNOWN_KIND = "unknown_kind"
    REPLAYED = "replayed"  # a genuine mail much older than when it reached us
    READER_FAILED = "reader_failed"  # our own bug, kept so that nothing is lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One order line as the mail states it; `unit_price` in the order's currency."""

    name: str
    quantity: int
    sku: str | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a mail tells. Only what it states is set; times are aware, in the zone they were printed in.

    `order_nos` has several entries in a digest alone. `amounts` may hold subtotal, shipping,
    discount (positive), tax, total, refund.
    """

    kind: NotificationKind
    language: str
    order_nos: tuple[str, ...]
    shop: str  # the name in the settings, not the spelling in the mail
    placed_at: datetime | None = None
    event_at: datetime | None = None
    ship_by: datetime | None = None
    ship_by_each: Mapping[str, datetime] = field(default_factory=dict)  # of a digest, by order number
    respond_by: datetime | None = None
    promised_at: datetime | None = None
    currency: str | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    payment_method: str | None = None
    paid: bool | None = None
    carrier: str | None = None
    tracking_no: str | None = None
    attempt: int | None = None
    request_no: str | None = None
    return_no: str | None = None
    cancel_cause: str | None = None  # unpaid, buyer, platform, seller
    reason_code: str | None = None
    order_type: str | None = None
    special_handling: tuple[str, ...] = ()
    handover_mode: HandoverMode | None = None
    shipping_mode: ShippingMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A mail that is understood and does not concern orders."""

    reason: IgnoreReason
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A mail that a person must look at. `detail` names labels and parts, never the mail's text."""

    reason: QuarantineReason
    order_no: str | None = None
    detail: str = ""


Reading: TypeAlias = Notification | Ignored | Quarantined
