"""Revision 0001: releases and decisions. SQL of the schema alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HELD: dict[str, str] = {}
"""What the tables of before cannot hold, and how to count it: there were none."""

SEARCHED = ("application_id", "uscc", "product", "tier", "route", "status", "release_id")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "releases",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("stored_at", sa.String(32), nullable=False),
    )
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "decisions",
        sa.Column("seq", sequence, sa.Identity(always=True), primary_key=True, autoincrement=True),
        sa.Column("decision_id", sa.String(36), nullable=False, unique=True),
        sa.Column("idempotency_key", sa.String(240), unique=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("release_id", sa.String(40), sa.ForeignKey("releases.id"), nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("application_id", sa.Text),
        sa.Column("uscc", sa.Text),
        sa.Column("product", sa.Text),
        sa.Column("tier", sa.Text),
        sa.Column("route", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("trace_level", sa.String(8), nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("trace", sa.LargeBinary),
        sqlite_autoincrement=True,
    )
    for name in SEARCHED:
        op.create_index(f"decisions_{name}", "decisions", [name, "seq"])
    op.create_index("decisions_decided_at", "decisions", ["decided_at"])


def downgrade() -> None:
    """Drops the tables with all they hold."""
    op.drop_table("decisions")
    op.drop_table("releases")
