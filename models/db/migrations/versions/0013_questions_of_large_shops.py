"""Indexes for the pages of a large shop: of what few are among very many, and filters that pass orders by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MISSED = sa.text("state IN ('BREACHED', 'MET_LATE') AND fault <> 'nobody'")
TROUBLE = sa.text(
    "status <> 'done'"
    " AND (status = 'dead' OR first_failed_at IS NOT NULL OR outcome IN ('refused', 'business_failure'))"
)


def upgrade() -> None:
    """Bring the tables to this version: the index of all steps by class goes, one of those in trouble comes."""
    op.drop_index("ix_step_class", "step")
    trouble = ["error_class", "order_id", "step"]
    op.create_index("ix_step_trouble", "step", trouble, sqlite_where=TROUBLE, postgresql_where=TROUBLE)
    missed = ["due_at", "order_id", "rule", "state", "fault"]
    op.create_index("ix_deadline_missed", "deadline", missed, sqlite_where=MISSED, postgresql_where=MISSED)
    op.create_index("ix_orders_ending", "orders", [sa.text("substr(order_no, length(order_no) - 2)")])
    op.create_index("ix_message_kind", "message", ["shop_id", "kind", "outcome", "seen_at"])
    op.drop_index("ix_orders_placed_at", "orders")
    op.create_index("ix_orders_placed", "orders", ["placed_at", "id", "shop_id", "stage"])
    op.drop_index("ix_orders_stage_placed", "orders")
    op.create_index("ix_orders_stage_placed", "orders", ["stage", "placed_at", "id", "shop_id"])
