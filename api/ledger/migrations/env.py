"""Runs migrations on the connection that `api.ledger.migrate` hands over, inside its transaction. SQL alone."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
