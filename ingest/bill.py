"""The money of a notification: its currency, items and amounts, and whether they add up.

Pure. The shop gives the currency; a symbol that contradicts it, a quantity below one and sums that do not add
up are refused (email-notifications, section 3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ingest.item_lines import RawItem
from ingest.labelled import Findings
from ingest.printed import Source, short
from ingest.sums import Parts, Printed, agreeing, usual
from ingest.text import one_line
from ingest.values import Amount, amount_in, quantity_in
from ingest.vocabulary import Field
from models.notification import Item, NotificationKind, QuarantineReason

_AMOUNTS: Final[Mapping[Field, str]] = {
    Field.SUBTOTAL: "subtotal",
    Field.SHIPPING: "shipping",
    Field.DISCOUNT: "discount",
    Field.TAX: "tax",
    Field.TOTAL: "total",
    Field.REFUND: "refund",
}
ABOUT_REFUNDS: Final = frozenset(
    {NotificationKind.RETURN_REQUESTED, NotificationKind.REFUND_REQUESTED, NotificationKind.REFUND_COMPLETED}
)
_CROSS_BORDER: Final = "zh"  # sellers abroad are written to in Chinese and paid in dollars
_US_DOLLAR: Final = re.compile(r"us\s?\$|usd", re.IGNORECASE)
_ROUNDING: Final = Decimal("0.01")
_MOST_PIECES: Final = 100_000
_LONGEST_NAME: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a notification says of money. `currency` is None where it states no amount."""

    currency: str | None
    items: tuple[Item, ...]
    amounts: Mapping[str, Decimal]


def bill_of(source: Source, kind: NotificationKind) -> Bill:
    """Return the items and amounts; raises Refused for those that cannot be true or do not add up."""
    is_new = kind is NotificationKind.NEW_ORDER
    currency = _currency(source, kind)
    items = _items(source, currency) if is_new else ()
    printed = _printed(source, kind, currency)
    amounts = _amounts(_checked(source, items, printed) if is_new else usual(printed), printed)
    states_money = bool(amounts) or any(item.unit_price is not None for item in items)
    return Bill(currency=currency if states_money else None, items=items, amounts=amounts)


def may_be_in(currency: str, text: str, language: str) -> bool:
    """Whether the printed amount may be one of a shop with that currency; one without a mark may be any."""
    amount = amount_in(text)
    if amount is None or amount.marks is None or currency in amount.marks:
        return True
    return _is_cross_border(text, language)


def _is_cross_border(text: str, language: str) -> bool:
    return language == _CROSS_BORDER and bool(_US_DOLLAR.search(text))


def amounts_printed(findings: Findings) -> list[str]:
    """Return every amount of the mail as printed, of whatever kind the mail is."""
    texts = [text for wanted in _AMOUNTS for text in findings.values.get(wanted, ())]
    return texts + [text for item in findings.items for text in (item.unit_price, item.line_total) if text]


def _currency(source: Source, kind: NotificationKind) -> str:
    """Return the currency of the amounts: the shop's, which every printed mark must allow."""
    currency = source.shop.currency
    for text in _printed_amounts(source, kind):
        amount = amount_in(text)
        if amount is None or amount.marks is None or currency in amount.marks:
            continue
        if _is_cross_border(text, source.language.code):
            currency = "USD"
            continue
        raise source.refused(QuarantineReason.INVALID_VALUE, "an amount in another currency than the shop's")
    return currency


def _printed_amounts(source: Source, kind: NotificationKind) -> list[str]:
    found = source.findings
    texts = [text for wanted in _wanted_amounts(kind) for text in found.values.get(wanted, ())]
    if kind is NotificationKind.NEW_ORDER:
        texts += [text for item in found.items for text in (item.unit_price, item.line_total) if text]
    return texts


def _wanted_amounts(kind: NotificationKind) -> list[Field]:
    return [wanted for wanted in _AMOUNTS if (wanted is Field.REFUND) <= (kind in ABOUT_REFUNDS)]


def _printed(source: Source, kind: NotificationKind, currency: str) -> Printed:
    """Return the amounts of each sum; raises Refused for those that cannot be true."""
    printed: dict[Field, list[Decimal]] = {}
    for wanted in (*_wanted_amounts(kind), Field.FEE):
        amounts = [value for text in source.findings.values.get(wanted, ()) if (value := amount_in(text))]
        if amounts:
            printed[wanted] = [_value(source, amount, currency) for amount in amounts]
            if wanted is not Field.DISCOUNT and printed[wanted][0] < 0:
                raise source.refused(QuarantineReason.INVALID_VALUE, f"{wanted} below zero")
    return printed


def _amounts(parts: Parts, printed: Printed) -> dict[str, Decimal]:
    return {name: parts.get(wanted, printed[wanted][0]) for wanted, name in _AMOUNTS.items() if wanted in printed}


def _value(source: Source, amount: Amount, currency: str) -> Decimal:
    try:
        return amount.value(currency)
    except ValueError as error:
        raise source.refused(QuarantineReason.INVALID_VALUE, "an amount that is no number") from error


def _items(source: Source, currency: str) -> tuple[Item, ...]:
    items = [raw for raw in source.findings.items if raw.name or raw.sku or raw.unit_price]
    if not items and source.findings.announces_items:
        raise source.refused(QuarantineReason.INCOMPLETE, "items that could not be read")
    return tuple(_item(source, raw, currency) for raw in items)


def _item(source: Source, raw: RawItem, currency: str) -> Item:
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
    if raw.name is None:
        raise source.refused(QuarantineReason.INCOMPLETE, "an item without a name")
    return Item(name=one_line(raw.name)[:_LONGEST_NAME], quantity=quantity, sku=short(raw.sku), unit_price=price)


def _price(source: Source, text: str | None, currency: str) -> Decimal | None:
    amount = amount_in(text) if text else None
    if amount is None:
        return None
    value = _value(source, amount, currency)
    if value < 0:
        raise source.refused(QuarantineReason.INVALID_VALUE, "a price below zero")
    return value


def _checked(source: Source, items: tuple[Item, ...], printed: Printed) -> Parts:
    """Return what shipping, discounts and tax come to; raises Refused where items, subtotal and total differ."""
    prices = [item.unit_price * item.quantity for item in items if item.unit_price is not None]
    items_sum = sum(prices, Decimal(0)) if items and len(prices) == len(items) else None
    subtotal = _first(printed, Field.SUBTOTAL, items_sum)
    if items_sum is not None and subtotal is not None and abs(items_sum - subtotal) > _ROUNDING * len(items):
        raise source.refused(QuarantineReason.TOTALS_MISMATCH, "items and subtotal")
    total = _first(printed, Field.TOTAL, None)
    if subtotal is None or total is None:
        return usual(printed)
    parts = agreeing(subtotal, total, printed, _ROUNDING * max(1, len(items)))
    if parts is None:
        raise source.refused(QuarantineReason.TOTALS_MISMATCH, "subtotal, shipping, discount and total")
    return parts


def _first(printed: Printed, wanted: Field, otherwise: Decimal | None) -> Decimal | None:
    return printed[wanted][0] if wanted in printed else otherwise
