"""What one mail stated, as names alone: kept with each mail, so that it shows when a wording changes.

Pure. The names are those of `Notification` and of its amounts and items; words for them are in words/*/mail.toml.
"""

from __future__ import annotations

from typing import Final

from models.notification import Notification

SINGLE: Final = (
    "placed_at", "event_at", "ship_by", "respond_by", "promised_at", "currency", "payment_method", "paid", "carrier",
    "tracking_no", "attempt", "request_no", "return_no", "cancel_cause", "reason_code", "order_type", "handover_mode",
    "shipping_mode",
)  # fmt: skip
OF_ITEMS: Final = ("sku", "unit_price")


def stated_fields(told: Notification) -> list[str]:
    """The names of all that the mail states besides its order number, sorted."""
    names = {name for name in SINGLE if getattr(told, name) is not None}
    names |= set(told.amounts)
    names |= {"items"} if told.items else set()
    names |= {"ship_by"} if told.ship_by_each else set()
    names |= {name for name in OF_ITEMS if any(getattr(item, name) is not None for item in told.items)}
    return sorted(names)
