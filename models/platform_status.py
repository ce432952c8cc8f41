"""The platform's own words for where an order is, in its API and in Seller Center's export.

Pure. Mapped to facts at the edge, never stored as our stage (order-lifecycle, section 3).
"""

from __future__ import annotations

from enum import StrEnum


class PlatformStatus(StrEnum):
    """What the platform says, in the order in which an order comes along; CANCELLED stands apart."""

    UNPAID = "UNPAID"
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
