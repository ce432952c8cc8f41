"""The words of Seller Center's order export, as data: headings, states, who cancelled.

Loads `columns/*.toml`, one file a language; a user's own folder of such files wins over them. Words are compared
as the labels of mails are. A heading that no file names is never read: so no buyer's column is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from ingest.vocabulary import VocabularyError, label_key
from models.platform_status import PlatformStatus

SHIPPED: Final = Path(__file__).parent / "columns"
USUAL: Final = "en.toml"  # headings are English in the exports of every market
LANGUAGE, MONTH_FIRST = "language", "month_first_markets"


class Column(StrEnum):
    """What a column of the export can hold; all others are left unread."""

    ORDER_NO = "order_no"
    STATE = "state"
    SUBSTATE = "substate"
    REQUEST = "request"
    SKU_ID = "sku_id"
    SKU = "sku"
    PRODUCT = "product"
    VARIATION = "variation"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
    CURRENCY = "currency"
    PLACED_AT = "placed_at"
    PAID_AT = "paid_at"
    ARRANGED_AT = "arranged_at"  # "RTS", ready to ship: the seller arranged the shipment
    SHIPPED_AT = "shipped_at"  # the carrier has the parcel
    DELIVERED_AT = "delivered_at"
    CANCELLED_AT = "cancelled_at"
    CANCELLED_BY = "cancelled_by"
    CANCEL_REASON = "cancel_reason"
    TRACKING_NO = "tracking_no"
    CARRIER = "carrier"
    SHIPPING_MODE = "shipping_mode"
    PAYMENT_METHOD = "payment_method"


class CancelActor(StrEnum):
    """Who cancelled; the values of a cancelled fact's `actor`."""

    BUYER = "buyer"
    SELLER = "seller"
    SYSTEM = "system"


class OpenRequest(StrEnum):
    """What the buyer may have asked for, by the export's word for it."""

    CANCEL = "cancel"
    RETURN = "return"


CodeT = TypeVar("CodeT", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWords:
    """All languages' words, folded, and what each stands for; `headings` are the usual ones, to name a column by."""

    columns: Mapping[str, Column]
    states: Mapping[str, PlatformStatus]
    actors: Mapping[str, CancelActor]
    requests: Mapping[str, OpenRequest]
    month_first_markets: frozenset[str]
    headings: Mapping[Column, str]


def load_export_words(extra: Path | None = None) -> ExportWords:
    """Return the shipped words with those of the folder `extra` over them.

    Raises VocabularyError for a file that is no TOML, has unknown names, or gives a word two meanings.
    """
    own = [_read(path) for path in sorted(extra.glob("*.toml"))] if extra is not None and extra.is_dir() else []
    return _words(_shipped_tables(), own) if own else _shipped_words()


@cache
def _shipped_words() -> ExportWords:
    return _words(_shipped_tables(), ())


@cache
def _shipped_tables() -> Sequence[dict[str, Any]]:
    return tuple(_read(path) for path in sorted(SHIPPED.glob("*.toml")))


def _words(shipped: Sequence[dict[str, Any]], own: Sequence[dict[str, Any]]) -> ExportWords:
    return ExportWords(
        columns=_lookup("columns", Column, shipped, own),
        states=_lookup("states", PlatformStatus, shipped, own),
        actors=_lookup("actors", CancelActor, shipped, own),
        requests=_lookup("requests", OpenRequest, shipped, own),
        month_first_markets=frozenset(market for table in (*shipped, *own) for market in table.get(MONTH_FIRST, ())),
        headings={Column(name): texts[0] for name, texts in _read(SHIPPED / USUAL)["columns"].items()},
    )


SECTIONS: Final[Mapping[str, type[StrEnum]]] = {
    "columns": Column,
    "states": PlatformStatus,
    "actors": CancelActor,
    "requests": OpenRequest,
}


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise VocabularyError(f"{path.name}: {error}") from error
    stray = set(table) - {LANGUAGE, MONTH_FIRST, *SECTIONS}
    for section, codes in SECTIONS.items():
        stray |= set(table.get(section, {})) - set(codes)
    if stray or not isinstance(table.get(LANGUAGE), str):
        raise VocabularyError(f"{path.name}: unknown names {sorted(stray)}, or no language")
    return table


def _lookup(
    section: str, codes: type[CodeT], shipped: Iterable[Mapping[str, Any]], own: Iterable[Mapping[str, Any]]
) -> Mapping[str, CodeT]:
    return {**_meanings(section, codes, shipped), **_meanings(section, codes, own)}


def _meanings(section: str, codes: type[CodeT], tables: Iterable[Mapping[str, Any]]) -> dict[str, CodeT]:
    found: dict[str, CodeT] = {}
    for table in tables:
        for name, texts in table.get(section, {}).items():
            for text in texts:
                code = found.setdefault(label_key(text), codes(name))
                if code != name:
                    raise VocabularyError(f"{table[LANGUAGE]}: {text!r} is {code} and {name}")
    return found
