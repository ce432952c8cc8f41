"""What a comparison with Seller Center came to, in words and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from types import MappingProxyType
from typing import Final

from flows.cli.exported import lines_json, read, tell_lines, the_shop
from flows.cli.opening import opened
from flows.cli.output import emit, note, say
from ingest.export_fault import RefusedLine
from ingest.export_order import ExportOrder
from models.catalogue import words
from models.db.session import open_session
from models.db.standing import stages_of
from models.platform_status import PlatformStatus
from models.reconciliation import OURS, Count, Group, Reconciliation, Standing, reconcile
from models.settings import ShopSettings

THEIRS: Final[Mapping[PlatformStatus, Group]] = MappingProxyType(
    {
        PlatformStatus.UNPAID: Group.UNPAID,
        PlatformStatus.ON_HOLD: Group.TO_SHIP,
        PlatformStatus.AWAITING_SHIPMENT: Group.TO_SHIP,
        PlatformStatus.PARTIALLY_SHIPPING: Group.TO_SHIP,
        PlatformStatus.AWAITING_COLLECTION: Group.AWAITING_COLLECTION,
        PlatformStatus.IN_TRANSIT: Group.ON_THE_WAY,
        PlatformStatus.DELIVERED: Group.DELIVERED,
        PlatformStatus.COMPLETED: Group.DELIVERED,
        PlatformStatus.CANCELLED: Group.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One file and how it compares."""

    file: Path
    shop: str
    found: Reconciliation
    refused: tuple[RefusedLine, ...]

    def show(self) -> None:
        """Print it for people."""
        for line in self._lines():
            say(line)
        for advice in self._advice():
            note(words().text(f"export.reconcile.{advice}", file=quote(str(self.file)), shop=quote(self.shop)))
        tell_lines("export.reconcile.refused", self.refused)

    def _advice(self) -> Iterator[str]:
        if self.found.has_news:
            yield "advice_news"
        if self.found.lacks:
            yield "advice_lacks"
        if self.found.behind:
            yield "advice_behind"

    def _lines(self) -> Iterator[str]:
        text = words()
        if not self.found.compared:
            yield text.text("export.reconcile.nothing")
        elif self.found.agrees:
            yield text.text("export.reconcile.agrees", count=self.found.compared)
        for count in self.found.counts:
            if count.missing_here or count.missing_there or count.said != count.ours:
                yield from _counted(count)
        for one in self.found.differences:
            said, ours = (text.text(f"export.groups.{group}") for group in (one.said, one.ours))
            yield text.text("export.reconcile.differs", order_no=one.order_no, said=said, ours=ours)

    def emit(self) -> None:
        """Print it for machines."""
        emit(
            {
                "file": self.file.name,
                "shop": self.shop,
                "agrees": self.found.agrees,
                "compared": self.found.compared,
                "groups": [
                    {
                        "group": count.group,
                        "seller_center": count.said,
                        "ours": count.ours,
                        "missing_here": list(count.missing_here),
                        "missing_there": list(count.missing_there),
                    }
                    for count in self.found.counts
                ],
                "differences": [
                    {"order_no": one.order_no, "seller_center": one.said, "ours": one.ours}
                    for one in self.found.differences
                ],
                "refused": lines_json(self.refused),
            }
        )


def run(file: Path, shop_name: str | None) -> Compared:
    """Compare a file with what we say. Raises ExportError, VocabularyError, UnknownShopError, DatabaseError."""
    office = opened()
    shop = the_shop(office, shop_name)
    export = read(office, shop, file)
    with open_session(office.engine, read_only=True) as session:
        ours = stages_of(session, shop.name)
    said = {number: standing for number, order in export.orders.items() if (standing := _said(order, shop))}
    unclear = {one.order_no for one in export.refused} | export.orders.keys() - said.keys()
    return Compared(
        file=file,
        shop=shop.name,
        found=reconcile(
            said,
            {
                number: Standing(group=OURS[stage], placed_at=placed_at)
                for number, (stage, placed_at) in ours.items()
                if number not in unclear
            },
        ),
        refused=export.refused,
    )


def _said(order: ExportOrder, shop: ShopSettings) -> Standing | None:
    """Where Seller Center says it is; None when its word for that is not known, or it is history to us."""
    if order.state is None or shop.is_history(order.placed_at):
        return None
    return Standing(group=THEIRS[order.state], placed_at=order.placed_at)


def _counted(count: Count) -> Iterator[str]:
    """Say a group's counts, with the orders that one side lacks."""
    text = words()
    told = text.text(
        "export.reconcile.counts", said=count.said, ours=count.ours, group=text.text(f"export.groups.{count.group}")
    )
    lacking = {"missing_here": count.missing_here, "missing_there": count.missing_there}
    for name, numbers in lacking.items():
        if numbers:
            key = f"export.reconcile.one_{name}" if len(numbers) == 1 else f"export.reconcile.{name}"
            yield text.text(key, counts=told, numbers=", ".join(numbers))
    if not any(lacking.values()):
        yield f"{told}."
