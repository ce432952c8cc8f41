"""Why an order must not be packed or shipped now, and for how long our own clocks stood still.

Pure: holds are derived from facts; the platform's clocks never pause, whatever is on hold.
"""

from __future__ import annotations

from enum import StrEnum


class Hold(StrEnum):
    """Reasons to hold (order-lifecycle, section 3, overlays)."""

    PLATFORM_HOLD = "platform_hold"
    CANCEL_REQUESTED = "cancel_requested"
    STOCK_CHECK = "stock_check"
    FRAUD_CHECK = "fraud_check"
    ADDRESS_CHECK = "address_check"
    CONFLICT = "conflict"
    MANUAL = "manual"
