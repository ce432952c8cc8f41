"""A reading as one JSON object: the form that `shipclock parse` prints a line of.

Pure. Keys and values are those of the mail corpus' expected.json, without the buyer; times are
RFC 3339 in the printed zone, amounts text.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.notification import Ignored, Item, Notification, NotificationKind, Quarantined, Reading
from models.settings import ShopSettings


def as_json(reading: Reading, file: str, shops: Sequence[ShopSettings] = ()) -> dict[str, object]:
    """Return `reading` of `file` for JSON; `shops` give the market of the shop it names."""
    if isinstance(reading, Ignored):
        language = {"language": reading.language} if reading.language else {}
        return {"file": file, "disposition": "ignored", "reason": str(reading.reason), "kind": None, **language}
    if isinstance(reading, Quarantined):
        order_no = {"order_id": reading.order_no} if reading.order_no else {}
        return {"file": file, "disposition": "quarantined", "reason": str(reading.reason), **order_no}
    return {"file": file, "disposition": "parsed", "reason": None, **_stated(reading, shops)}


def _stated(told: Notification, shops: Sequence[ShopSettings]) -> dict[str, object]:
    is_digest = len(told.order_nos) > 1
    entry: dict[str, object | None] = {
        "kind": str(told.kind),
        "language": told.language,
        "order_id": None if is_digest else told.order_nos[0],
        "shop": told.shop,
        "market": next((shop.market for shop in shops if shop.name == told.shop), None),
        "order_ids": list(told.order_nos) if is_digest else None,
        "placed_at": told.placed_at and told.placed_at.isoformat(),
        "event_at": told.event_at and told.event_at.isoformat(),
        "respond_by": told.respond_by and told.respond_by.isoformat(),
        "promised_at": told.promised_at and told.promised_at.isoformat(),
        "currency": told.currency,
        "amounts": {name: str(value) for name, value in told.amounts.items()} or None,
        "items": [_item(item) for item in told.items] or None,
        "ship_by": told.ship_by and told.ship_by.isoformat(),
        "payment_method": told.payment_method,
        "paid": told.paid,
        "order_type": told.order_type,
        "special_handling": list(told.special_handling) or None,
        "carrier": told.carrier,
        "tracking_number": told.tracking_no,
        "attempt": told.attempt,
        "request_id": told.request_no,
        "return_id": told.return_no,
        "cancel_cause": told.cancel_cause,
        "reason_code": told.reason_code if told.kind is NotificationKind.CANCEL_REQUESTED else None,
    }
    always = {"kind", "language", "order_id"}
    return {name: value for name, value in entry.items() if value is not None or name in always}


def _item(item: Item) -> dict[str, object]:
    price = None if item.unit_price is None else str(item.unit_price)
    return {"name": item.name, "sku": item.sku, "quantity": item.quantity, "unit_price": price}
