"""One page of a shop's news, and writing down the facts in it: one transaction, or one for each order.

A poisoned order falls out alone. Nothing here asks the shop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from flows.shop.news import Known, is_sellers, order_news, package_news
from flows.shop.report import news_among
from flows.shop.request_news import cancellation_news, is_cause, return_news
from flows.shop.schema import ApiOrder, Cancellation, Package, Return
from models.db.facts import facts_of
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import OrderRow
from models.fact import Fact
from models.hold import Hold
from models.ids import order_id
from models.settings import ShopSettings
from models.stage import HandoverMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read together: orders by number, and what else changed about them."""

    orders: Mapping[str, ApiOrder]
    cancellations: Sequence[Cancellation] = ()
    returns: Sequence[Return] = ()
    packages: Sequence[Package] = ()

    @property
    def numbers(self) -> list[str]:
        """The orders that it is about."""
        found = {*self.orders, *(one.order_id for one in self.cancellations)}
        found |= {one.order_id for one in self.returns}
        found |= {number for package in self.packages for number in package.order_ids}
        return sorted(found - {""})

    def news(self, number: str, known: Known, now: datetime) -> list[Fact]:
        """Give what it tells of one order."""
        order = self.orders.get(number)
        cancellations = [one for one in self.cancellations if one.order_id == number]
        cause = next((one for one in cancellations if order and is_cause(one, order)), None)
        told = order_news(order, known, now, cause) if order else []
        told += [fact for one in cancellations for fact in cancellation_news(one, order, now)]
        told += [fact for one in self.returns if one.order_id == number for fact in return_news(one, now)]
        packages = [one for one in self.packages if number in one.order_ids]
        return told + [fact for one in packages for fact in package_news(one, order, number, now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What came of reading: orders with news, facts, and the orders that failed, with a code. `left`: more is there."""

    orders: frozenset[str] = frozenset()
    facts: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    left: bool = False

    def __add__(self, other: Synced) -> Synced:
        """Both together."""
        return Synced(
            orders=self.orders | other.orders,
            facts=self.facts + other.facts,
            failed={**self.failed, **other.failed},
            left=self.left or other.left,
        )


def known_rows(session: Session, shop: str, numbers: Sequence[str]) -> dict[str, OrderRow]:
    """Give the rows of those of a shop's orders that are known, by number."""
    keys = [order_id(shop, number) for number in numbers]
    return {row.order_no: row for row in session.exec(select(OrderRow).where(col(OrderRow.id).in_(keys)))}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecorder:
    """Writes pages of one shop."""

    engine: Engine
    shop: ShopSettings
    now: Callable[[], datetime]

    def record(self, page: Page) -> Synced:
        """Write what is not stored yet, and commit. Raises DatabaseError; what was committed stays."""
        numbers = page.numbers
        together = self._try(page, numbers)
        if isinstance(together, Synced):
            return together
        return sum((self._alone(page, number) for number in numbers), start=Synced())

    def _alone(self, page: Page, number: str) -> Synced:
        result = self._try(page, [number])
        return result if isinstance(result, Synced) else Synced(failed={number: type(result).__name__})

    def _try(self, page: Page, numbers: Sequence[str]) -> Synced | Exception:
        """What was written, or the fault of one of the orders, everything undone."""
        with open_session(self.engine) as session:
            try:
                return self._written(session, page, numbers)
            except OperationalError:
                raise  # the database's own: disk full, locked
            except Exception as fault:  # noqa: BLE001  # one poisoned order never holds up others
                session.rollback()
                return fault

    def _written(self, session: Session, page: Page, numbers: Sequence[str]) -> Synced:
        rows, now = known_rows(session, self.shop.name, numbers), self.now()
        told: list[tuple[str, Fact]] = []
        for number in numbers:
            row, order = rows.get(number), page.orders.get(number)
            if row is None and (order is None or not self._opens(order)):
                continue
            stored = facts_of(session, row.id) if row else []
            told += [(number, fact) for fact in news_among(page.news(number, self._known(row), now), stored)]
        record_facts(session, self.shop, told, now)
        session.commit()
        return Synced(orders=frozenset(number for number, _ in told), facts=len(told))

    def _opens(self, order: ApiOrder) -> bool:
        """Whether an order that nobody told of yet becomes one here: the seller's to ship, and no history."""
        return is_sellers(order) and not (order.create_time and self.shop.is_history(order.create_time))

    def _known(self, row: OrderRow | None) -> Known:
        if row is None:
            return Known(handover=self.shop.handover)
        return Known(handover=HandoverMode(row.handover_mode), held=Hold.PLATFORM_HOLD.value in row.holds)
