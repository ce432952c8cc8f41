"""What the top of a mail must say, and what it must not, for an order to begin.

Pure. An order begins only where subject or title say so: a mail that states a whole order may tell of a review, an
invoice or a changed address. Which words speak of something else is the vocabulary's data: `other_news`, what no
kind of ours tells; `no_start`, what is said of an order that is known already; `known_order`, how one speaks of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest import hints
from ingest.text import spaced
from ingest.vocabulary import Language
from models.notification import IgnoreReason, NotificationKind

IGNORED: Final = frozenset(IgnoreReason)
AFTER_ORDERING: Final = frozenset(
    {
        NotificationKind.ORDER_CANCELLED, NotificationKind.CANCEL_REQUESTED, NotificationKind.CANCEL_APPROVED,
        NotificationKind.CANCEL_REJECTED, NotificationKind.CANCEL_WITHDRAWN, NotificationKind.PICKED_UP,
        NotificationKind.DELIVERED, NotificationKind.DELIVERY_FAILED, NotificationKind.PARCEL_LOST,
        NotificationKind.PARCEL_DAMAGED, NotificationKind.RETURN_REQUESTED, NotificationKind.REFUND_REQUESTED,
        NotificationKind.REFUND_COMPLETED,
    }
)  # fmt: skip
# Said in one line with "new order", these tell the later thing: "the new order was cancelled".
_GOES_FIRST: Final = AFTER_ORDERING | {
    NotificationKind.SHIPPED, NotificationKind.IN_TRANSIT, NotificationKind.LATE_DISPATCH,
}  # fmt: skip
_TOLD_AT: Final = 5  # the subject and the lines in which a mail may say what it is about
_ALL_OF_A_LINE: Final = 0.9  # of its letters
_TOP: Final = 2  # the subject and the title


@dataclass(slots=True, kw_only=True)
class Top:
    """What subject, headings and, last, the running text tell in one language; the flags go for the first lines."""

    language: Language
    lines: Sequence[str]  # the first lines, without what has not happened
    told: list[dict[str, int]]  # meaning: length of its phrase
    other_news: list[bool]
    no_start: list[bool]
    to_a_buyer: bool  # subject or title thank for a purchase, in a mail of the seller's side
    contradiction: bool = False


def speaks_of(padded: str, language: Language, parts: str) -> bool:
    """Tell whether a line (of `spaced` text) holds one of the vocabulary's `parts`."""
    return any(part in padded for part in language.parts.get(parts, ()))


def speaks_against(padded: str, language: Language, parts: str) -> bool:
    """Tell whether a line holds one of the `parts` that bar a start; a payment that still lacks bars none."""
    if not speaks_of(padded, language, parts):
        return False
    for phrase in _unpaid(language):
        padded = padded.replace(phrase, " ")
    return speaks_of(padded, language, parts)


@lru_cache
def _unpaid(language: Language) -> tuple[str, ...]:
    """Give what says that an order is unpaid, the longest first, so that none leaves a part of another."""
    phrases = {phrase for phrases in language.lookups["unpaid_told"].values() for phrase in phrases}
    return tuple(spaced(phrase).strip() for phrase in sorted(phrases, key=len, reverse=True))


def tells_wholly(found: Mapping[str, int], line: str) -> bool:
    """Tell whether a phrase for a new order is all of a line, as one that a seller has taught: then none of it bars."""
    return found.get(NotificationKind.NEW_ORDER, 0) >= _ALL_OF_A_LINE * len(line)


def without_known_order(told: dict[str, int], padded: str, language: Language) -> dict[str, int]:
    """Leave out "new order" where a line speaks of a known one: "the label for your new order is ready"."""
    if NotificationKind.NEW_ORDER in told and speaks_of(padded, language, "known_order"):
        del told[NotificationKind.NEW_ORDER]
    return told


def keep_to(tops: Sequence[Top], *, whole: bool) -> None:
    """Leave nothing told that the top of the mail does not bear out: no beginning, and no kind beside other news.

    In a mail that states a `whole` order hints count, too, and an address may be mentioned in passing.
    """
    for top in tops:
        _excuse(top, whole=whole)
    barred = any(_bars_a_start(top) for top in tops)
    if whole and not barred:
        _begin_by_hint(tops)
    if barred or not any(_tells_a_start(top) for top in tops):
        _forget(tops, frozenset({NotificationKind.NEW_ORDER}))
    strange = any(top.to_a_buyer or any(top.other_news[:_TOP]) for top in tops)
    if strange:
        _forget(tops, frozenset({NotificationKind.SHIP_REMINDER}))  # "do not ship yet" speaks of shipping, too
    if strange and not any(_kinds(found) for top in tops for found in top.told[:_TOP]):
        _forget(tops, frozenset(NotificationKind))


def _excuse(top: Top, *, whole: bool) -> None:
    """Take no notice of an address, an update or a confirmation beside a line that calls the order new by itself."""
    if not any((*top.other_news, *top.no_start)):
        return
    calls = [NotificationKind.NEW_ORDER in found for found in top.told[:_TOP]]
    if whole:
        calls = [
            is_new or hints.hints_strongly((line,), top.language)
            for is_new, line in zip(calls, top.lines, strict=False)
        ]
    clean = [is_new and not (news or no) for is_new, news, no in zip(calls, top.other_news, top.no_start, strict=False)]
    if any(clean):
        top.other_news = [
            news and not (whole and hints.is_in_passing(line, top.language))
            for news, line in zip(top.other_news, top.lines, strict=True)
        ]
    if (whole or any(clean)) and hints.asks_to_prepare_confirmed(top.lines, top.language):
        top.no_start = [
            no and not hints.is_confirmed(line, top.language) for no, line in zip(top.no_start, top.lines, strict=True)
        ]


def _begin_by_hint(tops: Sequence[Top]) -> None:
    """Begin an order where nothing but a reminder to ship is told, and subject or title hint at a new one."""
    told = {kind for top in tops for found in top.told for kind in _kinds(found)}
    if told - {NotificationKind.NEW_ORDER, NotificationKind.SHIP_REMINDER} or any(top.to_a_buyer for top in tops):
        return
    if any(hints.speaks_of(top.lines, top.language, "undone") for top in tops):
        return
    if any(_hints_at_a_start(top, reminds=NotificationKind.SHIP_REMINDER in told) for top in tops):
        _forget(tops, frozenset({NotificationKind.SHIP_REMINDER}))
        tops[0].told[0].setdefault(NotificationKind.NEW_ORDER, 0)


def _hints_at_a_start(top: Top, *, reminds: bool) -> bool:
    titles = top.lines[:_TOP]
    if hints.hints_strongly(titles, top.language):
        return True
    called_new = any(NotificationKind.NEW_ORDER in found for found in top.told[: len(top.lines)])
    first_told = called_new or not reminds or hints.asks_to_prepare_confirmed(titles, top.language)
    return first_told and hints.hints_weakly(titles, top.language)


def _tells_a_start(top: Top) -> bool:
    return any(NotificationKind.NEW_ORDER in found for found in top.told[:-1][:_TOLD_AT])


def _bars_a_start(top: Top) -> bool:
    """Tell whether a line at the top speaks of something else, or of what comes after ordering."""
    named = all(NotificationKind.NEW_ORDER in found for found in top.told[:_TOP])  # then "check the address" may follow
    if any(top.other_news[:_TOP] if named else top.other_news) or any(top.no_start[:_TOP]):
        return True
    starting = [found for found in top.told[:-1] if NotificationKind.NEW_ORDER in found]
    again = any(no for found, no in zip(top.told, top.no_start, strict=False) if NotificationKind.NEW_ORDER in found)
    return again or any(not _GOES_FIRST.isdisjoint(found) for found in starting)


def _kinds(found: Mapping[str, int]) -> set[str]:
    return {meaning for meaning in found if meaning not in IGNORED}


def _forget(tops: Sequence[Top], kinds: frozenset[NotificationKind]) -> None:
    for top in tops:
        for found in top.told:
            for kind in kinds:
                found.pop(kind, None)
