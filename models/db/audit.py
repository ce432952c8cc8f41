"""Who did what, when and why. Append-only; no personal values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from models.db.tables import AuditRow
from models.fact import Json


def note(  # noqa: PLR0913  # an audit line has this many columns
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    order_id: str | None = None,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
    reason: str | None = None,
) -> None:
    """Add one line to the audit, in the caller's transaction."""
    session.add(
        AuditRow(
            at=at,
            actor=actor,
            action=action,
            order_id=order_id,
            before=dict(before or {}),
            after=dict(after or {}),
            reason=reason,
        )
    )
