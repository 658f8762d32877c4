"""Revision 0003: keys of access; for whom and for which region a decision was made. SQL of the schema alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from greenlane.api.ledger.migrations.triggers import protect, release

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HELD = {
    "steps of access keys": "SELECT count(*) FROM key_steps",
    "decisions with a caller or a region": (
        "SELECT count(*) FROM decisions WHERE caller IS NOT NULL OR region IS NOT NULL"
    ),
}
"""What the tables of before cannot hold, and how to count it."""

OF_DECISIONS = ("caller", "region")


def upgrade() -> None:
    """Makes the tables and columns; decisions made before have neither caller nor region."""
    for name in OF_DECISIONS:
        op.add_column("decisions", sa.Column(name, sa.Text))
        op.create_index(f"decisions_{name}", "decisions", [name, "seq"])
    op.create_table(
        "key_steps",
        sa.Column("key_id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("regions", sa.Text),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("previous_sha256", sa.String(64)),
        sa.Column("previous_until", sa.String(32)),
    )
    op.create_index("key_steps_secret_sha256", "key_steps", ["secret_sha256"])
    protect("key_steps")


def downgrade() -> None:
    """Drops the tables and columns with all they hold."""
    release("key_steps")
    op.drop_table("key_steps")
    for name in OF_DECISIONS:
        op.drop_index(f"decisions_{name}", "decisions")
        op.drop_column("decisions", name)
