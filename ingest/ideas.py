"""Which ideas, said together in one sentence, tell which kind.

A table and a question, no language: with which words an idea is said is the vocabulary's data. It is asked only
where no known phrase tells the kind, and never tells a new order: nothing may start work on so little.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from ingest.settled import sentences
from ingest.text import spaced
from ingest.vocabulary import Language
from models.notification import NotificationKind


class Telling(NamedTuple):
    """A kind, the ideas that must all be there, and those of which none may be."""

    kind: NotificationKind
    all_of: frozenset[str]
    none_of: frozenset[str] = frozenset()


def _row(kind: NotificationKind, all_of: str, none_of: str = "") -> Telling:
    return Telling(kind, frozenset(all_of.split()), frozenset(none_of.split()))


# The first row that holds tells the kind: the answer to a request before the request, the failure before the success.
TELLINGS: Final = (
    _row(NotificationKind.CANCEL_WITHDRAWN, "cancel withdraw"),
    _row(NotificationKind.CANCEL_REJECTED, "cancel reject", "approve please"),
    _row(NotificationKind.CANCEL_APPROVED, "cancel approve", "reject please"),
    _row(NotificationKind.CANCEL_REQUESTED, "cancel ask"),
    _row(NotificationKind.CANCEL_REQUESTED, "cancel please"),
    _row(NotificationKind.REFUND_COMPLETED, "refunded", "ask fail negated"),
    _row(NotificationKind.REFUND_COMPLETED, "refund done", "ask fail negated"),
    _row(NotificationKind.RETURN_REQUESTED, "send_back ask"),
    _row(NotificationKind.REFUND_REQUESTED, "refund ask"),
    _row(NotificationKind.PARCEL_LOST, "parcel lost"),
    _row(NotificationKind.PARCEL_DAMAGED, "parcel damaged"),
    _row(NotificationKind.DELIVERY_FAILED, "deliver fail", "send_back refund"),
    _row(NotificationKind.ORDER_CANCELLED, "called_off", "ask"),
    _row(NotificationKind.LATE_DISPATCH, "ship late", "deliver"),
    _row(NotificationKind.SHIP_REMINDER, "ship not_yet"),
    _row(NotificationKind.SHIP_REMINDER, "ship soon"),
    _row(NotificationKind.SHIP_REMINDER, "ship please"),
    _row(NotificationKind.DELIVERED, "delivered", "fail not_yet negated"),
    _row(NotificationKind.PICKED_UP, "parcel collected", "not_yet fail negated"),
    _row(NotificationKind.IN_TRANSIT, "parcel moving", "fail"),
    _row(NotificationKind.ORDER_PAID, "paid", "fail not_yet refund negated called_off"),
    _row(NotificationKind.ORDER_PAID, "pay received", "fail not_yet refund negated called_off"),
    _row(NotificationKind.SHIPPED, "shipped", "not_yet fail negated"),
)


def kind_told_in(text: str, language: Language) -> NotificationKind | None:
    """Return the kind that one sentence of `text` tells by its ideas, or None."""
    told = (_kind_told_by(sentence, language) for sentence in sentences(text))
    return next((kind for kind in told if kind is not None), None)


@lru_cache(maxsize=1_024)  # the sentences of a title are a template's
def _kind_told_by(sentence: str, language: Language) -> NotificationKind | None:
    there = _ideas_in(spaced(sentence), language)
    for telling in TELLINGS:
        if telling.all_of <= there and not telling.none_of & there:
            return telling.kind
    return None


def _ideas_in(padded: str, language: Language) -> set[str]:
    """Return the ideas in a sentence; "not approved" rejects and does not approve."""
    there = {idea for idea, parts in language.ideas.items() if any(part in padded for part in parts)}
    if {"approve", "reject"} <= there:
        for part in language.ideas["reject"]:
            padded = padded.replace(part, " ")
        if not any(part in padded for part in language.ideas["approve"]):
            there.discard("approve")
    return there
