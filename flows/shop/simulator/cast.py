"""The shops of the simulator, as written in cast.toml: what they sell, who carries, who buys.

Pure once read. Names of buyers leave this module for the text of a mail and for nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

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
    """One shop, with everything a `[[shop]]` of shipclock.toml needs."""

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
    shipping_fees: tuple[Decimal, ...]
    discounts: tuple[Decimal, ...]
    goods: tuple[Good, ...]
    buyers: tuple[Buyer, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the shop's mails print their times in."""
        return ZoneInfo(self.timezone)


@cache
def casts() -> Mapping[str, Cast]:
    """Give the shops by their key, in the file's order."""
    text = files(__package__).joinpath("cast.toml").read_text(encoding="utf-8")
    return MappingProxyType({row["key"]: _cast(row) for row in tomllib.loads(text)["shop"]})


def cast_named(name: str) -> Cast:
    """Give the shop of this name. Raises KeyError when no simulated shop bears it."""
    return {cast.name: cast for cast in casts().values()}[name]


def _cast(row: dict[str, Any]) -> Cast:
    goods = tuple(Good(**{**good, "price": Decimal(good["price"])}) for good in row.pop("goods"))
    buyers = tuple(Buyer(**buyer) for buyer in row.pop("buyers"))
    fees = tuple(Decimal(fee) for fee in row.pop("shipping_fees"))
    discounts = tuple(Decimal(discount) for discount in row.pop("discounts"))
    handover, shipping = HandoverMode(row.pop("handover")), ShippingMode(row.pop("shipping"))
    return Cast(
        **row,
        goods=goods,
        buyers=buyers,
        shipping_fees=fees,
        discounts=discounts,
        handover=handover,
        shipping=shipping,
    )
