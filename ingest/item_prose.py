"""Items told in sentences, as in "Please send 4 x Wool socks (colour: Heather, SKU MF-1) at £8.25 each".

Pure. A sentence tells an item when a count and an amount of money stand in it with a name between or before them; a
bracket of labelled details is none of the name, nor are the words that lead to the price.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from ingest.item_code import without_code
from ingest.item_lines import RawItem, may_be_name
from ingest.item_part import Labels, is_code
from ingest.page import Row
from ingest.running import amount_spots
from ingest.text import fold
from ingest.values import UNIT
from ingest.vocabulary import Field, Language

_GROUP: Final = re.compile(r"\s*[(\[（［【]\s*([^()\[\]（）［］【】]{3,160})\s*[)\]）］】]")
_BETWEEN: Final = re.compile(r"\s*[,;·、，；/|]\s*")
_COLON: Final = re.compile(r"\s*[:：]\s*")
_COUNT_BEFORE: Final = re.compile(
    rf"(?<![A-Za-z\d.,-])(\d{{1,4}})\s?(?:[x×✕]\s?(?=[^\W\d]|[\"'“„«「『]|\d+\S*\s)|(?:{UNIT})(?:\.\s*|\s+|(?<=[^\x00-\x7f]))"
    r"(?:(?:of|de|di|von|do|da|des|del)\s+)?(?=\S))",
    re.IGNORECASE,
)
_COUNT_BARE: Final = re.compile(r"^\D*?(?<![^\s:：])(\d{1,3})\s+(?=[^\W\d]{2})")
# "Soap 2 pcs · Charcoal · 2 x": between dots the name is first, and what stands right before the price is the count
_DOTTED_COUNT: Final = re.compile(r"^(.+?)\s·\s(?:.*\s·\s)?(\d{1,4})\s?[x×✕]$")
_COUNT_BEHIND: Final = re.compile(
    rf"(?:\s*[x×✕]\s?(\d{{1,4}})|\s*を?\s*(?<![\d.,])(\d{{1,4}})\s?(?:{UNIT})\.?(?:を|で)?)\s*[,，、;]?\s*$",
    re.IGNORECASE,
)
_INTRODUCTION: Final = re.compile(r"^.*[:：]\s*")
_PART: Final = re.compile(r",\s+|\s+[·|–—-]\s+|[，、]")
_DASH: Final = re.compile(r"\s+[–—|]\s+")
_QUOTED: Final = re.compile(r"^[「『“„«\"]([^「」『』“”„«»\"]+)[」』”“»\"]$")
_ENDS: Final = " \t,;，、；–—-·|/:："
_NEAR: Final = 60  # letters behind a price in which its item's code stands in a bracket
_MOST_LINES, _MOST_PRICES = 300, 8  # of a body, of a line: an order tells some
_LONGEST: Final = 400


def items_told(rows: Sequence[Row], labels: Labels, language: Language, *, count_behind: bool = False) -> list[RawItem]:
    """Return the items that the lines of a body tell, in their order.

    "Please send 2 x Box 40 x 30" holds two counts: the one before the name counts, or with `count_behind` the other.
    """
    lines = (text for row in rows for text in row.figures if len(text) <= _LONGEST)
    texts = islice(lines, _MOST_LINES)
    return _without_variations(
        [told for text in texts for told in _items_of(text, labels, language, count_behind=count_behind)]
    )


def totals_told(rows: Sequence[Row], language: Language) -> list[str]:
    """Return the amounts that the lines of a body call the total: "The order total is £33.00"."""
    texts = islice((text for row in rows for _, text in row.lines if len(text) <= _LONGEST), _MOST_LINES)
    return [total for text in texts for total in sums_in(text, Field.TOTAL, language)]


def sums_in(text: str, wanted: Field, language: Language) -> Iterator[str]:
    """Yield the amounts of a sentence that it calls the total, the subtotal or the shipping."""
    label = language.before_sums[wanted]
    for spot in islice(amount_spots(text), _MOST_PRICES):
        if label.search(fold(text[max(0, spot.start() - _NEAR) : spot.start()])):
            yield spot[0].strip()


def _without_variations(told: Sequence[tuple[str, RawItem]]) -> list[RawItem]:
    """Take what stands between the dash behind a name and that before its code, where each has it ("Bench, matt")."""
    parted = [_DASH.split(item.name or "") for _, item in told]
    between = all(item.sku and len(_DASH.findall(text.partition(item.sku)[0])) > 1 for text, item in told)
    if len(told) < 2 or not between or {len(parts) for parts in parted} != {2}:  # noqa: PLR2004  name and variation
        return [item for _, item in told]
    return [replace(item, name=parts[0]) for (_, item), parts in zip(told, parted, strict=True)]


def _items_of(
    text: str, labels: Labels, language: Language, *, count_behind: bool = False
) -> Iterator[tuple[str, RawItem]]:
    """Yield each item that a line tells, with the text that told it."""
    start = 0
    for price in islice(amount_spots(text), _MOST_PRICES):
        segment = text[start : price.start()]
        item = _item(segment, price[0].strip(), labels, language, count_behind=count_behind)
        start = price.end()
        if item is None:
            continue
        behind = _GROUP.search(text, start, start + _NEAR) if item.sku is None else None
        code = _without_details(behind[0], labels)[1] if behind else None
        if behind and code:
            item, start = replace(item, sku=code), behind.end()
        yield segment, item


def _item(segment: str, price: str, labels: Labels, language: Language, *, count_behind: bool) -> RawItem | None:
    head, code = _without_details(segment, labels)
    head = language.before_prices.sub("", head).strip(_ENDS)
    found = _counted(head, language, count_behind=count_behind) or _counted_barely(head, labels, code)
    if found is None:
        return None
    count, name = found[0], found[1].strip(_ENDS)
    if code is None:
        name, code = _without_parts(name, labels)
    name = name.strip(_ENDS)
    name = quoted[1] if (quoted := _QUOTED.match(name)) else name
    if not may_be_name(name) or labels(name) or _detail(name, labels) or not any(map(str.isalpha, name)):
        return None
    return RawItem(name=name, sku=code, quantity=count, unit_price=price)


def _counted(head: str, language: Language, *, count_behind: bool) -> tuple[str, str] | None:
    """Return the count and the name of what stands before a price; None where nothing is counted."""
    labelled = language.counts.search(head)
    if labelled:
        return labelled[1], _INTRODUCTION.sub("", head[: labelled.start()].strip(_ENDS))
    if (dotted := _DOTTED_COUNT.match(head)) is not None:
        return dotted[2], dotted[1]
    before, behind = _COUNT_BEFORE.search(head), _COUNT_BEHIND.search(head)
    if behind and behind.start() > 0 and (count_behind or before is None):
        return behind[1] or behind[2], _INTRODUCTION.sub("", head[: behind.start()])
    return (before[1], head[before.end() :]) if before else None


def _counted_barely(head: str, labels: Labels, code: str | None) -> tuple[str, str] | None:
    """Return a bare number before a name as its count, where a labelled code shows that an item is told."""
    bare = _COUNT_BARE.search(head)
    if bare is None or not (code or _without_parts(head, labels)[1]):
        return None
    return bare[1], head[bare.end() :]


def _without_parts(name: str, labels: Labels) -> tuple[str, str | None]:
    """Return a name without what stands behind it between commas or dots: labelled details, and the code."""
    spots = list(_PART.finditer(name))
    code = None
    while spots and (detail := _detail(name[spots[-1].end() :].strip(), labels)):
        code = detail[1] if detail[0] is Field.SKU else code
        name = name[: spots.pop().start()]
    return (name, code) if code else without_code(name)


def _without_details(text: str, labels: Labels) -> tuple[str, str | None]:
    """Return a text without its bracket of labelled details, and the code that stood in it."""
    for group in _GROUP.finditer(text):
        details = [detail for piece in _BETWEEN.split(group[1]) if (detail := _detail(piece, labels))]
        if details:
            code = next((value for wanted, value in details if wanted is Field.SKU), None)
            return f"{text[: group.start()]} {text[group.end() :]}", code
    return text, None


def _detail(piece: str, labels: Labels) -> tuple[Field, str] | None:
    """Return what a piece in brackets says of an item: its code or its variation."""
    colon = _COLON.search(piece)
    if colon:
        known = labels(piece[: colon.start()])
        value = piece[colon.end() :].strip()
        wanted = next((field for field in (Field.SKU, Field.VARIATION) if field in known), None)
        if wanted is None and not known and is_code(value):
            wanted = Field.SKU  # "codice: AB-1", whatever it is called
        return (wanted, value) if wanted else None
    label, _, value = piece.rpartition(" ")
    return (Field.SKU, value) if is_code(value) and Field.SKU in labels(label) else None
