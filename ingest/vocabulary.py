"""The words of the mails, as data: labels, phrases that tell a kind, months, codes.

`ingest.label_files` reads them from files.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from ingest.composed import Composed
from ingest.moment import Months
from ingest.phrases import Phrases, alternatives, is_spaced
from ingest.text import MAX_KNOWN, fold

FALLBACK: Final = "en"
# "order no. 57...", "Bestellung mit der Nummer 57..."
_NUMBER_WORD: Final = (
    r"(?:\W{0,3}(?<![^\W\d])"
    r"(?:n\.?[or]?[º°o]?|n[uú]m[a-zéê]*|(?:mit )?(?:der )?nummer|nomor|nombor|(?:with |con )?id|số))?"
)
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
_DIGITS: Final = frozenset("0123456789")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+")
_IN_BRACKETS: Final = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")


class VocabularyError(ValueError):
    """A label file that cannot be used; the message names the file and what is wrong with it."""


class Field(StrEnum):
    """What a label can stand for."""

    ORDER_NO = "order_no"
    PLACED_AT = "placed_at"
    SHOP = "shop"
    BUYER = "buyer"
    SHIP_BY = "ship_by"
    PROMISED_AT = "promised_at"
    ESTIMATED_AT = "estimated_at"
    RESPOND_BY = "respond_by"
    EVENT_AT = "event_at"
    SUBTOTAL = "subtotal"
    SHIPPING = "shipping"
    DISCOUNT = "discount"
    TAX = "tax"
    FEE = "fee"
    TOTAL = "total"
    REFUND = "refund"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    LINE_TOTAL = "line_total"
    PRODUCT = "product"
    SKU = "sku"
    VARIATION = "variation"
    ITEMS = "items"
    REASON = "reason"
    TRACKING_NO = "tracking_no"
    CARRIER = "carrier"
    CANCELLED_BY = "cancelled_by"
    ATTEMPT = "attempt"
    RETURN_NO = "return_no"
    REQUEST_NO = "request_no"
    REQUEST_TYPE = "request_type"
    PAYMENT_METHOD = "payment_method"
    PAYMENT_STATUS = "payment_status"
    ORDER_TYPE = "order_type"
    SPECIAL_HANDLING = "special_handling"
    HANDOVER = "handover"
    SHIPPING_MODE = "shipping_mode"
    OTHER = "other"  # known, and none of our business: buyer's note, address, package id


_SUMS_TOLD: Final = (Field.TOTAL, Field.SUBTOTAL, Field.SHIPPING)


@dataclass(frozen=True, eq=False)  # by identity, so that what a line says in a language can be kept in mind
class Language:
    """One language's words, folded."""

    code: str
    labels: Mapping[str, tuple[Field, ...]]
    phrases: Mapping[str, tuple[str, ...]]  # NotificationKind or IgnoreReason value: phrases
    lookups: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, tuple[str, ...]]
    months: Mapping[str, int]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ideas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # idea: parts of the words it is said with
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, of what hints at a new order
    specimen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, of what is but an example
    sum_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what labels of sums are put together of
    deadline_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, of those of deadlines
    inert: set[tuple[str, ...]] = field(default_factory=set, repr=False)  # lines known to hold no label

    @cached_property
    def telling(self) -> Phrases:
        """The phrases that tell a kind or a reason to ignore, for folded text."""
        return Phrases(self.phrases)

    @cached_property
    def order_no(self) -> re.Pattern[str]:
        """An order number behind the word for order in running text, nothing but "is" or the like between."""
        words, fillers = (alternatives(self.words.get(name, ())) for name in ("order_words", "number_fillers"))
        return re.compile(rf"(?:{words}|#){_NUMBER_WORD}(?:\W{{0,3}}(?:{fillers}))?\W{{0,4}}(\d{{17,20}})(?!\d)")

    @cached_property
    def before_prices(self) -> re.Pattern[str]:
        """The words at the end of a text that lead to the price of a piece: "at", "zum Einzelpreis von"."""
        words = _as_printed(alternatives((*self.words.get("price_words", ()), *self._labels_of(Field.UNIT_PRICE))))
        apart = r"(?:[\s,;:：，、–—-]+|(?<=[^\x00-\x7f]))"  # "Lamp 12V/5A" does not end in "a"
        return re.compile(rf"(?:{apart}(?:{words}))+[\s,;:：，、–—-]*$", re.IGNORECASE)

    @cached_property
    def counts(self) -> re.Pattern[str]:
        """A count behind its label in running text: "qty 3", "จำนวน 3 ชิ้น"."""
        words = _as_printed(alternatives(self._labels_of(Field.QUANTITY)))
        return re.compile(rf"(?:{words})\s?[:：]?\s*(\d{{1,4}})(?![\d.,]\d)", re.IGNORECASE)

    @cached_property
    def before_sums(self) -> Mapping[Field, re.Pattern[str]]:
        """The label of a sum at the end of a text, or with "is" or the like behind; "items come to" is a subtotal."""
        fillers = f"(?:{alternatives(self.words.get('amount_fillers', ()))})"
        named = {wanted: f"(?:{alternatives(self._labels_of(wanted))})" for wanted in (*_SUMS_TOLD, Field.ITEMS)}
        ends = {wanted: rf"{named[wanted]}(?:\W{{0,3}}{fillers})?" for wanted in _SUMS_TOLD}
        ends[Field.SUBTOTAL] += rf"|{named[Field.ITEMS]}\s?{fillers}"
        return {wanted: re.compile(rf"(?:{end})\W{{0,3}}$") for wanted, end in ends.items()}

    @cached_property
    def payments(self) -> frozenset[str]:
        """What says of itself that an order is paid, or on delivery, where a line says nothing else."""
        told = (("payment_methods", "cod"), ("payment_states", "paid"))
        return frozenset(phrase for table, code in told for phrase in self.lookups.get(table, {}).get(code, ()))

    def _labels_of(self, wanted: Field) -> tuple[str, ...]:
        return tuple(key for key, fields in self.labels.items() if wanted in fields)

    def hits(self, meaning: str, text: str) -> tuple[str, ...]:
        """Return the phrases of a kind (or reason to ignore) that stand in folded text, the longest first."""
        phrases = sorted(self.phrases.get(meaning, ()), key=len, reverse=True)
        return tuple(phrase for phrase in phrases if re.search(alternatives((phrase,)), text))

    def code_of(self, table: str, text: str) -> str | None:
        """Return the code in `table` whose longest phrase stands in `text`; None if none does."""
        return max(((length, code) for code, length in self._codes_in(table, text)), default=(0, None))[1]

    def codes_of(self, table: str, text: str) -> tuple[str, ...]:
        """Return every code of `table` that `text` speaks of, in the table's order."""
        found = {code for code, _ in self._codes_in(table, text)}
        return tuple(code for code in self.lookups.get(table, {}) if code in found)

    def _codes_in(self, table: str, text: str) -> Iterable[tuple[str, int]]:
        """Return each code of `table` and the length of its phrase in `text`."""
        return _known_codes(self, table, text) if len(text) <= MAX_KNOWN else _codes_in(self, table, text)

    @cached_property
    def coded(self) -> Mapping[str, Phrases]:
        """The phrases that tell a code, by table."""
        return {table: Phrases(codes) for table, codes in self.lookups.items()}


def _codes_in(language: Language, table: str, text: str) -> tuple[tuple[str, int], ...]:
    folded = fold(text)
    likely = language.coded[table].among(folded)
    return tuple((phrase.meaning, len(phrase.text)) for phrase in likely if phrase.pattern.search(folded))


_known_codes: Final = lru_cache(maxsize=1_024)(_codes_in)  # "Standard shipping" stands in each mail


@dataclass(frozen=True)
class Vocabulary:
    """All languages."""

    languages: Mapping[str, Language]
    label_owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # label: languages that have it
    _meanings: dict[str, Mapping[str, tuple[Field, ...]]] = field(default_factory=dict, compare=False, repr=False)
    _composed: dict[str, Composed] = field(default_factory=dict, compare=False, repr=False)

    def meanings_in(self, language: str) -> Mapping[str, tuple[Field, ...]]:
        """Return what each label key stands for: in `language`, else in English, else where it is known."""
        if language not in self._meanings:
            rising = (*reversed(tuple(self.languages)), FALLBACK, language)  # a later one's meaning wins
            known = [self.languages[code].labels for code in rising if code in self.languages]
            self._meanings[language] = {key: fields for labels in known for key, fields in labels.items()}
        return self._meanings[language]

    def composed_in(self, language: str) -> Composed:
        """Return what is put together of known words of `language` or of English."""
        if language not in self._composed:
            codes = [code for code in (FALLBACK, language) if code in self.languages]  # a later one's meaning wins
            spoken = [self.languages[code] for code in codes]
            self._composed[language] = Composed(
                [one.sum_words for one in spoken], [one.deadline_words for one in spoken]
            )
        return self._composed[language]

    def may_begin_with_label(self, key: str) -> bool:
        """Tell, at little cost, whether a label may stand at the beginning of what `label_key` gave."""
        return not self._label_starts.isdisjoint(_starts(key))

    def may_end_with_label(self, text: str) -> bool:
        """Tell, at little cost, whether a label may stand at the end of a text: few end in a digit."""
        return text[-1:] not in _DIGITS or text[-1:] in self._label_ends

    @cached_property
    def _label_ends(self) -> frozenset[str]:
        return frozenset(key[-1] for key in self.label_owners)

    @cached_property
    def _label_starts(self) -> frozenset[str]:
        return frozenset(_starts(key)[0] for key in self.label_owners)

    @cached_property
    def buttons(self) -> frozenset[str]:
        """What buttons and links say in any language, folded: no product is called so."""
        return frozenset(text for language in self.languages.values() for text in language.words.get("buttons", ()))

    @cached_property
    def months(self) -> Months:
        """Every language's names of the months."""
        every = {name: month for language in self.languages.values() for name, month in language.months.items()}
        return Months(every)


def _as_printed(pattern: str) -> str:
    """Let a pattern of folded words fit printed text: folding takes apart one letter of Thai."""
    return pattern.replace("\u0e4d\u0e32", "(?:\u0e4d\u0e32|\u0e33)")


@lru_cache(maxsize=4_096)  # a template's labels come again with each of its mails
def label_key(text: str) -> str:
    """Return a label as it is looked up: folded, without edges and a bracketed remark behind it."""
    return _EDGES.sub("", _IN_BRACKETS.sub("", fold(text)))


def _starts(key: str) -> tuple[str, ...]:
    """Give the first word of a label; where words have no borders, its first two letters, and the one."""
    word = _FIRST_WORD.match(key)
    return (word[0],) if word and is_spaced(key[0]) else (key[:2], key[:1])
