"""Revision 0005: decisions sealed under data keys. SQL of the schema, no key.

Rows that are there keep their content in the clear, marked `sealed` 0: sealing needs keys, which a migration has not.
The first start seals them (`api.ledger.bootstrap`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from greenlane.api.ledger.migrations.triggers import protect, unguarded

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HELD = {
    "sealed decisions": "SELECT count(*) FROM decisions WHERE sealed = 1",
    "reviews": "SELECT count(*) FROM reviews",
    "erasures": "SELECT count(*) FROM erasures",
}
"""What the tables of before cannot hold, and how to count it.

Unsealing on the way is no way: the log tells of the rows as they are sealed, and neither idempotency keys nor hashes of
requests can be had from what is stored of them.
"""

CONTENT = ("inputs", "answer")
NAMES = (("application_id", ("application_id",)), ("uscc", ("applicant", "uscc")))
"""Columns of before, and where an application has their values."""

COMMITMENTS = tuple(f"{name}_commitment" for name in (*CONTENT, "trace"))


def upgrade() -> None:
    """Makes the tables, and the columns for what is sealed."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("customer", sa.String(64)),
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("customer", "scope", name="data_keys_of_customer"),
    )
    op.create_table(
        "decision_lookups",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("decision_id", sa.String(36), primary_key=True),
    )
    op.create_index("decision_lookups_decision_id", "decision_lookups", ["decision_id"])
    op.create_table(
        "key_binding",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key_store", sa.String(32), nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("data_key_id", sa.String(32), sa.ForeignKey("data_keys.id"), nullable=False),
        sa.Column("erased_at", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("decisions", sa.Integer, nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("said_by", sa.String(16), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("text_commitment", sa.String(64), nullable=False),
    )
    op.create_index("reviews_decision_id", "reviews", ["decision_id"])
    protect("erasures")
    protect("reviews")
    with unguarded(op.get_bind(), "decisions"):
        _change_decisions()


def downgrade() -> None:
    """Drops the tables, and gives decisions back the columns of before; those are in the clear."""
    # Where everything is dropped, sealed decisions may be there, of which the columns of before cannot be made.
    if context.config.attributes.get("to") != "base":
        with unguarded(op.get_bind(), "decisions"):
            _change_decisions_back()
    for table in ("reviews", "erasures", "key_binding", "decision_lookups", "data_keys"):
        op.drop_table(table)


def _change_decisions() -> None:
    for name in ("application_id", "uscc"):
        op.drop_index(f"decisions_{name}", "decisions")
        op.drop_column("decisions", name)
    op.execute("ALTER TABLE decisions RENAME COLUMN request_sha256 TO request_mac")
    for name in CONTENT:
        if _postgresql():
            op.execute(f"ALTER TABLE decisions ALTER COLUMN {name} TYPE BYTEA USING convert_to({name}, 'UTF8')")
        else:
            # A column of texts holds blobs as well.
            op.execute(f"UPDATE decisions SET {name} = CAST({name} AS BLOB)")
    op.add_column("decisions", sa.Column("path", sa.Text))
    op.add_column("decisions", sa.Column("sealed", sa.Integer, nullable=False, server_default="0"))
    # Without a reference to `data_keys`: SQLite could not drop a column that has one.
    op.add_column("decisions", sa.Column("data_key_id", sa.String(32)))
    for name in COMMITMENTS:
        op.add_column("decisions", sa.Column(name, sa.String(64)))
    op.create_index("decisions_data_key_id", "decisions", ["data_key_id", "seq"])


def _change_decisions_back() -> None:
    op.drop_index("decisions_data_key_id", "decisions")
    for name in (*COMMITMENTS, "data_key_id", "sealed", "path"):
        op.drop_column("decisions", name)
    for name in CONTENT:
        if _postgresql():
            op.execute(f"ALTER TABLE decisions ALTER COLUMN {name} TYPE TEXT USING convert_from({name}, 'UTF8')")
        else:
            op.execute(f"UPDATE decisions SET {name} = CAST({name} AS TEXT)")
    op.execute("ALTER TABLE decisions RENAME COLUMN request_mac TO request_sha256")
    for name, path in NAMES:
        op.add_column("decisions", sa.Column(name, sa.Text))
        if _postgresql():
            op.execute(f"UPDATE decisions SET {name} = inputs::jsonb #>> '{{{','.join(path)}}}'")
        else:
            op.execute(f"UPDATE decisions SET {name} = json_extract(inputs, '$.{'.'.join(path)}')")
        op.create_index(f"decisions_{name}", "decisions", [name, "seq"])


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
