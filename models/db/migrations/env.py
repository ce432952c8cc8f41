"""Alembic's entry: runs the migrations on the connection it is handed, on SQLite by rebuilding tables."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from models.db import alert_tables, mail_tables, people_tables, shop_tables, tables
from models.db.columns import Table, UtcTime

# A table is known once its module was imported.
TABLES = (tables, mail_tables, shop_tables, people_tables, alert_tables)


def plain_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as SQLAlchemy's own, so that a migration stands still when our code moves."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
