"""What is told of an order: its items, announcements that disagree, and what happened, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from flows.cli.opening import local
from models.catalogue import words
from models.disagreement import lines_told
from models.fact import Fact, FactKind, Json
from models.fact_key import short_key


def item_rows(items: Sequence[Mapping[str, Json]]) -> list[list[str]]:
    """Give each item as a line: how many, what, and its SKU."""
    return [[_count(item), str(item.get("title") or ""), str(item.get("sku") or "")] for item in items]


def version_rows(counting: Sequence[Fact], zone: ZoneInfo) -> list[list[str]]:
    """Give each announcement of the order that counts as a line, with the key that takes it back (X03)."""
    placed = [fact for fact in counting if fact.kind is FactKind.ORDER_PLACED]
    return [
        [
            short_key(fact.source_key),
            local(fact.occurred_at, zone),
            words().text(f"facts.authority.{fact.authority}"),
            "; ".join(_item(item) for item in lines_told(fact)),
            " ".join(filter(None, (fact.text("amount"), fact.text("currency")))),
        ]
        for fact in sorted(placed, key=lambda fact: (fact.observed_at, fact.source_key))
    ]


def _item(item: Mapping[str, Json]) -> str:
    count, title, sku = item_rows([item])[0]
    return " ".join(filter(None, (count, title, f"({sku})" if title and sku else sku)))


def _count(item: Mapping[str, Json]) -> str:
    """Write how many; nothing where an announcement leaves it out."""
    return words().text("cli.count", quantity=item["quantity"]) if item.get("quantity") else ""
