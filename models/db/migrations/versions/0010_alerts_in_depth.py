"""What becomes of an alert after it was raised: kept back, told, told once more, acknowledged, over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TROUBLES = ("D20", "D21")  # whose end is told


def upgrade() -> None:
    """Bring the tables to this version. Troubles of before are over: their end is not told years later."""
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("channel", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("repeats", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("repeat_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("over_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_alert_repeat_at"), ["repeat_at"], unique=False)
        batch_op.create_index("ix_alert_open", ["rule", "over_at"], unique=False)
    alert = sa.table("alert", *(sa.column(name) for name in ("rule", "created_at", "sent_at", "told_at", "over_at")))
    op.execute(alert.update().values(told_at=alert.c.sent_at))
    op.execute(alert.update().where(alert.c.rule.in_(TROUBLES)).values(over_at=alert.c.created_at))
    op.create_table(
        "alert_silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_silence")),
    )
    op.create_table(
        "alert_channel",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_alert_channel")),
    )
    op.create_table(
        "alert_group",
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "rule", name=op.f("pk_alert_group")),
    )
