"""What happened, in words: one form for the line that says so and for an order's history.

Pure. The words are those of the catalogue's `facts`; what a person chose stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from models.catalogue import Catalogue
from models.fact import Fact, FactKind

CHOSEN: Final[Mapping[FactKind, tuple[str, str]]] = {
    FactKind.HOLD_PLACED: ("hold", "facts.holds"),
    FactKind.HOLD_RELEASED: ("hold", "facts.holds"),
    FactKind.CLAIM_CHOSEN: ("choice", "facts.choices"),
    FactKind.HANDOVER_SWITCHED: ("handover_mode", "pages.handover"),
}
"""Which value of a fact says what was chosen, and where its words stand."""


def fact_words(catalogue: Catalogue, fact: Fact) -> str:
    """What happened, past tense ("put on hold (possible fraud is being checked)")."""
    what = catalogue.text(f"facts.{fact.kind}")
    key, table = CHOSEN.get(fact.kind, ("", ""))
    chosen = fact.text(key) if key else None
    return catalogue.text("facts.chosen", what=what, chosen=catalogue.text(f"{table}.{chosen}")) if chosen else what


def all_words(catalogue: Catalogue, facts: Iterable[Fact]) -> str:
    """What a command left, in the order in which it happened ("checked: in stock; packed")."""
    return "; ".join(dict.fromkeys(fact_words(catalogue, fact) for fact in facts))
