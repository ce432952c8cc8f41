"""The door to a shop: what our code may ask it and do there.

`by hand` (people act in Seller Center), `simulated`, later the Open API stand behind it. Every effect takes
an idempotency key: doing it again with the same key must not do it twice. Nothing here returns buyer data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from models.fact import FactKind, Json
from models.platform_status import PlatformStatus
from models.stage import HandoverMode


class Outcome(StrEnum):
    """What came of a step that ran: `business_failure` needs a decision, not another try."""

    OK = "ok"
    WAITING = "waiting"
    REFUSED = "refused"
    BUSINESS_FAILURE = "business_failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something the shop says has happened; becomes a fact of the shop's authority."""

    kind: FactKind
    occurred_at: datetime
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an effect: the outcome, a code for its reason, and what the shop tells us.

    `again_in` says when to ask again while WAITING; None: the next news of the order will wake the step.
    """

    outcome: Outcome
    code: str = ""
    told: tuple[Told, ...] = ()
    again_in: timedelta | None = None


BY_A_PERSON: Final = Answer(outcome=Outcome.WAITING, code="waits_for_person")


class ShopError(Exception):
    """The shop could not be reached or answered with a fault; `transient`: trying again can help.

    The message holds the call, the order number and a code, never the body of an answer.
    """

    def __init__(self, call: str, order_no: str, code: str, *, transient: bool) -> None:
        """Keep the code apart from the message: rows and Prefect keep codes only."""
        super().__init__(f"{call} of order {order_no}: {code}")
        self.call = call
        self.order_no = order_no
        self.code = code
        self.transient = transient


class Shop(Protocol):
    """What every kind of shop can do. Raises ShopError; refusals and waits are values."""

    @property
    def name(self) -> str:
        """The shop's name in the settings."""

    @property
    def acts(self) -> bool:
        """Whether effects happen here; False: a person does them in Seller Center and says so."""

    def status_of(self, order_no: str) -> PlatformStatus | None:
        """What the platform says now, to ask before acting; None where nobody can be asked."""

    def look_ahead(self, *, confirming: Sequence[str], tracking: Sequence[str]) -> None:
        """Read these orders in few calls: each is about to be asked for. What fails is asked for again then."""

    def confirm(self, order_no: str, *, key: str) -> Answer:
        """Check stock and decide to fulfil."""

    def pack(self, order_no: str, *, key: str) -> Answer:
        """Close the parcel."""

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
        """Tell the platform that the parcel is ready ("shipped").

        `tracking_no`: of the seller's own carrier. `anyway`: although the buyer wants to cancel.
        """

    def track(self, order_no: str) -> Answer:
        """Ask where the parcel is."""

    def cancel(self, order_no: str, *, reason: str, key: str) -> Answer:
        """Cancel the order as the seller."""

    def answer_cancel(self, order_no: str, *, approve: bool, reason: str, key: str, request_no: str = "") -> Answer:
        """Approve or reject the buyer's cancellation request: the one of that number, else the one that waits."""

    def message_buyer(self, order_no: str, *, topic: str, key: str) -> Answer:
        """Send the buyer an in-app message about `topic` (a code, never free text)."""

    def complain(self, order_no: str, *, key: str) -> Answer:
        """Complain about the logistics provider."""

    def request_refund(self, order_no: str, *, key: str) -> Answer:
        """Ask the platform to refund a lost, damaged or late parcel."""
