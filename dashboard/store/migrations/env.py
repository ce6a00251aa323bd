"""Alembic's entry: runs on the connection that `Store.migrate` opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from dashboard.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
