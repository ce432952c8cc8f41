"""By what a value was taken: under which label, in which part of the mail, in which layout.

Made anew when somebody looks, by a gatherer that watches: ordinary reading pays nothing for it, and nothing
of it is stored. A value is shown in its own form (number, amount, moment, code); free text and people never.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.fit import AMOUNT_FIELDS, ITEM_FIELDS, TIME_FIELDS, fits
from ingest.item_lines import ItemLines
from ingest.labelled import Gatherer
from ingest.moment import Calendar, moment_in
from ingest.page import Cell, text_of
from ingest.printed import short
from ingest.text import one_line, plain_digits
from ingest.values import amount_in, order_no_in, quantity_and_price, quantity_in
from ingest.vocabulary import Field, Language, Vocabulary, label_key
from models import formats

PEOPLES: Final = frozenset({Field.BUYER, Field.OTHER})  # what people are called, write, live at
_AMOUNTS: Final = AMOUNT_FIELDS | {Field.UNIT_PRICE, Field.LINE_TOTAL}
_CODES: Final = frozenset({Field.TRACKING_NO, Field.RETURN_NO, Field.REQUEST_NO, Field.SKU})
_CODE: Final = re.compile(r"#?(?=[\w-]*\d)[\w-]{4,40}", re.ASCII)
_TABLES: Final[Mapping[Field, str]] = {
    Field.REASON: "reasons",
    Field.PAYMENT_METHOD: "payment_methods",
    Field.PAYMENT_STATUS: "payment_states",
    Field.ORDER_TYPE: "order_types",
    Field.REQUEST_TYPE: "request_types",
    Field.HANDOVER: "handovers",
    Field.SHIPPING_MODE: "shipping_modes",
    Field.SPECIAL_HANDLING: "handling",
}


class Part(StrEnum):
    """Where in a mail something stands."""

    SUBJECT = "subject"
    HTML = "html"
    TEXT = "text"


class Place(StrEnum):
    """How a value stands to its label."""

    BESIDE = "beside"
    BELOW = "below"
    COLUMN = "column"
    RUNNING = "running"  # an order number behind the word for order


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One value that was taken. `shown` is what may be shown of it; `usable` is False for a time nobody can read."""

    field: Field
    label: str  # as it stands in the mail; empty in running text
    part: Part
    place: Place
    shown: str | None = None
    usable: bool = True


class Witness(Gatherer):
    """A gatherer that keeps what each value was taken by."""

    def __init__(self, vocabulary: Vocabulary, language: Language, part: Part, calendar: Calendar | None) -> None:
        """Watch one part of a mail."""
        super().__init__(vocabulary, language)
        self.seen: list[Evidence] = []
        self.peoples: list[str] = []  # values that must not be shown, nor be taught as labels
        self.items = _WatchedItems(self._note)
        self._part, self._calendar = part, calendar
        self._asked: dict[tuple[Field, ...], tuple[str, int]] = {}  # label: as it stands, tables begun before it
        self._tables = 0
        self._place: Place | None = None

    def fields(self, text: str) -> tuple[Field, ...]:
        """Return what `text` means as a label, and remember how it was written."""
        label = super().fields(text)
        if label:
            self._asked.pop(label, None)  # the last asked stands last
            self._asked[label] = (_as_written(text), self._tables)
        return label

    def take(self, label: tuple[Field, ...], value: str) -> bool:
        """Take a value as a gatherer does."""
        self._note(label, value)
        before, self._place = self._place, self._place or Place.BESIDE
        taken = super().take(label, value)
        self._place = before
        return taken

    def take_order_no(self, order_no: str) -> None:
        """Take an order number; without a label it stood in running text."""
        if self._place is None:
            self._add(Field.ORDER_NO, "", Place.RUNNING, order_no)
        super().take_order_no(order_no)

    def take_waiting(self, text: str) -> bool:
        """Give a line to the label above it."""
        self._place = Place.BELOW
        taken = super().take_waiting(text)
        self._place = None
        return taken

    def stop_waiting(self) -> None:
        """A table begins: the labels asked so far are its header."""
        self._tables += 1
        super().stop_waiting()

    def _note(self, label: tuple[Field, ...], value: str) -> None:
        wanted = self.meant(label, value)
        if wanted is None:
            return
        words, tables = self._label_of(label)
        place = self._place or (Place.COLUMN if tables < self._tables else Place.BESIDE)
        self._add(wanted, words, place, value)

    def _label_of(self, label: tuple[Field, ...]) -> tuple[str, int]:
        """Return how the label was written; what asks with a part of its meanings has just asked for it."""
        if label in self._asked:
            return self._asked[label]
        wider = (words for asked, words in reversed(self._asked.items()) if set(label) <= set(asked))
        return next(wider, ("", self._tables))

    def _add(self, wanted: Field, label: str, place: Place, value: str) -> None:
        if wanted in PEOPLES:
            self.peoples.append(value)
        shown = shown_value(wanted, value, self.language, self._calendar)
        usable = wanted not in TIME_FIELDS or shown is not None
        evidence = Evidence(field=wanted, label=label, part=self._part, place=place, shown=shown, usable=usable)
        if evidence not in self.seen:
            self.seen.append(evidence)


def _as_written(label: str) -> str:
    """Return the words of a known label in the mail's letters; of a remark behind it, perhaps a name, nothing."""
    text, key = one_line(label), label_key(label)
    at = text.casefold().find(key)
    return text[at : at + len(key)] if at >= 0 else key


class _WatchedItems(ItemLines):
    """Item lines that tell what the rows of their table were taken by."""

    def __init__(self, tell: Callable[[tuple[Field, ...], str], None]) -> None:
        super().__init__()
        self._tell = tell

    def take_row(self, columns: Sequence[tuple[Field, ...]], cells: Sequence[Cell]) -> None:
        """Take a row of an item table."""
        for label, cell in zip(columns, cells, strict=True):
            wanted = tuple(one for one in label if one in ITEM_FIELDS)
            if wanted and cell:
                self._tell(label if wanted == label else wanted, text_of(cell[0]))
        super().take_row(columns, cells)


def shown_value(wanted: Field, value: str, language: Language, calendar: Calendar | None) -> str | None:
    """Return what may be shown of a value: what has a form of its own, in that form; None for all else."""
    if wanted in TIME_FIELDS:
        moment = moment_in(value, calendar) if calendar else None
        return formats.full_moment(moment, moment.tzinfo) if moment and moment.tzinfo else None
    if wanted in _TABLES:
        return language.code_of(_TABLES[wanted], value)
    show = _SHOWN.get(wanted)
    return show(value) if show else None


def _shown_amount(value: str) -> str | None:
    return one_line(value) if amount_in(value) else None


def _shown_quantity(value: str) -> str | None:
    return one_line(value) if quantity_in(value) is not None or quantity_and_price(value) else None


def _shown_code(value: str) -> str | None:
    found = _CODE.fullmatch(plain_digits(value).strip())
    return found[0] if found else None


_SHOWN: Final[Mapping[Field, Callable[[str], str | None]]] = {
    Field.ORDER_NO: order_no_in,
    Field.QUANTITY: _shown_quantity,
    Field.SHOP: short,
    Field.CARRIER: short,
    **dict.fromkeys(_AMOUNTS, _shown_amount),
    **dict.fromkeys(_CODES, _shown_code),
}


def is_likely(wanted: Field, value: str, calendar: Calendar | None) -> bool:
    """Tell whether an unlabelled value is of the form of `wanted`, more strictly than beside a known label."""
    if wanted is Field.ORDER_NO:
        return re.fullmatch(r"\W{0,3}\d{17,20}\W*", plain_digits(value)) is not None
    if wanted in TIME_FIELDS:
        return fits(wanted, value) and calendar is not None and moment_in(value, calendar) is not None
    if wanted in _AMOUNTS:
        return (amount := amount_in(value)) is not None and amount.marks is not None
    if wanted is Field.QUANTITY:
        return quantity_in(value) is not None
    return wanted in _CODES and _shown_code(value) is not None
