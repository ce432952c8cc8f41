"""Alembic's entry: runs the migrations on the connection it is handed, on SQLite by rebuilding tables."""

from __future__ import annotations

from alembic import context
from models.db.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
