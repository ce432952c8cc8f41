"""The lists of the packing table: one row each, that of the last change counts, old ones go by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlmodel import Session, col, delete, select

from models.db.people_tables import PackingListRow
from models.packing_turn import GO_ON_FOR, KEPT_FOR, PackingList

MOST: Final = 200  # lists of one shift: more people than any shop has


def keep_list(session: Session, one: PackingList) -> None:
    """Keep a list as it is now; an empty one is kept no more, and neither are those of days ago. Does not commit."""
    row = session.get(PackingListRow, one.token)
    if not one.numbers:
        drop_list(session, one.token)
        return
    if row is None:
        gone = delete(PackingListRow).where(col(PackingListRow.changed_at) < one.changed_at - KEPT_FOR)
        session.connection().execute(gone)
        row = PackingListRow(token=one.token, person=one.person, holds=one.holds, changed_at=one.changed_at)
    changed = {"person": one.person, "holds": one.holds, "numbers": list(one.numbers), "changed_at": one.changed_at}
    row.sqlmodel_update(changed)
    session.add(row)


def drop_list(session: Session, token: str) -> None:
    """Keep a list no more. Does not commit."""
    session.connection().execute(delete(PackingListRow).where(col(PackingListRow.token) == token))


def find_list(session: Session, token: str) -> PackingList | None:
    """Give the list of that token; None where there is none."""
    row = session.get(PackingListRow, token)
    return None if row is None else _list(row)


def lists_of_shift(session: Session, now: datetime) -> list[PackingList]:
    """Give the lists that were changed in the last hours, the latest first."""
    recent = select(PackingListRow).where(col(PackingListRow.changed_at) > now - GO_ON_FOR)
    return [_list(row) for row in session.exec(recent.order_by(col(PackingListRow.changed_at).desc()).limit(MOST))]


def _list(row: PackingListRow) -> PackingList:
    return PackingList(
        token=row.token,
        person=row.person,
        holds=row.holds,
        numbers=tuple(row.numbers),
        changed_at=row.changed_at,
    )
