"""Which values fit which label: the kinds of fields, and what one of each kind looks like.

Pure tables and questions. A value counts only when it fits its label, so a label that means several things is
settled by the value beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ingest.text import plain_digits
from ingest.values import amount_in, is_marked_amount, order_no_in, quantity_and_price, quantity_in
from ingest.vocabulary import Field

ITEM_FIELDS: Final = frozenset(
    {Field.PRODUCT, Field.SKU, Field.VARIATION, Field.QUANTITY, Field.UNIT_PRICE, Field.LINE_TOTAL}
)
AMOUNT_FIELDS: Final = frozenset(
    {Field.SUBTOTAL, Field.SHIPPING, Field.DISCOUNT, Field.TAX, Field.FEE, Field.TOTAL, Field.REFUND}
)
SUM_FIELDS: Final = AMOUNT_FIELDS - {Field.REFUND}
ADDED: Final = frozenset({Field.SHIPPING, Field.FEE})  # below zero they are discounts
TIME_FIELDS: Final = frozenset(
    {Field.PLACED_AT, Field.SHIP_BY, Field.PROMISED_AT, Field.ESTIMATED_AT, Field.RESPOND_BY, Field.EVENT_AT}
)
LONGEST_VALUE: Final = 400
_HAS_DIGIT: Final = re.compile(r"\d")
_PACKAGE_ID: Final = re.compile(r"\W{0,3}115\d{16}\W*$")  # the platform's number of a parcel, no carrier's
_CODE: Final = re.compile(r"^[^\s].{1,59}$")


def fits(wanted: Field, value: str) -> bool:
    """Tell whether `value` can be one of `wanted`; what is of no certain form only needs some length."""
    return _FITS.get(wanted, _fits_name)(value)


def has_form(wanted: Field) -> bool:
    """Tell whether values of `wanted` have a form of their own."""
    return wanted in _FITS


def likeliest_first(label: tuple[Field, ...], value: str) -> tuple[Field, ...]:
    """Order the meanings of a label: what has a currency mark is an amount, a bare number is not."""
    if len(label) == 1:
        return label
    marked = is_marked_amount(value)
    return tuple(sorted(label, key=lambda wanted: (wanted in AMOUNT_FIELDS) is not marked))


def _fits_time(text: str) -> bool:
    return len(text) <= 90 and len(_HAS_DIGIT.findall(plain_digits(text))) >= 3 and order_no_in(text) is None  # noqa: PLR2004  says itself


def _fits_amount(text: str) -> bool:
    return amount_in(text) is not None


def _fits_quantity(text: str) -> bool:
    return quantity_in(text) is not None or quantity_and_price(text) is not None


def _fits_code(text: str) -> bool:
    return bool(_CODE.match(text)) and bool(_HAS_DIGIT.search(plain_digits(text)))


def _fits_tracking(text: str) -> bool:
    return _fits_code(text) and _PACKAGE_ID.match(plain_digits(text)) is None


def _fits_attempt(text: str) -> bool:
    return len(text) <= 40  # noqa: PLR2004  says itself


def _fits_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALUE


_FITS: Final[Mapping[Field, Callable[[str], bool]]] = {
    Field.ORDER_NO: lambda text: order_no_in(text) is not None,
    Field.QUANTITY: _fits_quantity,
    Field.UNIT_PRICE: _fits_amount,
    Field.LINE_TOTAL: _fits_amount,
    Field.TRACKING_NO: _fits_tracking,
    Field.RETURN_NO: _fits_code,
    Field.REQUEST_NO: _fits_code,
    Field.ATTEMPT: _fits_attempt,
    **dict.fromkeys(AMOUNT_FIELDS, _fits_amount),
    **dict.fromkeys(TIME_FIELDS, _fits_time),
}
