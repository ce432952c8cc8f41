"""Our own ids: text, and the same for the same thing on every machine."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

ORDER: Final = "ord_"
DRAWN_BY: Final = 8  # digits of a hash that a sample is drawn by


def order_id(shop: str, order_no: str) -> str:
    """Give our row's id for the order `order_no` of `shop`; the same number in two shops is two orders."""
    return ORDER + blake2b(f"{shop}\n{order_no}".encode(), digest_size=10).hexdigest()


def sample_end(share: float) -> str:
    """Give the id below which that share (0 to 1) of all orders lies: ids are hashes, so those are drawn by chance."""
    if share >= 1:
        return f"{ORDER}g"  # behind every hexadecimal digit
    return f"{ORDER}{int(share * 16**DRAWN_BY):0{DRAWN_BY}x}"
