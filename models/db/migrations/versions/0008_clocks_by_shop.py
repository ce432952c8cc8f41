"""The shop beside each of its clocks, so that those of one shop are counted without looking at any order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version, and tell each clock its shop."""
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shop_id", sa.String(), nullable=False, server_default=""))
    clock = sa.table("deadline", sa.column("order_id", sa.String()), sa.column("shop_id", sa.String()))
    order = sa.table("orders", sa.column("id", sa.String()), sa.column("shop_id", sa.String()))
    of_its_order = sa.select(order.c.shop_id).where(order.c.id == clock.c.order_id).scalar_subquery()
    op.execute(clock.update().values(shop_id=sa.func.coalesce(of_its_order, "")))
    columns = ["shop_id", "rule", "state", "due_at", "fault", "order_id"]
    op.create_index("ix_deadline_of_shop", "deadline", columns, unique=False)
