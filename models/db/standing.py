"""Where a shop's orders stand and whose a number is, for comparing with what somebody else says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.case import CaseKind
from models.db.tables import CaseRow, OrderRow
from models.stage import Stage

AT_A_TIME: Final = 500  # numbers in one question


def stages_of(session: Session, shop_id: str) -> dict[str, tuple[Stage, datetime | None]]:
    """Give each order's stage and when it was placed (UTC; None when unknown), by order number."""
    rows = session.exec(
        select(OrderRow.order_no, OrderRow.stage, OrderRow.placed_at).where(OrderRow.shop_id == shop_id)
    )
    return {number: (Stage(stage), placed_at) for number, stage, placed_at in rows}


def requests_of(session: Session, shop_id: str, kinds: Iterable[CaseKind]) -> set[tuple[str, str]]:
    """Give the open cases of these kinds, as order number and kind."""
    query = select(OrderRow.order_no, CaseRow.kind).join(CaseRow, col(CaseRow.order_id) == OrderRow.id)
    return set(session.exec(query.where(OrderRow.shop_id == shop_id, CaseRow.open, col(CaseRow.kind).in_(list(kinds)))))


def known_elsewhere(session: Session, shop_id: str, numbers: Iterable[str]) -> Counter[str]:
    """Count which other shops have orders of these numbers: TikTok Shop gives a number once."""
    found: Counter[str] = Counter()
    asked = list(numbers)
    for start in range(0, len(asked), AT_A_TIME):
        some = col(OrderRow.order_no).in_(asked[start : start + AT_A_TIME])
        query = select(OrderRow.shop_id, func.count()).where(some, OrderRow.shop_id != shop_id)
        found.update(dict(session.exec(query.group_by(OrderRow.shop_id)).all()))
    return found
