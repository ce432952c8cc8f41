"""Who read the packing rules, and when: one row for each person and shop, the audit keeps every reading."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, update

from models.db.audit import note
from models.db.insert import insert_new
from models.db.tables import RulesReadRow
from models.packing_rules import VERSION, RulesRead


def rules_read(session: Session, shop_id: str, actor: str) -> RulesRead | None:
    """Give what this person read last for this shop; None for nothing."""
    row = session.get(RulesReadRow, (shop_id, actor))
    return RulesRead(version=row.version, read_at=row.read_at) if row else None


def record_reading(session: Session, shop_ids: Iterable[str], actor: str, now: datetime) -> None:
    """Note that this person read today's rules for these shops, if any. Does not commit."""
    if not (shops := list(shop_ids)):
        return
    row = {"actor": actor, "version": VERSION, "read_at": now}
    insert_new(session, RulesReadRow, [{"shop_id": shop, **row} for shop in shops])
    mine = (col(RulesReadRow.actor) == actor, col(RulesReadRow.shop_id).in_(shops))
    session.exec(update(RulesReadRow).where(*mine).values(version=VERSION, read_at=now))
    note(session, at=now, actor=actor, action="packing_rules", after={"version": VERSION, "shops": ", ".join(shops)})
