"""Printed values to a typed notification, refused where they cannot be true.

Pure. The shop gives currency and zone; a symbol that contradicts it, a quantity below one and sums
that do not add up are refused (email-notifications, section 3). The buyer's words never get in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from ingest.item_lines import RawItem
from ingest.layout import Findings
from ingest.moment import Calendar, moment_in
from ingest.text import fold, one_line, plain_digits
from ingest.values import Amount, amount_in, quantity_in
from ingest.vocabulary import FALLBACK, Field, Language, Vocabulary
from models.notification import Item, Notification, NotificationKind, QuarantineReason
from models.settings import ShopSettings
from models.stage import HandoverMode, ShippingMode

_AMOUNTS: Final[Mapping[Field, str]] = {
    Field.SUBTOTAL: "subtotal",
    Field.SHIPPING: "shipping",
    Field.DISCOUNT: "discount",
    Field.TAX: "tax",
    Field.TOTAL: "total",
    Field.REFUND: "refund",
}
_ABOUT_REFUNDS: Final = frozenset(
    {NotificationKind.RETURN_REQUESTED, NotificationKind.REFUND_REQUESTED, NotificationKind.REFUND_COMPLETED}
)
_ABOUT_CANCELLING: Final = frozenset(
    {NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED, NotificationKind.CANCEL_APPROVED}
)
_Mode = TypeVar("_Mode", HandoverMode, ShippingMode)
_CROSS_BORDER: Final = "zh"  # sellers abroad are written to in Chinese and paid in dollars
_US_DOLLAR: Final = re.compile(r"us\s?\$|usd", re.IGNORECASE)
_ROUNDING: Final = Decimal("0.01")
_MOST_PIECES: Final = 100_000
_LONGEST_NAME: Final = 300
_LONGEST_CODE: Final = 60


class Refused(Exception):  # noqa: N818  not a fault: the mail is left to a person
    """The mail is understood but must not be acted on; `detail` names parts, never the mail's text."""

    def __init__(self, reason: QuarantineReason, *, order_no: str | None = None, detail: str = "") -> None:
        """Keep the reason, the order number if known, and what is wrong."""
        super().__init__(reason)
        self.reason = reason
        self.order_no = order_no
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What values are read from and with."""

    findings: Findings
    language: Language
    fallback: Language
    calendar: Calendar
    shop: ShopSettings
    order_no: str

    def code(self, table: str, text: str | None) -> str | None:
        """Return the code of `text` in a lookup table, in the mail's language or English."""
        if not text:
            return None
        return self.language.code_of(table, text) or self.fallback.code_of(table, text)

    def refused(self, reason: QuarantineReason, detail: str) -> Refused:
        """Return the refusal with this order's number."""
        return Refused(reason, order_no=self.order_no, detail=detail)


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
    source = _Source(
        findings=findings,
        language=language,
        fallback=fallback,
        calendar=_calendar(vocabulary, language, fallback, shop, around),
        shop=shop,
        order_no=order_nos[0],
    )
    is_new = kind is NotificationKind.NEW_ORDER
    currency = _currency(source, kind)
    items = _items(source, currency) if is_new else ()
    amounts = _amounts(source, kind, currency)
    if is_new:
        _check_sums(source, items, amounts)
    states_money = bool(amounts) or any(item.unit_price is not None for item in items)
    placed_at, event_at = _time(source, Field.PLACED_AT), _time(source, Field.EVENT_AT)
    running = " \n ".join((subject, *findings.headings, *findings.notes))
    reason = findings.first(Field.REASON)
    return Notification(
        kind=kind,
        language=language.code,
        order_nos=order_nos,
        shop=shop.name,
        placed_at=placed_at or (event_at if is_new else None),
        event_at=None if is_new else event_at,
        ship_by=_time(source, Field.SHIP_BY) if len(order_nos) == 1 else None,
        ship_by_each=_ship_by_each(source, order_nos),
        respond_by=_time(source, Field.RESPOND_BY),
        promised_at=_time(source, Field.PROMISED_AT),
        currency=currency if states_money else None,
        amounts=amounts,
        items=items,
        payment_method=source.code("payment_methods", findings.first(Field.PAYMENT_METHOD)),
        paid=_paid(source),
        carrier=_short(findings.first(Field.CARRIER)),
        tracking_no=_tracking_no(findings),
        attempt=_attempt(source, subject) if kind is NotificationKind.DELIVERY_FAILED else None,
        request_no=_number(findings.first(Field.REQUEST_NO)),
        return_no=_number(findings.first(Field.RETURN_NO)),
        cancel_cause=_cause(source, running, reason) if kind is NotificationKind.ORDER_CANCELLED else None,
        reason_code=_reason_code(source, kind, reason),
        order_type=_order_type(source, subject),
        special_handling=_handling(source),
        handover_mode=_mode(HandoverMode, source.code("handovers", findings.first(Field.HANDOVER))),
        shipping_mode=_mode(ShippingMode, source.code("shipping_modes", findings.first(Field.SHIPPING_MODE))),
    )


def _calendar(
    vocabulary: Vocabulary, language: Language, fallback: Language, shop: ShopSettings, around: datetime
) -> Calendar:
    return Calendar(
        months=vocabulary.months,
        morning={*language.words["morning"], *fallback.words["morning"]},
        afternoon={*language.words["afternoon"], *fallback.words["afternoon"]},
        month_first=fold(shop.market) in fallback.words["month_first_markets"],
        zone=shop.zone,
        around=around,
    )


def _time(source: _Source, wanted: Field) -> datetime | None:
    for text in source.findings.values.get(wanted, ()):
        moment = moment_in(text, source.calendar)
        if moment is not None:
            return moment
    return None


def _ship_by_each(source: _Source, order_nos: tuple[str, ...]) -> dict[str, datetime]:
    """Return the deadline of each order that a digest states one for."""
    if len(order_nos) == 1:
        return {}
    read = {no: moment_in(text, source.calendar) for no, text in source.findings.ship_by_each.items()}
    return {no: moment for no, moment in read.items() if moment is not None and no in order_nos}


def _currency(source: _Source, kind: NotificationKind) -> str:
    """Return the currency of the amounts: the shop's, which every printed mark must allow."""
    currency = source.shop.currency
    for text in _printed_amounts(source, kind):
        amount = amount_in(text)
        if amount is None or amount.marks is None or currency in amount.marks:
            continue
        if source.language.code == _CROSS_BORDER and _US_DOLLAR.search(text):
            currency = "USD"
            continue
        raise source.refused(QuarantineReason.INVALID_VALUE, "an amount in another currency than the shop's")
    return currency


def _printed_amounts(source: _Source, kind: NotificationKind) -> list[str]:
    found = source.findings
    texts = [text for wanted in _wanted_amounts(kind) for text in found.values.get(wanted, ())]
    if kind is NotificationKind.NEW_ORDER:
        texts += [text for item in found.items for text in (item.unit_price, item.line_total) if text]
    return texts


def _wanted_amounts(kind: NotificationKind) -> list[Field]:
    return [wanted for wanted in _AMOUNTS if (wanted is Field.REFUND) <= (kind in _ABOUT_REFUNDS)]


def _amounts(source: _Source, kind: NotificationKind, currency: str) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for wanted in _wanted_amounts(kind):
        printed = [value for text in source.findings.values.get(wanted, ()) if (value := amount_in(text))]
        if not printed:
            continue
        values = [_value(source, amount, currency) for amount in printed]
        if wanted is Field.DISCOUNT:
            amounts["discount"] = sum((abs(value) for value in values), Decimal(0))
        elif values[0] < 0:
            raise source.refused(QuarantineReason.INVALID_VALUE, f"{wanted} below zero")
        else:
            amounts[_AMOUNTS[wanted]] = values[0]
    return amounts


def _value(source: _Source, amount: Amount, currency: str) -> Decimal:
    try:
        return amount.value(currency)
    except ValueError as error:
        raise source.refused(QuarantineReason.INVALID_VALUE, "an amount that is no number") from error


def _items(source: _Source, currency: str) -> tuple[Item, ...]:
    return tuple(_item(source, raw, currency) for raw in source.findings.items if raw.name or raw.sku)


def _item(source: _Source, raw: RawItem, currency: str) -> Item:
    price = _price(source, raw.unit_price, currency)
    total = _price(source, raw.line_total, currency)
    quantity = quantity_in(raw.quantity) if raw.quantity else None
    if raw.quantity and quantity is None:
        raise source.refused(QuarantineReason.INVALID_VALUE, "a quantity that is no number")
    if quantity is None and price and total and not total % price:
        quantity = int(total / price)
    if quantity is None:
        raise source.refused(QuarantineReason.INCOMPLETE, "an item without quantity")
    if not 0 < quantity <= _MOST_PIECES:
        raise source.refused(QuarantineReason.INVALID_VALUE, "a quantity out of range")
    if price is None and total is not None:
        price = total / quantity
    name = one_line(raw.name or raw.sku or "")[:_LONGEST_NAME]
    return Item(name=name, quantity=quantity, sku=_short(raw.sku), unit_price=price)


def _price(source: _Source, text: str | None, currency: str) -> Decimal | None:
    amount = amount_in(text) if text else None
    if amount is None:
        return None
    value = _value(source, amount, currency)
    if value < 0:
        raise source.refused(QuarantineReason.INVALID_VALUE, "a price below zero")
    return value


def _check_sums(source: _Source, items: tuple[Item, ...], amounts: Mapping[str, Decimal]) -> None:
    """Refuse sums that do not add up: items to subtotal, and subtotal with the rest to total."""
    prices = [item.unit_price * item.quantity for item in items if item.unit_price is not None]
    items_sum = sum(prices, Decimal(0)) if items and len(prices) == len(items) else None
    subtotal = amounts.get("subtotal", items_sum)
    if items_sum is not None and subtotal is not None and abs(items_sum - subtotal) > _ROUNDING * len(items):
        raise source.refused(QuarantineReason.TOTALS_MISMATCH, "items and subtotal")
    total = amounts.get("total")
    if subtotal is None or total is None:
        return
    expected = subtotal + amounts.get("shipping", Decimal(0)) - amounts.get("discount", Decimal(0))
    tax = amounts.get("tax", Decimal(0))  # some markets print the tax that the prices include
    if all(abs(total - due) > _ROUNDING * max(1, len(items)) for due in (expected, expected + tax)):
        raise source.refused(QuarantineReason.TOTALS_MISMATCH, "subtotal, shipping, discount and total")


def _paid(source: _Source) -> bool | None:
    """Return whether the order is paid, as stated; cash on delivery counts as paid."""
    if source.code("payment_methods", source.findings.first(Field.PAYMENT_METHOD)) == "cod":
        return True
    state = source.code("payment_states", source.findings.first(Field.PAYMENT_STATUS))
    return None if state is None else state == "paid"


def _attempt(source: _Source, subject: str) -> int | None:
    """Return which delivery attempt failed: labelled, else by an ordinal in subject or heading."""
    stated = source.findings.first(Field.ATTEMPT)
    for text in (stated, subject, *source.findings.headings[:3]):
        if text is None:
            continue
        number = re.fullmatch(r"\D{0,20}(\d)\D{0,20}", plain_digits(text)) if text == stated else None
        ordinal = number[1] if number else source.code("ordinals", text)
        if ordinal:
            return int(ordinal)
    return None


def _cause(source: _Source, running: str, reason: str | None) -> str | None:
    text = f"{running} \n {reason or ''}"
    causes = {*source.language.codes_of("causes", text), *source.fallback.codes_of("causes", text)}
    return next((cause for cause in ("unpaid", "platform", "seller", "buyer") if cause in causes), None)


def _reason_code(source: _Source, kind: NotificationKind, reason: str | None) -> str | None:
    """Return the code of the printed reason; the words themselves may be the buyer's and are dropped."""
    if reason is None or kind not in _ABOUT_CANCELLING | _ABOUT_REFUNDS:
        return None
    return source.code("reasons", reason) or "other"


def _order_type(source: _Source, subject: str) -> str | None:
    return source.code("order_types", source.findings.first(Field.ORDER_TYPE)) or source.code("order_types", subject)


def _handling(source: _Source) -> tuple[str, ...]:
    text = " \n ".join(source.findings.values.get(Field.SPECIAL_HANDLING, ()))
    return source.language.codes_of("handling", text) or source.fallback.codes_of("handling", text)


def _tracking_no(findings: Findings) -> str | None:
    text = findings.first(Field.TRACKING_NO)
    return _short(re.sub(r"\s", "", plain_digits(text))) if text else None


def _number(text: str | None) -> str | None:
    return _short(plain_digits(text)) if text else None


def _short(text: str | None) -> str | None:
    return one_line(text)[:_LONGEST_CODE] if text else None


def _mode(modes: type[_Mode], code: str | None) -> _Mode | None:
    return modes(code) if code else None
