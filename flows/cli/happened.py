"""What is told of an order: its items, announcements that disagree, and what happened, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from flows.cli.opening import local
from models import formats
from models.answer import said_by
from models.catalogue import words
from models.disagreement import lines_told
from models.fact import Fact, FactKind, Json
from models.fact_key import short_key
from models.fact_words import fact_words
from models.merge import without_retracted
from models.refusal import Listener, amid


def item_rows(items: Sequence[Mapping[str, Json]]) -> list[list[str]]:
    """Give each item as a line: how many, what, and its SKU."""
    return [[_count(item), str(item.get("title") or ""), str(item.get("sku") or "")] for item in items]


def version_rows(facts: Sequence[Fact], zone: ZoneInfo) -> list[list[str]]:
    """Give each announcement of the order that counts as a line, with the key that takes it back (X03)."""
    placed = [fact for fact in without_retracted(facts) if fact.kind is FactKind.ORDER_PLACED]
    return [
        [
            short_key(fact.source_key),
            local(fact.occurred_at, zone),
            _whose(fact),
            "; ".join(_item(item) for item in lines_told(fact)),
            _amount(fact),
        ]
        for fact in sorted(placed, key=lambda fact: (fact.observed_at, fact.source_key))
    ]


def event_rows(facts: Sequence[Fact], zone: ZoneInfo) -> list[list[str]]:
    """Give each entry as a line, as they happened: key, when, what, whose word, and whether it was taken back."""
    counting = {fact.source_key for fact in without_retracted(facts)}
    return [
        [
            short_key(fact.source_key),
            local(fact.occurred_at, zone),
            fact_words(words(), fact),
            _whose(fact),
            "" if fact.source_key in counting else words().text("cli.taken_back"),
        ]
        for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.kind, fact.source_key))
    ]


def cancelled_words(reason: str | None, actor: str | None) -> str:
    """Say by whom and why an order was cancelled, as far as it is known."""
    known = (actor if actor != "unknown" else None, reason)
    return ", ".join(words().text(f"pages.reasons.{code}") for code in known if code)


def _whose(fact: Fact) -> str:
    by = said_by(fact)
    if not by:
        return words().text(f"facts.authority.{fact.authority}")
    return words().text("cli.by_hand", who=amid(words(), by, Listener(now=fact.observed_at)))


def _item(item: Mapping[str, Json]) -> str:
    count, title, sku = item_rows([item])[0]
    return " ".join(filter(None, (count, title, f"({sku})" if title and sku else sku)))


def _amount(fact: Fact) -> str:
    """Write an amount in its currency; as it was told where it is none, or without a currency."""
    told, currency = fact.text("amount") or "", fact.text("currency") or ""
    try:
        return formats.money(Decimal(told), currency) if currency else told
    except ArithmeticError:  # no number, or one that no order can cost
        return f"{told} {currency}".strip()


def _count(item: Mapping[str, Json]) -> str:
    """Write how many; nothing where an announcement leaves it out."""
    return words().text("cli.count", quantity=item["quantity"]) if item.get("quantity") else ""
