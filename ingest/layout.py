"""Labelled values and item lines out of rows, whatever the layout.

One stream of evidence from label beside value, above value, header row over value rows, definition
lists, bullets, cards, prose and pipe tables. A value counts only when it fits its label.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.item_lines import ItemLines, RawItem
from ingest.page import Cell, Line, Row, text_of
from ingest.text import fold, plain_digits
from ingest.values import amount_in, is_marked_amount, order_no_in, quantity_and_price, quantity_in
from ingest.vocabulary import Field, Language, Vocabulary, label_key

ITEM_FIELDS: Final = frozenset(
    {Field.PRODUCT, Field.SKU, Field.VARIATION, Field.QUANTITY, Field.UNIT_PRICE, Field.LINE_TOTAL}
)
AMOUNT_FIELDS: Final = frozenset({Field.SUBTOTAL, Field.SHIPPING, Field.DISCOUNT, Field.TAX, Field.TOTAL, Field.REFUND})
TIME_FIELDS: Final = frozenset(
    {Field.PLACED_AT, Field.SHIP_BY, Field.PROMISED_AT, Field.ESTIMATED_AT, Field.RESPOND_BY, Field.EVENT_AT}
)
_LONGEST_VALUE: Final = 400
_LONGEST_LABEL: Final = 60
_MOST_NOTES: Final = 200
_COLON: Final = re.compile(r"\s*[:：=]\s*|\s+[-–—]\s+")
_STRONG_COLON: Final = re.compile(r"[:：]")
_SEPARATOR: Final = re.compile(r"[\s,;|·•/–—-]+$")
_HAS_DIGIT: Final = re.compile(r"\d")
_CODE: Final = re.compile(r"^[^\s].{1,59}$")
_NO_VALUE: Final = re.compile(r"^[\s\-–—:：]*$")
_FREE: Final = frozenset({Field.OTHER, Field.BUYER})


def _fits_time(text: str) -> bool:
    return len(text) <= 90 and len(_HAS_DIGIT.findall(plain_digits(text))) >= 3 and order_no_in(text) is None  # noqa: PLR2004  says itself


def _fits_amount(text: str) -> bool:
    return amount_in(text) is not None


def _fits_quantity(text: str) -> bool:
    return quantity_in(text) is not None or quantity_and_price(text) is not None


def _fits_code(text: str) -> bool:
    return bool(_CODE.match(text)) and bool(_HAS_DIGIT.search(plain_digits(text)))


def _fits_attempt(text: str) -> bool:
    return len(text) <= 40  # noqa: PLR2004  says itself


def _fits_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_VALUE


FITS: Final[Mapping[Field, Callable[[str], bool]]] = {
    Field.ORDER_NO: lambda text: order_no_in(text) is not None,
    Field.QUANTITY: _fits_quantity,
    Field.UNIT_PRICE: _fits_amount,
    Field.LINE_TOTAL: _fits_amount,
    Field.TRACKING_NO: _fits_code,
    Field.RETURN_NO: _fits_code,
    Field.REQUEST_NO: _fits_code,
    Field.ATTEMPT: _fits_attempt,
    **dict.fromkeys(AMOUNT_FIELDS, _fits_amount),
    **dict.fromkeys(TIME_FIELDS, _fits_time),
}


@dataclass(slots=True)
class Findings:
    """What one body states. `values` in order of appearance; `notes` are lines without a label."""

    values: dict[Field, list[str]] = field(default_factory=dict)
    items: list[RawItem] = field(default_factory=list)
    order_nos: list[str] = field(default_factory=list)
    ship_by_each: dict[str, str] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def first(self, wanted: Field) -> str | None:
        """Return the first value under a label, or None."""
        found = self.values.get(wanted)
        return found[0] if found else None

    @property
    def weight(self) -> int:
        """How much the body tells: labelled values and items."""
        return len(self.values) + 2 * len(self.items)


def find_values(rows: Sequence[Row], vocabulary: Vocabulary, language: Language) -> Findings:
    """Return what `rows` state, read with the words of `language` first."""
    finder = _Finder(vocabulary, language)
    for row in rows:
        finder.read(row)
    return finder.finish()


class _Finder:
    def __init__(self, vocabulary: Vocabulary, language: Language) -> None:
        self._vocabulary = vocabulary
        self._language = language
        self._found = Findings()
        self._items = ItemLines()
        self._columns: list[tuple[Field, ...]] = []  # what the header row above says
        self._waiting: list[tuple[Field, ...]] = []  # labels whose values come on the next lines

    def finish(self) -> Findings:
        self._found.items = self._items.finish()
        return self._found

    def read(self, row: Row) -> None:
        filled = [cell for cell in row.cells if cell]
        if row.heading or len(self._found.headings) < 3:  # noqa: PLR2004  says itself
            self._found.headings += [text_of(line)[:_LONGEST_VALUE] for cell in filled for line in cell[:3]][:3]
        if len(filled) >= 2:  # noqa: PLR2004  says itself
            self._read_cells(row, filled)
        elif filled:
            for line in filled[0]:
                self._read_line(line, heading=row.heading)

    # Rows of several cells

    def _read_cells(self, row: Row, filled: list[Cell]) -> None:
        labels = [self._label_of(cell) for cell in row.cells]
        if self._is_header(row, labels):
            self._start_columns(labels)
        elif self._columns and len(row.cells) == len(self._columns) and not self._is_pair(row.cells, labels):
            self._read_columns(row.cells)
        elif not self._read_pairs(row.cells, labels) and not self._items.take_cells(filled):
            for cell in filled:
                for line in cell:
                    self._read_line(line, heading=False)

    def _label_of(self, cell: Cell) -> tuple[Field, ...]:
        return self._fields(text_of(cell[0])) if len(cell) == 1 else ()

    def _is_header(self, row: Row, labels: list[tuple[Field, ...]]) -> bool:
        """Tell whether every cell is a label, and not one the value of the one before."""
        filled = [(cell, label) for cell, label in zip(row.cells, labels, strict=True) if cell]
        known = [label for _, label in filled if label]
        if len(known) < max(2, len(filled) - 1) or not labels[row.cells.index(filled[0][0])]:
            return False
        if len(filled) == 2:  # noqa: PLR2004  says itself
            return not any(FITS.get(wanted, _never)(text_of(filled[1][0][0])) for wanted in known[0]) and (
                bool(set(known[0]) & (ITEM_FIELDS | {Field.ORDER_NO, Field.ITEMS}))
            )
        return True

    def _start_columns(self, labels: list[tuple[Field, ...]]) -> None:
        self._columns = labels
        self._waiting = []
        self._items.forget_names()

    def _is_pair(self, cells: Sequence[Cell], labels: list[tuple[Field, ...]]) -> bool:
        """Tell whether a row under a header is a total instead: a label of an amount, then an amount."""
        return any(
            set(label) & AMOUNT_FIELDS and any(cell and _fits_amount(text_of(cell[0])) for cell in cells[index + 1 :])
            for index, label in enumerate(labels)
        )

    def _read_columns(self, cells: Sequence[Cell]) -> None:
        known = {wanted for label in self._columns for wanted in label}
        if known & {Field.QUANTITY, Field.UNIT_PRICE, Field.SKU, Field.LINE_TOTAL}:
            self._items.take_row(self._columns, cells)
            self._take_foreign_columns(cells)
            return
        before = len(self._found.order_nos)
        for label, cell in zip(self._columns, cells, strict=True):
            if cell and label:
                self._take(label, " ".join(text_of(line) for line in cell))
        if len(self._found.order_nos) > before and Field.SHIP_BY in known:
            at = next(index for index, label in enumerate(self._columns) if Field.SHIP_BY in label)
            if cells[at]:
                self._found.ship_by_each[self._found.order_nos[-1]] = text_of(cells[at][0])

    def _take_foreign_columns(self, cells: Sequence[Cell]) -> None:
        """Take order facts that stand as columns of the item table."""
        for label, cell in zip(self._columns, cells, strict=True):
            if cell and label and label[0] not in ITEM_FIELDS and label[0] not in AMOUNT_FIELDS | {Field.ITEMS}:
                self._take(label, text_of(cell[0]))

    def _read_pairs(self, cells: Sequence[Cell], labels: list[tuple[Field, ...]]) -> bool:
        """Read label and value cells beside each other; False when there is no such pair."""
        taken = False
        index = 0
        while index < len(cells):
            following = next((at for at in range(index + 1, len(cells)) if cells[at]), None)
            if labels[index] and following is not None:
                value = " ".join(text_of(line) for line in cells[following])
                if self._take(labels[index], value):
                    taken = True
                    index = following + 1
                    continue
            elif taken and cells[index]:
                for line in cells[index]:
                    self._read_line(line, heading=False)
            index += 1
        if taken:
            self._columns = []
        return taken

    # Single lines

    def _read_line(self, line: Line, *, heading: bool) -> None:
        text = text_of(line)
        if not text or len(text) > 4_000:  # noqa: PLR2004  says itself
            return
        if self._read_labelled(line, text):
            return
        label = self._fields(text)
        if label:
            self._wait_for_value(label)
        elif not self._read_waiting(text):
            self._read_running(text, heading=heading)

    def _read_labelled(self, line: Line, text: str) -> bool:
        return self._read_several(text) or self._read_split(line, text) or self._read_prefix(text)

    def _read_several(self, text: str) -> bool:
        """Read "SKU: A · Qty: 2 · Price: $3": each colon's label ends at the colon, its value at the next label."""
        spots: list[tuple[int, int, tuple[Field, ...]]] = []
        for colon in _STRONG_COLON.finditer(text):
            start, label = self._label_before(text, colon.start(), spots[-1][1] if spots else 0)
            if label:
                spots.append((start, colon.end(), label))
        if not spots or (len(spots) == 1 and spots[0][0] == 0):
            return False
        name = _SEPARATOR.sub("", text[: spots[0][0]]).strip(" (")
        if name and spots[0][2][0] in ITEM_FIELDS:
            self._items.take_text(name)
        elif name and spots[0][2][0] not in ITEM_FIELDS:
            self._read_running(name, heading=False)
        ends = [start for start, _, _ in spots[1:]] + [len(text)]
        for (_, after, label), end in zip(spots, ends, strict=True):
            value = _SEPARATOR.sub("", text[after:end]).strip()
            self._take_with_rest(label, value)
        return True

    def _take_with_rest(self, label: tuple[Field, ...], value: str) -> None:
        """Take a value that may be followed by an unlabelled price or count."""
        if self._take(label, value):
            return
        head, _, rest = value.partition(",")
        for left, right in ((head, rest), *_space_splits(value)):
            if right and self._take(label, left.strip(" )(,;")):
                self._items.take_measure(right.strip(" )(,;–-"))
                return

    def _label_before(self, text: str, end: int, start: int) -> tuple[int, tuple[Field, ...]]:
        """Return the longest label that ends at `end`, and where it starts."""
        window = text[max(start, end - _LONGEST_LABEL) : end]
        offset = end - len(window)
        for match in re.finditer(r"(?<![^\W\d])(?=\S)", window):
            label = self._fields(window[match.start() :])
            if label and not window[match.start()].isspace():
                return offset + match.start(), label
        return end, ()

    def _read_split(self, line: Line, text: str) -> bool:
        """Read one label and its value, set apart by a colon, a dash or the markup."""
        for separator in _COLON.finditer(text[: _LONGEST_LABEL + 10]):
            label = self._fields(text[: separator.start()])
            value = text[separator.end() :]
            if label and not _NO_VALUE.match(value):
                return self._take(label, value) or separator.group().strip() in {":", "："}
        for at in range(1, len(line)):
            label = self._fields("".join(line[:at]))
            if label and self._take(label, text_of(line[at:]).lstrip(":： ")):
                return True
        return False

    def _read_prefix(self, text: str) -> bool:
        """Read "Order total $32.89": a label, then a value of its kind, nothing between."""
        for space in list(re.finditer(r"\s+|(?<=\D)(?=[#\d])", text[:_LONGEST_LABEL]))[::-1]:
            label = self._fields(text[: space.start()])
            value = text[space.end() :]
            typed = tuple(wanted for wanted in label if wanted in FITS and wanted is not Field.ATTEMPT)
            if label == (Field.SHOP,) and " " in text[: space.start()].strip():  # "Sold by NAME"
                typed = label
            if typed and not _NO_VALUE.match(value) and self._take_typed(typed, value):
                return True
        return False

    def _take_typed(self, label: tuple[Field, ...], value: str) -> bool:
        if Field.ORDER_NO in label and not re.match(r"\W{0,3}\d{17,20}\W*$", plain_digits(value)):
            return False
        return self._take(label, value)

    def _wait_for_value(self, label: tuple[Field, ...]) -> None:
        if Field.ITEMS in label:
            self._items.forget_names()
            self._waiting = []
            return
        self._waiting.append(label)

    def _read_waiting(self, text: str) -> bool:
        """Give an unlabelled line to the label that waits for it."""
        while self._waiting:
            label = self._waiting.pop(0)
            if self._take(label, text):
                return True
        return False

    def _read_running(self, text: str, *, heading: bool) -> None:
        found = self._language.order_no.search(plain_digits(fold(text)))
        if found:
            self._take_order_no(found[1])
            self._take_ship_by_in(text, found[1])
        if len(self._found.notes) < _MOST_NOTES:
            self._found.notes.append(text)
        if not heading and not found:
            self._items.take_text(text)

    def _take_ship_by_in(self, text: str, order_no: str) -> None:
        """Take the deadline that stands in the same line as an order number (digests)."""
        folded = fold(text)
        for key, wanted in self._language.labels.items():
            if Field.SHIP_BY in wanted and (at := folded.find(key)) >= 0:
                self._found.ship_by_each[order_no] = folded[at + len(key) :].strip(" :：-–(")
                return

    # What is found

    def _fields(self, text: str) -> tuple[Field, ...]:
        if not text or len(text) > _LONGEST_LABEL + 10:
            return ()
        return self._vocabulary.fields_of(label_key(text), self._language.code)

    def _take(self, label: tuple[Field, ...], value: str) -> bool:
        """Take `value` under the first meaning of the label that it fits."""
        for wanted in _likeliest_first(label, value):
            if wanted is Field.ITEMS or not FITS.get(wanted, _fits_name)(value):
                continue
            if wanted in ITEM_FIELDS:
                self._items.take(wanted, value)
            elif wanted is Field.ORDER_NO:
                self._take_order_no(order_no_in(value) or "")
            else:
                self._found.values.setdefault(wanted, []).append(value)
                self._items.end()
            self._waiting = [] if self._waiting and self._waiting[0] == label else self._waiting
            return True
        return False

    def _take_order_no(self, order_no: str) -> None:
        self._items.end()
        if order_no not in self._found.order_nos:
            self._found.order_nos.append(order_no)


def _likeliest_first(label: tuple[Field, ...], value: str) -> tuple[Field, ...]:
    """Order the meanings of a label: what has a currency mark is an amount, a bare number is not."""
    if len(label) == 1:
        return label
    marked = is_marked_amount(value)
    return tuple(sorted(label, key=lambda wanted: (wanted in AMOUNT_FIELDS) is not marked))


def _space_splits(value: str) -> list[tuple[str, str]]:
    words = value.split(" ")
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) - 1, 0, -1)][:8]


def _never(_: str) -> bool:
    return False
