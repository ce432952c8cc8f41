"""One order of an export, put together from all its lines: one for each SKU, sometimes several parcels.

Pure. Of lines that differ the least advanced says where the order is; a cancelled line cancels the order only when all
are, and else its item alone: that one is not to be packed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from ingest.export_columns import CancelActor, Column, ExportWords, OpenRequest
from ingest.export_line import ReadLine
from ingest.values import amount_in
from ingest.vocabulary import FALLBACK, Vocabulary, label_key
from models.notification import Item
from models.platform_status import PlatformStatus
from models.settings import ShopSettings
from models.settings_key import CURRENCIES

CodeT = TypeVar("CodeT", bound=StrEnum)

SAME_ITEM: Final = (Column.SKU_ID, Column.SKU, Column.PRODUCT, Column.VARIATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportParcel:
    """What an export tells of one parcel, or of the order while no parcel has a number. Times are UTC."""

    tracking_no: str | None = None
    carrier: str | None = None
    state: PlatformStatus | None = None
    arranged_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """One order as an export tells it. Times are UTC; `line` is its first line."""

    order_no: str
    line: int
    placed_at: datetime
    state: PlatformStatus | None = None
    items: tuple[Item, ...] = ()
    amount: Decimal | None = None
    currency: str | None = None
    payment_method: str | None = None
    shipping_mode: str | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: CancelActor | None = None
    cancel_reason: str | None = None
    request: OpenRequest | None = None
    parcels: tuple[ExportParcel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """How lines become orders. `mails` lends the words of mails for reasons, ways to pay and to ship."""

    shop: ShopSettings
    words: ExportWords
    mails: Vocabulary

    def order(self, lines: Sequence[ReadLine]) -> ExportOrder:
        """The order that these lines tell of; all have its number. One that repeats another tells nothing more."""
        lines = [line for line in lines if line.repeats is None]
        live = [line for line in lines if not line.cancelled]
        state = _least(live) if live else PlatformStatus.CANCELLED
        asking = [] if state is PlatformStatus.COMPLETED else live  # then what was asked is settled
        amount, currency = self._amount(lines)
        return ExportOrder(
            order_no=lines[0].order_no,
            line=lines[0].number,
            placed_at=min(line.times[Column.PLACED_AT] for line in lines),
            state=state,
            items=self._items(live or lines, currency or self.shop.currency),
            amount=amount,
            currency=currency,
            payment_method=self._code("payment_methods", lines, Column.PAYMENT_METHOD),
            shipping_mode=self._code("shipping_modes", lines, Column.SHIPPING_MODE),
            paid_at=_earliest(lines, Column.PAID_AT),
            cancelled_at=None if live else _earliest(lines, Column.CANCELLED_AT),
            cancelled_by=None if live else _meaning(self.words.actors, lines, Column.CANCELLED_BY),
            cancel_reason=None if live else self._code("reasons", lines, Column.CANCEL_REASON),
            request=_meaning(self.words.requests, asking, Column.REQUEST),
            parcels=_parcels(live or lines),
        )

    def _amount(self, lines: Sequence[ReadLine]) -> tuple[Decimal | None, str | None]:
        """What the order costs, in its currency: each line repeats it."""
        text = _first(lines, Column.AMOUNT)
        printed = amount_in(text) if text else None
        if printed is None:
            return None, None
        marked = next(iter(printed.marks)) if printed.marks and len(printed.marks) == 1 else self.shop.currency
        stated = (_first(lines, Column.CURRENCY) or "").upper()
        currency = stated if stated in CURRENCIES else marked
        amount = _value(text, currency)
        return amount, currency if amount is not None else None

    def _items(self, lines: Iterable[ReadLine], currency: str) -> tuple[Item, ...]:
        """The items of these lines. A SKU that fills several lines (one for each parcel) is one item."""
        grouped: dict[tuple[str | None, ...], list[ReadLine]] = {}
        for line in lines:
            if line.quantity is not None:
                grouped.setdefault(tuple(map(line.text, SAME_ITEM)), []).append(line)
        return tuple(_item(same, currency) for same in grouped.values())

    def _code(self, table: str, lines: Iterable[ReadLine], column: Column) -> str | None:
        """The mails' code for what a column says: a reason or a name as it stands is never kept."""
        text = _first(lines, column)
        if text is None:
            return None
        market = self.shop.market.casefold()
        spoken = [one for one in self.mails.languages.values() if market in one.words["markets"]]
        codes = (one.code_of(table, text) for one in (*spoken, self.mails.languages[FALLBACK]))
        return next((code for code in codes if code), None)


def _first(lines: Iterable[ReadLine], column: Column) -> str | None:
    return next((text for line in lines if (text := line.text(column))), None)


def _meaning(table: Mapping[str, CodeT], lines: Iterable[ReadLine], column: Column) -> CodeT | None:
    texts = (text for line in lines if (text := line.text(column)))
    return next((code for text in texts if (code := table.get(label_key(text)))), None)


def _earliest(lines: Iterable[ReadLine], column: Column) -> datetime | None:
    return min((line.times[column] for line in lines if column in line.times), default=None)


_ADVANCED: Final = list(PlatformStatus)


def _least(lines: Iterable[ReadLine]) -> PlatformStatus | None:
    states = [line.state for line in lines if line.state is not None]
    return min(states, key=_ADVANCED.index, default=None)


def _item(lines: Sequence[ReadLine], currency: str) -> Item:
    return Item(
        name=_first(lines, Column.PRODUCT) or "",
        sku=_first(lines, Column.SKU),
        quantity=sum(line.quantity or 0 for line in lines),
        unit_price=_value(_first(lines, Column.UNIT_PRICE), currency),
    )


def _value(text: str | None, currency: str) -> Decimal | None:
    printed = amount_in(text) if text else None
    try:
        return printed.value(currency) if printed else None
    except ValueError:
        return None


def _parcels(lines: Iterable[ReadLine]) -> tuple[ExportParcel, ...]:
    grouped: dict[str | None, list[ReadLine]] = {}
    for line in lines:
        grouped.setdefault(line.tracking_no, []).append(line)
    return tuple(_parcel(number, same) for number, same in grouped.items())


def _parcel(tracking_no: str | None, lines: Sequence[ReadLine]) -> ExportParcel:
    return ExportParcel(
        tracking_no=tracking_no,
        carrier=_first(lines, Column.CARRIER),
        state=_least(lines),
        arranged_at=_earliest(lines, Column.ARRANGED_AT),
        shipped_at=_earliest(lines, Column.SHIPPED_AT),
        delivered_at=_earliest(lines, Column.DELIVERED_AT),
    )
