"""Made-up orders to measure with: lives of about eight facts that are in the middle of something.

The same seed makes the same orders. Hours are counted from when the order was placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from models.fact import Authority, Fact, FactKind, Json
from models.settings import ShopSettings

SEED: Final = 7
NOW: Final = datetime(2026, 3, 20, 12, tzinfo=UTC)
SHOP: Final = ShopSettings(
    name="Measured", market="VN", currency="VND", timezone="Asia/Ho_Chi_Minh", mailbox="main", policy="article"
)
PROMISED: Final = 240.0  # hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What was told of an order, when (hours), and how old it is now (hours, at least and at most)."""

    told: tuple[tuple[FactKind, float], ...]
    age: tuple[float, float]
    payload: Mapping[FactKind, Mapping[str, Json]] = field(default_factory=dict)


_K = FactKind
_PAID: Final = ((_K.ORDER_PLACED, 0), (_K.ORDER_PAID, 0.1))
_HELD: Final = (*_PAID, (_K.PLATFORM_HOLD_STARTED, 0.2), (_K.PLATFORM_HOLD_ENDED, 1.2))
_PACKED: Final = (*_PAID, (_K.STOCK_CONFIRMED, 2), (_K.PACKED, 6))
_SHIPPED: Final = (*_PACKED, (_K.MARKED_SHIPPED, 20))
_MOVING: Final = (*_SHIPPED, (_K.PICKED_UP, 26), (_K.IN_TRANSIT, 40))

LIVES: Final = (
    Life(told=(*_MOVING, (_K.IN_TRANSIT, 60)), age=(61, 130)),
    Life(told=(*_MOVING, (_K.DELIVERY_ATTEMPT_FAILED, 90)), age=(91, 100)),
    Life(told=(*_MOVING, (_K.DELIVERY_ATTEMPT_FAILED, 120)), age=(121, 160)),
    Life(told=(*_SHIPPED, (_K.DUE_STATED, 1), (_K.DUE_STATED, 2), (_K.CANCEL_REQUESTED, 22)), age=(23, 67)),
    Life(told=(*_SHIPPED, (_K.DUE_STATED, 1), (_K.IN_TRANSIT, 26), (_K.CANCEL_REQUESTED, 30)), age=(31, 77)),
    Life(told=(*_SHIPPED, (_K.DUE_STATED, 1), (_K.CANCEL_REQUESTED, 30), (_K.DUE_STATED, 31)), age=(69, 77)),
    Life(told=(*_HELD, (_K.DUE_STATED, 1), (_K.CANCEL_REQUESTED, 2), (_K.DUE_STATED, 3)), age=(4, 48)),
    Life(
        told=(*_HELD, (_K.STOCK_CONFIRMED, 2), (_K.HOLD_PLACED, 3), (_K.HOLD_RELEASED, 4), (_K.CANCEL_REQUESTED, 5)),
        age=(6, 50),
        payload={_K.HOLD_PLACED: {"hold": "stock_check"}, _K.HOLD_RELEASED: {"hold": "stock_check"}},
    ),
)
ITEMS: Final[Json] = [{"sku": "TV-TRAY-L", "title": "Bamboo tray, large", "quantity": 2, "unit_price": "129000"}]


def made_up_orders(count: int) -> Iterator[list[Fact]]:
    """Give the facts of so many orders, by turns from LIVES."""
    chance = Random(SEED)  # noqa: S311  # repeatable, not secret
    for number in range(count):
        life = LIVES[number % len(LIVES)]
        placed_at = NOW - timedelta(hours=chance.uniform(*life.age))
        yield [_fact(life, kind, placed_at, hours, place) for place, (kind, hours) in enumerate(life.told)]


def _fact(life: Life, kind: FactKind, placed_at: datetime, hours: float, place: int) -> Fact:
    occurred_at = placed_at + timedelta(hours=hours)
    payload = dict(life.payload.get(kind, {}))
    if kind is FactKind.ORDER_PLACED:
        promised = placed_at + timedelta(hours=PROMISED)
        payload |= {"items": ITEMS, "amount": "258000", "currency": "VND", "promised_at": promised.isoformat()}
    if kind is FactKind.DUE_STATED:
        payload |= {"rule": "D02", "due_at": (placed_at + timedelta(hours=72)).isoformat()}
    return Fact(
        kind=kind,
        occurred_at=occurred_at,
        observed_at=occurred_at + timedelta(minutes=2),
        authority=Authority.PLATFORM,
        source_key=f"mail:{kind}:{place}:{placed_at.isoformat()}",
        payload=payload,
    )
