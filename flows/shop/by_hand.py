"""A shop whose people act in Seller Center: Shipclock says what and by when, they say "done".

Nothing happens here. Every step waits for a person; what they must do is a to-do with exact words and clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flows.shop.protocol import BY_A_PERSON, Answer, Outcome
from models.platform_status import PlatformStatus
from models.stage import HandoverMode

SAID_BY_A_PERSON: Final = Answer(outcome=Outcome.OK)


@dataclass(frozen=True, slots=True)
class ShopByHand:
    """The default for a seller with nothing but a mailbox."""

    name: str
    acts: bool = False

    def status_of(self, order_no: str) -> PlatformStatus | None:
        """Nobody can be asked."""
        del order_no
        return None

    def look_ahead(self, *, confirming: Sequence[str], tracking: Sequence[str]) -> None:
        """Nobody can be asked."""
        del confirming, tracking

    def confirm(self, order_no: str, *, key: str) -> Answer:
        """Wait until a person has checked the stock."""
        del order_no, key
        return BY_A_PERSON

    def pack(self, order_no: str, *, key: str) -> Answer:
        """Wait until a person has packed."""
        del order_no, key
        return BY_A_PERSON

    def hand_over(
        self,
        order_no: str,
        *,
        mode: HandoverMode,
        drop_off_point: str,
        key: str,
        tracking_no: str = "",
        anyway: bool = False,
    ) -> Answer:
        """Wait until a person has set the order to shipped."""
        del order_no, mode, drop_off_point, key, tracking_no, anyway
        return BY_A_PERSON

    def track(self, order_no: str) -> Answer:
        """Wait for the next mail."""
        del order_no
        return BY_A_PERSON

    def cancel(self, order_no: str, *, reason: str, key: str) -> Answer:
        """Take the person's word."""
        del order_no, reason, key
        return SAID_BY_A_PERSON

    def answer_cancel(self, order_no: str, *, approve: bool, reason: str, key: str, request_no: str = "") -> Answer:
        """Take the person's word."""
        del order_no, approve, reason, key, request_no
        return SAID_BY_A_PERSON

    def message_buyer(self, order_no: str, *, topic: str, key: str) -> Answer:
        """Take the person's word."""
        del order_no, topic, key
        return SAID_BY_A_PERSON

    def complain(self, order_no: str, *, key: str) -> Answer:
        """Take the person's word."""
        del order_no, key
        return SAID_BY_A_PERSON

    def request_refund(self, order_no: str, *, key: str) -> Answer:
        """Take the person's word."""
        del order_no, key
        return SAID_BY_A_PERSON
