"""The class of a step's failure, so that all that one cause broke is found and run again together."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As the codes were up to here; from now on the class is written with the failure (flows/trouble.py).
BY_CODE = {
    "timeout": ("timeout", "TimeoutError"),
    "busy": ("being_done",),
    "access": ("consent_needed", "no_permission", "secret_wrong", "UnknownShopError"),
    "shop_unavailable": ("unavailable", "internal_error"),
    "refused": ("unknown_order",),
    "bug": ("request_refused", "api_changed"),
}


def upgrade() -> None:
    """Bring the tables to this version, and give what failed before its class."""
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("error_class", sa.String(), nullable=True))
        batch_op.create_index("ix_step_class", ["error_class", "order_id", "step"], unique=False)
    with op.batch_alter_table("step_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("error_class", sa.String(), nullable=True))
    _classify("step", "outcome", failed=lambda row: (row.c.status == "dead") | row.c.first_failed_at.is_not(None))
    _classify("step_attempt", "result", failed=lambda row: row.c.result.in_(["failed", "transient"]))


def _classify(table: str, ending: str, *, failed: Callable[[sa.TableClause], sa.ColumnElement[bool]]) -> None:
    names = ("status", "first_failed_at", "result", "outcome", "error_code", "error_class")
    row = sa.table(table, *(sa.column(name) for name in names))
    refused = row.c[ending].in_(["refused", "business_failure"])
    by_code = [(row.c.error_code.in_(codes), error_class) for error_class, codes in BY_CODE.items()]
    told = sa.case(*by_code, (refused, "refused"), else_="bug")
    op.execute(row.update().where(refused | failed(row)).values(error_class=told))
