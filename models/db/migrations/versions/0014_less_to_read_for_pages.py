"""Indexes that answer pages by themselves: of few mails with a signature that does not fit, of numbers by their end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNFITTING = sa.text("dkim = 'fail'")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.drop_index("ix_orders_ending", "orders")
    op.create_index("ix_orders_ending", "orders", [sa.text("substr(order_no, length(order_no) - 2)"), "order_no"])
    op.create_index(
        "ix_message_unfitting",
        "message",
        ["dkim", "outcome", "seen_at"],
        sqlite_where=UNFITTING,
        postgresql_where=UNFITTING,
    )
