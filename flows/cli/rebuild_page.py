"""Running `rebuild` over the orders, and showing what differed: one by one, or by kind when there is much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from flows.cli.opening import opened, the_order
from flows.cli.output import emit, note, say
from flows.office import Office
from models.catalogue import words
from models.db.difference import Difference
from models.db.rebuild import count_orders, look_through
from models.db.session import open_session
from models.db.strays import evidence_differences, strays
from models.settings import ShopSettings

MANY: Final = 10  # more are told by kind
TELL_EVERY: Final = 5_000  # orders
NOTHING: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many orders were looked at, what differed, and whether it was put right."""

    orders: int
    differences: tuple[Difference, ...]
    mended: bool

    @property
    def left(self) -> int:
        """How many differences are still there."""
        return sum(not (self.mended and one.mendable) for one in self.differences)

    def emit(self) -> None:
        """Print it as one JSON object."""
        found = [asdict(one) | {"mended": self.mended and one.mendable} for one in self.differences]
        emit({"orders": self.orders, "differences": found, "left": self.left})

    def show(self) -> None:
        """Print it in words."""
        text = words()
        if not self.differences:
            say(text.text("cli.rebuild.nothing", orders=self.orders))
            return
        different = len({(one.shop_id, one.order_no) for one in self.differences})
        say(text.text("cli.rebuild.found", orders=self.orders, different=different))
        for line in self._lines():
            say(f"  {line}")
        if not self.mended:
            say(text.text("cli.rebuild.check"))
        elif self.left:
            say(text.text("cli.rebuild.left", count=self.left))
        else:
            say(text.text("cli.rebuild.mended"))

    def _lines(self) -> list[str]:
        if len(self.differences) <= MANY:
            return [words().text("cli.rebuild.one", **_told(one)) for one in self.differences]
        kinds = groupby(sorted(self.differences, key=_kind), key=_kind)
        alike = [(len(ones), ones[0]) for ones in (list(found) for _, found in kinds)]
        return [
            words().text("cli.rebuild.kind", count=count, **_told(first))
            for count, first in sorted(alike, key=lambda pair: (-pair[0], _kind(pair[1])))
        ]


def _kind(one: Difference) -> tuple[str, str, str]:
    return one.table, one.column, one.key


def _told(one: Difference) -> Mapping[str, object]:
    stored, computed = (NOTHING if value is None else value for value in (one.stored, one.computed))
    where = ":".join(filter(None, (one.shop_id, one.order_no)))
    return {"where": where, "place": one.place, "stored": stored, "computed": computed}


def run(number: str | None, shop: str | None, *, mend: bool, quiet: bool) -> Rebuilt:
    """Compare the order, the shop's orders, or all of them; `mend` what differs. Progress goes to stderr."""
    office = opened()
    shops = {one.name: one for one in office.settings.shop}
    if number is not None:
        with open_session(office.engine, read_only=True) as session:
            row = the_order(session, office, number, shop)
        shop, number = row.shop_id, row.order_no
    if shop is not None:
        shops = {shop: office.shop(shop)}
    found = [] if number else [*evidence_differences(office.engine, shops, mend=mend), *strays(office.engine)]
    orders, differences = _look(office, shops, number, mend=mend, quiet=quiet)
    return Rebuilt(orders=orders, differences=(*found, *differences), mended=mend)


def _look(
    office: Office, shops: Mapping[str, ShopSettings], number: str | None, *, mend: bool, quiet: bool
) -> tuple[int, list[Difference]]:
    now: datetime = office.now()
    expected = count_orders(office.engine, shops, number)
    done, told, found = 0, 0, list[Difference]()
    for part in look_through(office.engine, shops, now, order_no=number, mend=mend):
        done += part.orders
        found += part.differences
        if not quiet and done // TELL_EVERY > told:
            told = done // TELL_EVERY
            note(words().text("cli.rebuild.progress", done=done, orders=expected))
    return done, found
