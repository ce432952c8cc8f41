"""Which reading of a body's items to believe: the one that is whole and adds up to the stated sums.

Pure. A reading that adds up wins over one that does not; one that is not whole wins over nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ingest.fit import SUM_FIELDS
from ingest.item_block import candidates
from ingest.item_lines import RawItem
from ingest.item_part import HEADING, MARKER, Labels, is_code
from ingest.item_prose import items_told, totals_told
from ingest.labelled import Findings
from ingest.page import Row
from ingest.sums import agreeing
from ingest.values import amount_in, is_marked_amount, multiplier_in, quantity_in
from ingest.vocabulary import Field, Language

_BRACKETS: Final = (")", "\uff09")
_ROUNDING: Final = Decimal("0.01")
_NO_NAME: Final = re.compile(r"^\W*\d{0,3}\W*$")
_FEW: Final = 50  # pieces
_SHORTEST: Final = 3  # letters of a fact's value: what is shorter also stands elsewhere


def believed_items(rows: Sequence[Row], found: Findings, labels: Labels, language: Language) -> list[RawItem]:
    """Return the first reading's items when they convince, else those of the best other reading."""
    first = _without_sums(found)
    if not first and not found.order_nos:
        return first
    if not first and not _may_hold_items(rows, found):
        return _told(rows, found, labels, language)
    agrees = adds_up(first, found) if is_whole(first) else False
    named = _without_labels(first, labels)
    if agrees is not False and all(_is_name(item.name) for item in named):
        return first
    if any(_is_invalid(item) for item in first):
        return first
    told = _told(rows, found, labels, language)
    others = [_without_labels(items, labels) for items in (told, *_readings(rows, found, labels)) if items]
    return _better(named, found, others)


def _told(rows: Sequence[Row], found: Findings, labels: Labels, language: Language) -> list[RawItem]:
    """Return the items that sentences tell, all of them whole; the total that they tell beside is taken too."""
    readings = (items_told(rows, labels, language, count_behind=behind) for behind in (False, True))
    whole = [told for told in readings if is_whole(told)]
    if not whole:
        return []
    totals = [] if Field.TOTAL in found.values else totals_told(rows, language)
    if len(set(totals)) == 1:
        found.values[Field.TOTAL] = totals[:1]
        found.from_prose.add(Field.TOTAL)
    return next((told for told in whole if adds_up(told, found)), whole[0])


def _without_sums(found: Findings) -> list[RawItem]:
    """Return the items without lines of a name and an amount alone, where the others come to the sums without."""
    others = [item for item in found.items if item.quantity or item.sku or item.line_total]
    if len(others) == len(found.items) or not is_whole(others):
        return found.items
    return others if adds_up(others, found) else found.items


def _without_labels(items: list[RawItem], labels: Labels) -> list[RawItem]:
    """Take from items the names that are labels, headings or what buttons say: such a name is worse than none."""
    return [replace(item, name=None) if item.name and _is_wording(item.name, labels) else item for item in items]


def _is_wording(name: str, labels: Labels) -> bool:
    known = labels(name)
    return bool(known) and not name.rstrip().endswith(_BRACKETS)  # "Style (XL)" may be a product


def better_of(chosen: Findings, other: Findings) -> list[RawItem]:
    """Return the items of the body that speaks, or of the other where those are not whole and these are."""
    if not chosen.items or (not is_whole(chosen.items) and is_whole(other.items) and not _hides(chosen, other)):
        return other.items
    return chosen.items


def _hides(chosen: Findings, other: Findings) -> bool:
    """Tell whether taking the other body's items would hide a count that cannot be true, or sums that differ."""
    return any(_is_invalid(item) for item in chosen.items) or adds_up(other.items, chosen) is False


def _may_hold_items(rows: Sequence[Row], found: Findings) -> bool:
    """Tell cheaply whether a body that states a total shows more amounts than its sums."""
    known = {value for values in found.values.values() for value in values}
    return any(text not in known and not _ends_known(text, known) for row in rows for text in row.money)


def _ends_known(text: str, known: set[str]) -> bool:
    return text.rpartition(":")[2].strip() in known


def _readings(rows: Sequence[Row], found: Findings, labels: Labels) -> Iterable[list[RawItem]]:
    known = frozenset(
        value
        for values in (*found.values.values(), found.order_nos)
        for value in values
        if len(value) > _SHORTEST and ((amount := amount_in(value)) is None or amount.negative)
    )
    for items in candidates(rows, known, labels):
        yield items
        whole = [item for item in items if is_whole([item])]
        if whole and len(whole) < len(items) and adds_up(whole, found):
            yield whole


def _better(first: list[RawItem], found: Findings, others: list[list[RawItem]]) -> list[RawItem]:
    """Return the reading that is whole and adds up; without one what shows best why the mail must wait."""
    untrue = next((items for items in others if any(item.name and _is_invalid(item) for item in items)), None)
    if untrue is not None:
        return untrue
    whole = [items for items in others if is_whole(items) and all(_is_name(item.name) for item in items)]
    if is_whole(first):
        whole = [
            items for items in whole if not _splits(first, items) and (_has_units(items) or _sums(items, first, found))
        ]
        if found.heads_counts:  # a labelled count is what it says, however well another figure would fit
            whole = [items for items in whole if [*map(_count, items)] == [*map(_count, first)]]
    fitting = next((items for items in whole if adds_up(items, found) is not False), None)
    if fitting is not None and (adds_up(fitting, found) or not is_whole(first)):
        return fitting
    return first if is_whole(first) or not whole else whole[0]


def _has_units(items: list[RawItem]) -> bool:
    return all(item.unit_price for item in items)


def _sums(items: list[RawItem], first: list[RawItem], found: Findings) -> bool:
    """Tell whether prices that stand by themselves are those of the lines: then they come to the stated subtotal.

    Of many pieces a price is never read so: what says what each piece costs is not to be explained away.
    """
    same = [(item.name, _count(item)) for item in items] == [(item.name, _count(item)) for item in first]
    few = all((_count(item) or 0) <= _FEW for item in items)
    return same and few and Field.SUBTOTAL in found.values and bool(adds_up(items, found))


def _splits(first: list[RawItem], other: list[RawItem]) -> bool:
    """Tell whether the other reading takes a count from the end of a name in place of one that stands by itself."""
    if [_count(item) for item in first] == list(range(1, len(first) + 1)):
        return False  # no counts but places in the list
    ends = ((one.name or "").removeprefix(two.name or "") for one, two in zip(first, other, strict=False))
    return any(multiplier_in(end) is not None for end in ends)


def is_whole(items: Sequence[RawItem]) -> bool:
    """Tell whether each item has a name, a count above zero and a price."""
    return bool(items) and all(
        item.name and (_count(item) or 0) > 0 and (_amount(item.unit_price) is not None or _is_divisible(item))
        for item in items
    )


def _is_divisible(item: RawItem) -> bool:
    """Tell whether the line's total is the count times an amount of money."""
    line, count = _line(item), _count(item)
    return line is not None and bool(count) and line / (count or 1) == round(line / (count or 1), 2)


def adds_up(items: Sequence[RawItem], found: Findings) -> bool | None:
    """Tell whether whole items come to the stated subtotal, else to the total; None without either."""
    due = sum((_worth(item) for item in items), Decimal(0))
    room = _ROUNDING * max(1, len(items))
    subtotal, total = _stated(found, Field.SUBTOTAL), _stated(found, Field.TOTAL)
    if subtotal is not None:
        return abs(due - subtotal) <= room
    if total is None:
        return None
    printed = {
        part: [value for text in texts if (value := _amount(text)) is not None]
        for part, texts in found.values.items()
        if part in SUM_FIELDS
    }
    return agreeing(due, total, printed, room) is not None


def _worth(item: RawItem) -> Decimal:
    unit = _amount(item.unit_price)
    return (_line(item) or Decimal(0)) if unit is None else unit * (_count(item) or 0)


def _stated(found: Findings, wanted: Field) -> Decimal | None:
    return next((value for text in found.values.get(wanted, ()) if (value := _amount(text)) is not None), None)


def _count(item: RawItem) -> int | None:
    if item.quantity is not None:
        return quantity_in(item.quantity)
    unit, line = _amount(item.unit_price), _line(item)
    return int(line / unit) if unit and line and not line % unit else None


def _line(item: RawItem) -> Decimal | None:
    return _amount(item.line_total)


def _amount(text: str | None) -> Decimal | None:
    amount = amount_in(text) if text else None
    try:
        return amount.value("") if amount else None
    except ValueError:
        return None


def _is_invalid(item: RawItem) -> bool:
    """Tell whether a count or price is printed that cannot be true: no other reading may explain it away."""
    count = quantity_in(item.quantity) if item.quantity else None
    price = _amount(item.unit_price)
    return (count is not None and count <= 0) or (price is not None and price < 0)


def _is_name(name: str | None) -> bool:
    return name is not None and not (
        _NO_NAME.match(name) or MARKER.match(name) or HEADING.match(name) or is_code(name) or is_marked_amount(name)
    )
