"""Which shops' news are to be read: asked each minute, so nothing heavy is imported here."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from flows.shop.sync_figures import sync_figures
from models.db.shop_sync import KINDS, is_broken_off, left_in_peace, sync_rows, unread_notices
from models.settings import Settings


def due_shops(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Give the shops to be looked at: not looked at for long, broken off, or told of by a webhook."""
    return [shop.name for shop in settings.shop if shop.api and _is_due(session, shop.name, now)]


def _is_due(session: Session, shop: str, now: datetime) -> bool:
    rows = sync_rows(session, shop)
    if any(left_in_peace(row, now) for row in rows.values()):
        return False
    looked = [rows[about].last_look_at for about in KINDS if about in rows]
    if len(looked) < len(KINDS) or any(is_broken_off(row) for row in rows.values()):
        return True
    oldest = min((at for at in looked if at), default=None)
    return oldest is None or now - oldest >= sync_figures().every or bool(unread_notices(session, shop, 1))
