"""What a packer is told of an order whose number was scanned: go on, or stop and why; and what to fetch for all.

Pure. Whether an order may be packed or set to shipped is the guards' to say (`models.command`); here it becomes one
word, and what may be done with it in one go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.answer import Refused
from models.command_name import CommandName
from models.fact import Json

NO_ORDER: Final = "scanned_unknown"
OTHER_SHOP: Final = "scanned_other_shop"
SEVERAL_SHOPS: Final = "scanned_several"


class Word(StrEnum):
    """What the screen says."""

    GO = "go"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a scanned number comes to. `against` is why it is not packed; `may_ship` if it may be set to shipped.

    `items` are what goes into the parcel.
    """

    order_no: str
    shop: str = ""
    against: Refused | None = None
    may_ship: bool = False
    items: tuple[Mapping[str, Json], ...] = ()

    @property
    def word(self) -> Word:
        """GO when nothing stands against packing it."""
        return Word.STOP if self.against else Word.GO

    def allows(self, deeds: Sequence[CommandName]) -> bool:
        """Tell whether the first of `deeds` may be done with the order now; the others follow from it."""
        return self.word is Word.GO if deeds[0] is CommandName.MARK_PACKED else self.may_ship


def stopped(order_no: str, shops: Sequence[str], chosen: str) -> Verdict | None:
    """Stop a number that is no order's, or another shop's than is packed for, or without that choice several shops'."""
    told = {"shop": ", ".join(shops)}
    if not shops:
        return Verdict(order_no=order_no, against=Refused(code=NO_ORDER))
    if chosen and chosen not in shops:
        return Verdict(order_no=order_no, against=Refused(code=OTHER_SHOP, values=told))
    if not chosen and len(shops) > 1:
        return Verdict(order_no=order_no, against=Refused(code=SEVERAL_SHOPS, values=told))
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What to fetch from the shelf: a product's code and name, how many pieces, for how many orders."""

    sku: str
    title: str
    pieces: int
    orders: int


def pick_list(orders: Iterable[Iterable[Mapping[str, Json]]]) -> list[Pick]:
    """Add up the items of `orders` by SKU, or by name where there is none; sorted as shelves are, by SKU."""
    titles: dict[str, tuple[str, str]] = {}
    pieces: dict[str, list[int]] = {}  # of each order that has it
    for items in orders:
        counts: Counter[str] = Counter()
        for item in items:
            sku, title = str(item.get("sku") or ""), str(item.get("title") or "")
            titles.setdefault(sku or title, (sku, title))
            counts[sku or title] += _pieces(item)
        for key, count in counts.items():
            pieces.setdefault(key, []).append(count)
    return [
        Pick(sku=sku, title=title, pieces=sum(pieces[key]), orders=len(pieces[key]))
        for key, (sku, title) in sorted(titles.items(), key=lambda entry: entry[1])
    ]


def _pieces(item: Mapping[str, Json]) -> int:
    count = item.get("quantity", 1)
    return count if isinstance(count, int) else 1
