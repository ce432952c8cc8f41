"""What a body states under known labels, as it is gathered line by line.

Owns the values found so far and the labels that still wait for theirs; `ingest.layout` and `ingest.lines` know
where on the page to look. A value is taken only when it fits its label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ingest.fit import ADDED, AMOUNT_FIELDS, ITEM_FIELDS, SUM_FIELDS, TIME_FIELDS, fits, likeliest_first
from ingest.item_lines import ItemLines, RawItem
from ingest.running import first_amount
from ingest.text import fold, has_digit
from ingest.values import is_below_zero, is_deduction, is_marked_amount, order_no_in
from ingest.vocabulary import Field, Language, Vocabulary, label_key

LONGEST_LABEL: Final = 60
_BEHIND_NUMBER: Final = re.compile(r"\d{17,20}(?!\d)")
_SIZED: Final = re.compile(r"\(\s*(?:\d?X{0,4}[SML]|\d{1,4}\s?(?:ml|l|g|kg|cm|mm|m))\s*\)$")  # a product, "Style (XL)"
_SENTENCE_ENDS: Final = ".!\u3002\uff01"  # Chinese and Japanese end sentences by signs of their own
_COMPOSED: Final[Mapping[str | None, tuple[Field, ...]]] = {
    "discount": (Field.DISCOUNT,),
    "free": (Field.SHIPPING,),
    "shipping": (Field.SHIPPING,),
    "tax": (Field.TAX,),
    "fee": (Field.FEE,),
    "ship_by": (Field.SHIP_BY,),
    "respond_by": (Field.RESPOND_BY,),
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
    announces_items: bool = False  # a heading or label of items stands there, whether or not one was read
    heads_counts: bool = False  # a column of counts has its label above
    from_prose: set[Field] = field(default_factory=set)  # stated in running text, under no label

    def first(self, wanted: Field) -> str | None:
        """Return the first value under a label, or None."""
        found = self.values.get(wanted)
        return found[0] if found else None

    @property
    def weight(self) -> int:
        """How much the body tells: labelled values and items."""
        return len(self.values) + 2 * len(self.items)


class Gatherer:
    """Takes values under labels, read with the words of `language` first."""

    def __init__(self, vocabulary: Vocabulary, language: Language) -> None:
        """Start with nothing found."""
        self._vocabulary = vocabulary
        self._meanings = vocabulary.meanings_in(language.code)
        self._composed = vocabulary.composed_in(language.code)
        self.language = language
        self.found = Findings()
        self.items = ItemLines()
        self._headed = False  # a heading of items stands right above
        self._among_sums = False  # what was taken last is a sum
        self._waiting: list[tuple[Field, ...]] = []  # labels whose values come on the next lines

    def finish(self) -> Findings:
        """Return all that was found."""
        self.found.items = self.items.finish()
        return self.found

    def fields(self, text: str) -> tuple[Field, ...]:
        """Return what `text` means as a label; nothing when it is none."""
        if not text or len(text) > LONGEST_LABEL + 10 or (text[-1] == ")" and _SIZED.search(text)):
            return ()
        key = label_key(text)
        return self._meanings.get(key) or self._put_together(text, key)

    def _put_together(self, text: str, key: str) -> tuple[Field, ...]:
        """Return what known words make of a label; "Please ship it before the deadline." is a sentence and none."""
        composed = _COMPOSED.get(self._composed.meaning_of(key), ())
        return () if text[-1] in _SENTENCE_ENDS and not TIME_FIELDS.isdisjoint(composed) else composed

    def is_put_together(self, text: str) -> bool:
        """Tell whether `text` means something as a label by the words that it is put together of alone."""
        return label_key(text) not in self._meanings

    def fields_or_button(self, text: str) -> tuple[Field, ...]:
        """Return what `text` means as a label; of a button, that it is none of our business."""
        return self.fields(text) or ((Field.OTHER,) if self.is_button(text) else ())

    def is_button(self, text: str) -> bool:
        """Tell whether a line is what a button or link says."""
        return len(text) <= LONGEST_LABEL and fold(text) in self._vocabulary.buttons

    def may_begin_with_label(self, text: str) -> bool:
        """Tell, at little cost, whether a label may stand at the beginning of `text`."""
        key = label_key(text[:LONGEST_LABEL])
        return self._vocabulary.may_begin_with_label(key) or self._composed.may_begin_a_sum(key)

    def may_end_with_label(self, text: str) -> bool:
        """Tell, at little cost, whether a label may stand at the end of `text`."""
        return self._vocabulary.may_end_with_label(text)

    def meant(self, label: tuple[Field, ...], value: str) -> Field | None:
        """Return the first meaning of the label that `value` fits, the likeliest first."""
        if Field.ITEMS in label and is_marked_amount(value):
            return Field.SUBTOTAL  # "Items: £20.00"
        for wanted in likeliest_first(label, value):
            if wanted is not Field.ITEMS and fits(wanted, value):
                return Field.DISCOUNT if wanted in ADDED and is_below_zero(value) else wanted
        return None

    def take_deduction(self, value: str) -> bool:
        """Take what stands among the sums with a minus: a discount, whatever it is called. False elsewhere."""
        return self._among_sums and is_deduction(value) and self.take((Field.DISCOUNT,), value)

    def note_addition(self, value: str) -> None:
        """Note what may be added to the subtotal: an amount between it and the total, whatever it is called."""
        if self._among_sums and Field.SUBTOTAL in self.found.values and Field.TOTAL not in self.found.values:
            self.found.values.setdefault(Field.FEE, []).append(value)

    def take(self, label: tuple[Field, ...], value: str) -> bool:
        """Take `value` under the meaning of the label that it fits; False when it fits none."""
        wanted = self.meant(label, value)
        if wanted is None and not AMOUNT_FIELDS.isdisjoint(label) and (first := first_amount(value)):
            wanted, value = self.meant(label, first), first  # "£33.00 including postage"
        if wanted is None:
            return False
        self._note_heading(wanted)
        self._among_sums = wanted in SUM_FIELDS
        if wanted in ITEM_FIELDS:
            self.items.take(wanted, value)
        elif wanted is Field.ORDER_NO:
            self.take_order_no(order_no_in(value) or "")
            self._note_behind_order_no(value)
        else:
            self.found.values.setdefault(wanted, []).append(value)
            self.items.end()
        self._waiting = [] if self._waiting and self._waiting[0] == label else self._waiting
        return True

    def _note_heading(self, wanted: Field) -> None:
        """Note that items are announced: by one of their labels, or by a heading that no fact of the order follows."""
        if wanted is Field.QUANTITY or (self._headed and wanted in AMOUNT_FIELDS):
            self.found.announces_items = True
        self._headed = False

    def _note_behind_order_no(self, value: str) -> None:
        """Keep what goes on behind the number as running text: "57..., placed on 8 June at 21:07"."""
        behind = _BEHIND_NUMBER.split(value, maxsplit=1)[1:]
        if behind and has_digit(behind[0]):
            self.found.notes.append(behind[0].strip(" ,;)"))

    def take_order_no(self, order_no: str) -> None:
        """Take an order number; the items before it are complete."""
        self.items.end()
        if order_no not in self.found.order_nos:
            self.found.order_nos.append(order_no)

    def wait_for_value(self, label: tuple[Field, ...]) -> None:
        """Keep a label that stands alone until a line fits it."""
        if Field.ITEMS in label:
            self._headed = True
            self.items.forget_names()
            self._waiting = []
            return
        self._waiting.append(label)

    def stop_waiting(self) -> None:
        """Forget the labels that wait: a table begins."""
        self._waiting = []

    def take_waiting(self, text: str) -> bool:
        """Give an unlabelled line to the label that waits for it."""
        while self._waiting:
            label = self._waiting.pop(0)
            if self.take(label, text):
                return True
        return False
