"""Revision 0002: the Merkle log. SQL of the schema, and decisions numbered anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from greenlane.api.ledger.migrations.triggers import drop_functions, protect, release

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HELD = {"entries of the log, which prove what is stored": "SELECT count(*) FROM log"}
"""What the tables of before cannot hold, and how to count it."""

KEPT = ("releases", "log", "log_keys", "log_events")
RENUMBER = (
    "UPDATE decisions SET seq = -numbered.number "
    "FROM (SELECT decision_id, row_number() OVER (ORDER BY seq) AS number FROM decisions) AS numbered "
    "WHERE numbered.decision_id = decisions.decision_id"
)
NEXT = "(SELECT coalesce(max(seq), 0) + 1 FROM decisions)"
GO_ON = f"SELECT setval(pg_get_serial_sequence('decisions', 'seq'), {NEXT}, false)"


def upgrade() -> None:
    """Makes the tables. Decisions take their numbers from the log from now on."""
    position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "log",
        sa.Column("position", position, primary_key=True, autoincrement=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("nodes", sa.LargeBinary, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("head", sa.Text),
    )
    told = sa.text("topic IS NOT NULL")
    op.create_index("log_topic", "log", ["topic"], sqlite_where=told, postgresql_where=told)
    op.create_table(
        "log_keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "log_events",
        sa.Column("seq", position, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("log_events_kind_subject", "log_events", ["kind", "subject"])
    if _postgresql():
        op.execute("ALTER TABLE decisions ALTER COLUMN seq DROP IDENTITY")
    # The first entry, 0, is the signing key's; those of the decisions that are there already follow it.
    op.execute(RENUMBER)
    op.execute("UPDATE decisions SET seq = -seq")
    for table in KEPT:
        protect(table)
    protect("decisions", retired=("decision", "decision_id"))


def downgrade() -> None:
    """Drops the tables with all they hold."""
    for table in ("decisions", *KEPT):
        release(table)
    if _postgresql():
        op.execute("ALTER TABLE decisions ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY")
        op.execute(GO_ON)
    drop_functions("decisions")
    for table in ("log_events", "log_keys", "log"):
        op.drop_table(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
