"""Item lines put together from labels, table cells, cards and prose.

Keeps what belongs to one item while a body is read from top to bottom. Pure; knows nothing of
currencies: prices and quantities stay the text that was printed.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from ingest.item_code import without_code
from ingest.item_part import HEADING, MARKER, is_code, without_leader
from ingest.page import DEPTH_OF_NAMES, Cell, Line, text_of
from ingest.text import has_digit
from ingest.values import is_marked_amount, multiplier_in, quantity_and_price, quantity_in
from ingest.vocabulary import Field

_BRACKETED: Final = re.compile(r"^\s*[(（\[].*[)）\]]\s*$")
_NO_NAME: Final = re.compile(  # a pair under a label we don't know, a mail address, a phone number: perhaps the buyer's
    r"^[^:：]{0,40}[:：]\s*\S|@|^\W*\d[\d\s().-]{6,}$"
)
_NO_MEASURE: Final = "".join(
    rf"(?<!\d{space}(?:{units}))" for space in ("", r"\s") for units in ("มล|กก|ซม|มม", "ก|ล|ม")
)
_SENTENCE: Final = re.compile(rf"{_NO_MEASURE}[.!?。!?]$")  # "600 มล." ends in no full stop
_SKU_BELOW: Final = re.compile(r"(?<![a-z])sku(?![a-z])(?:.{0,20}?(?:[:：]|\.{2,}))?\s*(\S.*)$", re.IGNORECASE)
_COUNTED: Final = re.compile(
    r"\s*[(（\[]\s*(\d{1,3})(?:\s[^\d()（）]{1,12}|[件点點个個])?\s*[)）\]]\s*[:：]?$|[:：]$"
)  # "In the box (2)"
_COUNT_FIRST: Final = re.compile(r"^(\d{1,4})\s?(?:[x×✕]\s|[×✕])\s*(\S.*)$")
_LONGEST_NAME: Final = 250
_MEASURES: Final = frozenset({Field.QUANTITY, Field.UNIT_PRICE, Field.LINE_TOTAL})
_AMOUNT_TAIL: Final = r"(?P<price>(?![x×✕*]\s?\d)[^\s\d]{0,5}\s?\d[\d.,' ]*\s?[^\s\d]{0,5})"
_EACH: Final = (
    r"(?:\s*(?:each|ea\.?|/\s*\w+|per \w+|a piece|c/u|cada un[oa]|pro stück|stück|l'unité|cad\.?|cada|/cái"
    r"|mỗi (?:cái|sản phẩm)|satuan))?"
)
_SKU_PART: Final = (
    r"(?:\s*[(\[（]\s*(?:[^()\[\]:]{0,30}?\bsku\b\s*[:：]?\s*)?(?P<sku>[A-Z0-9][\w/&.+-]*\d*)\s*[)\]）])?"
)
_BETWEEN: Final = r"\s*(?:[-–—,@:|=·]|(?<=\s)(?:à|at|for|a)(?=\s))?\s*"
_PROSE: Final = (
    re.compile(
        rf"^(?P<quantity>\d{{1,5}})\s*[x×✕*]\s*(?P<name>\S.*?){_SKU_PART}{_BETWEEN}{_AMOUNT_TAIL}{_EACH}$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^(?P<name>\S.*?){_SKU_PART}\s*[,–—-]?\s*[x×✕*]\s?(?P<quantity>\d{{1,5}})(?![\w.])"
        rf"{_SKU_PART.replace('sku>', 'sku2>')}{_BETWEEN}{_AMOUNT_TAIL}{_EACH}$",
        re.IGNORECASE,
    ),
)


class _Heading(NamedTuple):
    text: str
    depth: int  # 1 for a title


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One item line as printed."""

    name: str | None = None
    sku: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    line_total: str | None = None


class _Shape(NamedTuple):
    """What a line without a label looks like, whatever stands around it."""

    numbered: bool  # else it holds neither a count nor a price
    heading: bool
    bare: str  # without the mark of a list
    named: bool  # it may be a product's name


@lru_cache(maxsize=1_024)  # most lines are a template's: they come with each of its mails
def _shape_of(text: str) -> _Shape:
    bare = MARKER.sub("", text)
    return _Shape(numbered=has_digit(text), heading=HEADING.match(text) is not None, bare=bare, named=may_be_name(bare))


class ItemLines:
    """Collects the items of one body."""

    def __init__(self) -> None:
        self._done: list[RawItem] = []
        self._current: dict[Field, str] = {}
        self._code: str | None = None  # one beside a label that nobody knows
        self._names: list[str] = []
        self._cell: int | None = None  # how many names stand before the cell, in a row of several
        self._heading: _Heading | None = None  # above the item, of no use yet
        self._is_labelled = True  # the name, if there is one: by a label or a place of its own
        self._above: list[tuple[str, ...]] = []  # the lines that may be the names of the items that are done
        self._lines_above: tuple[str, ...] = ()  # of the open item
        self._begins_cell = False  # the first item's first line has its details in the same cell, as no heading has
        self._seen: Counter[str] = Counter()  # lines that may be names
        self._headings: list[_Heading | None] = []  # of the items that are done

    def finish(self) -> list[RawItem]:
        """End the last item and return all."""
        self.end()
        return [*map(self._named, self._names_of_all(), self._headings)]

    def _names_of_all(self) -> list[RawItem]:
        """Return the items without what stands above the first alone, or below each: headings and buttons."""
        items = [*map(self._without_button, self._done, self._above)]
        first, *others = self._above or [()]
        more = len(first) - max(map(len, others), default=1)
        alone = bool(others) and len(set(map(len, others))) == 1
        if (
            len(first) > 1
            and not self._begins_cell
            and more > 0
            and items[0].name == first[0]
            and ((alone and more == 1) or self._counts(first[0]))
        ):
            items[0] = replace(items[0], name=first[1])
        return items

    def _counts(self, line: str) -> bool:
        """Tell whether a line ends in the number of items or of pieces in brackets, as a heading of the list may."""
        found = _COUNTED.search(line)
        counts = [quantity_in(item.quantity or "") or 0 for item in self._done]
        return found is not None and int(found[1] or 0) in {0, len(self._done), sum(counts)}

    def _without_button(self, item: RawItem, above: tuple[str, ...]) -> RawItem:
        """Take the next line for the name where the first is one that stands below each item, as a button does."""
        for name, following in pairwise(above):
            if item.name == name and self._seen[name] >= len(self._done) and name not in self._above[0]:
                item = replace(item, name=following)
        return item

    def _named(self, item: RawItem, heading: _Heading | None) -> RawItem:
        """Give an item the heading above it as its name, unless the heading is of several items or of a list."""
        if heading is None:
            return item
        own = all(self._headings) if len(self._done) > 1 else heading.depth >= DEPTH_OF_NAMES
        is_name = own or (item.name is None and not self._counts(heading.text))
        return replace(item, name=heading.text) if is_name else item

    def take_heading(self, text: str, depth: int) -> None:
        """Take a heading that is no label: perhaps the name of the item below it."""
        self.end()
        is_name = may_be_name(text) or (depth >= DEPTH_OF_NAMES and _may_hold_colon(text))
        self._heading = _Heading(text, depth) if is_name else None

    def end(self) -> None:
        """End the open item: something else begins."""
        self._close()
        self._code = None
        self._names.clear()
        self._heading = None

    def forget_names(self) -> None:
        """Begin a list of items: lines above it are no names."""
        self.end()

    def note_code(self, code: str) -> bool:
        """Note what may be the open item's code, should no label say another. False without an item."""
        if self.is_begun:
            self._code = self._code or code
        return self.is_begun

    @property
    def is_begun(self) -> bool:
        """Whether a name, or some part of an item, stands above."""
        return bool(self._current or self._names or self._heading)

    def begin_cell(self, *, several: bool) -> None:
        """Begin a cell of a row; with `several` in it, a heading of the list is not in the same one."""
        self._cell = len(self._names) if several else None

    def begin_columns(self, columns: Sequence[tuple[Field, ...]]) -> None:
        """Begin a table; where no column is of names, the line or heading above is that of its first row."""
        names, heading = self._names[-1:], self._heading
        self.forget_names()
        if not any({Field.PRODUCT, Field.ITEMS} & set(label) for label in columns):
            self._names, self._heading = names, heading

    def take(self, wanted: Field, value: str) -> None:
        """Take a labelled part of an item."""
        if wanted is Field.QUANTITY and quantity_in(value) is None:
            both = quantity_and_price(value)
            if both is not None:
                self._put(Field.QUANTITY, str(both[0]))
                self._put(Field.UNIT_PRICE, both[1])
                return
        self._put(wanted, value)

    def take_text(self, text: str) -> None:
        """Take a line without a label: a name, a count, a price, or a whole item in prose."""
        shape = _shape_of(text)
        if len(text) > _LONGEST_NAME or (shape.numbered and self.take_measure(text)):
            return
        if shape.heading:
            self.forget_names()
            return
        if shape.numbered and self.take_sentence(shape.bare):
            return
        if shape.bare != text:
            self._close()
            self._names = []
            if shape.named:
                self._current = {Field.PRODUCT: shape.bare}
            return
        if self._current.keys() & _MEASURES:
            self._close()
            self._names = []
        if Field.PRODUCT not in self._current and shape.named:
            self._names.append(text)
            self._seen[text] += 1

    def take_measure(self, text: str) -> bool:
        """Take an unlabelled count, price or both; False when the text is neither."""
        both = quantity_and_price(text)
        if both is not None:
            self._put(Field.QUANTITY, str(both[0]))
            self._put(Field.UNIT_PRICE, both[1])
            return True
        if not self.is_begun:
            return False
        if multiplier_in(text) is not None:
            self._put(Field.QUANTITY, text)
            return True
        if is_marked_amount(text):
            wanted = Field.LINE_TOTAL if Field.UNIT_PRICE in self._current else Field.UNIT_PRICE
            self._put(wanted, text)
            return True
        return False

    def take_row(self, columns: Sequence[tuple[Field, ...]], cells: Sequence[Cell]) -> None:
        """Take a row of an item table under its header."""
        self._close()
        part: dict[Field, str] = {}
        for label, cell in zip(columns, cells, strict=True):
            wanted = _item_field(label) if label or not cell or not is_code(text_of(cell[0])) else Field.SKU
            if wanted is None or not cell or (not label and wanted in part):
                continue
            part[wanted] = name_of(cell[0]) if wanted is Field.PRODUCT else text_of(cell[0])
            if wanted is Field.PRODUCT:
                self._take_lines_below(cell[1:], part)
        if part.keys() & (_MEASURES | {Field.SKU}):
            self._current = part
            self._take_name_above()
            self._close()

    def _take_name_above(self) -> None:
        if Field.PRODUCT not in self._current and self._names:
            self._current[Field.PRODUCT], self._is_labelled = self._names[0], False
            self._lines_above, self._names = tuple(self._names), []

    def _take_lines_below(self, lines: Sequence[Line], part: dict[Field, str]) -> None:
        for line in lines:
            found = _SKU_BELOW.search(text_of(line))
            if found:
                part.setdefault(Field.SKU, _code_in(found[1].strip()))

    def take_cells(self, cells: Sequence[Cell]) -> bool:
        """Take a row without header: a name, a count and a price in cells of their own."""
        texts = [text_of(cell[0]) for cell in cells]
        counts = [text for text in texts if multiplier_in(text) is not None] or [
            text for text in texts[1:] if quantity_in(text) is not None and not is_marked_amount(text)
        ]
        prices = [text for text in texts if is_marked_amount(text)]
        if len(cells) < 3 or not counts or not prices or texts[0] in counts + prices:  # noqa: PLR2004  says itself
            return False
        self._close()
        part = {Field.PRODUCT: name_of(cells[0][0]), Field.QUANTITY: counts[0], Field.UNIT_PRICE: prices[0]}
        others = [text for text in texts[1:] if text not in counts + prices]
        if others:
            part[Field.SKU] = others[0]
        self._take_lines_below(cells[0][1:], part)
        self._current = part
        self._close()
        return True

    def take_sentence(self, text: str, code: str | None = None) -> bool:
        """Take an item in prose: name, count and price in one line; False when it is none. `code` stood in it."""
        for pattern in _PROSE:
            found = pattern.match(MARKER.sub("", text) if code else text)
            if found and is_marked_amount(found["price"]):
                self._close()
                name, sku = _name_and_code(found)
                self._current = {Field.PRODUCT: name, Field.QUANTITY: found["quantity"]}
                self._current[Field.UNIT_PRICE] = found["price"]
                if code or sku:
                    self._current[Field.SKU] = code or sku or ""
                self._close()
                self._names = []
                return True
        return False

    def _put(self, wanted: Field, value: str) -> None:
        if wanted in self._current and wanted is not Field.VARIATION:
            self._close()
        if wanted is Field.PRODUCT and self._current:
            self._close()
        self._current[wanted] = value
        if Field.PRODUCT not in self._current and self._names:
            self._current[Field.PRODUCT] = self._names[0]
            self._lines_above = tuple(self._names)
            self._begins_cell = self._begins_cell or (not self._done and self._cell == 0)
            self._is_labelled = False
        elif wanted is Field.PRODUCT:
            self._is_labelled = True
        self._names = []

    def _close(self) -> None:
        part, self._current = self._current, {}
        code, self._code = self._code, None
        if not part:
            return
        counted = _COUNT_FIRST.match(part.get(Field.PRODUCT, ""))
        if counted and Field.QUANTITY not in part and Field.UNIT_PRICE in part:
            part |= {Field.QUANTITY: counted[1], Field.PRODUCT: counted[2]}
        if Field.PRODUCT in part and Field.SKU not in part:
            part[Field.PRODUCT], found = without_code(part[Field.PRODUCT])
            code = found or code
        if code:
            part.setdefault(Field.SKU, code)
        if part.keys() & (_MEASURES | {Field.SKU}):
            self._headings.append(None if Field.PRODUCT in part and self._is_labelled else self._heading)
            self._above.append(self._lines_above)
            self._heading, self._is_labelled, self._lines_above = None, True, ()
            self._done.append(
                RawItem(
                    name=part.get(Field.PRODUCT),
                    sku=part.get(Field.SKU),
                    quantity=part.get(Field.QUANTITY),
                    unit_price=part.get(Field.UNIT_PRICE),
                    line_total=part.get(Field.LINE_TOTAL),
                )
            )


def may_be_name(text: str) -> bool:
    """Tell whether a line without a label can be a product's name."""
    return not _SENTENCE.search(text) and not _NO_NAME.search(text)


def _may_hold_colon(heading: str) -> bool:
    """Tell whether a heading with a colon may be a product's name ("Starter bundle: bottle + cap"), not a label's."""
    before, colon, _ = heading.partition(":")
    return bool(colon and before.strip()) and "@" not in heading and not _SENTENCE.search(heading)


def _name_and_code(found: re.Match[str]) -> tuple[str, str | None]:
    """Return the name and the bracketed code of an item in prose; a bracketed word or size is of the name."""
    name, sku = without_leader(found["name"]).strip(" ,-–—"), found["sku"] or found.groupdict().get("sku2")
    if sku is None or is_code(sku) or "sku" in found[0].casefold():
        return name, sku
    end = found.end("sku") if found["sku"] else found.end("name")
    return found.string[found.start("name") : end + bool(found["sku"])].strip(" ,-–—"), None


def _code_in(text: str) -> str:
    """Return the code behind the word SKU, without the rest of its label: "del vendedor AB-1"."""
    *words, last = text.split()
    has_label = words and is_code(last) and not any(map(str.isdigit, "".join(words)))
    return last if has_label else text.rstrip("])】）") if "[" not in text and "(" not in text else text


def name_of(line: Line) -> str:
    """Return a product's name: the line without a bracketed variation that the markup sets apart."""
    pieces = list(line)
    while len(pieces) > 1 and _BRACKETED.match(pieces[-1]):
        pieces.pop()
    return text_of(pieces)


def _item_field(label: tuple[Field, ...]) -> Field | None:
    """Return what a column of an item table holds; a total there is the line's."""
    if Field.ITEMS in label and Field.PRODUCT not in label:
        return Field.PRODUCT
    if set(label) & {Field.TOTAL, Field.SUBTOTAL} and not set(label) & _MEASURES:
        return Field.LINE_TOTAL
    order = (Field.PRODUCT, Field.SKU, Field.QUANTITY, Field.UNIT_PRICE, Field.LINE_TOTAL, Field.VARIATION)
    return next((wanted for wanted in order if wanted in label), None)
