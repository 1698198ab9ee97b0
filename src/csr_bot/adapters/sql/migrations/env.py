"""Runs migrations on the connection that the program has opened."""

from __future__ import annotations

from alembic import context

from csr_bot.adapters.sql import ledger_tables, mailbox_tables, work_tables
from csr_bot.adapters.sql.tables import metadata

assert ledger_tables.snapshot.metadata is work_tables.task.metadata is mailbox_tables.mailbox.metadata is metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
