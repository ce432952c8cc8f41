"""What may happen to an order in the simulated shops: the stories, how often and how early they start.

Pure data. How a parcel travels in a story is a row of `carrier.ROUTES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Story(StrEnum):
    """What the script has in store for an order."""

    PICKUP = "delivered_by_pickup"
    DROP_OFF = "delivered_by_drop_off"
    LABEL_FIRST = "label_before_packing"
    OUT_OF_STOCK = "out_of_stock"
    UNPAID = "unpaid_auto_cancelled"
    CANCEL_APPROVED = "cancel_request_approved"
    CANCEL_REJECTED = "cancel_request_rejected"
    CANCEL_LEFT = "cancel_request_left"
    CARRIER_LATE = "carrier_late"
    SHIPPED_LATE = "shipped_after_72_hours"
    ONE_ATTEMPT = "one_failed_attempt"
    TWO_ATTEMPTS = "two_failed_attempts"
    LOST = "lost_after_14_days"
    DAMAGED = "damaged"
    LATE = "late_then_delivered"
    MAIL_LATE = "mail_out_of_order"
    MAIL_TWICE = "mail_doubled"
    MAIL_FORGED = "mail_forged"
    MAIL_CUT = "mail_unreadable"
    SHOP_DOWN = "shop_answers_503"
    STEP_BROKEN = "step_fails_until_mended"


PEACEFUL: Final = frozenset({Story.PICKUP, Story.DROP_OFF, Story.LABEL_FIRST})
CANCEL_STORIES: Final = frozenset({Story.CANCEL_APPROVED, Story.CANCEL_REJECTED, Story.CANCEL_LEFT})


SHARES: Final[Mapping[Story, int]] = {  # of 1000 orders of a crowd
    Story.PICKUP: 770,
    Story.OUT_OF_STOCK: 15,
    Story.UNPAID: 40,
    Story.CANCEL_APPROVED: 25,
    Story.CANCEL_REJECTED: 15,
    Story.CANCEL_LEFT: 10,
    Story.CARRIER_LATE: 20,
    Story.SHIPPED_LATE: 15,
    Story.ONE_ATTEMPT: 30,
    Story.TWO_ATTEMPTS: 10,
    Story.LOST: 10,
    Story.DAMAGED: 10,
    Story.LATE: 20,
    Story.MAIL_TWICE: 10,
}


@dataclass(frozen=True, slots=True)
class Outline:
    """How often a story happens (at least, at most), on which days it may start, and in whose shop.

    Long stories start early, so that a play of 20 days sees their end.
    """

    least: int
    most: int
    last_day: int
    shops: tuple[str, ...] = ("en", "vi")
    first_day: int = 0


OUTLINES: Final[Mapping[Story, Outline]] = {
    Story.PICKUP: Outline(12, 15, 12, ("en",)),
    Story.DROP_OFF: Outline(9, 12, 12, ("vi",)),
    Story.LABEL_FIRST: Outline(2, 3, 11, ("vi",)),
    Story.OUT_OF_STOCK: Outline(1, 2, 12),
    Story.UNPAID: Outline(1, 3, 12),
    Story.CANCEL_APPROVED: Outline(1, 2, 11),
    Story.CANCEL_REJECTED: Outline(1, 2, 10),
    Story.CANCEL_LEFT: Outline(1, 1, 10),
    Story.CARRIER_LATE: Outline(1, 2, 8, ("en",), first_day=3),  # once others were collected
    Story.SHIPPED_LATE: Outline(1, 1, 8),
    Story.ONE_ATTEMPT: Outline(1, 3, 9),
    Story.TWO_ATTEMPTS: Outline(1, 1, 6),
    Story.LOST: Outline(1, 1, 0, ("en",)),
    Story.DAMAGED: Outline(1, 1, 8),
    Story.LATE: Outline(1, 2, 5),
    Story.MAIL_LATE: Outline(1, 2, 10, ("en",)),
    Story.MAIL_TWICE: Outline(1, 2, 11),
    Story.MAIL_FORGED: Outline(1, 2, 11),
    Story.MAIL_CUT: Outline(1, 1, 10),
    Story.SHOP_DOWN: Outline(1, 2, 10),
    Story.STEP_BROKEN: Outline(1, 1, 9),
}
