"""What acting at one shop of the Open API needs at hand, and what is read there before and after anything is done."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Engine

from flows.shop.api_error import ApiError
from flows.shop.client import ShopClient
from flows.shop.protocol import ShopError
from flows.shop.schema import ApiOrder, Cancellation, CancelStatus, Initiator, ShippingType
from models.db.effects import LEASE, Intent
from models.settings import ShopSettings

DEFAULT: Final = "default"
AHEAD_SECONDS: Final = 5.0  # what was read longer ago is read again


class Way(StrEnum):
    """The call that ships an order."""

    SHIP_PACKAGE = "ship_package"
    OWN_CARRIER = "own_carrier"
    MARK_SHIPPED = "mark_shipped"
    CREATE_PACKAGE = "create_package"


OWN: Final = frozenset({Way.OWN_CARRIER, Way.MARK_SHIPPED})  # the seller's carrier: a tracking number is needed


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One shop, open for work. `now` is aware UTC; `lease` is how long a worker that died holds up an effect.

    The client is opened when it is first needed: what people do with their hands needs none.
    """

    opening: Callable[[], ShopClient]
    shop: ShopSettings
    engine: Engine
    now: Callable[[], datetime]
    lease: timedelta = LEASE
    clock: Callable[[], float] = time.monotonic
    _ahead: dict[str, tuple[float, ApiOrder]] = field(default_factory=dict, repr=False)  # by order number: when, what

    @cached_property
    def client(self) -> ShopClient:
        """The shop's calls. Raises ApiError where the app is not set up."""
        return self.opening()

    def intent(self, effect: str, order_no: str, key: str) -> Intent:
        """Name an effect."""
        return Intent(key=key, shop_id=self.shop.name, order_no=order_no, effect=effect)

    def order(self, order_no: str, call: str) -> ApiOrder:
        """Read the order as the platform has it. Raises ApiError, and ShopError where the platform has none."""
        read_at, found = self._ahead.pop(order_no, (0.0, None))
        if found is None or self.clock() - read_at > AHEAD_SECONDS:
            found = next((order for order in self.client.orders([order_no]) if order.id == order_no), None)
        if found is None:
            raise ShopError(call, order_no, "unknown_order", transient=False)
        return found

    def read_ahead(self, order_nos: Sequence[str]) -> None:
        """Read these orders in few calls, for who asks for them one by one within some seconds, each once."""
        self._ahead.clear()
        with suppress(ApiError):  # whoever asks for an order then hears of it
            read_at = self.clock()
            self._ahead.update({order.id: (read_at, order) for order in self.client.orders(order_nos)})

    def way(self, kind: ShippingType) -> Way:
        """Say which call ships an order of this shop's market."""
        return Way(_way(self.shop.market, kind.value))

    @property
    def takes_slots(self) -> bool:
        """Whether a pickup is booked for one of the carrier's time slots."""
        return bool(_way(self.shop.market, "slot"))

    @property
    def rejects_by_shipping(self) -> bool:
        """Whether a buyer's cancellation is turned down by shipping the order."""
        return bool(_way(self.shop.market, "reject") == "ship")


def _way(market: str, key: str) -> Any:  # noqa: ANN401  # whatever TOML holds
    """Give a market's entry; what it does not name is as everywhere, but that only there slots are booked."""
    ways = _ways()
    row = ways.get(market, ways[DEFAULT])
    return row.get(key, False if key == "slot" else ways[DEFAULT][key])


@cache
def _ways() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("flows.shop") / "ways.toml").read_text(encoding="utf-8"))


def pending_request(cancellations: Sequence[Cancellation], request_no: str = "") -> Cancellation | None:
    """Give the buyer's request that waits for an answer: the one of that number, else the latest."""
    waiting = [one for one in buyers_requests(cancellations) if one.cancel_status is CancelStatus.PENDING]
    return next((one for one in waiting if one.cancel_id == request_no), None) or next(reversed(waiting), None)


def buyers_requests(cancellations: Sequence[Cancellation]) -> list[Cancellation]:
    """Give what the buyer asked for, oldest first; the seller's and the platform's own are left out."""
    return [one for one in cancellations if one.role in {Initiator.BUYER, None} and one.cancel_type != "CANCEL"]
