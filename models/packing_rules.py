"""The article's rules of packing: what a packer must keep, who read them when, and which goods need care.

Pure. The lines are a table with a version; their words are in `models/words/*/packing.toml`. Reading them counts for
a shift; a SKU that the shop flagged is ticked order by order (order-lifecycle, T10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from models.fact import Json

VERSION: Final = 2  # raised with every change of meaning: then everybody is asked to read them again

RULES: Final = (
    "items_and_count",
    "sound",
    "unexpired",
    "label_readable",
    "no_flyers",
    "nothing_extra",
    "no_review_request",
    "no_buyer_data",
    "handling_told",
)
"""Right items and count; undamaged; not past its date; label the right way and readable; no flyers or promotional
material; nothing that was not ordered; no request for reviews; no buyer's data visible beyond the label; special
handling (fragile, liquid, ...) told to the carrier. Source: the article and T10; `handling_told` the article alone."""

ALL: Final = "all"
SHIFT: Final = timedelta(hours=12)  # [D]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRead:
    """Which version of the rules somebody read, and when (UTC)."""

    version: int
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """What the packing list is judged by: the shop's flagged SKUs (patterns), its shift, what the packer read."""

    careful_skus: tuple[str, ...] = ()
    shift: timedelta = SHIFT
    read: RulesRead | None = None

    def read_until(self, now: datetime) -> datetime | None:
        """Until when (UTC) what was read counts; None when nothing counts at `now`."""
        if self.read is None or self.outdated:
            return None
        until = self.read.read_at + self.shift
        return until if self.read.read_at <= now < until else None

    @property
    def outdated(self) -> bool:
        """Whether the rules have changed since they were read."""
        return self.read is not None and self.read.version != VERSION

    def flagged(self, items: Iterable[Mapping[str, Json]]) -> tuple[str, ...]:
        """The SKUs among the items that the shop flagged, capitals or not; an item without a SKU is none."""
        skus = dict.fromkeys(str(item["sku"]) for item in items if item.get("sku"))
        return tuple(sku for sku in skus if any(_matches(sku, pattern) for pattern in self.careful_skus))


UNREAD: Final = Packing()


def _matches(sku: str, pattern: str) -> bool:
    return fnmatchcase(sku.casefold(), pattern.strip().casefold())


def missing(ticks: str) -> tuple[str, ...]:
    """The rules that a comma-separated list of ticks leaves out; "all" ticks them all."""
    ticked = {tick.strip() for tick in ticks.split(",")}
    return () if ALL in ticked else tuple(rule for rule in RULES if rule not in ticked)


def kept(read: RulesRead | None) -> dict[str, Json]:
    """What a `packed` fact keeps: version, ticks, and when they were acknowledged unless ticked for this order."""
    ticks: list[Json] = list(RULES)
    told: dict[str, Json] = {"version": VERSION, "ticks": ticks}
    return told | ({"acknowledged_at": read.read_at.isoformat()} if read else {})
