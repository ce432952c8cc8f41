"""Reading a shop's news at its Open API: all that changed since the mark becomes facts, page by page.

May be killed at any moment and started again, and may run twice: a page's facts are one transaction, the mark follows
them by compare-and-set, and what is read again is the same facts. No transaction is open while the shop is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import islice
from typing import Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, delete

from flows.shop.api_error import ApiError
from flows.shop.schema import ApiOrder, Cancellation, Package, PackageStatus, Return
from flows.shop.sync_figures import sync_figures
from flows.shop.sync_page import Page, PageRecorder, Synced, known_rows
from models.db.orders import refresh
from models.db.session import open_session
from models.db.shop_sync import (
    KINDS,
    ORDERS,
    advance,
    begin_walk,
    connected_since,
    mark_read,
    note_end,
    note_fault,
    orders_due_since,
    sync_row,
    unread_notices,
)
from models.db.shop_tables import NoticeRow, SyncRow
from models.platform_status import PlatformStatus
from models.settings import ShopSettings
from models.stage import Stage

IN_DETAIL: Final = frozenset({PackageStatus.FULFILLING, PackageStatus.CANCELLED})  # it may be lost or damaged

Item: TypeAlias = ApiOrder | Package | Cancellation | Return
Kind = TypeVar("Kind")
CANCELLED: Final = PlatformStatus.CANCELLED


class News(Protocol):
    """What is asked of a shop here; `flows.shop.client.ShopClient` answers it. Raises ApiError."""

    def orders_updated(self, since: datetime) -> Iterator[ApiOrder]:
        """Give orders changed from `since` on, oldest change first."""

    def packages_updated(self, since: datetime) -> Iterator[Package]:
        """Give packages changed from `since` on, oldest change first."""

    def cancellations_updated(self, since: datetime) -> Iterator[Cancellation]:
        """Give cancellations changed from `since` on, oldest change first."""

    def returns_updated(self, since: datetime) -> Iterator[Return]:
        """Give returns changed from `since` on, oldest change first."""

    def orders(self, order_nos: Sequence[str]) -> list[ApiOrder]:
        """Give these orders; unknown ones are left out."""

    def package(self, package_id: str) -> Package:
        """Give one package in detail."""

    def cancellations_of(self, order_no: str) -> list[Cancellation]:
        """List the cancellations of one order."""

    def returns_of(self, order_no: str) -> list[Return]:
        """List the returns of one order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSync:
    """Reads the news of one shop."""

    engine: Engine
    shop: ShopSettings
    client: News
    now: Callable[[], datetime]

    def run(self) -> Synced:
        """Read what is new, as much as one run may. Raises ApiError once it is noted, and DatabaseError.

        What webhooks told of comes first. Where that is not answered, the walks note why, or find it themselves.
        """
        notices = self._notices()
        try:
            result = self._read_notices(notices)
        except ApiError:
            walked = self._walk_all()
            if not walked.left:
                self._mark_read(notices)
            return walked
        return result + self._walk_all()

    def look_up(self, numbers: Sequence[str]) -> Synced:
        """Read these orders now, with their cancellations and returns. Raises ApiError."""
        if not numbers:
            return Synced()
        cancellations = [one for number in numbers for one in self.client.cancellations_of(number)]
        returns = [one for number in numbers for one in self.client.returns_of(number)]
        return self._recorder().record(Page(orders=self._orders(numbers), cancellations=cancellations, returns=returns))

    def _recorder(self) -> PageRecorder:
        return PageRecorder(engine=self.engine, shop=self.shop, now=self.now)

    def _notices(self) -> Sequence[NoticeRow]:
        """Give what webhooks told and nobody has read, as much as one run may; forget what was read long ago."""
        figures = sync_figures()
        with open_session(self.engine) as session:
            notices = unread_notices(session, self.shop.name, figures.notices)
            old = col(NoticeRow.read_at) < self.now() - figures.kept
            session.exec(delete(NoticeRow).where(col(NoticeRow.shop_id) == self.shop.name, old))
            session.commit()
        return notices

    def _read_notices(self, notices: Sequence[NoticeRow]) -> Synced:
        """Read the orders that webhooks told of. Raises ApiError."""
        result = self.look_up(sorted({notice.order_no for notice in notices if notice.order_no}))
        self._mark_read(notices)
        return replace(result, left=len(notices) == sync_figures().notices)

    def _mark_read(self, notices: Sequence[NoticeRow]) -> None:
        if not notices:
            return
        with open_session(self.engine) as session:
            mark_read(session, notices, self.now())
            session.commit()

    def _walk_all(self) -> Synced:
        """Read every kind of news from its mark on."""
        return sum((self._walk(about) for about in KINDS), start=Synced())

    def _walk(self, about: str) -> Synced:
        """Read one kind of news from the mark on."""
        row = self._begun(about)
        try:
            result = self._walked(row)
        except ApiError as fault:
            with open_session(self.engine) as session:
                note_fault(session, row, str(fault.kind), self.now())
                session.commit()
            raise
        with open_session(self.engine) as session:
            before = connected_since(session, self.shop)
            note_end(session, row, self.now(), complete=not result.left)
            if before is None and (since := connected_since(session, self.shop)) is not None:
                self._judge_anew(session, since)
            session.commit()
        return result

    def _begun(self, about: str) -> SyncRow:
        with open_session(self.engine) as session:
            row = sync_row(session, self.shop.name, about)
            begin_walk(session, row, self._start(), self.now())
            session.commit()
        return row

    def _start(self) -> datetime:
        """From when on a first walk reads: the shop's own day, else some weeks."""
        day = self.shop.orders_from
        if day is not None:
            return datetime.combine(day, time(), self.shop.zone).astimezone(UTC)
        return self.now() - sync_figures().first

    def _walked(self, row: SyncRow) -> Synced:
        """Page by page; a run ends after so many pages beyond the mark, however many were read again before it."""
        figures, result, beyond = sync_figures(), Synced(), 0
        begun_at = row.mark or self._start()
        for items in _pages(self._updated(row.about, begun_at - figures.overlap), figures.page):
            result += self._recorder().record(self._page(row.about, items))
            newest = max([begun_at, *(item.update_time for item in items if item.update_time)])
            if not self._moved(row, min(newest, self.now())):
                return replace(result, left=True)  # another run is further
            beyond += newest > begun_at
            if beyond >= figures.pages:
                return replace(result, left=True)
        return result

    def _moved(self, row: SyncRow, mark: datetime) -> bool:
        """Move the mark on after the page's facts are committed; False when it is another run's."""
        if row.mark is not None and mark <= row.mark:
            return True
        with open_session(self.engine) as session:
            moved = advance(session, row, mark)
            session.commit()
        return moved

    def _updated(self, about: str, since: datetime) -> Iterator[Item]:
        asked: dict[str, Callable[[datetime], Iterator[Item]]] = {
            "orders": self.client.orders_updated,
            "packages": self.client.packages_updated,
            "cancellations": self.client.cancellations_updated,
            "returns": self.client.returns_updated,
        }
        return asked[about](since)

    def _page(self, about: str, items: Sequence[Item]) -> Page:
        """What changed, with the orders that it is about."""
        if about == ORDERS:
            orders = {one.id: one for one in items if isinstance(one, ApiOrder) and one.id}
            return Page(orders=orders, cancellations=self._causes(orders))
        page = Page(
            orders={},
            cancellations=[one for one in items if isinstance(one, Cancellation)],
            returns=[one for one in items if isinstance(one, Return)],
            packages=[self._in_detail(one) for one in items if isinstance(one, Package)],
        )
        return replace(page, orders=self._orders(page.numbers))

    def _orders(self, numbers: Iterable[str]) -> dict[str, ApiOrder]:
        wanted = sorted(set(numbers) - {""})
        return {order.id: order for order in self.client.orders(wanted)} if wanted else {}

    def _causes(self, orders: dict[str, ApiOrder]) -> list[Cancellation]:
        """Why orders were cancelled that we did not know to be: without a reason a lost parcel would be called back."""
        ended = [number for number, order in orders.items() if order.status is CANCELLED]
        with open_session(self.engine, read_only=True) as session:
            rows = known_rows(session, self.shop.name, ended)
        fresh = [number for number in ended if number not in rows or rows[number].stage != Stage.CANCELLED]
        return [one for number in fresh for one in self.client.cancellations_of(number)]

    def _in_detail(self, package: Package) -> Package:
        """Only the detail says whether a package that is on its way, or ended, was lost or damaged."""
        if package.status not in IN_DETAIL or package.ship_exception_reason or not package.id:
            return package
        try:
            found = self.client.package(package.id)
        except ApiError as fault:
            if fault.transient:
                raise
            return package
        return package.model_copy(update={"ship_exception_reason": found.ship_exception_reason})

    def _judge_anew(self, session: Session, since: datetime) -> None:
        """From its first complete look on the API's silence means something: what was asked till then is judged."""
        keys = orders_due_since(session, self.shop.name, since)
        for part in _pages(iter(keys), sync_figures().page):
            refresh(session, self.shop, part, self.now())


def _pages(items: Iterator[Kind], size: int) -> Iterator[list[Kind]]:
    while page := list(islice(items, size)):
        yield page
