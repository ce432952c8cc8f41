"""How far a shop's news were read from its Open API, and whether it may be asked now: rows of `shop_sync`.

A mark is moved by compare-and-set and never back. Nothing here commits.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, select, update

from models.db.insert import insert_new
from models.db.shop_tables import NoticeRow, SyncRow
from models.db.tables import DeadlineRow, OrderRow
from models.settings import ShopSettings

ORDERS: Final = "orders"
# In the order in which they are read: why an order was cancelled is known before it is said to be.
KINDS: Final = ("cancellations", "returns", "packages", ORDERS)
# [D] The pause after the first, second, ... failure in a row; the last one stays.
PAUSES: Final = tuple(timedelta(minutes=number) for number in (1, 2, 4, 8, 15))
JITTER: Final = 0.2  # a fifth more at most, so that shops that failed together don't come back together


def sync_row(session: Session, shop: str, about: str) -> SyncRow:
    """Give the row, made if it is not there yet."""
    insert_new(session, SyncRow, [{"shop_id": shop, "about": about, "failures": 0}])
    query = select(SyncRow).where(SyncRow.shop_id == shop, SyncRow.about == about)
    return session.exec(query.execution_options(populate_existing=True)).one()


def sync_rows(session: Session, shop: str) -> dict[str, SyncRow]:
    """Give what is known of a shop's news by kind; what was never read is left out."""
    return {row.about: row for row in session.exec(select(SyncRow).where(SyncRow.shop_id == shop))}


def begin_walk(session: Session, row: SyncRow, start: datetime, now: datetime) -> None:
    """Somebody reads now; a first walk begins at `start`."""
    _change(session, row, last_look_at=now, **({} if row.mark else {"since": start, "mark": start}))


def advance(session: Session, row: SyncRow, mark: datetime) -> bool:
    """Move the mark on from where this walk has it; False when another one moved it, whose walk it is now."""
    theirs = (col(SyncRow.shop_id) == row.shop_id, col(SyncRow.about) == row.about, col(SyncRow.mark) == row.mark)
    moved = session.connection().execute(update(SyncRow).where(*theirs).values(mark=mark)).rowcount == 1
    if moved:
        row.mark = mark
    return moved


def note_end(session: Session, row: SyncRow, now: datetime, *, complete: bool) -> None:
    """The walk went well; `complete`: nothing is left to be read."""
    ended = {"last_ok_at": now} if complete else {}
    _change(session, row, last_error=None, failures=0, not_before=None, **ended)


def note_fault(session: Session, row: SyncRow, code: str, now: datetime) -> None:
    """The walk failed at `now`: why, how often in a row, and until when the shop is left in peace."""
    wait = PAUSES[min(row.failures, len(PAUSES) - 1)]
    wait *= 1 + JITTER * random.random()  # noqa: S311  # it spreads questions, it guards nothing
    _change(session, row, last_error=code, failures=row.failures + 1, not_before=now + wait)


def _change(session: Session, row: SyncRow, **values: Any) -> None:  # noqa: ANN401  # any column's value
    theirs = (col(SyncRow.shop_id) == row.shop_id, col(SyncRow.about) == row.about)
    session.connection().execute(update(SyncRow).where(*theirs).values(**values))
    for name, value in values.items():
        setattr(row, name, value)


def left_in_peace(row: SyncRow | None, now: datetime) -> bool:
    """Whether the shop is not asked at this moment, after failures."""
    if row is None or row.not_before is None:
        return False
    return now < row.not_before <= now + PAUSES[-1] * (1 + JITTER)  # what is far ahead was a wrong clock's


def is_broken_off(row: SyncRow) -> bool:
    """Whether the last walk did not come to its end: it goes on from the mark."""
    return row.mark is not None and (row.last_ok_at is None or (row.last_look_at or row.last_ok_at) > row.last_ok_at)


def connected_since(session: Session, shop: ShopSettings) -> datetime | None:
    """Give since when (UTC) the API's changes of this shop are known without a gap; None where none are read."""
    row = session.get(SyncRow, (shop.name, ORDERS)) if shop.api else None
    return row.since if row is not None and row.last_ok_at is not None else None


def orders_due_since(session: Session, shop: str, since: datetime) -> list[str]:
    """Give the ids of a shop's orders with a clock that is due since then: silence about it may mean something now."""
    clocks = select(DeadlineRow.order_id).join(OrderRow, col(OrderRow.id) == col(DeadlineRow.order_id)).distinct()
    due = clocks.where(OrderRow.shop_id == shop, col(DeadlineRow.due_at) >= since)
    return sorted(session.exec(due))


def unread_notices(session: Session, shop: str, limit: int) -> list[NoticeRow]:
    """Give the webhooks whose orders were not read since, oldest first."""
    waiting = select(NoticeRow).where(NoticeRow.shop_id == shop, col(NoticeRow.read_at).is_(None))
    return list(session.exec(waiting.order_by(col(NoticeRow.received_at), col(NoticeRow.key)).limit(limit)))


def mark_read(session: Session, notices: Iterable[NoticeRow], now: datetime) -> None:
    """Their orders were read."""
    keys = [notice.key for notice in notices]
    session.connection().execute(update(NoticeRow).where(col(NoticeRow.key).in_(keys)).values(read_at=now))
