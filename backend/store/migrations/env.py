"""Alembic's entry: runs the steps on the connection that `store/migration.py` hands over."""

from __future__ import annotations

from alembic import context

from backend.store.tables.all import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
