"""The items of a body that no layout explains: its parts in their order, grouped so that the sums agree.

The second reading, for the few mails whose items the first one did not understand. Pure; several groupings are
tried and `ingest.item_sums` judges between them.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ingest.fit import AMOUNT_FIELDS
from ingest.item_code import without_code
from ingest.item_lines import RawItem, may_be_name, name_of
from ingest.item_part import HEADING, MARKER, Kind, Labels, Part, parts_of
from ingest.page import Line, Row, text_of
from ingest.text import one_line
from ingest.values import amount_in
from ingest.vocabulary import Field

_MEASURES: Final = frozenset({Kind.COUNT, Kind.PRICE, Kind.LINE_TOTAL, Kind.NUMBER})
_TELLING: Final = frozenset({Kind.COUNT, Kind.PRICE, Kind.LINE_TOTAL, Kind.CODE, Kind.LABEL})
_MINUS: Final = "-−–("
_MOST_PARTS: Final = 1_500
_LONGEST_LINE: Final = 300


@dataclass(frozen=True, slots=True)
class Placed:
    """A part and the row that it stands in."""

    part: Part
    row: int


Run = list[Placed]  # parts between two things that are of no item
Group = list[Part]  # the parts of one item


def candidates(rows: Sequence[Row], known: frozenset[str], labels: Labels) -> Iterator[list[RawItem]]:
    """Yield each reading of the items; `known` are the values that are facts already."""
    runs = [run for run in _runs(rows, known, labels) if any(placed.part.kind in _MEASURES for placed in run)]
    each = any(Field.UNIT_PRICE in placed.part.fields for run in runs for placed in run)  # prices are of a piece
    tried: list[list[RawItem]] = []
    for grouping in _GROUPINGS:
        groups = [group for run in runs for group in _without_surplus(grouping(run))]
        for choice in _choices(groups):
            for by_line in (False,) if each else (False, True):
                items = [item for group in groups if (item := _item(group, choice, by_line=by_line))]
                if items and items not in tried:
                    tried.append(items)
                    yield items


def _choices(groups: list[Group]) -> list[int]:
    """Return which of the parts that may be counts to try: the bare numbers from the end, at last what ends a name."""
    return [*range(max((_numbers(group) for group in groups), default=0)), -1]


def _runs(rows: Sequence[Row], known: frozenset[str], labels: Labels) -> list[Run]:
    runs: list[Run] = [[]]
    owed = 0  # sums whose label stood alone, their values still to come
    for placed in _placed(rows, known, labels):
        if placed.part.kind is Kind.END:
            owed += not AMOUNT_FIELDS.isdisjoint(placed.part.fields)
            runs.append([])
        elif owed and not runs[-1] and placed.part.kind is Kind.PRICE:
            owed -= 1
        else:
            owed = 0
            runs[-1].append(placed)
    return runs


def _placed(rows: Sequence[Row], known: frozenset[str], labels: Labels) -> Iterator[Placed]:
    count = 0
    for at, row in enumerate(rows):
        waiting: tuple[Field, ...] = ()
        for part in _parts_of_row(row, known, labels):
            count += 1
            if count > _MOST_PARTS:
                return
            named = _named(waiting, part) if waiting else part
            waiting = named.fields if named.kind is Kind.LABEL else ()
            yield Placed(named, at)


def _parts_of_row(row: Row, known: frozenset[str], labels: Labels) -> Iterator[Part]:
    for cell in row.cells:
        for line in cell:
            text = text_of(line)
            if row.heading or text in known or len(text) > _LONGEST_LINE or HEADING.match(text) or _ends(text, known):
                yield Part(Kind.END, "")
            else:
                yield from _parts_of_line(line, labels)


def _ends(text: str, known: frozenset[str]) -> bool:
    """Tell whether a line ends in what is taken off the sum."""
    return any(sign in text for sign in _MINUS) and any(text.endswith(value) for value in known if value[0] in _MINUS)


def _parts_of_line(line: Line, labels: Labels) -> list[Part]:
    """Return the parts of a line, split where the markup changes if that tells more."""
    whole = parts_of(name_of(line), labels)
    if len(line) == 1:
        return whole
    apart = [part for piece in _pieces(line) for part in parts_of(piece, labels)]
    return apart if _told(apart) > _told(whole) else whole


def _told(parts: list[Part]) -> int:
    return sum(part.kind in _TELLING or part.labelled for part in parts)


def _pieces(line: Sequence[str]) -> list[str]:
    """Return the texts that the markup sets apart, a label kept beside its value."""
    pieces: list[str] = []
    for piece in map(one_line, line):
        if pieces and (pieces[-1].endswith((":", "：")) or MARKER.fullmatch(pieces[-1] + " x")):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece.strip(":："):
            pieces.append(piece)
    return pieces


def _named(waiting: tuple[Field, ...], part: Part) -> Part:
    """Give a part the meaning of the label before it, when it fits."""
    fields = set(waiting)
    if part.kind in {Kind.NUMBER, Kind.COUNT} and Field.QUANTITY in fields:
        return replace(part, kind=Kind.COUNT, labelled=True)
    if part.kind in {Kind.PRICE, Kind.NUMBER} and fields & {Field.UNIT_PRICE, Field.LINE_TOTAL}:
        kind = Kind.PRICE if Field.UNIT_PRICE in fields else Kind.LINE_TOTAL
        return replace(part, kind=kind, labelled=True)
    if part.kind in {Kind.CODE, Kind.NUMBER} and Field.SKU in fields:
        return replace(part, kind=Kind.CODE, labelled=True)
    if part.kind is Kind.NAME and Field.VARIATION in fields and Field.PRODUCT not in fields:
        return replace(part, kind=Kind.VARIANT)
    return part


def _by_kind(run: Run, starts: Kind) -> list[Group]:
    """Begin an item at each part of kind `starts` behind a name and a measure."""
    groups: list[Group] = [[]]
    row = -1
    for placed in run:
        part = placed.part
        begins = (part.kind in {starts, Kind.MARK} and not part.tail) or (
            part.kind is Kind.NUMBER and placed.row != row
        )
        row = placed.row
        if begins and _has_name(groups[-1]) and any(_is_measure(other) for other in groups[-1]):
            groups.append([])
        if part.kind not in {Kind.LABEL, Kind.MARK}:
            groups[-1].append(part)
    return groups


def _is_measure(part: Part) -> bool:
    return part.kind in _MEASURES and not part.tail


def _has_name(group: Group) -> bool:
    return any(part.kind is Kind.NAME for part in group)


def _by_name(run: Run) -> list[Group]:
    return _by_kind(run, Kind.NAME)


def _by_first(run: Run) -> list[Group]:
    first = next((placed.part.kind for placed in run if placed.part.kind not in {Kind.LABEL, Kind.MARK}), Kind.NAME)
    return _by_kind(run, first)


def _by_code(run: Run) -> list[Group]:
    return _by_kind(run, Kind.CODE)


def _by_row(run: Run) -> list[Group]:
    """Let each row that names and measures something be an item."""
    rows: dict[int, Group] = {}
    for placed in run:
        if placed.part.kind not in {Kind.LABEL, Kind.MARK}:
            rows.setdefault(placed.row, []).append(placed.part)
    return list(rows.values())


_GROUPINGS: Final[tuple[Callable[[Run], list[Group]], ...]] = (_by_row, _by_name, _by_first, _by_code)


def _without_surplus(groups: list[Group]) -> list[Group]:
    """Take from the first item the lines above the list: what no other item has more of."""
    groups = [group for group in groups if any(part.kind in _MEASURES for part in group)]
    if len(groups) < 2:  # noqa: PLR2004  says itself
        return groups
    surplus = len(groups[0]) - max(map(len, groups[1:]))
    return [groups[0][max(0, min(surplus, _leading(groups[0]) - 1)) :], *groups[1:]]


def _leading(group: Group) -> int:
    return next((at for at, part in enumerate(group) if part.kind is not Kind.NAME), len(group))


def _numbers(group: Group) -> int:
    return sum(part.kind is Kind.NUMBER for part in group)


def _item(group: Group, choice: int, *, by_line: bool) -> RawItem | None:
    """Return the item that a group is. `by_line`: an unlabelled price is what the line comes to."""
    if not any(part.kind in _MEASURES for part in group):
        return None
    count = _count(group, choice)
    name, code = _name(group, count), _code(group)
    if name is not None and code is None:
        name, code = without_code(name)
    prices = [part for part in group if part.kind is Kind.PRICE]
    totals = [part.text for part in group if part.kind is Kind.LINE_TOTAL]
    unit, line = _unit_and_line(prices, count)
    if by_line and unit is not None and not totals and not any(part.labelled for part in prices):
        unit, line = None, unit
    if name is None and unit is None and not totals:
        return None
    return RawItem(
        name=name,
        sku=code,
        quantity=count.text if count else None,
        unit_price=unit,
        line_total=line or (totals[0] if totals else None),
    )


def _count(group: Group, choice: int) -> Part | None:
    """Return the count: what a label says, else what is marked as one, else the bare number that is tried."""
    marked = [part for part in group[::-1] if part.kind is Kind.COUNT]
    counts = sorted(marked, key=lambda part: (not part.labelled, bool(part.tail)))
    numbers = [part for part in group if part.kind is Kind.NUMBER]
    if counts and (counts[0].labelled or not counts[0].tail or choice < 0):
        return counts[0]
    return numbers[max(0, len(numbers) - 1 - max(0, choice))] if numbers else next(iter(counts), None)


def _name(group: Group, count: Part | None) -> str | None:
    """Return the first name, with what looks like a count at its end when that is not the count."""
    names = [(at, part) for at, part in enumerate(group) if part.kind is Kind.NAME]
    first = next((found for found in names if found[1].labelled or may_be_name(found[1].text)), None)
    if first is None:
        return None
    at, part = first
    behind = group[at + 1] if at + 1 < len(group) else None
    tail = behind.tail if behind is not None and behind is not count else ""
    return f"{part.text}{tail}"


def _code(group: Group) -> str | None:
    codes = sorted((part for part in group if part.kind is Kind.CODE), key=lambda part: not part.labelled)
    return codes[0].text if codes else None


def _unit_and_line(prices: list[Part], count: Part | None) -> tuple[str | None, str | None]:
    """Return the unit price and the line's total among the prices of an item."""
    if len(prices) < 2 or count is None:  # noqa: PLR2004  says itself
        return (prices[0].text if prices else None), None
    for one, other in pairwise(prices):
        for unit, line in ((one, other), (other, one)):
            if _times(unit.text, line.text) == count.text.strip():
                return unit.text, line.text
    return prices[0].text, None


def _times(unit: str, line: str) -> str | None:
    """Return how often the unit price goes into the line's total, when it does exactly."""
    amounts = [amount_in(text) for text in (unit, line)]
    one, other = (amount.value("") if amount else None for amount in amounts)
    return str(int(other / one)) if one and other and not other % one else None
