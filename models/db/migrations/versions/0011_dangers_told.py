"""Which orders one message named as close to their time, so that people are told when they are out of danger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version. What was told before it gets no all-clear."""
    op.create_table(
        "alert_danger",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "rule", "about", name=op.f("pk_alert_danger")),
    )
