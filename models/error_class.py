"""What kind of trouble a step is in: ours, which is run again, or one in which a person must decide.

Pure. Which code is of which class is decided where the step fails (flows/trouble.py); words are pages.classes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ErrorClass(StrEnum):
    """The class of a failure, kept with the step and with each attempt; what helps one helps all of its class."""

    SHOP_UNAVAILABLE = "shop_unavailable"  # not reachable, or a fault of its own: passes, uses up no attempt
    TIMEOUT = "timeout"  # no answer in time: passes, uses up no attempt
    BUSY = "busy"  # another worker is at it, or died at it
    BUG = "bug"  # ours: a newer Shipclock, or running it again
    ACCESS = "access"  # consent, permission, keys or settings: the seller puts it right, then all run again
    REFUSED = "refused"  # the shop says no to this order: a decision


FAULTS: Final = frozenset({ErrorClass.SHOP_UNAVAILABLE, ErrorClass.TIMEOUT, ErrorClass.BUSY, ErrorClass.BUG})
"""Ours: running again is all it takes. The others wait for a person, and running again alone changes nothing."""
REFUSALS: Final = frozenset(ErrorClass) - FAULTS
