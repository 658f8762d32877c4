"""Revision 0006: what opens the entry of a data key in the log, whose the key is. SQL of the schema, no key.

Rows that are there have neither salt nor entry: the first start gives them both (`api.ledger.data_key_statements`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from greenlane.api.ledger.migrations.guards import ask_for_salts, ask_no_longer

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HELD = {"data keys that the log tells of": "SELECT count(*) FROM log_events WHERE kind = 'data_key'"}
"""What the tables of before cannot hold, and how to count it.

A version before would make keys without telling the log, which nobody could tell from keys that somebody else made.
"""


def upgrade() -> None:
    """Makes the column, and its guard."""
    op.add_column("data_keys", sa.Column("salt", sa.LargeBinary))
    ask_for_salts(op.get_bind())


def downgrade() -> None:
    """Drops both."""
    ask_no_longer(op.get_bind())
    op.drop_column("data_keys", "salt")
