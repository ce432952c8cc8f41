"""Our own ids: text, and the same for the same thing on every machine."""

from __future__ import annotations

from hashlib import blake2b


def order_id(shop: str, order_no: str) -> str:
    """Give our row's id for the order `order_no` of `shop`; the same number in two shops is two orders."""
    return "ord_" + blake2b(f"{shop}\n{order_no}".encode(), digest_size=10).hexdigest()
