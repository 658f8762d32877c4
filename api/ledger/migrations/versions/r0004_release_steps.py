"""Revision 0004: steps of releases, guarded by the database, and evidence for them. SQL of the schema alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from greenlane.api.ledger.migrations.guards import drop_guards, guard
from greenlane.api.ledger.migrations.triggers import protect, release

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HELD = {
    "steps of releases": "SELECT count(*) FROM release_steps",
    "documents of evidence for releases": "SELECT count(*) FROM release_evidence",
}
"""What the tables of before cannot hold, and how to count it."""

EVIDENCE = ("check", "scenarios", "impact")
TABLES = ("release_evidence", "release_steps")


def upgrade() -> None:
    """Makes the tables and their triggers."""
    op.create_table(
        "release_evidence",
        sa.Column("release_id", sa.String(40), sa.ForeignKey("releases.id"), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "release_steps",
        sa.Column("seq", sequence, primary_key=True, autoincrement=False),
        sa.Column("release_id", sa.String(40), sa.ForeignKey("releases.id")),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("effective_from", sa.String(32)),
        sa.Column("effective_until", sa.String(32)),
        sa.Column("comment", sa.Text),
        *(sa.Column(f"{kind}_sha256", sa.String(64)) for kind in EVIDENCE),
        *(_evidence_key(kind) for kind in EVIDENCE),
    )
    op.create_index("release_steps_release_id", "release_steps", ["release_id", "seq"])
    for table in TABLES:
        protect(table)
    guard(op.get_bind())


def downgrade() -> None:
    """Drops the tables with all they hold."""
    for table in TABLES:
        release(table)
    drop_guards(op.get_bind())
    op.drop_table("release_steps")
    op.drop_table("release_evidence")


def _evidence_key(kind: str) -> sa.ForeignKeyConstraint:
    columns = ["release_id", f"{kind}_sha256"]
    return sa.ForeignKeyConstraint(columns, ["release_evidence.release_id", "release_evidence.sha256"])
