"""Order numbers, amounts and quantities out of printed text.

Pure: text in, value or None out. How a currency is written is data (MARKS, WITHOUT_DECIMALS);
which currency a "$" means is the shop's to say (email-notifications, section 3).
"""

# ruff: noqa: RUF001, RUF002  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ingest.text import plain_digits

ORDER_NO: Final = re.compile(r"(?<![\w-])(\d{17,20})(?![\w-])", re.ASCII)
WITHOUT_DECIMALS: Final = frozenset({"VND", "IDR", "JPY", "KRW"})

# What stands beside an amount, in folded text, and the currencies it may mean. In Shift_JIS and its like the yen
# sign has the backslash's place.
MARKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        mark: frozenset(codes.split())
        for mark, codes in {
            "$": "USD MXN SGD AUD CAD", "us$": "USD", "s$": "SGD", "mx$": "MXN", "a$": "AUD", "c$": "CAD",
            "£": "GBP", "€": "EUR", "₫": "VND", "đ": "VND", "vnđ": "VND", "d": "VND", "rp": "IDR",
            "฿": "THB", "บาท": "THB", "rm": "MYR", "₱": "PHP", "p": "PHP", "r$": "BRL", "¥": "JPY CNY", "\\": "JPY KRW",
            "円": "JPY", "元": "CNY", "rmb": "CNY", "₩": "KRW", "원": "KRW",
            "usd": "USD", "mxn": "MXN", "sgd": "SGD", "gbp": "GBP", "eur": "EUR", "euro": "EUR", "vnd": "VND",
            "idr": "IDR", "thb": "THB", "baht": "THB", "myr": "MYR", "php": "PHP", "brl": "BRL", "jpy": "JPY",
            "cny": "CNY", "krw": "KRW",
        }.items()
    }
)  # fmt: skip
_MARK: Final = "|".join(re.escape(mark) for mark in sorted(MARKS, key=len, reverse=True))
NUMBER: Final = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_AMOUNT: Final = re.compile(
    rf"\s*(?P<open>\()?\s*(?P<s1>[-−–+])?\s*(?P<m1>{_MARK})?\s*\.?\s*(?P<s2>[-−–+])?\s*"
    rf"(?P<number>{NUMBER})\s*(?P<m2>{_MARK})?\.?\s*\)?\s*",
    re.IGNORECASE,
)
_TWICE_MARKED: Final = re.compile(
    r"^\s*(?:usd|mxn|sgd|gbp|eur|vnd|idr|thb|myr|php|brl|jpy)\s+(?=\D*[$£€₫฿₱¥])", re.IGNORECASE
)
UNIT: Final = (
    r"(?:pcs?|pieces?|units?|items?|ea|cái|chiếc|bộ|sp|buah|unit|ชิ้น|อัน|uds?|unidad(?:es)?|stk|stück|stueck|st"
    r"|pz|pezz[io]|unidades?|un|pièces?|件|个|個|点|點|枚|本|台)"
)
_QUANTITY: Final = re.compile(
    rf"\s*(?:[x×✕*]\s*)?([-−–]?\s*\d{{1,6}})(?:[.,]0+)?\s*(?:[x×✕*]|{UNIT}\.?)?\s*",
    re.IGNORECASE,
)
_TIMES: Final = r"[x×✕*]"
_LEFT_TIMES: Final = re.compile(rf"\s*(\d{{1,5}})\s*{UNIT}?\s*{_TIMES}\s*(?=\D*\d)", re.IGNORECASE)
_RIGHT_TIMES: Final = re.compile(
    rf"\s*{_TIMES}\s*(\d{{1,5}})\s*{UNIT}?\s*$|\s+(\d{{1,5}})\s*{_TIMES}\s*$", re.IGNORECASE
)
_PREFIX_TIMES: Final = re.compile(rf"^\s*{_TIMES}\s*(\d{{1,5}})\s+(?=\D*\d)", re.IGNORECASE)
_MULTIPLIER: Final = re.compile(
    rf"\s*(?:{_TIMES}\s*(\d{{1,5}})|(\d{{1,5}})\s*(?:{_TIMES}|{UNIT}\.?))\s*", re.IGNORECASE
)
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A printed amount: its digits as text, its sign, and the currencies its mark may mean (all if none)."""

    digits: str
    negative: bool
    marks: frozenset[str] | None

    def value(self, currency: str) -> Decimal:
        """Return the amount in `currency`; negative as printed. Raises ValueError if it is no number."""
        number = _as_number(self.digits, 0 if currency in WITHOUT_DECIMALS else 2)
        return -number if self.negative else number


def order_no_in(text: str) -> str | None:
    """Return the first order number (17 to 20 digits) that stands in `text`."""
    found = ORDER_NO.search(plain_digits(text))
    return found[1] if found else None


def amount_in(text: str) -> Amount | None:
    """Return the amount that `text` is, with its currency mark before or behind it."""
    return _amount_in(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=1_024)  # the same text is asked for by its label, its form, its sums and its currency
def _amount_in(text: str) -> Amount | None:
    text = _TWICE_MARKED.sub("", plain_digits(text))
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    marks = [MARKS[mark.casefold()] for mark in (found["m1"], found["m2"]) if mark]
    return Amount(
        digits=found["number"],
        negative=any(sign in "-−–" for sign in (found["s1"], found["s2"]) if sign) or bool(found["open"]),
        marks=frozenset.intersection(*marks) if marks else None,
    )


def is_marked_amount(text: str) -> bool:
    """Tell whether `text` is an amount with a currency mark."""
    amount = amount_in(text)
    return amount is not None and amount.marks is not None


def is_below_zero(text: str) -> bool:
    """Tell whether `text` is an amount with a minus, or in the brackets of accountants."""
    amount = amount_in(text)
    return amount is not None and amount.negative


def is_deduction(text: str) -> bool:
    """Tell whether `text` is an amount of money, with its mark or decimals, and below zero."""
    amount = amount_in(text)
    return amount is not None and amount.negative and (amount.marks is not None or not amount.digits.isdigit())


def quantity_in(text: str) -> int | None:
    """Return the number of pieces that `text` is ("2", "x2", "2 pcs"); may be negative or zero as printed."""
    if len(text) > _LONGEST:
        return None
    found = _QUANTITY.fullmatch(plain_digits(text))
    return int(re.sub(r"\s", "", found[1].replace("−", "-").replace("–", "-"))) if found else None


def multiplier_in(text: str) -> int | None:
    """Return the pieces that `text` is when it is marked as a count ("x2", "2 pcs"), not a bare number."""
    found = _MULTIPLIER.fullmatch(plain_digits(text)) if len(text) <= _LONGEST else None
    return int(found[1] or found[2]) if found else None


def quantity_and_price(text: str) -> tuple[int, str] | None:
    """Split "2 × $14.95", "$14.95 x2" or "x2 $14.95" into pieces and the price's text."""
    if len(text) > _LONGEST:
        return None
    text = plain_digits(text)
    for pattern in (_LEFT_TIMES, _PREFIX_TIMES):
        found = pattern.match(text)
        if found and is_marked_amount(text[found.end() :]):
            return int(found[1]), text[found.end() :]
    found = _RIGHT_TIMES.search(text)
    if found and is_marked_amount(text[: found.start()]):
        return int(found[1] or found[2]), text[: found.start()]
    return None


def _as_number(digits: str, decimals: int) -> Decimal:
    """Return printed digits as a number: three digits behind a mark are a group, else decimals."""
    plain = digits.replace(" ", "").replace("'", "")
    last = max(plain.rfind("."), plain.rfind(","))
    if last >= 0:
        tail = plain[last + 1 :]
        if len(tail) != 3:  # noqa: PLR2004  no currency here has three decimals
            whole = re.sub(r"\D", "", plain[:last])
            if decimals == 0 and tail.strip("0"):
                raise ValueError("decimals in a currency that has none")
            return _decimal(f"{whole}.{tail}" if decimals else whole)
    return _decimal(re.sub(r"\D", "", plain))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
