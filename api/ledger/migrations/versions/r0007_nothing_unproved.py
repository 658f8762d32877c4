"""Revision 0007: by what decisions are found, and which key store seals them, under the log. SQL of the schema, no key.

What is there has no entries yet: the first start gives it some (`api.ledger.lookup_statements`, `key_binding`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from greenlane.api.ledger.migrations.triggers import protect, release

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HELD = {
    "decisions whose entries tell by what they are found": (
        "SELECT count(*) FROM decisions WHERE lookup_commitment IS NOT NULL"
    ),
    "entries that tell by what earlier decisions are found": (
        "SELECT count(*) FROM log_events WHERE kind = 'decision_lookups'"
    ),
    "entries that tell of the key store": "SELECT count(*) FROM log WHERE topic = 'key_binding/1'",
}
"""What the tables of before cannot hold, and how to count it."""


def upgrade() -> None:
    """Makes the columns, a guard for what is never changed, and a table to try writing in."""
    op.add_column("decisions", sa.Column("lookup_commitment", sa.String(64)))
    untold = sa.text("lookup_commitment IS NULL")
    op.create_index("decisions_lookup_untold", "decisions", ["seq"], sqlite_where=untold, postgresql_where=untold)
    op.add_column("decision_lookups", sa.Column("salt", sa.LargeBinary))
    protect("key_binding")
    op.create_table(
        "write_probes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("filler", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_table("write_probes")
    release("key_binding")
    op.drop_column("decision_lookups", "salt")
    op.drop_index("decisions_lookup_untold", "decisions")
    op.drop_column("decisions", "lookup_commitment")
