"""What goods, shipping, discounts, fees and tax come to, however often and in whatever parts they are stated.

Pure. A part may be stated in several lines, a discount whole and in its parts too; tax may be in the prices already,
a fee may be the seller's own. The total decides between these readings; without one the usual reading counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final

from ingest.vocabulary import Field

_NOTHING: Final = Decimal(0)
_PARTS: Final = (Field.SHIPPING, Field.DISCOUNT, Field.TAX, Field.FEE)

Printed = Mapping[Field, Sequence[Decimal]]  # the amounts under each label
Parts = Mapping[Field, Decimal]


def agreeing(goods: Decimal, total: Decimal, printed: Printed, room: Decimal) -> Parts | None:
    """Return the reading of the parts that makes `total` of `goods`; None when none does."""
    return next((parts for parts in _readings(printed) if any(_reaches(goods, total, parts, room))), None)


def usual(printed: Printed) -> Parts:
    """Return the reading that counts where no total decides."""
    return next(_readings(printed))


def _reaches(goods: Decimal, total: Decimal, parts: Parts, room: Decimal) -> Iterator[bool]:
    due = goods + parts[Field.SHIPPING] - parts[Field.DISCOUNT]
    for more in {_NOTHING, parts[Field.TAX], parts[Field.FEE], parts[Field.TAX] + parts[Field.FEE]}:
        yield abs(total - due - more) <= room


def _readings(printed: Printed) -> Iterator[Parts]:
    """Yield each reading of the parts, the usual one first."""
    for chosen in product(*(_CHOICES[part](list(printed.get(part, ()))) for part in _PARTS)):
        yield dict(zip(_PARTS, chosen, strict=True))


def _first_or_all(values: list[Decimal]) -> list[Decimal]:
    return list(dict.fromkeys([next(iter(values), _NOTHING), sum(values, _NOTHING)]))


def _all_or_whole(values: list[Decimal]) -> list[Decimal]:
    """Return all discounts together; where one is what the others come to, that one too."""
    off = [abs(value) for value in values]
    together, whole = sum(off, _NOTHING), max(off, default=_NOTHING)
    return [together, whole] if len(off) > 1 and together in {2 * whole, len(off) * whole} else [together]


def _all(values: list[Decimal]) -> list[Decimal]:
    return [sum(values, _NOTHING)]


_CHOICES: Final[Mapping[Field, Callable[[list[Decimal]], list[Decimal]]]] = {
    Field.SHIPPING: _first_or_all,
    Field.DISCOUNT: _all_or_whole,
    Field.TAX: _first_or_all,
    Field.FEE: _all,
}
