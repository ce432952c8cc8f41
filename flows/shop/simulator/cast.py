"""The shops of the simulator, as written in cast.toml: what they sell, who carries, who buys.

Pure once read. Names of buyers leave this module for the text of a mail and for nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from flows.shop.simulator.market import ARTICLE, Shape, Timers, shape_of, timers
from models.stage import HandoverMode, ShippingMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """Something a shop sells; `price` in the shop's currency."""

    name: str
    variation: str
    sku: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """An invented buyer: the masked user name and the name on the label."""

    user: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """One shop, with everything a `[[shop]]` of shipclock.toml needs.

    `streets`, `places` and `phone` are what buyers' addresses are made of; `plays` names the timers it plays by.
    """

    key: str
    name: str
    language: str
    market: str
    currency: str
    timezone: str
    handover: HandoverMode
    shipping: ShippingMode
    drop_off_point: str
    carrier: str
    tracking_prefix: str
    platform_id: str
    streets: tuple[str, ...]
    places: tuple[str, ...]
    phone: str
    shipping_fees: tuple[Decimal, ...]
    discounts: tuple[Decimal, ...]
    goods: tuple[Good, ...]
    buyers: tuple[Buyer, ...]
    money: str = ""  # how amounts are printed, where not as the language does
    plays: str = ARTICLE

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the shop's mails print their times in."""
        return ZoneInfo(self.timezone)

    @property
    def carrier_id(self) -> str:
        """The platform's id of the carrier."""
        return f"66{_digits(self.carrier)}"

    def settings(self, mailbox: str) -> dict[str, object]:
        """What a `[[shop]]` of shipclock.toml says of it, for one who acts by the API and gets its mail there."""
        return {
            "name": self.name,
            "market": self.market,
            "currency": self.currency,
            "timezone": self.timezone,
            "handover": self.handover.value,
            "shipping": self.shipping.value,
            "drop_off_point": self.drop_off_point,
            "mailbox": mailbox,
            "api": True,
            "platform_id": self.platform_id,
            "carrier_id": self.carrier_id,
        }

    def sku_id(self, good: Good) -> str:
        """Give the platform's id of a good."""
        return f"17{_digits(f'{self.key}/{good.sku}')}"

    @property
    def cipher(self) -> str:
        """What stands for the shop in calls."""
        return f"ROW_{_digits(self.platform_id)[:9]}AA-{self.platform_id[-4:]}_{self.key}"

    @property
    def shape(self) -> Shape:
        """What the API is like in the shop's country."""
        return shape_of(self.market)

    @property
    def timers(self) -> Timers:
        """How long things take."""
        return timers()[self.plays]


@cache
def casts(market: str = ARTICLE) -> Mapping[str, Cast]:
    """Give the shops of a market's play by their key. Raises KeyError for a market that there is none of."""
    return MappingProxyType({key: replace(_all()[key], plays=market) for key in timers()[market].shops})


def _digits(text: str) -> str:
    """Give 17 digits that stand for a text."""
    return f"{int(sha256(text.encode()).hexdigest()[:14], 16) % 10**17:017}"


@cache
def _all() -> Mapping[str, Cast]:
    text = files(__package__).joinpath("cast.toml").read_text(encoding="utf-8")
    return {row["key"]: _cast(row) for row in tomllib.loads(text)["shop"]}


def _cast(row: dict[str, Any]) -> Cast:
    read = {
        "goods": tuple(Good(**{**good, "price": Decimal(good["price"])}) for good in row["goods"]),
        "buyers": tuple(Buyer(**buyer) for buyer in row["buyers"]),
        **{key: tuple(map(Decimal, row[key])) for key in ("shipping_fees", "discounts")},
        **{key: tuple(row[key]) for key in ("streets", "places")},
        "handover": HandoverMode(row["handover"]),
        "shipping": ShippingMode(row["shipping"]),
    }
    return Cast(**{**row, **read})
