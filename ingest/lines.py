"""Labelled values out of a single line, whatever sets label and value apart.

"Label: value", "a: 1 · b: 2", "label value", a label set off by markup, a label above its value, an order number
in running text.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import Final

from ingest.fit import AMOUNT_FIELDS, ITEM_FIELDS, has_form
from ingest.item_part import code_with_label, ends_in_code, is_code, label_in_brackets
from ingest.labelled import LONGEST_LABEL, Gatherer
from ingest.page import Line, text_of
from ingest.running import amount_spots, first_amount
from ingest.text import fold, has_digit, plain_digits
from ingest.values import is_marked_amount
from ingest.vocabulary import Field

_MOST_NOTES: Final = 200
_LONGEST: Final = 2_000
_MOST_COLONS: Final = 16  # in one line: "SKU: A · Qty: 2" has some
_COLON: Final = re.compile(r"(?=[\s:：=.…])(?:\s*[:：=]\s*|\s+[-–—]\s+|\s*(?:\.{3,}|…+)\s*)")  # quick to say no
_STRONG_COLON: Final = re.compile(r"[:：]")
_SEPARATOR: Final = re.compile(r"[\s,;|·•/–—-]+$")
_WHERE_LABELS_BEGIN: Final = re.compile(r"(?<![^\W\d])(?=\S)")
_WHERE_LABELS_END: Final = re.compile(r"\s+|(?<=\D)(?=[#\d])")
_NEXT_SENTENCE: Final = re.compile(r"\s*[.;。；]\s*(?=[^\W\d])")
_LONG_NUMBER: Final = re.compile(r"\d{17}")
_NEGATIVE: Final = (  # the sign close to the amount: the dash of "Soap - £5.00" parts name and price
    r"[-−–]\s?[^\s\d]{0,3}\s?\d[\d.,' ]*",
    r"[^\s\d−–-]{1,3}\s?[-−–]\d[\d.,']*",
    r"\([^\s\d]{0,3}\s?\d[\d.,']*\s?[^\s\d]{0,3}\)",
)
_DEDUCTION: Final = re.compile(rf"(?:(?<=[\s:：.…])|^)(?:{'|'.join(_NEGATIVE)})\s?[^\s\d]{{0,3}}$")
_CODE_LINE: Final = re.compile(r"[^\d@:：]{2,30}[:：]\s*(\S{3,40})$")
_NUMBERED: Final = re.compile(r"^(\D{2,30}?)\s?(?:#|n\.?\s?[º°])?\s?\d{1,2}\s?[:.]?$")
_DIGIT: Final = re.compile(r"\d")
_MOST_INERT: Final = 5_000
_DOT: Final = re.compile("[•·|‧∙●◦▪]")
_DOTS: Final = re.compile(r"(?:^|\s+)[•·|‧∙●◦▪](?:\s+|$)")
_PARTS: Final = re.compile(r"\s+[-–—|·•/]\s+|;\s+|\s{2,}")
_SIGNS: Final = frozenset("-\u2212\u2013")
_CLOSING: Final = frozenset(" \t\u3000)]）］】,;.")
_OPENING: Final = {"]": "[", ")": "(", "】": "【", "］": "［", "）": "（"}
_NO_VALUE: Final = re.compile(r"^[\s\-–—:：]*$")


class LineReader:
    """Reads lines into a gatherer."""

    def __init__(self, gather: Gatherer) -> None:
        """Read into `gather`."""
        self._gather = gather
        self._inert = gather.language.inert

    def read(self, line: Line, text: str, *, heading: int) -> None:
        """Read one line, of that text: labelled values, a label that waits for its value, or running text."""
        if not text or len(text) > _LONGEST:
            return
        inert = line in self._inert
        if not inert:
            if self._read_labelled(line, text) or self._read_label(text):
                return
            if len(self._inert) < _MOST_INERT and _DIGIT.search(text) is None:
                self._inert.add(line)
        if self._gather.take_waiting(text):
            return
        if inert:
            self._note(text, heading=heading)
        else:
            self._read_running(text, heading=heading)

    def _read_label(self, text: str) -> bool:
        """Read a label that stands alone, or what a button says, which is of no use."""
        label = self._gather.fields_or_button(text) or self._numbered_product(text)
        if label and not self._gather.is_button(text):
            self._gather.wait_for_value(label)
        return bool(label)

    def _numbered_product(self, text: str) -> tuple[Field, ...]:
        """Return that "Product 2" heads the second product, whose name stands below."""
        numbered = _NUMBERED.match(text)
        label = self._gather.fields(numbered[1]) if numbered else ()
        return (Field.PRODUCT,) if Field.PRODUCT in label else ()

    def _read_labelled(self, line: Line, text: str) -> bool:
        return (
            self._read_sentence(text)
            or self._read_several(text)
            or self._read_bracketed(text)
            or self._read_dotted(line, text)
            or self._read_split(line, text)
            or self._read_prefix(text)
            or self._read_deduction(text)
            or self._read_code(text)
        )

    def _read_sentence(self, text: str) -> bool:
        """Read "2 x Soap [SKU: AB-1], $3": an item in prose whose code has its label."""
        code, rest = code_with_label(text, self._gather.fields)
        return bool(code) and self._gather.items.take_sentence(self._without_price_words(rest), code)

    def _without_price_words(self, text: str) -> str:
        """Return "2 x Soap @ £3" of "2 x Soap - item price £3"."""
        price = next(amount_spots(text), None)
        if price is None:
            return text
        head = text[: price.start()]
        bare = self._gather.language.before_prices.sub("", head)
        return f"{bare} @ {text[len(head) :]}" if len(bare) < len(head) else text

    def _read_bracketed(self, text: str) -> bool:
        """Read "【SKU】AB-1": a label in brackets of its own, its value behind."""
        found = label_in_brackets(text)
        if found is None or not (label := self._gather.fields(found[0])):
            return False
        if found[1]:
            return self._gather.take(label, found[1])
        self._gather.wait_for_value(label)
        return True

    def _read_dotted(self, line: Line, text: str) -> bool:
        """Read "ORDER NO. 57... • SHIP BY 5 May": labels and values without colons, the pairs parted by dots."""
        if _DOT.search(text) is None or _DOTS.search(text) is None:
            return False
        pairs = _parted(line)
        known = [self._is_pair(pair) for pair in pairs]
        details = [
            None if is_pair else self._variation_in(text_of(pair)) for pair, is_pair in zip(pairs, known, strict=True)
        ]
        if len(pairs) < 2 or not any(known) or not all(map(any, zip(known, details, strict=True))):  # noqa: PLR2004  says itself
            return False
        for pair, variation in zip(pairs, details, strict=True):
            if variation:
                self._gather.take((Field.VARIATION,), variation)
            else:
                self.read(pair, text_of(pair), heading=0)
        return True

    def _variation_in(self, text: str) -> str | None:
        """Return "Rust" of "Colour Rust", which may stand beside a labelled code."""
        spaces = _WHERE_LABELS_END.finditer(text, 0, LONGEST_LABEL)
        ends = (space for space in spaces if Field.VARIATION in self._gather.fields(text[: space.start()]))
        return next((text[space.end() :] for space in ends if text[space.end() :].strip()), None)

    def _is_pair(self, line: Line) -> bool:
        set_apart = len(line) > 1 and bool(self._gather.fields(line[0]))
        return set_apart or self._prefix_of(text_of(line)) is not None

    def _read_several(self, text: str) -> bool:
        """Read "SKU: A · Qty: 2 · Price: $3": each colon's label ends at the colon, its value at the next label."""
        spots: list[tuple[int, int, tuple[Field, ...]]] = []
        for colon in islice(_STRONG_COLON.finditer(text), _MOST_COLONS):
            start, label = self._label_before(text, colon.start(), spots[-1][1] if spots else 0)
            if label:
                spots.append((start, colon.end(), label))
        if not spots or (len(spots) == 1 and spots[0][0] == 0):
            return False
        name = _SEPARATOR.sub("", text[: spots[0][0]]).strip(" ([（［【")
        if name and not ITEM_FIELDS.isdisjoint(spots[0][2]):
            self._read_name(name)
        elif name:
            self._read_running(name, heading=0)
        ends = [start for start, _, _ in spots[1:]] + [len(text)]
        for (_, after, label), end in zip(spots, ends, strict=True):
            value = _without_stray_bracket(_SEPARATOR.sub("", text[after:end]).strip())
            self._take_with_rest(label, value)
        return True

    def _read_name(self, text: str) -> None:
        """Read what stands before the first colon of an item: its name, perhaps with labelled parts behind."""
        spots = [0, *(found.end() for found in _PARTS.finditer(text)), len(text)]
        pieces = [text[start:end] for start, end in pairwise(spots)]
        behind: list[tuple[tuple[Field, ...], str]] = []
        while len(pieces) > 1 and (found := self._prefix_of(_SEPARATOR.sub("", pieces[-1]).strip())):
            behind.append(found)
            pieces.pop()
        self._gather.items.take_text(_SEPARATOR.sub("", "".join(pieces)).strip())
        for label, value in behind:
            self._gather.take(label, value)

    def begins_with_label(self, text: str) -> bool:
        """Tell whether a text is a label and its value."""
        colon = _STRONG_COLON.search(text)
        return bool(colon and self._gather.fields(text[: colon.start()])) or self._prefix_of(text) is not None

    def count_of(self, text: str) -> str:
        """Return the count of "Qty 2"; any other text as it is."""
        found = self._prefix_of(text)
        return found[1] if found and self._gather.meant(*found) is Field.QUANTITY else text

    def _take_with_rest(self, label: tuple[Field, ...], value: str) -> None:
        """Take a value that may be followed by an unlabelled price or count."""
        code, _, behind = value.partition(" ")
        if Field.SKU in label and behind and is_code(code) and self._gather.take(label, code):
            self._gather.items.take_measure(behind.strip(" )(,;–-@"))
            return
        if self._gather.take(label, value):
            return
        head, _, rest = value.partition(",")
        for left, right in ((head, rest), *_space_splits(value)):
            if right and self._gather.take(label, left.strip(" )(,;")):
                self._gather.items.take_measure(right.strip(" )(,;–-"))
                return

    def _label_before(self, text: str, end: int, start: int) -> tuple[int, tuple[Field, ...]]:
        """Return the longest label that ends at `end`, and where it starts."""
        window = text[max(start, end - LONGEST_LABEL) : end]
        if not self._gather.may_end_with_label(window):
            return end, ()  # as before the colon of "12:30"
        offset = end - len(window)
        for match in _WHERE_LABELS_BEGIN.finditer(window):
            label = self._gather.fields(window[match.start() :])
            if label and window[match.start()] not in _CLOSING and not ends_in_code(window):
                return offset + match.start(), label
        return end, ()

    def _read_split(self, line: Line, text: str) -> bool:
        """Read one label and its value, set apart by a colon, a dash or the markup."""
        for separator in _COLON.finditer(text[: LONGEST_LABEL + 10]):
            head = text[: separator.start()]
            label = self._gather.fields(head) or (self._numbered_product(head) if head[-1:].isdigit() else ())
            value = text[separator.end() :]
            if label and not _NO_VALUE.match(value):
                return self._take_and_go_on(label, value) or separator.group().strip() in {":", "："}
        for at in range(1, len(line)):
            label = self._gather.fields("".join(line[:at]))
            if label and self._holds_order_no(label, text):
                return False
            if label and self._gather.take(label, text_of(line[at:]).lstrip(":： ")):
                return True
        return False

    def _take_and_go_on(self, label: tuple[Field, ...], value: str) -> bool:
        """Take a value; behind an amount read the sentence that follows it: "£33.00. Ship by 5 May"."""
        if not self._gather.take(label, value):
            return False
        amount = None if AMOUNT_FIELDS.isdisjoint(label) else first_amount(value)
        rest = _NEXT_SENTENCE.match(value, len(amount)) if amount else None
        if rest:
            following = value[rest.end() :]
            self.read((following,), following, heading=0)
        return True

    def _holds_order_no(self, label: tuple[Field, ...], text: str) -> bool:
        """Tell whether a line is a sentence with an order number: "Buyer B has ordered. Order number 57..."."""
        if Field.ORDER_NO in label or _LONG_NUMBER.search(text) is None:
            return False
        return self._gather.language.order_no.search(fold(plain_digits(text))) is not None

    def _read_prefix(self, text: str) -> bool:
        """Read "Order total $32.89": a label, then a value of its kind, nothing between."""
        found = self._prefix_of(text)
        return found is not None and self._gather.take(*found)

    def _read_deduction(self, text: str) -> bool:
        """Read "Summer deal -$3.00" among the sums: whatever it is called, it is taken off."""
        found = _DEDUCTION.search(text)
        return found is not None and self._gather.take_deduction(found[0])

    def _read_code(self, text: str) -> bool:
        """Read "Código: AB-1" below an item's name: a code beside a label that nobody knows."""
        found = _CODE_LINE.match(text)
        return found is not None and is_code(found[1]) and self._gather.items.note_code(found[1])

    def _prefix_of(self, text: str) -> tuple[tuple[Field, ...], str] | None:
        """Return the label that a text begins with, and the value of its kind behind it; None without."""
        if not self._gather.may_begin_with_label(text):
            return None
        for space in reversed(list(_WHERE_LABELS_END.finditer(text, 0, LONGEST_LABEL))):
            if text[space.start() - 1 : space.start()] in _SIGNS and space.start() == space.end():
                continue  # "Qty -2": the sign is the number's
            label = self._gather.fields(text[: space.start()])
            value = text[space.end() :]
            if not label or (self._gather.is_put_together(text[: space.start()]) and not is_marked_amount(value)):
                continue  # "Gift coupons 500" may be a product
            typed = tuple(wanted for wanted in label if has_form(wanted) and wanted is not Field.ATTEMPT)
            if Field.SKU in label and is_code(value):
                typed = (Field.SKU,)
            if label == (Field.SHOP,) and " " in text[: space.start()].strip() and not _LONG_NUMBER.search(value):
                typed = label  # "Sold by NAME"
            if typed and not _NO_VALUE.match(value) and self._is_typed(typed, value):
                return typed, value
        return None

    def _is_typed(self, label: tuple[Field, ...], value: str) -> bool:
        if Field.ORDER_NO in label and not re.match(r"\W{0,3}\d{17,20}\W*$", plain_digits(value)):
            return False
        return self._gather.meant(label, value) is not None

    def _read_running(self, text: str, *, heading: int) -> None:
        if not heading and fold(text) in self._gather.language.payments:
            self._gather.take((Field.PAYMENT_METHOD,), text)
            return
        found = self._order_no_in(text) if has_digit(text) else None
        if found:
            self._gather.take_order_no(found)
            self._take_ship_by_in(text, found)
        self._note(text, heading=heading, is_item=not found)

    def _note(self, text: str, *, heading: int, is_item: bool = True) -> None:
        """Keep a line without a label; it may be of an item."""
        if len(self._gather.found.notes) < _MOST_NOTES:
            self._gather.found.notes.append(text)
        if heading:
            self._gather.items.take_heading(text, heading)
        elif is_item:
            self._gather.items.take_text(text)

    def _order_no_in(self, text: str) -> str | None:
        """Return the number behind the word for order in running text."""
        digits = plain_digits(text)
        found = self._gather.language.order_no.search(fold(digits)) if _LONG_NUMBER.search(digits) else None
        return found[1] if found else None

    def _take_ship_by_in(self, text: str, order_no: str) -> None:
        """Take the deadline that stands in the same line as an order number (digests)."""
        folded = fold(text)
        for key, wanted in self._gather.language.labels.items():
            if Field.SHIP_BY in wanted and (at := folded.find(key)) >= 0:
                self._gather.found.ship_by_each[order_no] = folded[at + len(key) :].strip(" :：-–(")
                return


def _parted(line: Line) -> list[Line]:
    """Return the lines that dots part a line into, the pieces of each kept apart."""
    parted: list[list[str]] = [[]]
    for piece in line:
        first, *others = _DOTS.split(piece)
        parted[-1].append(first)
        parted += [[other] for other in others]
    return [tuple(piece for piece in pieces if piece.strip()) for pieces in parted if "".join(pieces).strip()]


def _without_stray_bracket(value: str) -> str:
    """Take off the bracket that closes one opened before the label: "[SKU: A-1]"."""
    opening = _OPENING.get(value[-1:])
    return value[:-1].rstrip() if opening is not None and opening not in value else value


def _space_splits(value: str) -> list[tuple[str, str]]:
    words = value.split(" ")
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) - 1, 0, -1)][:8]
