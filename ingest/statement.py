"""Printed values to a typed notification, refused where they cannot be true.

Pure. The shop gives the zone, `ingest.bill` the money; printed words become codes of the vocabulary, so the
buyer's own words never get in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from ingest.bill import ABOUT_REFUNDS, bill_of
from ingest.labelled import Findings
from ingest.moment import Calendar, moment_in
from ingest.printed import Source, short
from ingest.prose import take_from_prose
from ingest.running import attempt_in, code_at_start
from ingest.settled import settled
from ingest.text import fold, plain_digits
from ingest.vocabulary import FALLBACK, Field, Language, Vocabulary
from models.notification import Notification, NotificationKind
from models.settings import ShopSettings
from models.stage import HandoverMode, ShippingMode

_ABOUT_CANCELLING: Final = frozenset(
    {NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED, NotificationKind.CANCEL_APPROVED}
)
_Mode = TypeVar("_Mode", HandoverMode, ShippingMode)
_Told = Mapping[str, Any]  # fields of a Notification


def notification_from(  # noqa: PLR0913  most are keywords
    kind: NotificationKind,
    order_nos: tuple[str, ...],
    findings: Findings,
    *,
    language: Language,
    vocabulary: Vocabulary,
    shop: ShopSettings,
    subject: str,
    around: datetime,
) -> Notification:
    """Return the notification that `findings` make; raises Refused for values that cannot be true."""
    fallback = vocabulary.languages.get(FALLBACK, language)
    calendar = calendar_of(vocabulary, language, fallback, shop, around)
    source = Source(
        findings=findings, language=language, fallback=fallback, calendar=calendar, shop=shop, order_no=order_nos[0]
    )
    take_from_prose(source, kind, subject)
    return Notification(
        kind=kind,
        language=language.code,
        order_nos=order_nos,
        shop=shop.name,
        **_money(source, kind, subject),
        **_times(source, kind, order_nos),
        **_shipping(source, kind, subject),
        **_requests(source, kind, subject),
    )


def _money(source: Source, kind: NotificationKind, subject: str) -> _Told:
    bill = bill_of(source, kind)
    return {
        "currency": bill.currency,
        "amounts": bill.amounts,
        "items": bill.items,
        "payment_method": _payment_method(source, kind, subject),
        "paid": _paid(source, kind, subject),
    }


def _times(source: Source, kind: NotificationKind, order_nos: tuple[str, ...]) -> _Told:
    is_new = kind is NotificationKind.NEW_ORDER
    placed_at, event_at = _time(source, Field.PLACED_AT), _time(source, Field.EVENT_AT)
    return {
        "placed_at": placed_at or (event_at if is_new else None),
        "event_at": None if is_new else event_at,
        "ship_by": _time(source, Field.SHIP_BY) if len(order_nos) == 1 else None,
        "ship_by_each": _ship_by_each(source, order_nos),
        "respond_by": _time(source, Field.RESPOND_BY),
        "promised_at": _time(source, Field.PROMISED_AT),
    }


def _shipping(source: Source, kind: NotificationKind, subject: str) -> _Told:
    found = source.findings
    return {
        "carrier": short(found.first(Field.CARRIER)),
        "tracking_no": _tracking_no(found),
        "attempt": _attempt(source, subject) if kind is NotificationKind.DELIVERY_FAILED else None,
        "order_type": _order_type(source, subject),
        "special_handling": _handling(source),
        "handover_mode": _mode(HandoverMode, source.code("handovers", found.first(Field.HANDOVER))),
        "shipping_mode": _mode(ShippingMode, source.code("shipping_modes", found.first(Field.SHIPPING_MODE))),
    }


def _requests(source: Source, kind: NotificationKind, subject: str) -> _Told:
    found = source.findings
    reason = found.first(Field.REASON)
    running = " \n ".join((subject, *found.headings, *found.notes))
    return {
        "request_no": _number(found.first(Field.REQUEST_NO)),
        "return_no": _number(found.first(Field.RETURN_NO)),
        "cancel_cause": _cause(source, running, reason) if kind is NotificationKind.ORDER_CANCELLED else None,
        "reason_code": _reason_code(source, kind, reason),
    }


def calendar_of(
    vocabulary: Vocabulary, language: Language, fallback: Language, shop: ShopSettings, around: datetime
) -> Calendar:
    """Return how times are written in this language and this shop's market."""
    return Calendar(
        months=vocabulary.months,
        morning={*language.words["morning"], *fallback.words["morning"]},
        afternoon={*language.words["afternoon"], *fallback.words["afternoon"]},
        month_first=fold(shop.market) in fallback.words["month_first_markets"],
        zone=shop.zone,
        around=around,
    )


def _time(source: Source, wanted: Field) -> datetime | None:
    for text in source.findings.values.get(wanted, ()):
        moment = moment_in(text, source.calendar)
        if moment is not None:
            return moment
    return None


def _ship_by_each(source: Source, order_nos: tuple[str, ...]) -> dict[str, datetime]:
    """Return the deadline of each order that a digest states one for."""
    if len(order_nos) == 1:
        return {}
    read = {no: moment_in(text, source.calendar) for no, text in source.findings.ship_by_each.items()}
    return {no: moment for no, moment in read.items() if moment is not None and no in order_nos}


def _payment_method(source: Source, kind: NotificationKind, subject: str) -> str | None:
    """Return how is paid, as stated; that a new order is paid on delivery, its title may tell."""
    stated = source.code("payment_methods", source.findings.first(Field.PAYMENT_METHOD))
    if stated or kind is not NotificationKind.NEW_ORDER:
        return stated
    titles = " \n ".join((subject, *source.findings.headings[:2]))
    return "cod" if source.language.code_of("payment_methods", titles) == "cod" else None


def _paid(source: Source, kind: NotificationKind, subject: str) -> bool | None:
    """Return whether the order is paid, as stated or, of a new order, as told; cash on delivery counts as paid."""
    if _payment_method(source, kind, subject) == "cod":
        return True
    method = source.findings.first(Field.PAYMENT_METHOD)
    stated = (source.code("payment_states", text) for text in (source.findings.first(Field.PAYMENT_STATUS), method))
    state = next(filter(None, stated), None)
    if state is not None:
        return state == "paid"
    return _paid_as_told(source, subject) if kind is NotificationKind.NEW_ORDER else None


def _paid_as_told(source: Source, subject: str) -> bool | None:
    """Return whether running text calls a new order paid or unpaid; None where it says neither."""
    if _is_told_unpaid(source, subject):
        return False
    told = " \n ".join((subject, *source.findings.headings[:2], *source.findings.notes))
    return True if source.code("payment_states", settled(told, source.language)) == "paid" else None


def _is_told_unpaid(source: Source, subject: str) -> bool:
    """Tell whether subject or title call the order unpaid, or any sentence says that the buyer has not paid yet."""
    titles = " \n ".join((subject, *source.findings.headings[:2]))
    if source.code("unpaid_told", titles) and source.code("unpaid_told", settled(titles, source.language)):
        return True
    notes = " \n ".join(source.findings.notes)
    return _says_unpaid(source, notes) and _says_unpaid(source, settled(notes, source.language))


def _says_unpaid(source: Source, text: str) -> bool:
    return any("anywhere" in spoken.codes_of("unpaid_told", text) for spoken in (source.language, source.fallback))


def _attempt(source: Source, subject: str) -> int | None:
    """Return which delivery attempt failed: labelled, else counted in subject, title or running text."""
    stated = source.findings.first(Field.ATTEMPT)
    if stated is not None:
        number = re.search(r"(?<!\d)[1-9](?!\d)", plain_digits(stated))
        labelled = number[0] if number else source.code("ordinals", stated)
        if labelled:
            return int(labelled)
    languages = (source.language, source.fallback)
    for text in (subject, *source.findings.headings[:3]):
        certain = settled(text, source.language)
        counted = next((found for spoken in languages if (found := attempt_in(certain, spoken))), None)
        ordinal = counted or source.code("ordinals", certain)
        if ordinal:
            return int(ordinal)
    certain = settled(" \n ".join(source.findings.notes), source.language)
    return next((int(found) for spoken in languages if (found := attempt_in(certain, spoken))), None)


def _cause(source: Source, running: str, reason: str | None) -> str | None:
    """Return who or what cancelled: by what is said to have happened, and by a label that says by whom."""
    text = f"{settled(running, source.language)} \n {reason or ''}"
    causes = {*source.language.codes_of("causes", text), *source.fallback.codes_of("causes", text)}
    if "unpaid" not in causes:
        by_label = source.code("actors", source.findings.first(Field.CANCELLED_BY))
        causes = {by_label} if by_label else causes
    return next((cause for cause in ("unpaid", "platform", "seller", "buyer") if cause in causes), None)


def _reason_code(source: Source, kind: NotificationKind, reason: str | None) -> str | None:
    """Return the code of the printed reason; the words themselves may be the buyer's and are dropped."""
    if reason is None or kind not in _ABOUT_CANCELLING | ABOUT_REFUNDS:
        return None
    return source.code("reasons", reason) or "other"


def _order_type(source: Source, subject: str) -> str | None:
    return source.code("order_types", source.findings.first(Field.ORDER_TYPE)) or source.code("order_types", subject)


def _handling(source: Source) -> tuple[str, ...]:
    text = " \n ".join(source.findings.values.get(Field.SPECIAL_HANDLING, ()))
    return source.language.codes_of("handling", text) or source.fallback.codes_of("handling", text)


def _tracking_no(findings: Findings) -> str | None:
    text = findings.first(Field.TRACKING_NO)
    return short(code_at_start(plain_digits(text))) if text else None


def _number(text: str | None) -> str | None:
    return short(plain_digits(text).strip(" .,;:)。、")) if text else None


def _mode(modes: type[_Mode], code: str | None) -> _Mode | None:
    return modes(code) if code else None
