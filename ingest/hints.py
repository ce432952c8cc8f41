"""What hints at a new order where no known phrase tells it: "another one sold", "3 things to wrap".

Pure. A hint starts nothing by itself: it counts in a mail that states a whole order as its seller is told it, and in
which nothing speaks of another matter. With which words a hint is given is the vocabulary's data (`[hints]`);
which of them, said together, hint at a new order is the table below.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from ingest.labelled import Findings
from ingest.text import spaced
from ingest.vocabulary import Field, Language

# A sale that has been made: no reminder of an order known before speaks so.
_STRONG: Final = tuple(
    frozenset(ideas.split())
    for ideas in (
        "sold", "sale another", "sale got", "sale cheer", "sale order", "order another", "order got", "order cheer",
    )
)  # fmt: skip
# What may be said of an order known before, too.
_WEAK: Final = tuple(frozenset(ideas.split()) for ideas in ("order prepare", "sale prepare", "confirmed prepare"))
_WHOLE: Final = frozenset({Field.TOTAL, Field.SHIP_BY})
# What a new order has not yet: something has happened to it, or is asked for.
_LATER: Final = frozenset(
    {
        Field.RESPOND_BY, Field.EVENT_AT, Field.REFUND, Field.REASON, Field.TRACKING_NO, Field.CANCELLED_BY,
        Field.ATTEMPT, Field.RETURN_NO, Field.REQUEST_NO, Field.REQUEST_TYPE,
    }
)  # fmt: skip


def states_whole_order(findings: Findings) -> bool:
    """Tell whether a mail states one order as its seller is told it: number, priced items, total and deadline."""
    there = findings.values.keys()
    return (
        len(findings.order_nos) == 1
        and bool(findings.items)
        and all(item.unit_price or item.line_total for item in findings.items)
        and there >= _WHOLE
        and not there & _LATER
    )


def hints_strongly(lines: Sequence[str], language: Language) -> bool:
    """Tell whether one of these lines speaks of a sale that has been made."""
    return any(ideas <= _hints_in(line, language) for line in lines for ideas in _STRONG)


def hints_weakly(lines: Sequence[str], language: Language) -> bool:
    """Tell whether these lines together ask to prepare an order, which may be a new one."""
    together = frozenset().union(*(_hints_in(line, language) for line in lines))
    return any(ideas <= together for ideas in _WEAK)


def speaks_of(lines: Sequence[str], language: Language, idea: str) -> bool:
    """Tell whether one of these lines holds a word of `idea`."""
    return any(idea in _hints_in(line, language) for line in lines)


def asks_to_prepare_confirmed(lines: Sequence[str], language: Language) -> bool:
    """Tell whether one of these lines calls an order confirmed and asks to prepare it, as no buyer is told."""
    return any({"confirmed", "prepare"} <= _hints_in(line, language) for line in lines)


def is_confirmed(line: str, language: Language) -> bool:
    """Tell whether nothing but "confirmed" in a line keeps an order from beginning."""
    words = [part.strip() for part in language.hints.get("confirmed", ())]
    return all(any(word in part for word in words) for part in _parts_in(spaced(line), language, "no_start"))


def is_in_passing(line: str, language: Language) -> bool:
    """Tell whether a line's other news are an address or an update that is merely mentioned: nothing has changed."""
    padded = spaced(line)
    address, update = language.hints.get("address", ()), language.hints.get("update", ())
    news = _parts_in(padded, language, "other_news")
    if not news <= {*address, *update} or (news & {*address} and news & {*update}):
        return False
    return not any(part in padded for part in language.hints.get("changed", ()))


def _parts_in(padded: str, language: Language, parts: str) -> set[str]:
    return {part for part in language.parts.get(parts, ()) if part in padded}


@lru_cache(maxsize=1_024)  # most lines are a template's
def _hints_in(line: str, language: Language) -> frozenset[str]:
    padded = spaced(line)
    return frozenset(idea for idea, parts in language.hints.items() if any(part in padded for part in parts))
