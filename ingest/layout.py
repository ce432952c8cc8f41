"""Labelled values and item lines out of rows, whatever the layout.

One stream of evidence from label beside value, above value, header row over value rows, definition
lists, bullets, cards, prose and pipe tables. A value counts only when it fits its label.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.fit import AMOUNT_FIELDS, ITEM_FIELDS, LONGEST_VALUE, fits, has_form
from ingest.item_part import is_code
from ingest.item_sums import believed_items
from ingest.labelled import Findings, Gatherer
from ingest.lines import LineReader
from ingest.page import Cell, Row, text_of
from ingest.text import fold
from ingest.values import amount_in, is_deduction, is_marked_amount
from ingest.vocabulary import Field, Language, Vocabulary

_PLACE: Final = frozenset(
    {"", "no", "nr", "n", "nº", "stt", "序号", "序號", "pos", "番号", "ลำดับ", "bil", "item no", "line"}
)


def find_values(
    rows: Sequence[Row], vocabulary: Vocabulary, language: Language, gather: Gatherer | None = None
) -> Findings:
    """Return what `rows` state, read with the words of `language` first; `gather` may watch what is taken."""
    gather = gather or Gatherer(vocabulary, language)
    reader = _RowReader(gather)
    for row in rows:
        reader.read(row)
    reader.end()
    found = gather.finish()
    found.items = believed_items(rows, found, gather.fields_or_button, language)
    return found


def _is_place(cell: Cell) -> bool:
    """Tell whether a header cell heads the places in a list ("#", "No.")."""
    return fold(text_of(cell[0])).rstrip(".:º°") in _PLACE


def _fits_form(label: tuple[Field, ...], cell: Cell) -> bool:
    """Tell whether a cell is of the form that values of a label have."""
    return bool(cell) and any(has_form(wanted) and fits(wanted, text_of(cell[0])) for wanted in label)


def _heads_items(filled: Sequence[tuple[Cell, tuple[Field, ...]]]) -> bool:
    """Tell whether cells head a table of items, of which some columns are called as nobody knows."""
    known = {wanted for _, label in filled for wanted in label}
    others = [cell for cell, label in filled if not label]
    return (
        sum(bool(label) for _, label in filled) >= _LEAST_ACROSS
        and Field.QUANTITY in known
        and bool(known & {Field.UNIT_PRICE, Field.LINE_TOTAL})
        and all(len(cell) == 1 and _HEAD.match(text_of(cell[0])) for cell in others)
    )


_HEAD: Final = re.compile(r"[^\d@:：]{1,30}$")
_LEAST_ACROSS: Final = 3  # name, count and price, each with a row of its own


class _RowReader:
    def __init__(self, gather: Gatherer) -> None:
        self._gather = gather
        self._lines = LineReader(gather)
        self._columns: list[tuple[Field, ...]] = []  # what the header row above says
        self._across: list[Row] = []  # rows of a table that may have a column for each item

    def read(self, row: Row) -> None:
        """Read one row: several cells beside each other, or the lines of one."""
        row = row.without_colons
        if len(row.filled) > 2 and self._may_be_across(row):  # noqa: PLR2004  name, count and price
            self._across.append(row)
            return
        if self._across:
            self.end()
        self._read(row)

    def end(self) -> None:
        """Read what waits: a table with a column for each item, if it tells their counts, or rows like any."""
        rows, self._across = self._across, []
        columns = [self._label_of(row.cells[0]) for row in rows]
        if len(rows) < _LEAST_ACROSS or not any(Field.QUANTITY in label for label in columns):
            for row in rows:
                self._read(row)
            return
        self._start_columns(columns)
        for cells in list(zip(*(row.cells for row in rows), strict=True))[1:]:
            self._gather.items.take_row(columns, cells)
        self._columns = []

    def _may_be_across(self, row: Row) -> bool:
        if len(row.filled) != len(row.cells) or self._columns:
            return False
        if self._across and len(self._across[0].cells) != len(row.cells):
            return False
        first, *others = map(self._label_of, row.cells)
        return bool(set(first) & ITEM_FIELDS) and not any(others)

    def _read(self, row: Row) -> None:
        filled = row.filled
        if row.heading or len(self._gather.found.headings) < 3:  # noqa: PLR2004  says itself
            self._gather.found.headings += [text_of(line)[:LONGEST_VALUE] for cell in filled for line in cell[:3]][:3]
        if len(filled) >= 2:  # noqa: PLR2004  says itself
            self._read_cells(row, filled)
        else:
            self._gather.items.begin_cell(several=False)
            for line, text in row.lines:
                self._lines.read(line, text, heading=row.heading)

    def _read_cells(self, row: Row, filled: Sequence[Cell]) -> None:
        labels = [self._label_of(cell) for cell in row.cells]
        if self._is_header(row, labels):
            self._start_columns(labels)
        elif not any(labels) and (self._take_deduction(filled) or self._take_code(filled)):
            return
        elif self._columns and len(row.cells) == len(self._columns) and not self._is_pair(row.cells, labels):
            self._read_columns(row.cells)
        elif not self._read_pairs(row.cells, labels) and not self._take_unlabelled(filled):
            for cell in filled:
                self._gather.items.begin_cell(several=True)
                for line in cell:
                    self._lines.read(line, text_of(line), heading=0)

    def _take_deduction(self, cells: Sequence[Cell]) -> bool:
        """Take a row among the sums that ends in an amount below zero, whatever it is called."""
        if len(cells) != 2 or len(cells[1]) != 1:  # noqa: PLR2004  label and value
            return False
        value = text_of(cells[1][0])
        if is_marked_amount(value) and not is_deduction(value):
            self._gather.note_addition(value)
        return self._gather.take_deduction(value)

    def _take_code(self, cells: Sequence[Cell]) -> bool:
        """Take a code beside a label that nobody knows, below an item's name."""
        if len(cells) != 2 or any(len(cell) != 1 for cell in cells):  # noqa: PLR2004  label and value
            return False
        label, value = (text_of(cell[0]) for cell in cells)
        return _HEAD.match(label) is not None and is_code(value) and self._gather.items.note_code(value)

    def _take_unlabelled(self, cells: Sequence[Cell]) -> bool:
        if len(cells) < 3:  # noqa: PLR2004  name, count and price
            return False
        if len(cells[0]) == 1 and self._lines.begins_with_label(text_of(cells[0][0])):
            return False
        plain = [((self._lines.count_of(text_of(cell[0])),),) if len(cell) == 1 else cell for cell in cells[1:]]
        return self._gather.items.take_cells([cells[0], *plain])

    def _label_of(self, cell: Cell) -> tuple[Field, ...]:
        return self._gather.fields(text_of(cell[0])) if len(cell) == 1 else ()

    def _is_header(self, row: Row, labels: list[tuple[Field, ...]]) -> bool:
        """Tell whether every cell is a label, and not one the value of the one before."""
        filled = [(cell, label) for cell, label in zip(row.cells, labels, strict=True) if cell]
        known = [label for _, label in filled if label]
        numbered = len(known) > 2 and _is_place(filled[0][0])  # noqa: PLR2004  a column of places in the list
        if len(known) < max(2, len(filled) - 1) or not (filled[0][1] or numbered):
            return _heads_items(filled)
        if len(filled) == 2:  # noqa: PLR2004  says itself
            return not _fits_form(known[0], filled[1][0]) and (
                bool(set(known[0]) & (ITEM_FIELDS | {Field.ORDER_NO, Field.ITEMS}))
                or (len(known) == 2 and any(has_form(wanted) for label in known for wanted in label))  # noqa: PLR2004  # label and value
            )
        return True

    def _start_columns(self, labels: list[tuple[Field, ...]]) -> None:
        self._columns = labels
        self._gather.stop_waiting()
        self._gather.items.begin_columns(labels)
        if any(Field.QUANTITY in label for label in labels):
            self._gather.found.announces_items = self._gather.found.heads_counts = True

    def _is_pair(self, cells: Sequence[Cell], labels: list[tuple[Field, ...]]) -> bool:
        """Tell whether a row under a header is a total or a fact instead: a label, then a value of its form."""
        return any(
            set(label) & AMOUNT_FIELDS and any(cell and amount_in(text_of(cell[0])) for cell in cells[index + 1 :])
            for index, label in enumerate(labels)
        ) or (bool(labels[0]) and len(cells) == 2 and _fits_form(labels[0], cells[1]))  # noqa: PLR2004  label and value

    def _read_columns(self, cells: Sequence[Cell]) -> None:
        known = {wanted for label in self._columns for wanted in label}
        if known & {Field.QUANTITY, Field.UNIT_PRICE, Field.SKU, Field.LINE_TOTAL}:
            self._gather.items.take_row(self._columns, cells)
            self._take_foreign_columns(cells)
            return
        before = len(self._gather.found.order_nos)
        for label, cell in zip(self._columns, cells, strict=True):
            if cell and label:
                self._gather.take(label, " ".join(text_of(line) for line in cell))
        if len(self._gather.found.order_nos) > before and Field.SHIP_BY in known:
            at = next(index for index, label in enumerate(self._columns) if Field.SHIP_BY in label)
            if cells[at]:
                self._gather.found.ship_by_each[self._gather.found.order_nos[-1]] = text_of(cells[at][0])

    def _take_foreign_columns(self, cells: Sequence[Cell]) -> None:
        """Take order facts that stand as columns of the item table."""
        for label, cell in zip(self._columns, cells, strict=True):
            if cell and label and label[0] not in ITEM_FIELDS and label[0] not in AMOUNT_FIELDS | {Field.ITEMS}:
                self._gather.take(label, text_of(cell[0]))

    def _read_pairs(self, cells: Sequence[Cell], labels: list[tuple[Field, ...]]) -> bool:
        """Read label and value cells beside each other; False when there is no such pair."""
        taken = False
        index = 0
        while index < len(cells):
            following = next((at for at in range(index + 1, len(cells)) if cells[at]), None)
            if labels[index] and following is not None:
                value = " ".join(text_of(line) for line in cells[following])
                if self._gather.take(labels[index], value):
                    taken = True
                    index = following + 1
                    continue
            elif taken and cells[index]:
                for line in cells[index]:
                    self._lines.read(line, text_of(line), heading=0)
            index += 1
        if taken:
            self._columns = []
        return taken
