"""Where an order is, and what each kind of fact proves about it (order-lifecycle, sections 3, 4).

Owns the words for stages, ways of shipping, steps and roles, and the table of proofs. Pure values.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.fact import FactKind


class Stage(StrEnum):
    """Where we say an order is. Compare by RANK, never by name."""

    UNPAID = "UNPAID"
    NEW = "NEW"
    CONFIRMED = "CONFIRMED"
    PACKED = "PACKED"
    AWAITING_HANDOVER = "AWAITING_HANDOVER"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    LOST = "LOST"
    DAMAGED = "DAMAGED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


RANK: Final[Mapping[Stage, int]] = MappingProxyType(
    {
        Stage.UNPAID: 0,
        Stage.NEW: 10,
        Stage.CONFIRMED: 20,
        Stage.PACKED: 30,
        Stage.AWAITING_HANDOVER: 40,
        Stage.PICKED_UP: 50,
        Stage.IN_TRANSIT: 60,
        Stage.LOST: 70,
        Stage.DAMAGED: 70,
        Stage.DELIVERED: 80,
        Stage.COMPLETED: 90,
        Stage.CANCELLED: 100,
    }
)

PROVES: Final[Mapping[FactKind, Stage]] = MappingProxyType(
    {
        FactKind.ORDER_PLACED: Stage.UNPAID,
        FactKind.ORDER_PAID: Stage.NEW,
        FactKind.STOCK_CONFIRMED: Stage.CONFIRMED,
        FactKind.PACKED: Stage.PACKED,
        FactKind.MARKED_SHIPPED: Stage.AWAITING_HANDOVER,
        FactKind.PICKED_UP: Stage.PICKED_UP,
        FactKind.DROPPED_OFF: Stage.PICKED_UP,  # only the carrier's or the platform's word
        FactKind.IN_TRANSIT: Stage.IN_TRANSIT,
        FactKind.DELIVERY_ATTEMPT_FAILED: Stage.IN_TRANSIT,
        FactKind.LOST_DECLARED: Stage.LOST,
        FactKind.LOST_PRESUMED: Stage.LOST,
        FactKind.DAMAGED_DECLARED: Stage.DAMAGED,
        FactKind.DELIVERED: Stage.DELIVERED,
        FactKind.RETURN_WINDOW_CLOSED: Stage.COMPLETED,
        FactKind.CANCELLED: Stage.CANCELLED,
        FactKind.CANCELLED_PRESUMED: Stage.CANCELLED,
    }
)

TERMINAL: Final = frozenset({Stage.COMPLETED, Stage.CANCELLED})


class HandoverMode(StrEnum):
    """How the parcel leaves the shop."""

    PICKUP = "pickup"
    DROP_OFF = "drop_off"


class ShippingMode(StrEnum):
    """Who buys the transport: the platform (label after "arrange shipment") or the seller."""

    PLATFORM = "platform"
    SELLER = "seller"


class Step(StrEnum):
    """What we must do next; a Prefect task of the same name carries it out."""

    CONFIRM = "confirm"
    PACK = "pack"
    HAND_OVER = "hand_over"
    TRACK = "track"


class Role(StrEnum):
    """Who acts: viewer < packer < manager (ROLE_RANK)."""

    VIEWER = "viewer"
    PACKER = "packer"
    MANAGER = "manager"


ROLE_RANK: Final[Mapping[Role, int]] = MappingProxyType({Role.VIEWER: 0, Role.PACKER: 1, Role.MANAGER: 2})
