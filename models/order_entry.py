"""An order that a person types in: what must be right about it, and the facts it becomes (T01, manual entry).

Pure. A fact's key is made of all that was typed, so the same entry twice is one; nothing is known of the buyer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from models.fact import Authority, Fact, FactKind, Json
from models.stage import HandoverMode, ShippingMode

AHEAD: Final = timedelta(minutes=10)  # a person's clock may be ahead of ours


class EntryFault(StrEnum):
    """Why an entry can't be true."""

    AHEAD = "ahead"
    PROMISED_TOO_EARLY = "promised_at"
    SHIP_BY_TOO_EARLY = "ship_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was typed. Times are aware UTC; `items` are pieces by SKU."""

    order_no: str
    placed_at: datetime
    paid: bool = True
    items: Mapping[str, int] = field(default_factory=dict)
    promised_at: datetime | None = None
    ship_by: datetime | None = None
    handover_mode: HandoverMode | None = None
    shipping_mode: ShippingMode | None = None


def fault_of(entry: Entry, now: datetime) -> EntryFault | None:
    """What can't be true about an entry; None when all can."""
    if entry.placed_at > now + AHEAD:
        return EntryFault.AHEAD
    if entry.promised_at is not None and entry.promised_at < entry.placed_at:
        return EntryFault.PROMISED_TOO_EARLY
    if entry.ship_by is not None and entry.ship_by < entry.placed_at:
        return EntryFault.SHIP_BY_TOO_EARLY
    return None


def facts_of_entry(entry: Entry, actor: str, now: datetime) -> tuple[Fact, ...]:
    """The facts, of authority human. A due time that was typed is the one that Seller Center shows."""
    placed: dict[str, Json] = {
        "order_no": entry.order_no,
        "paid": entry.paid,
        "promised_at": _text(entry.promised_at),
        "due_at": _text(entry.ship_by),
        "handover_mode": entry.handover_mode and entry.handover_mode.value,
        "shipping_mode": entry.shipping_mode and entry.shipping_mode.value,
        "items": [{"sku": sku, "title": sku, "quantity": quantity} for sku, quantity in entry.items.items()] or None,
    }
    paid: dict[str, Json] = {"order_no": entry.order_no, "paid": True}
    told = [(FactKind.ORDER_PLACED, placed), *([(FactKind.ORDER_PAID, paid)] if entry.paid else [])]
    return tuple(_fact(kind, payload, entry, actor, now) for kind, payload in told)


def _fact(kind: FactKind, payload: Mapping[str, Json], entry: Entry, actor: str, now: datetime) -> Fact:
    stated = {name: value for name, value in payload.items() if value is not None}
    lines = sorted(entry.items.items())  # the same entry, whichever line was typed first
    digest = blake2b(json.dumps({**stated, "items": lines}, sort_keys=True).encode(), digest_size=8).hexdigest()
    return Fact(
        kind=kind,
        occurred_at=entry.placed_at,
        observed_at=now,
        authority=Authority.HUMAN,
        source_key=f"entered:{kind}:{entry.placed_at.isoformat()}:{digest}",
        payload={**stated, "actor": actor},
        source="person",
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
