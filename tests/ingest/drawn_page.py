"""What a drawn layout of an order shows, and the words it has for it: `words.toml`, as in `tests.ingest.renderings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.ingest.renderings import WORDS, Pair, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One item as it is printed; a layout may leave out what it has no place for."""

    name: str
    variant: str
    sku: str
    count: int
    price: str
    line_total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a body shows, and the words for it."""

    facts: Sequence[Pair]
    items: Sequence[Shown]
    sums: Sequence[Pair]
    style: Style

    def word(self, name: str) -> str:
        """Return the language's word for a part of an item, the same in all of the mail."""
        words = WORDS[self.style.language][name]
        return str(words[len(self.facts[0][1] + self.items[0].name) % len(words)] if name == "section" else words[0])


def pairs_of(pairs: Sequence[Pair], between: str = ": ", end: str = "\n") -> str:
    """Return labels and values as text."""
    return end.join(f"{label}{between}{value}" for label, value in pairs)


def labelled(page: Page, item: Shown) -> list[Pair]:
    """Return all of an item as labels and values."""
    return [
        (page.word("product"), item.name),
        (page.word("variation"), item.variant),
        (page.word("sku"), item.sku),
        (page.word("quantity"), str(item.count)),
        (page.word("unit_price"), item.price),
    ]
