"""Entering an export into the database: what is new of it, order by order, in short transactions.

What was told before is left out by its key, so a second import changes nothing. When a batch fails each of its orders
is tried alone: one that can't be stored is reported with its line and holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from ingest.export import Export
from ingest.export_facts import Known, facts_of_order
from ingest.export_fault import LineFault, RefusedLine
from ingest.export_order import ExportOrder
from models.db.facts import facts_of
from models.db.orders import record_facts, terms_of
from models.db.session import open_session
from models.db.tables import OrderRow
from models.fact import Fact, FactKind
from models.hold import Hold
from models.ids import order_id
from models.order import Order, fold
from models.settings import ShopSettings
from models.stage import HandoverMode, Stage

BATCH: Final = 50  # orders in one transaction: some tenths of a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What an export told of one order. `facts` counts what is new, `before` is None for a new order.

    `presumed` goes with the stage after it. `differs`: it tells other items, amount or count than before (X03).
    """

    order: ExportOrder
    facts: int
    before: Stage | None
    after: Stage
    presumed: bool = False
    differs: bool = False

    @property
    def new(self) -> bool:
        """Whether the order was not known before."""
        return self.before is None

    @property
    def news(self) -> bool:
        """Whether the order was known, and not all of this."""
        return self.before is not None and self.facts > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What came of an export. `history` counts orders from before the shop's orders_from: left out, as with mails."""

    entered: tuple[Entered, ...]
    refused: tuple[RefusedLine, ...]
    history: int = 0


Progress = Callable[[int, int], None]  # orders done, orders in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Enters the exports of one shop. With `dry_run` it only finds out what would happen: nothing is written."""

    engine: Engine
    shop: ShopSettings
    now: datetime
    dry_run: bool = False

    def enter(self, export: Export, on_progress: Progress | None = None) -> ImportResult:
        """Enter what is new. Raises DatabaseError; what was entered before stays, and importing again goes on."""
        orders = [order for order in export.orders.values() if not self.shop.is_history(order.placed_at)]
        entered: list[Entered] = []
        refused = list(export.refused)
        for batch in _batches(orders):
            for result in self._batch(batch):
                if isinstance(result, Entered):
                    entered.append(result)
                else:
                    refused.append(result)
            if on_progress is not None:
                on_progress(len(entered) + len(refused) - len(export.refused), len(orders))
        return ImportResult(entered=tuple(entered), refused=tuple(refused), history=len(export.orders) - len(orders))

    def _batch(self, orders: Sequence[ExportOrder]) -> Sequence[Entered | RefusedLine]:
        with open_session(self.engine, read_only=self.dry_run) as session:
            together = self._try(session, orders)
            return together or [self._alone(session, order) for order in orders]

    def _alone(self, session: Session, order: ExportOrder) -> Entered | RefusedLine:
        entered = self._try(session, [order])
        refused = RefusedLine(line=order.line, fault=LineFault.NOT_STORED, order_no=order.order_no)
        return entered[0] if entered else refused

    def _try(self, session: Session, orders: Sequence[ExportOrder]) -> list[Entered] | None:
        """Enter the orders in one transaction; None when one of them can't be stored, everything undone."""
        try:
            return self._stored(session, orders)
        except OperationalError:
            raise  # the database's own: disk full, locked
        except Exception:  # noqa: BLE001  # one poisoned order never holds up others
            session.rollback()
            return None

    def _stored(self, session: Session, orders: Sequence[ExportOrder]) -> list[Entered]:
        found = [(order, *self._fresh(session, order)) for order in orders]
        if self.dry_run:
            return [self._would(session, order, row, fresh) for order, row, fresh in found]
        told = [(order.order_no, fact) for order, _, fresh in found for fact in fresh]
        known = {order.order_no: _unchanged(order, row) for order, row, _ in found if row is not None}
        after = {change.order_no: change.order for change in record_facts(session, self.shop, told, self.now)}
        session.commit()
        return [
            _entered(order, known.get(order.order_no), fresh, after[order.order_no]) if fresh else known[order.order_no]
            for order, _, fresh in found
        ]

    def _fresh(self, session: Session, order: ExportOrder) -> tuple[OrderRow | None, list[Fact]]:
        """Give the order's row, and the facts that are not stored yet."""
        key = order_id(self.shop.name, order.order_no)
        row = session.get(OrderRow, key)
        if row is None:
            return None, facts_of_order(order, Known(handover=self.shop.handover), self.now)
        known = Known(handover=HandoverMode(row.handover_mode), held=Hold.PLATFORM_HOLD.value in row.holds)
        stored = {fact.source_key for fact in facts_of(session, key)}
        return row, [fact for fact in facts_of_order(order, known, self.now) if fact.source_key not in stored]

    def _would(self, session: Session, order: ExportOrder, row: OrderRow | None, fresh: Sequence[Fact]) -> Entered:
        known = None if row is None else _unchanged(order, row)
        if known is not None and not fresh:
            return known
        stored = [] if row is None else facts_of(session, row.id)
        terms = terms_of(session, self.shop, row.policy if row else None)
        return _entered(order, known, fresh, fold([*stored, *fresh], terms, self.now))


def _unchanged(order: ExportOrder, row: OrderRow) -> Entered:
    return Entered(order=order, facts=0, before=Stage(row.stage), after=Stage(row.stage), presumed=row.presumed)


def _entered(order: ExportOrder, known: Entered | None, fresh: Sequence[Fact], after: Order) -> Entered:
    told_anew = known is not None and any(fact.kind is FactKind.ORDER_PLACED for fact in fresh)
    return Entered(
        order=order,
        facts=len(fresh),
        before=known.before if known else None,
        after=after.stage,
        presumed=after.presumed,
        differs=told_anew and any(one.id == "X03" and not one.settled for one in after.conflicts),
    )


def _batches(orders: Sequence[ExportOrder]) -> Iterator[list[ExportOrder]]:
    rest = iter(orders)
    while batch := list(islice(rest, BATCH)):
        yield batch
