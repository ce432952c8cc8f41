"""Facts that a mail states in sentences instead of under labels.

Fills what no label stated, marked as from running text. A sentence with one moment that is neither a deadline nor
yet to come tells when the thing happened; which deadline a kind has is a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ingest.bill import ABOUT_REFUNDS
from ingest.carrier import carrier_in
from ingest.item_prose import sums_in
from ingest.moment import moment_in
from ingest.printed import Source
from ingest.running import Spot, amounts_in, code_behind, moments_in
from ingest.settled import sentences, settled
from ingest.text import fold, has_digit, spaced
from ingest.values import ORDER_NO
from ingest.vocabulary import Field
from models.notification import NotificationKind

_DEADLINE: Final = {
    NotificationKind.NEW_ORDER: Field.SHIP_BY,
    NotificationKind.SHIP_REMINDER: Field.SHIP_BY,
    NotificationKind.LATE_DISPATCH: Field.SHIP_BY,
    NotificationKind.CANCEL_REQUESTED: Field.RESPOND_BY,
    NotificationKind.RETURN_REQUESTED: Field.RESPOND_BY,
    NotificationKind.REFUND_REQUESTED: Field.RESPOND_BY,
}
_TO_SHIP: Final = frozenset({NotificationKind.SHIP_REMINDER, NotificationKind.LATE_DISPATCH})
_ABOUT_PARCELS: Final = frozenset(
    {
        NotificationKind.SHIPPED, NotificationKind.PICKED_UP, NotificationKind.IN_TRANSIT, NotificationKind.DELIVERED,
        NotificationKind.DELIVERY_FAILED, NotificationKind.PARCEL_LOST, NotificationKind.PARCEL_DAMAGED,
    }
)  # fmt: skip
_NEAR: Final = 16  # letters before a date in which "by", "until", "ordered on" speak of it
_BEHIND: Final = 6
_SLACK: Final = timedelta(hours=1)  # clocks differ: what happened is not later than the mail by more
_MOST: Final = 40  # sentences


def take_from_prose(source: Source, kind: NotificationKind, subject: str) -> None:
    """Add to the findings what running text alone states of an order."""
    lines = (subject, *source.findings.notes)
    told = [part for line in lines for part in sentences(line)][:_MOST]
    for value in source.findings.values.get(Field.PLACED_AT, ()):
        told += [*sentences(value)][1:3]  # "placed on DATE. Please ship it before DATE" in one line
    if len(source.findings.order_nos) <= 1:
        _take_moments(source, kind, told)
    if kind is NotificationKind.NEW_ORDER:
        _take_sums(source, told)
    if kind in ABOUT_REFUNDS:
        _take(source, Field.REFUND, (amount for part in told for amount in amounts_in(part)))
        _take_code(source, Field.RETURN_NO, told, source.language.words["return_words"])
    if kind in _ABOUT_PARCELS:
        _take_code(source, Field.TRACKING_NO, told)
        carrier = carrier_in(lines, source.shop.market)
        _take(source, Field.CARRIER, [carrier] if carrier else [])


def _take_sums(source: Source, told: list[str]) -> None:
    """Take the total, and where nothing is labelled as a sum what else it is made of."""
    told = [part for part in told if has_digit(part)]
    unlabelled = Field.SUBTOTAL not in source.findings.values
    _take(source, Field.TOTAL, _sums(source, told, Field.TOTAL))
    totals = source.findings.values.get(Field.TOTAL, ())  # "the total of all items is £20.00"
    for wanted in (Field.SUBTOTAL, Field.SHIPPING) if unlabelled else ():
        _take(source, wanted, [amount for amount in _sums(source, told, wanted) if amount not in totals])


def _sums(source: Source, told: list[str], wanted: Field) -> list[str]:
    return [amount for part in told for amount in sums_in(part, wanted, source.language)]


def _take(source: Source, wanted: Field, values: Iterable[str]) -> None:
    """Take the value that running text states once, or always the same; of several none."""
    if source.findings.values.get(wanted):
        return
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        source.findings.values[wanted] = distinct
        source.findings.from_prose.add(wanted)


def _take_code(source: Source, wanted: Field, told: list[str], more: tuple[str, ...] = ()) -> None:
    if source.findings.values.get(wanted):
        return
    labels = tuple(key for key, meanings in source.language.labels.items() if wanted in meanings)
    codes = (code_behind((*labels, *more), part) for part in told)
    _take(source, wanted, (code for code in codes if code and code not in source.findings.order_nos))


def _take_moments(source: Source, kind: NotificationKind, told: list[str]) -> None:
    """Take the only moment of the event, and the only deadline."""
    events: list[str] = []
    deadlines: list[str] = []
    due: list[str] = []  # moments in sentences that speak of shipping: under a label that nobody knows may stand any
    is_new = kind is NotificationKind.NEW_ORDER
    if is_new and {Field.PLACED_AT, Field.SHIP_BY} <= source.findings.values.keys():
        return
    for part in told:
        for spot in moments_in(part, source.calendar):
            moment = moment_in(spot.text, source.calendar)
            if moment is None:
                continue
            is_due = _is_deadline(source, fold(part), spot)
            later = moment > source.calendar.around + _SLACK
            if is_due or (later and kind in _DEADLINE and not is_new):
                deadlines += [spot.text] if not is_new or _speaks_of(source, part, "ship") else []
            elif not later and (_may_be_placing(source, part) if is_new else _may_be_the_event(source, part, spot)):
                events.append(spot.text)
                due += [spot.text] if _speaks_of_shipping(source, part) else []
    if kind in _DEADLINE:
        _take_moment(source, _DEADLINE[kind], deadlines or (due if kind in _TO_SHIP else []))
    if kind not in _TO_SHIP:
        _take_moment(source, Field.PLACED_AT if is_new else Field.EVENT_AT, events)


def _speaks_of_shipping(source: Source, part: str) -> bool:
    return any(_speaks_of(source, part, idea) for idea in ("ship", "late", "soon"))


def _speaks_of(source: Source, part: str, idea: str) -> bool:
    padded = spaced(part)
    return any(word in padded for word in source.language.ideas.get(idea, ()))


def _may_be_placing(source: Source, part: str) -> bool:
    """Tell whether a moment in a new order's mail may be the order's own: not that of its payment or delivery."""
    return not any(_speaks_of(source, part, idea) for idea in ("paid", "refund", "delivered"))


def _take_moment(source: Source, wanted: Field, texts: list[str]) -> None:
    by_moment: dict[datetime | None, str] = {}
    for text in texts:
        by_moment.setdefault(moment_in(text, source.calendar), text)
    _take(source, wanted, by_moment.values())


def _is_deadline(source: Source, folded: str, spot: Spot) -> bool:
    before = spaced(folded[: spot.start])[-_NEAR:]
    after = folded[spot.end : spot.end + _BEHIND].lstrip(" )）")  # noqa: RUF001  a Chinese bracket
    parts = source.language.parts
    return any(word in before for word in parts.get("deadline_before", ())) or any(
        after.startswith(word.strip()) for word in parts.get("deadline_after", ())
    )


def _may_be_the_event(source: Source, part: str, spot: Spot) -> bool:
    """Tell whether a moment is told as what happened: not the order's own time, and in no condition."""
    before = spaced(fold(part)[: spot.start])[-_NEAR:]
    if any(word in before for word in source.language.parts.get("not_the_event", ())):
        return False
    certain = fold(settled(ORDER_NO.sub("#", part), source.language))
    return spot.text in certain or _start_of(spot) in certain


def _start_of(spot: Spot) -> str:
    return spot.text[:8]
